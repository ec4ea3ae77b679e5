import { t } from './language';
import { type Failure, type Result } from './result';

/** What one question about one model may cost behind the reader. Everything beyond ends with the code `too-large`. */
export interface WorkLimits {
  /** Nodes that are worked on: those of the graph, of its sub-graphs, and of loops and branches written out. */
  readonly nodes: number;
  /** Visits of nodes, inputs, layers and the like, in all stages together. */
  readonly steps: number;
  /** Elements of constants that are computed to follow shapes. */
  readonly foldedElements: number;
  /** Characters of names and sentences that are made. */
  readonly textLength: number;
}

/**
 * Wide enough for language models exported node by node, of about 100,000 nodes, each of which takes some hundred steps
 * in all stages together. What reaches a limit has taken about a second by then.
 */
export const workLimits: WorkLimits = {
  nodes: 120_000,
  steps: 40_000_000,
  foldedElements: 1_000_000,
  textLength: 16_000_000,
};

/** What is worked out within some tens of milliseconds, as nearly all networks of a camera's pipeline are. */
export const quickWorkLimits: WorkLimits = {
  nodes: 1_200,
  steps: 400_000,
  foldedElements: 100_000,
  textLength: 1_000_000,
};

/** Carries a failure up from deep inside a stage to the function that returns it as a value. */
export class WorkFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** What has been spent of `WorkLimits`. Each method throws `WorkFailure` (too-large) when a limit is passed. */
export class WorkBudget {
  readonly #limits: WorkLimits;
  #nodes = 0;
  #steps = 0;
  #foldedElements = 0;
  #textLength = 0;

  constructor(limits: WorkLimits = workLimits) {
    this.#limits = limits;
  }

  nodes(count: number): void {
    this.#nodes += count;
    if (this.#nodes > this.#limits.nodes) throw tooLarge(t('more than {0} operators', this.#limits.nodes));
  }

  steps(count: number): void {
    this.#steps += count;
    if (this.#steps > this.#limits.steps) throw tooLarge(t('its operators are connected in too many ways'));
  }

  foldedElements(count: number): void {
    this.#foldedElements += count;
    if (this.#foldedElements > this.#limits.foldedElements)
      throw tooLarge(t('more than {0} elements of constants to compute', this.#limits.foldedElements));
  }

  text(length: number): void {
    this.#textLength += length;
    if (this.#textLength > this.#limits.textLength) throw tooLarge(t('its names are too long'));
  }
}

/** Runs what spends a budget and gives its failure as a value. */
export function withinBudget<T>(work: () => Result<T>): Result<T> {
  try {
    return work();
  } catch (error) {
    if (error instanceof WorkFailure) return { ok: false, error: error.failure };
    throw error;
  }
}

function tooLarge(what: string): WorkFailure {
  return new WorkFailure({
    code: 'too-large',
    message: t(
      'This model is larger than Framecast works out: {0}. Simplify it, with onnxsim for example, and try again.',
      what,
    ),
  });
}
