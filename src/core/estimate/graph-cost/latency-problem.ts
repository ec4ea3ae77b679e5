import { campaignSpread } from '../calibration';
import { cholesky, inverse, type Cholesky } from './cholesky';
import {
  familyGrid,
  logDistance,
  neighbours,
  noiseGrid,
  usualFamily,
  usualNoise,
  type KnownPoint,
  type Variances,
} from './latency-fit';
import type { CoefficientPrior } from './priors';

/** Measured networks in columns, one entry each. */
export interface Observations {
  /** How much each uses of every term, one after the other; its latency is their sum, each times its coefficient. */
  readonly works: Float64Array;
  /** Logarithm of the measured time of one inference in ms. */
  readonly logLatencies: Float64Array;
  /** Index of its campaign's factor; −1 for the reference's. */
  readonly campaigns: Int32Array;
  /** Index of its family's residual; −1 where it has no family. */
  readonly families: Int32Array;
}

/** Families and campaigns beyond these numbers have no unknown of their own but make their landmarks less certain. */
export const maxFamilies = 64;
export const maxCampaigns = 16;

/** Sums over observations about a point, apart by what is unknown of them beside noise: nothing, family, campaign, both. */
export interface Sums {
  readonly count: readonly number[];
  readonly squares: readonly number[];
  readonly gradient: readonly Float64Array[];
  readonly curvature: readonly Float64Array[];
}

/** A most probable point, with the factor of the cost's curvature there. */
export interface PartialSolution extends KnownPoint {
  readonly factor: Cholesky;
}

export interface Solution extends PartialSolution {
  readonly sums: Sums;
  readonly normal: { readonly curvature: Float64Array; readonly gradient: Float64Array };
  readonly evidence: number;
}

/** Observations from which on they tell of their variances. */
export const minObservations = 9;

const kinds = [0, 1, 2, 3] as const;
const none = new Float64Array(0);

/**
 * The most probable coefficients, campaign factors and family residuals, whose logarithms are normal beforehand, given
 * measured latencies: found by damped Gauss–Newton steps on the logarithm of latency, so that coefficients stay positive
 * and errors count relative to what was measured. Numbers are in flat arrays, and sums over observations are taken once
 * for a point, from which every variance and every fold is judged, so that thousands of observations take milliseconds.
 * Deterministic.
 */
export class LatencyProblem {
  readonly size: number;
  readonly terms: number;
  private readonly works: Float64Array;
  private readonly logs: Float64Array;
  private readonly campaigns: Int32Array;
  private readonly families: Int32Array;
  private readonly kinds: Uint8Array;
  private readonly precision: Float64Array;
  private readonly all: Uint32Array;
  private readonly familyOffset: number;

  /**
   * @param campaignSpreads standard deviation of each factor beforehand; observations of further campaigns share none
   * @param familyCount residuals, likewise
   */
  constructor(
    { works, logLatencies, campaigns, families }: Observations,
    private readonly prior: CoefficientPrior,
    private readonly campaignSpreads: readonly number[],
    private readonly familyCount: number,
  ) {
    const campaignCount = campaignSpreads.length;
    this.terms = prior.mean.length;
    this.precision = inverse(prior.covariance);
    this.familyOffset = this.terms + campaignCount;
    this.size = this.familyOffset + familyCount;
    this.works = works;
    this.logs = logLatencies;
    const count = logLatencies.length;
    this.campaigns = new Int32Array(count);
    this.families = new Int32Array(count);
    this.kinds = new Uint8Array(count);
    this.all = new Uint32Array(count);
    for (let index = 0; index < count; index += 1) {
      const [campaign, family] = [campaigns[index]!, families[index]!];
      this.all[index] = index;
      this.campaigns[index] = campaign < 0 || campaign >= campaignCount ? -1 : this.terms + campaign;
      this.families[index] = family < 0 || family >= familyCount ? -1 : this.familyOffset + family;
      this.kinds[index] = (family < familyCount ? 0 : 1) + (campaign < campaignCount ? 0 : 2);
    }
  }

  /** Where the search starts when nothing is known. */
  start(): Float64Array {
    const point = new Float64Array(this.size);
    point.set(this.prior.mean);
    return point;
  }

  /**
   * Sums over all observations, or some, about a point.
   *
   * @param onto sums about the same point over others, which are counted in
   */
  sums(point: Float64Array, indices: ArrayLike<number> = this.all, onto?: Sums): Sums {
    const { terms, size } = this;
    const count = onto?.count.slice() ?? [0, 0, 0, 0];
    const squares = onto?.squares.slice() ?? [0, 0, 0, 0];
    const gradient = kinds.map((kind) => onto?.gradient[kind]!.slice() ?? none);
    const curvature = kinds.map((kind) => onto?.curvature[kind]!.slice() ?? none);
    const coefficients = this.coefficientsAt(point);
    const slopes = new Float64Array(terms);
    for (let position = 0; position < indices.length; position += 1) {
      const index = indices[position]!;
      const kind = this.kinds[index]!;
      if (count[kind] === 0) {
        gradient[kind] = new Float64Array(size);
        curvature[kind] = new Float64Array(size * size);
      }
      count[kind]! += 1;
      const residual = this.residualAt(index, point, coefficients, slopes);
      squares[kind]! += residual * residual;
      this.add(index, 1, residual, slopes, gradient[kind]!, curvature[kind]!);
    }
    return { count, squares, gradient, curvature };
  }

  /** Sums over all observations about the point of a solution to the first `count` of them. */
  sumsAfter(count: number, { point, sums }: Solution): Sums {
    return this.sums(point, this.all.subarray(count), sums);
  }

  private coefficientsAt(point: Float64Array): Float64Array {
    return point.subarray(0, this.terms).map((value) => Math.exp(value));
  }

  /** What an observation's logarithm of latency is above the point's; its slopes by the coefficients are written. */
  private residualAt(index: number, point: Float64Array, coefficients: Float64Array, slopes: Float64Array): number {
    const { terms, works } = this;
    const work = index * terms;
    let latency = 0;
    for (let term = 0; term < terms; term += 1) {
      const share = works[work + term]! * coefficients[term]!;
      slopes[term] = share;
      latency += share;
    }
    for (let term = 0; term < terms; term += 1) slopes[term]! /= latency;
    const campaign = this.campaigns[index]!;
    const family = this.families[index]!;
    let residual = this.logs[index]! - Math.log(latency);
    if (campaign >= 0) residual -= point[campaign]!;
    if (family >= 0) residual -= point[family]!;
    return residual;
  }

  /** Adds an observation to a gradient and the lower triangle of a curvature. */
  private add(
    index: number,
    weight: number,
    residual: number,
    slopes: Float64Array,
    gradient: Float64Array,
    curvature: Float64Array,
  ): void {
    const { terms, size } = this;
    for (let row = 0; row < terms; row += 1) {
      const slope = weight * slopes[row]!;
      if (slope === 0) continue;
      gradient[row]! -= slope * residual;
      const start = row * size;
      for (let column = 0; column <= row; column += 1) curvature[start + column]! += slope * slopes[column]!;
    }
    const campaign = this.campaigns[index]!;
    this.addUnit(campaign, -1, weight, residual, slopes, gradient, curvature);
    this.addUnit(this.families[index]!, campaign, weight, residual, slopes, gradient, curvature);
  }

  /** The same for a factor or residual of its own, of which the slope is 1. */
  private addUnit(
    index: number,
    other: number,
    weight: number,
    residual: number,
    slopes: Float64Array,
    gradient: Float64Array,
    curvature: Float64Array,
  ): void {
    if (index < 0) return;
    gradient[index]! -= weight * residual;
    const row = index * this.size;
    for (let term = 0; term < this.terms; term += 1) curvature[row + term]! += weight * slopes[term]!;
    curvature[row + index]! += weight;
    if (other >= 0) curvature[row + other]! += weight;
  }

  /** Lower triangle of the curvature (Gauss–Newton) of the cost, and its gradient. */
  normal(point: Float64Array, sums: Sums, variances: Variances): { curvature: Float64Array; gradient: Float64Array } {
    const curvature = new Float64Array(this.size * this.size);
    const gradient = new Float64Array(this.size);
    for (const kind of kinds) {
      if (sums.count[kind] === 0) continue;
      const weight = 1 / variance(kind, variances);
      const c = sums.curvature[kind]!;
      for (let index = 0; index < c.length; index += 1) curvature[index]! += weight * c[index]!;
      const g = sums.gradient[kind]!;
      for (let index = 0; index < g.length; index += 1) gradient[index]! += weight * g[index]!;
    }
    const { terms, size } = this;
    for (let row = 0; row < terms; row += 1) {
      for (let column = 0; column < terms; column += 1) {
        const precision = this.precision[row * terms + column]!;
        gradient[row]! += precision * (point[column]! - this.prior.mean[column]!);
        if (column <= row) curvature[row * size + column]! += precision;
      }
    }
    this.eachPlain(variances, (index, precision) => {
      gradient[index]! += precision * point[index]!;
      curvature[index * size + index]! += precision;
    });
    return { curvature, gradient };
  }

  cost(point: Float64Array, { count, squares }: Sums, variances: Variances): number {
    let cost = 0;
    for (const kind of kinds) if (count[kind]! > 0) cost += squares[kind]! / variance(kind, variances);
    const { terms } = this;
    for (let row = 0; row < terms; row += 1) {
      const away = point[row]! - this.prior.mean[row]!;
      for (let column = 0; column < terms; column += 1) {
        cost += away * this.precision[row * terms + column]! * (point[column]! - this.prior.mean[column]!);
      }
    }
    this.eachPlain(variances, (index, precision) => (cost += precision * point[index]! ** 2));
    return cost / 2;
  }

  /** Laplace's approximation of log p(measurements | variances), up to a constant; −∞ where it cannot be had. */
  evidence(point: Float64Array, sums: Sums, variances: Variances): number {
    const { curvature, gradient } = this.normal(point, sums, variances);
    const factor = cholesky(curvature, this.size);
    if (factor === null) return -Infinity;
    const cost = this.cost(point, sums, variances) - factor.inverseForm(gradient) / 2;
    const noise = kinds.reduce<number>(
      (sum, kind) => sum + (sums.count[kind]! * Math.log(variance(kind, variances))) / 2,
      0,
    );
    return -cost - noise - this.familyCount * Math.log(variances.family) - factor.logDeterminant / 2;
  }

  /** Mean and slope of a prediction of the logarithm of latency; what is unknown of it adds to its variance. */
  predictAt(
    point: Float64Array,
    work: readonly number[],
    campaign: number | null,
    family: number | null,
  ): { readonly mean: number; readonly slope: Float64Array } {
    const slope = new Float64Array(this.size);
    let latency = 0;
    for (let term = 0; term < this.terms; term += 1) {
      const share = work[term]! * Math.exp(point[term]!);
      slope[term] = share;
      latency += share;
    }
    for (let term = 0; term < this.terms; term += 1) slope[term]! /= latency;
    let mean = Math.log(latency);
    for (const [offset, index] of [
      [this.terms, campaign],
      [this.familyOffset, family],
    ] as const) {
      if (index === null) continue;
      mean += point[offset + index]!;
      slope[offset + index] = 1;
    }
    return { mean, slope };
  }

  /** Where a factor's or residual's belief stands in a point. */
  campaignAt(index: number): number {
    return this.terms + index;
  }

  familyAt(index: number): number {
    return this.familyOffset + index;
  }

  /**
   * Damped Gauss–Newton to the most probable point.
   *
   * @param known the sums about `from`, where they are known
   * @param indices the observations that count; all where left out
   */
  minimise(
    from: Float64Array,
    variances: Variances,
    known?: Sums,
    indices: ArrayLike<number> = this.all,
  ): { point: Float64Array; sums: Sums } {
    let point = from;
    let sums = known ?? this.sums(point, indices);
    let cost = this.cost(point, sums, variances);
    let damping = 0;
    for (let iteration = 0; iteration < 60 && damping <= 1e6; iteration += 1) {
      const { curvature, gradient } = this.normal(point, sums, variances);
      for (let index = 0; index < this.size; index += 1) curvature[index * this.size + index]! *= 1 + damping;
      const factor = cholesky(curvature, this.size);
      const step = factor?.solve(gradient);
      const next = step && point.map((value, index) => value - step[index]!);
      const nextSums = next && this.sums(next, indices);
      const nextCost = next && nextSums ? this.cost(next, nextSums, variances) : Infinity;
      if (!next || !nextSums || !(nextCost <= cost)) {
        damping = Math.max(1e-3, damping * 10);
        continue;
      }
      const gain = cost - nextCost;
      [point, sums, cost] = [next, nextSums, nextCost];
      damping = damping < 1e-3 ? 0 : damping / 10;
      // The cost is a log probability: what is left to gain is far less than one observation says.
      if (gain < 1e-5) break;
    }
    return { point, sums };
  }

  /** The variances with the greatest evidence about a point, of all that are looked at or of those near the current. */
  bestVariances(point: Float64Array, sums: Sums, current: Variances, isNear: boolean): Variances {
    let best = current;
    let bestEvidence = -Infinity;
    for (const noise of isNear ? neighbours(noiseGrid, current.noise) : noiseGrid) {
      for (const family of isNear ? neighbours(familyGrid, current.family) : familyGrid) {
        const evidence =
          this.evidence(point, sums, { noise, family }) -
          logDistance(noise, usualNoise) -
          logDistance(family, usualFamily);
        if (evidence > bestEvidence) [best, bestEvidence] = [{ noise, family }, evidence];
      }
    }
    return best;
  }

  /**
   * The most probable point and variances, searched from others.
   *
   * @param isNear whether the variances are looked for near the first, as those of nearly the same observations
   * @param known the sums about `from`, where they are known
   */
  solve(from: Float64Array, start: Variances, isNear = false, known?: Sums): Solution {
    let variances = start;
    let { point, sums } = this.minimise(from, variances, known);
    for (let round = 0; round < 4 && this.all.length >= minObservations; round += 1) {
      const better = this.bestVariances(point, sums, variances, isNear);
      if (better.noise === variances.noise && better.family === variances.family) break;
      variances = better;
      ({ point, sums } = this.minimise(point, variances, sums));
    }
    return this.solutionAt(point, sums, variances)!;
  }

  /** The most probable point and variances where they are known; null if they are of another problem. */
  solved(point: Float64Array, variances: Variances): Solution | null {
    return point.length === this.size ? this.solutionAt(point, this.sums(point), variances) : null;
  }

  private solutionAt(point: Float64Array, sums: Sums, variances: Variances): Solution | null {
    const normal = this.normal(point, sums, variances);
    const factor = cholesky(normal.curvature.slice(), this.size);
    return factor && { point, variances, factor, sums, normal, evidence: this.evidence(point, sums, variances) };
  }

  /**
   * The same without some observations, solved from the solution with them; null where it cannot be had.
   *
   * @param known where it is, if that is known
   */
  solveWithout(indices: readonly number[], solution: Solution, known?: KnownPoint): PartialSolution | null {
    const { point: from, variances: start } = solution;
    const left = new Set(indices);
    const rest = this.all.filter((index) => !left.has(index));
    if (known) {
      const { curvature } = this.normal(known.point, this.sums(known.point, rest), known.variances);
      const factor = cholesky(curvature, this.size);
      return factor && { ...known, factor };
    }
    let { point, sums } = this.minimise(from, start, undefined, rest);
    const variances = rest.length < minObservations ? start : this.bestVariances(point, sums, start, true);
    if (variances.noise !== start.noise || variances.family !== start.family) {
      ({ point, sums } = this.minimise(point, variances, sums, rest));
    }
    const factor = cholesky(this.normal(point, sums, variances).curvature, this.size);
    return factor && { point, variances, factor };
  }

  /**
   * The same by one Gauss–Newton step from the solution with them, its variances kept: exact for a model that is linear
   * about it, which this one is nearly, in logarithms. (Approximate leave-one-out: Rad and Maleki, A scalable estimate
   * of the out-of-sample prediction error, JRSS B 2020.)
   */
  stepsFrom({ point, variances, normal }: Solution): (without: readonly number[]) => PartialSolution | null {
    const coefficients = this.coefficientsAt(point);
    const slopes = new Float64Array(this.terms);
    const gradient = new Float64Array(this.size);
    return (without) => {
      const curvature = normal.curvature.slice();
      gradient.set(normal.gradient);
      for (const index of without) {
        const residual = this.residualAt(index, point, coefficients, slopes);
        this.add(index, -1 / variance(this.kinds[index]!, variances), residual, slopes, gradient, curvature);
      }
      const factor = cholesky(curvature, this.size);
      const step = factor?.solve(gradient);
      return factor && step ? { factor, variances, point: step.map((value, index) => point[index]! - value) } : null;
    };
  }

  /** Factors and residuals, which are normal about 0, with their precisions. */
  private eachPlain(variances: Variances, visit: (index: number, precision: number) => void): void {
    this.campaignSpreads.forEach((spread, index) => visit(this.campaignAt(index), spread ** -2));
    for (let index = 0; index < this.familyCount; index += 1) visit(this.familyAt(index), variances.family ** -2);
  }
}

/** Of the logarithm of latency about what is predicted, by what is unknown beside noise. */
function variance(kind: number, { noise, family }: Variances): number {
  return noise ** 2 + (kind & 1 ? family ** 2 : 0) + (kind & 2 ? campaignSpread ** 2 : 0);
}
