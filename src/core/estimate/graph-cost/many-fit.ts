import { publishedReference } from '../../landmarks/user-campaign';
import type { Landmark } from '../../landmarks/landmark';
import { jackknifePlus } from '../family-fit/jackknife';
import { campaignSpread } from '../calibration';
import { cholesky, type Cholesky } from './cholesky';
import { countNamedModels, type PreparedLandmark } from './costed-landmark';
import { calibrationOfFit } from './graph-cost-calibration';
import type { GraphCostFit, GraphCostFold, GraphCostKey } from './graph-cost-fit';
import { graphCostModel, type LatencyFunction } from './latency-model';
import { manyPriors, ManyProblem, maxCampaigns, maxFamilies, type ManyObservation } from './many-problem';
import { familyGrid, logDistance, noiseGrid, usualFamily, usualNoise } from './map-fit';
import type { Belief, LatencyFit, Variances } from './map-fit';
import type { CoefficientPriors } from './priors';

/** Models that are left out in turn, of all; those of every family are spread over its range. */
const maxFolds = 400;
const maxFoldsOfFamily = 24;

/** Landmarks of one left-out model that are predicted. */
const maxOfModel = 8;

/**
 * The same fit as `fitCosted` makes, for more landmarks than can be left out one after another: the most probable point
 * is found in the same way, but every fold is one Gauss–Newton step from it (see `ManyProblem.without`) rather than a
 * search of its own, and of each family a few dozen models, spread evenly over the landmarks in the order in which they
 * were measured, are left out rather than all. A landmark without a family has no residual of its own; it is less certain by as much as families differ.
 *
 * @param landmarks repeated measurements already one
 * @param before an earlier fit, from which the search starts
 */
export function fitMany(
  priors: CoefficientPriors,
  landmarks: readonly PreparedLandmark[],
  key: GraphCostKey,
  reference: string,
  before?: LatencyFit,
): GraphCostFit {
  const published = publishedReference(landmarks.map(({ landmark }) => landmark));
  const campaigns = byCount(
    landmarks,
    ({ landmark: { campaign } }) => (campaign === reference ? null : campaign),
    maxCampaigns,
    published === reference ? null : published,
  );
  const families = byCount(landmarks, ({ landmark: { family } }) => family, maxFamilies);
  const familyIndex = (family: string | null) => (family === null ? null : (families.get(family) ?? null));
  const campaignIndex = (campaign: string) => campaigns.get(campaign) ?? null;
  const observation = (index: number): ManyObservation => {
    const { landmark, work } = landmarks[index]!;
    return {
      work,
      logLatency: logLatencyOf(landmark),
      campaign: landmark.campaign === reference ? null : (campaignIndex(landmark.campaign) ?? campaigns.size),
      family: familyIndex(landmark.family) ?? families.size,
    };
  };
  const problem = new ManyProblem(
    landmarks.length,
    observation,
    manyPriors(graphCostModel.terms, priors),
    campaigns.size,
    families.size,
  );
  let variances = before?.variances ?? { noise: usualNoise.median, family: usualFamily.median };
  let { point, sums } = problem.minimise(startOf(problem, campaigns, families, before), variances);
  for (let round = 0; round < 4; round += 1) {
    const better = bestVariances(problem, point, sums, variances);
    if (better.noise === variances.noise && better.family === variances.family) break;
    variances = better;
    ({ point, sums } = problem.minimise(point, variances, sums));
  }
  const normal = problem.normal(point, sums, variances);
  const whole = cholesky(normal.curvature, problem.size)!;

  /** What a point and its curvature say of a network. */
  const predictor =
    (at: Float64Array, factor: Cholesky): LatencyFit['predict'] =>
    (latencyOf, family, campaign = null) => {
      const factorIndex = campaign === null ? null : campaignIndex(campaign);
      const residualIndex = familyIndex(family);
      const { mean, slope } = problem.predictAt(at, workOf(latencyOf), factorIndex, residualIndex);
      const unknown =
        variances.noise ** 2 +
        (residualIndex === null ? variances.family ** 2 : 0) +
        (campaign !== null && factorIndex === null && campaign !== reference ? campaignSpread ** 2 : 0);
      return { mean, deviation: Math.sqrt(unknown + factor.inverseForm(slope)) };
    };
  const belief = (index: number): Belief => {
    const unit = new Float64Array(problem.size);
    unit[index] = 1;
    return { mean: point[index]!, deviation: Math.sqrt(whole.inverseForm(unit)) };
  };
  const fit: LatencyFit = {
    coefficients: [...point.subarray(0, problem.terms)].map((value) => Math.exp(value)),
    variances,
    campaigns: new Map([...campaigns].map(([name, index]) => [name, belief(problem.campaignAt(index))])),
    families: new Map([...families].map(([name, index]) => [name, belief(problem.familyAt(index))])),
    evidence: problem.evidence(point, sums, variances),
    predict: predictor(point, whole),
  };

  /** Leaves landmarks out together and predicts some of them. */
  const leaveOut = (indices: readonly number[]) => {
    const rest = problem.without(indices, point, normal, variances);
    if (rest === null) return [];
    const without = { predict: predictor(rest.point, rest.factor) };
    return spread(indices, maxOfModel).map((index) => {
      const { landmark, latencyOf } = landmarks[index]!;
      const logLatency = logLatencyOf(landmark);
      const isReference = landmark.campaign === reference;
      const predicted = without.predict(latencyOf, landmark.family, isReference ? null : landmark.campaign);
      const plain =
        isReference && published !== null && published !== reference
          ? logLatency - without.predict(latencyOf, landmark.family, published).mean
          : null;
      const fold: GraphCostFold = {
        ...{ landmark, predicted, error: logLatency - predicted.mean, plainError: plain },
        predictedFps: (1000 * landmark.batch) / Math.exp(predicted.mean),
      };
      return { without, fold };
    });
  };
  const byModel = chosenModels(landmarks, reference).flatMap(leaveOut);
  let familyFolds: ReturnType<typeof leaveOut> | undefined;
  const byFamily = () => (familyFolds ??= membersOf(landmarks, families).flatMap(leaveOut));

  const leaveOneOut = byModel.map(({ fold }) => fold);
  // Only a board that has another to be compared with is calibrated.
  const ownModels =
    published === null || published === reference
      ? 0
      : countNamedModels(landmarks.filter(({ landmark }) => landmark.campaign === reference));
  return {
    ...{ key, model: graphCostModel, priors, reference, landmarks, fit, leaveOneOut },
    calibration: calibrationOfFit(fit, reference, published, leaveOneOut, ownModels),
    leaveFamilyOut: () => byFamily().map(({ fold }) => fold),
    intervalAt: (latencyOf, family, level) => {
      const seen = family !== null && families.has(family);
      const folds = seen || families.size < 2 ? byModel : byFamily();
      return jackknifePlus(
        folds.map(({ without, fold }) => {
          const { mean, deviation } = without.predict(latencyOf, family);
          return { prediction: mean, error: (Math.abs(fold.error) * deviation) / fold.predicted.deviation };
        }),
        level,
      );
    },
  };
}

/** The variances with the greatest evidence about a point, of the same grid as `fitLatency` searches. */
function bestVariances(
  problem: ManyProblem,
  point: Float64Array,
  sums: ReturnType<ManyProblem['sums']>,
  current: Variances,
): Variances {
  let best = current;
  let bestEvidence = -Infinity;
  for (const noise of noiseGrid) {
    for (const family of familyGrid) {
      const evidence =
        problem.evidence(point, sums, { noise, family }) -
        logDistance(noise, usualNoise) -
        logDistance(family, usualFamily);
      if (evidence > bestEvidence) [best, bestEvidence] = [{ noise, family }, evidence];
    }
  }
  return best;
}

/** An earlier fit's point, as far as it knows the unknowns. */
function startOf(
  problem: ManyProblem,
  campaigns: ReadonlyMap<string, number>,
  families: ReadonlyMap<string, number>,
  before: LatencyFit | undefined,
): Float64Array {
  const point = problem.start();
  if (before === undefined) return point;
  before.coefficients.forEach((value, index) => (point[index] = Math.log(value)));
  for (const [name, index] of campaigns) point[problem.campaignAt(index)] = before.campaigns.get(name)?.mean ?? 0;
  for (const [name, index] of families) point[problem.familyAt(index)] = before.families.get(name)?.mean ?? 0;
  return point;
}

const ones = graphCostModel.terms.map(() => 1);

function workOf(latencyOf: LatencyFunction): readonly number[] {
  return latencyOf(ones).shares;
}

/** Names numbered from 0, the most frequent first, at most so many; `first` comes before all. */
function byCount(
  landmarks: readonly PreparedLandmark[],
  nameOf: (landmark: PreparedLandmark) => string | null,
  most: number,
  first: string | null = null,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const landmark of landmarks) {
    const name = nameOf(landmark);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (first !== null && counts.has(first)) counts.set(first, Infinity);
  const ranked = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return new Map(ranked.slice(0, most).map(([name], index) => [name, index]));
}

/**
 * Numbers models, as `modelGroups` of the exact fit: landmarks that share a name or the kernels have one number.
 *
 * @param isNew whether a landmark of a model not seen before gets a number; null is returned where it does not
 */
function createNumbering(): (landmark: PreparedLandmark, isNew: boolean) => number | null {
  const numbers = new Map<string, number>();
  let next = 0;
  return ({ modelKeys, kernelsKey }, isNew) => {
    let number = numbers.get(kernelsKey);
    for (let index = 0; number === undefined && index < modelKeys.length; index += 1) {
      number = numbers.get(modelKeys[index]!);
    }
    if (number === undefined && !isNew) return null;
    number ??= next++;
    numbers.set(kernelsKey, number);
    for (const name of modelKeys) numbers.set(name, number);
    return number;
  };
}

/** Indices of the landmarks of each model that is left out: of every family some, and of the user's campaign some. */
function chosenModels(landmarks: readonly PreparedLandmark[], reference: string): readonly (readonly number[])[] {
  const strata = new Map<string | null, number[]>();
  const own: number[] = [];
  for (let index = 0; index < landmarks.length; index += 1) {
    const { family, campaign } = landmarks[index]!.landmark;
    const known = strata.get(family);
    if (known === undefined) strata.set(family, [index]);
    else known.push(index);
    if (campaign === reference) own.push(index);
  }
  const each = Math.max(2, Math.min(maxFoldsOfFamily, Math.floor(maxFolds / strata.size)));
  const numberOf = createNumbering();
  for (const stratum of [own, ...[...strata.values()].slice(0, maxFolds)]) {
    for (const index of spread(stratum, each)) numberOf(landmarks[index]!, true);
  }
  // Only those of chosen models are looked for, as there are few of them.
  const members = new Map<number, number[]>();
  for (let index = 0; index < landmarks.length; index += 1) {
    const number = numberOf(landmarks[index]!, false);
    if (number === null) continue;
    const known = members.get(number);
    if (known === undefined) members.set(number, [index]);
    else known.push(index);
  }
  return [...members.values()];
}

/** Indices of the landmarks of each family that has a residual of its own. */
function membersOf(
  landmarks: readonly PreparedLandmark[],
  families: ReadonlyMap<string, number>,
): readonly (readonly number[])[] {
  const members = new Map([...families.keys()].map((name): [string | null, number[]] => [name, []]));
  for (let index = 0; index < landmarks.length; index += 1) members.get(landmarks[index]!.landmark.family)?.push(index);
  return [...members.values()];
}

function logLatencyOf({ batch, throughputFps }: Landmark): number {
  return Math.log((1000 * batch) / throughputFps);
}

/** At most so many of some items, evenly spread, the first and the last among them. */
function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!);
}
