import type { Runtime } from '../landmarks/landmark';

/** What is asked: the place and way a network will run. */
export interface Query {
  readonly device: string;
  readonly runtime: Runtime;
  /** Side of a square input in pixels, for what `height` or `width` leaves out; the model's own size where undefined. */
  readonly resolution?: number;
  /** Of the input image, in pixels. */
  readonly height?: number;
  readonly width?: number;
  /** Batch size; where undefined the model's own if it fixes one, else 1. */
  readonly batch?: number;
  /** As the board's `powerModes` name it; the fastest where undefined. */
  readonly powerMode?: string | undefined;
}

const queryFields: Readonly<Record<keyof Query, true>> = {
  device: true,
  runtime: true,
  resolution: true,
  height: true,
  width: true,
  batch: true,
  powerMode: true,
};

/** What is asked at no size in particular. */
export function withoutSize({ device, runtime, powerMode, batch }: Query): Query {
  return { device, runtime, powerMode, batch };
}

/** A name for what is asked, the same for equal queries. */
export function queryKey(query: Query): string {
  return JSON.stringify(query, Object.keys(queryFields));
}

export type Method = 'landmark-fit' | 'graph-cost';

/** Prediction interval of a throughput. */
export interface Interval {
  /** Nominal coverage, e.g. 0.9. */
  readonly level: number;
  readonly lowFps: number;
  readonly highFps: number;
}

/** A predicted throughput, with everything that the user needs to judge it. */
export interface Estimate {
  readonly device: string;
  readonly runtime: Runtime;
  /** Side of the square with as many pixels as the input, rounded: of a square input its height and width. */
  readonly resolution: number;
  /** Of an input that is not square, in pixels. */
  readonly height?: number;
  readonly width?: number;
  readonly batch: number;
  /** Inputs per second; positive and finite. */
  readonly throughputFps: number;
  /** 1000 · batch / throughputFps. */
  readonly latencyMs: number;
  /** null where there are too few landmarks for one. */
  readonly interval: Interval | null;
  readonly method: Method;
  /** Number of landmarks behind the fit. */
  readonly landmarks: number;
  /** Campaigns that those landmarks are from. */
  readonly campaigns: readonly string[];
  /** Mean of |predicted − measured| / measured over the landmarks left out in turn; null where none can be. */
  readonly crossValidatedError: number | null;
  /** True outside the landmarks' range (parameters, resolution or batch). */
  readonly extrapolated: boolean;
  /** The curve turns between its landmarks and this model: left out ones among them tell nothing of the figure. */
  readonly isBeyondTurn?: true;
  /** What the answer rests on, in one line. */
  readonly basis: string;
  /**
   * `measured`: this very network was measured there. `inside` and `outside`: within and beyond what was measured there.
   * `specification`: nothing was; the answer rests on the board's specification and on other boards.
   */
  readonly certainty: 'measured' | 'inside' | 'outside' | 'specification';
  /** The power mode that the figure is for; null where the board's are not known. */
  readonly powerMode: string | null;
  /** Sentences: what the answer rests on and what to be careful about. */
  readonly notes: readonly string[];
}

/** Why a method gives no answer. */
export interface Refusal {
  readonly method: Method;
  /** One sentence for the user. */
  readonly reason: string;
  /** Whether the method is for other models, which matters to nobody if another method has a reason. */
  readonly isInapplicable?: true;
}

/** How answers are told from refusals, everywhere. */
export function isEstimate(answer: Estimate | Refusal): answer is Estimate {
  return 'throughputFps' in answer;
}

/** What was measured of a network. */
export interface MeasuredThroughput {
  /** Inputs per second. */
  readonly throughputFps: number;
  /** The campaign, e.g. `paper`. */
  readonly campaign: string;
  /** Where the figure is published, or the job that measured it. */
  readonly source: string;
}

/** Everything predicted for one model and one query. */
export interface Prediction {
  /** null when nothing honest can be said; then `reason` says why. */
  readonly estimate: Estimate | null;
  readonly reason: string | null;
  /** One sentence on why this method is used rather than another; null if fewer than two answer. */
  readonly why: string | null;
  /** The other methods' answers, and every refusal. */
  readonly alternatives: readonly (Estimate | Refusal)[];
  /** Where this very network was measured under this query: by the user's own board, else by everybody. */
  readonly measured?: readonly MeasuredThroughput[];
  /** Inputs per second once a network in training form is re-parameterised; null or left out where that is not known. */
  readonly deployedFps?: number | null;
}

/** What each method said: the headline first, where there is one. */
export function answersOf({ estimate, alternatives }: Prediction): readonly (Estimate | Refusal)[] {
  return estimate === null ? alternatives : [estimate, ...alternatives];
}
