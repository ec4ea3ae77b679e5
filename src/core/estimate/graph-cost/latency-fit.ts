import type { LatencyFunction } from './latency-model';

/** Standard deviations of the natural logarithm of latency. */
export interface Variances {
  /** Of one measurement about the model with its family's residual. */
  readonly noise: number;
  /** Of a family's residual. */
  readonly family: number;
}

/** A normal belief about a logarithm. */
export interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

/** Coefficients, campaign factors and family residuals that fit a set of landmarks best. */
export interface LatencyFit {
  /** One per term of the model; positive and finite. */
  readonly coefficients: readonly number[];
  readonly variances: Variances;
  /** Logarithm of each campaign's latency relative to the reference campaign's. */
  readonly campaigns: ReadonlyMap<string, Belief>;
  /** Logarithm of each family's latency relative to what the coefficients say. */
  readonly families: ReadonlyMap<string, Belief>;
  /** Logarithm of the evidence for the variances, up to a constant. */
  readonly evidence: number;
  /**
   * Logarithm of a network's latency in ms with its standard deviation, which counts what is not known of the
   * coefficients, of the family's residual and of the campaign's factor, and the noise of one measurement.
   */
  predict(latencyOf: LatencyFunction, family: string | null, campaign?: string | null): Belief;
}

/** Where a search for a fit ends. */
export interface KnownPoint {
  /** Logarithms of the coefficients, then campaigns' and families' factors, as the fit orders them. */
  readonly point: Float64Array;
  readonly variances: Variances;
}

/** What the search for a fit finds, so that it need not search. */
export interface KnownSolution extends KnownPoint {
  /** The fit without each model, in the order in which models are left out; empty where folds are one step from it. */
  readonly folds: readonly KnownPoint[];
  /** The fit without each family, likewise. */
  readonly familyFolds: readonly KnownPoint[];
}

/** Where the variances are looked for, with the deviations expected before any landmark is seen. */
export const usualNoise = { median: 0.05, spread: 0.5 };
export const usualFamily = { median: 0.1, spread: 0.4 };
/** Taken where too few landmarks tell: what boards have that are known less well than the best. */
export const variancesOfFew: Variances = { noise: 0.056, family: 0.1 };

export const noiseGrid = [0.01, 0.014, 0.02, 0.028, 0.04, 0.056, 0.08, 0.11, 0.16, 0.22, 0.32];
export const familyGrid = [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.3, 0.45, 0.65];

/** Minus the logarithm of a log-normal density, up to a constant. */
export function logDistance(value: number, usual: { readonly median: number; readonly spread: number }): number {
  return (Math.log(value / usual.median) / usual.spread) ** 2 / 2;
}

/** A grid's values next to one of them, and that one. */
export function neighbours(grid: readonly number[], value: number): readonly number[] {
  const index = grid.indexOf(value);
  return grid.slice(Math.max(0, index - 1), index + 2);
}
