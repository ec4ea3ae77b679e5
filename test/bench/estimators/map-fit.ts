import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { campaignSpread } from '../../../src/core/estimate/calibration';
import {
  familyGrid,
  logDistance,
  neighbours,
  noiseGrid,
  usualFamily,
  usualNoise,
  type Belief,
  type LatencyFit,
  type Variances,
} from '../../../src/core/estimate/graph-cost/latency-fit';
import type { LatencyFunction, LatencyModel } from '../../../src/core/estimate/graph-cost/latency-model';

/** What is believed of coefficients before any landmark is seen: log-normal, and a factor that all may share. */
export interface CoefficientPriors<Name extends string = string> {
  readonly byTerm: Readonly<Record<Name, { readonly median: number; readonly spread: number }>>;
  readonly sharedSpread: number;
}

/** One measured network. */
export interface Observation {
  readonly latencyOf: LatencyFunction;
  /** Measured time of one inference. */
  readonly latencyMs: number;
  /** Landmarks measured together share a factor; null for the campaign that all others are relative to. */
  readonly campaign: string | null;
  /** Networks of one family share a residual. */
  readonly family: string;
}

/**
 * Fits a latency model to measured networks. Logarithms of coefficients, campaign factors and family residuals are
 * normal beforehand; the most probable values are found by damped Gauss–Newton steps on the logarithm of latency, so
 * that coefficients stay positive and errors count relative to what was measured. The two variances maximise the
 * evidence in Laplace's approximation (empirical Bayes), so that residuals of families are shrunk towards zero by as
 * much as the landmarks call for. Deterministic.
 *
 * @param near variances close to which the search may stay, e.g. of the fit from which one observation is now left out
 */
export function fitLatency<Name extends string>(
  model: LatencyModel<Name>,
  observations: readonly Observation[],
  priors: CoefficientPriors<Name>,
  near?: Variances,
): LatencyFit {
  const problem = new Problem(model, observations, priors);
  let variances = near ?? { noise: usualNoise.median, family: usualFamily.median };
  let point = problem.minimise(problem.start(), variances);
  for (let round = 0; round < (near === undefined ? 4 : 1); round += 1) {
    const better = problem.bestVariances(point, variances, near !== undefined);
    if (better.noise === variances.noise && better.family === variances.family) break;
    variances = better;
    point = problem.minimise(point, variances);
  }
  return problem.finish(point, variances);
}

/** The observations about a point, in units of the logarithm of latency. */
interface Linearised {
  /** Sum of squares of log(measured) − log(predicted). */
  readonly squares: number;
  /** Slopes of the predictions times their residuals, negated; and times each other. */
  readonly gradient: readonly number[];
  readonly curvature: readonly (readonly number[])[];
}

class Problem<Name extends string> {
  private readonly campaigns: readonly string[];
  private readonly families: readonly string[];
  /** Mean and standard deviation of every unknown: log coefficients, shared factor, campaigns, families. */
  private readonly means: readonly number[];
  private readonly terms: number;
  private readonly shared: boolean;

  constructor(
    private readonly model: LatencyModel<Name>,
    private readonly observations: readonly Observation[],
    private readonly priors: CoefficientPriors<Name>,
  ) {
    this.terms = model.terms.length;
    this.shared = priors.sharedSpread > 0;
    this.campaigns = distinct(observations.flatMap(({ campaign }) => (campaign === null ? [] : [campaign])));
    this.families = distinct(observations.map(({ family }) => family));
    this.means = model.terms.map((term) => Math.log(priors.byTerm[term].median));
  }

  start(): readonly number[] {
    const others = (this.shared ? 1 : 0) + this.campaigns.length + this.families.length;
    return [...this.means, ...new Array<number>(others).fill(0)];
  }

  /** Damped Gauss–Newton from a point to the most probable one. */
  minimise(from: readonly number[], variances: Variances): readonly number[] {
    let point = from;
    let linear = this.linearise(point);
    let cost = this.cost(point, linear, variances);
    let damping = 0;
    for (let iteration = 0; iteration < 60; iteration += 1) {
      const { curvature, gradient } = this.normal(point, linear, variances);
      const step = solve(curvature, gradient, damping);
      const next = point.map((value, index) => value - (step[index] ?? NaN));
      const nextLinear = this.linearise(next);
      const nextCost = this.cost(next, nextLinear, variances);
      if (!(nextCost <= cost)) {
        if (damping > 1e6) break;
        damping = Math.max(1e-3, damping * 10);
        continue;
      }
      const gain = cost - nextCost;
      point = next;
      linear = nextLinear;
      cost = nextCost;
      damping = damping < 1e-3 ? 0 : damping / 10;
      if (gain < 1e-9 * (1 + cost)) break;
    }
    return point;
  }

  /** The variances with the greatest evidence, the model taken as linear about a point. */
  bestVariances(point: readonly number[], current: Variances, nearby: boolean): Variances {
    const linear = this.linearise(point);
    let best = current;
    let bestEvidence = -Infinity;
    for (const noise of nearby ? neighbours(noiseGrid, current.noise) : noiseGrid) {
      for (const family of nearby ? neighbours(familyGrid, current.family) : familyGrid) {
        const variances = { noise, family };
        const evidence = this.evidence(point, linear, variances);
        if (evidence > bestEvidence) [best, bestEvidence] = [variances, evidence];
      }
    }
    return best;
  }

  finish(point: readonly number[], variances: Variances): LatencyFit {
    const linear = this.linearise(point);
    const { curvature } = this.normal(point, linear, variances);
    const covariance = new CholeskyDecomposition(curvature).solve(Matrix.eye(point.length));
    const coefficients = point.slice(0, this.terms).map((value) => Math.exp(value));
    const offset = this.terms + (this.shared ? 1 : 0);
    const belief = (index: number): Belief => ({
      mean: point[index]!,
      deviation: Math.sqrt(Math.max(0, covariance.get(index, index))),
    });
    const campaigns = new Map(this.campaigns.map((name, index) => [name, belief(offset + index)]));
    const familyOffset = offset + this.campaigns.length;
    const families = new Map(this.families.map((name, index) => [name, belief(familyOffset + index)]));
    return {
      coefficients,
      variances,
      campaigns,
      families,
      evidence: this.evidence(point, linear, variances),
      predict: (latencyOf, family, campaign = null) => {
        const { latencyMs, shares } = latencyOf(coefficients);
        const slope = new Array<number>(point.length).fill(0);
        shares.forEach((share, index) => (slope[index] = share / latencyMs));
        let mean = Math.log(latencyMs);
        let variance = variances.noise ** 2;
        const add = (index: number, unknownSpread: number) => {
          if (index < 0) variance += unknownSpread ** 2;
          else mean += point[index]!;
          if (index >= 0) slope[index] = 1;
        };
        add(indexFrom(this.families, family, familyOffset), variances.family);
        if (campaign !== null) add(indexFrom(this.campaigns, campaign, offset), campaignSpread);
        return { mean, deviation: Math.sqrt(variance + quadratic(covariance, slope)) };
      },
    };
  }

  private linearise(point: readonly number[]): Linearised {
    const coefficients = point.slice(0, this.terms).map((value) => Math.exp(value));
    const offset = this.terms + (this.shared ? 1 : 0);
    const familyOffset = offset + this.campaigns.length;
    const gradient = new Array<number>(point.length).fill(0);
    const curvature = point.map(() => new Array<number>(point.length).fill(0));
    let squares = 0;
    for (const observation of this.observations) {
      const { latencyMs, shares } = observation.latencyOf(coefficients);
      const entries: [index: number, slope: number][] = [];
      shares.forEach((share, index) => share !== 0 && entries.push([index, share / latencyMs]));
      let residual = Math.log(observation.latencyMs / latencyMs);
      for (const index of [
        indexFrom(this.campaigns, observation.campaign, offset),
        indexFrom(this.families, observation.family, familyOffset),
      ]) {
        if (index < 0) continue;
        residual -= point[index]!;
        entries.push([index, 1]);
      }
      squares += residual ** 2;
      for (const [row, a] of entries) {
        gradient[row]! -= a * residual;
        const curvatureRow = curvature[row]!;
        for (const [column, b] of entries) curvatureRow[column]! += a * b;
      }
    }
    return { squares, gradient, curvature };
  }

  private cost(point: readonly number[], { squares }: Linearised, variances: Variances): number {
    const data = squares / variances.noise ** 2;
    const prior = this.penalties(variances).reduce((sum, { index, mean, minus, deviation }) => {
      const distance = point[index]! - mean - (minus === null ? 0 : point[minus]!);
      return sum + (distance / deviation) ** 2;
    }, 0);
    return (data + prior) / 2;
  }

  /** Prior of every unknown: normal about `mean`, or about another unknown plus `mean`. */
  private penalties(variances: Variances) {
    const sharedIndex = this.shared ? this.terms : null;
    const list: { index: number; mean: number; minus: number | null; deviation: number }[] = this.model.terms.map(
      (term, index) => ({
        index,
        mean: this.means[index]!,
        minus: sharedIndex,
        deviation: this.priors.byTerm[term].spread,
      }),
    );
    const plain = (count: number, deviation: number) => {
      for (let added = 0; added < count; added += 1) list.push({ index: list.length, mean: 0, minus: null, deviation });
    };
    if (this.shared) plain(1, this.priors.sharedSpread);
    plain(this.campaigns.length, campaignSpread);
    plain(this.families.length, variances.family);
    return list;
  }

  /** Curvature (Gauss–Newton) and gradient of the cost. */
  private normal(point: readonly number[], linear: Linearised, variances: Variances) {
    const weight = 1 / variances.noise ** 2;
    const curvature = linear.curvature.map((row) => row.map((value) => weight * value));
    const gradient = linear.gradient.map((value) => weight * value);
    for (const { index, mean, minus, deviation } of this.penalties(variances)) {
      const pull = (point[index]! - mean - (minus === null ? 0 : point[minus]!)) / deviation ** 2;
      gradient[index]! += pull;
      curvature[index]![index]! += 1 / deviation ** 2;
      if (minus === null) continue;
      gradient[minus]! -= pull;
      curvature[minus]![minus]! += 1 / deviation ** 2;
      curvature[index]![minus]! -= 1 / deviation ** 2;
      curvature[minus]![index]! -= 1 / deviation ** 2;
    }
    return { curvature: new Matrix(curvature), gradient };
  }

  /** Laplace's approximation of log p(measurements | variances) + log p(variances), up to a constant. */
  private evidence(point: readonly number[], linear: Linearised, variances: Variances): number {
    const { curvature, gradient } = this.normal(point, linear, variances);
    const factor = new CholeskyDecomposition(curvature);
    const step = factor.solve(Matrix.columnVector(gradient)).to1DArray();
    const cost =
      this.cost(point, linear, variances) - gradient.reduce((sum, value, index) => sum + value * step[index]!, 0) / 2;
    const logDeterminant = 2 * factor.lowerTriangularMatrix.diagonal().reduce((sum, value) => sum + Math.log(value), 0);
    return (
      -cost -
      this.observations.length * Math.log(variances.noise) -
      this.families.length * Math.log(variances.family) -
      logDeterminant / 2 -
      logDistance(variances.noise, usualNoise) -
      logDistance(variances.family, usualFamily)
    );
  }
}

/** Solves (curvature + damping · diagonal) · step = gradient. */
function solve(curvature: Matrix, gradient: readonly number[], damping: number): readonly number[] {
  const damped = curvature.clone();
  for (let index = 0; index < damped.rows; index += 1)
    damped.set(index, index, damped.get(index, index) * (1 + damping));
  return new CholeskyDecomposition(damped).solve(Matrix.columnVector([...gradient])).to1DArray();
}

function quadratic(matrix: Matrix, vector: readonly number[]): number {
  return vector.reduce(
    (sum, a, row) =>
      a === 0 ? sum : sum + a * vector.reduce((inner, b, column) => inner + b * matrix.get(row, column), 0),
    0,
  );
}

function indexFrom(names: readonly string[], name: string | null, offset: number): number {
  const index = name === null ? -1 : names.indexOf(name);
  return index < 0 ? -1 : offset + index;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
