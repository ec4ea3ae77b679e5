import { t } from '../language';
import type { Limits } from './limits';
import { ReadFailure } from './read-failure';

/** The content of a tensor of at most so many bytes is always kept: 16 numbers of the widest type. */
const fewBytes = 128;

/** Which small tensors keep their values. */
export class KeptValues {
  #bytes = 0;

  constructor(private readonly limits: Pick<Limits, 'maxKeptBytes'>) {}

  /** Whether a tensor with so many bytes of content still does. */
  keeps(bytes: number): boolean {
    if (bytes <= fewBytes) return true;
    if (this.#bytes + bytes > this.limits.maxKeptBytes) return false;
    this.#bytes += bytes;
    return true;
  }
}

/** What a walk has spent of its limits. Each method throws `ReadFailure` (too-large) where a limit is passed. */
export class Budget {
  #nodes = 0;
  #tensors = 0;
  #graphs = 0;
  #messages = 0;
  #names = 0;
  #numbers = 0;

  /** `position` tells the offset in the file that a failure is to name. */
  constructor(
    private readonly limits: Limits,
    private readonly position: () => number,
  ) {}

  heavy(kind: 'node' | 'tensor' | 'graph'): void {
    if (kind === 'graph' && ++this.#graphs > this.limits.maxGraphs)
      throw this.tooLarge(t('more than {0} sub-graphs and functions', this.limits.maxGraphs));
    if (kind === 'tensor' && ++this.#tensors > this.limits.maxTensors)
      throw this.tooLarge(t('more than {0} tensors', this.limits.maxTensors));
    if (++this.#nodes > this.limits.maxNodes)
      throw this.tooLarge(t('more than {0} nodes and tensors', this.limits.maxNodes));
  }

  message(nesting: number): void {
    if (nesting > this.limits.maxNesting) {
      throw this.tooLarge(t('messages nested deeper than {0}', this.limits.maxNesting));
    }
    if (++this.#messages > this.limits.maxMessages) {
      throw this.tooLarge(t('more than {0} parts', this.limits.maxMessages));
    }
  }

  name(): void {
    if (++this.#names > this.limits.maxNames) throw this.tooLarge(t('more than {0} names', this.limits.maxNames));
  }

  numbers(count: number): void {
    this.#numbers += count;
    if (this.#numbers > this.limits.maxNumbers) throw this.tooLarge(t('more than {0} numbers', this.limits.maxNumbers));
  }

  structure(bytes: number): void {
    if (bytes > this.limits.maxStructureBytes) {
      throw this.tooLarge(t('more than {0} bytes without the weights', this.limits.maxStructureBytes));
    }
  }

  tooLarge(what: string): ReadFailure {
    return new ReadFailure(
      'too-large',
      t(
        'The structure of this model is larger than Framecast reads: {0}. Simplify the model before exporting it.',
        what,
      ),
      this.position(),
    );
  }
}
