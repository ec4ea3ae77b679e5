import type { Limits } from './limits';
import { ReadFailure } from './read-failure';

/** What a walk has spent of its limits. Each method throws `ReadFailure` (too-large) where a limit is passed. */
export class Budget {
  readonly #limits: Limits;
  readonly #position: () => number;
  #nodes = 0;
  #messages = 0;
  #names = 0;
  #numbers = 0;

  /** `position` tells the offset in the file that a failure is to name. */
  constructor(limits: Limits, position: () => number) {
    this.#limits = limits;
    this.#position = position;
  }

  node(): void {
    if (++this.#nodes > this.#limits.maxNodes)
      throw this.tooLarge(`more than ${this.#limits.maxNodes} nodes and tensors`);
  }

  message(nesting: number): void {
    if (nesting > this.#limits.maxNesting) {
      throw this.tooLarge(`messages nested deeper than ${this.#limits.maxNesting}`);
    }
    if (++this.#messages > this.#limits.maxMessages) {
      throw this.tooLarge(`more than ${this.#limits.maxMessages} parts`);
    }
  }

  name(): void {
    if (++this.#names > this.#limits.maxNames) throw this.tooLarge(`more than ${this.#limits.maxNames} names`);
  }

  numbers(count: number): void {
    this.#numbers += count;
    if (this.#numbers > this.#limits.maxNumbers) throw this.tooLarge(`more than ${this.#limits.maxNumbers} numbers`);
  }

  structure(bytes: number): void {
    if (bytes > this.#limits.maxStructureBytes) {
      throw this.tooLarge(`more than ${this.#limits.maxStructureBytes} bytes without the weights`);
    }
  }

  tooLarge(what: string): ReadFailure {
    return new ReadFailure(
      'too-large',
      `The structure of this model is larger than Framecast reads: ${what}. Simplify the model before exporting it.`,
      this.#position(),
    );
  }
}
