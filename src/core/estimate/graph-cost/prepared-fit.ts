import { bundledLandmarks } from '../../landmarks/campaigns';
import { findMode } from '../../landmarks/devices';
import { publishedIn, publishedReference, userCampaign } from '../../landmarks/user-campaign';
import { type Landmark } from '../../landmarks/landmark';
import { beginsWith } from '../../landmarks/landmark-set';
import { campaignSpread, intervalDeviations } from '../calibration';
import { jackknifePlus } from '../family-fit/jackknife';
import { atOnce, onceInPieces, type Pieces } from '../../pieces';
import { calibrationOfFit } from './graph-cost-calibration';
import { countNamedModels, hasSuperMode, prepareLandmark, type PreparedLandmark } from './costed-landmark';
import type { GraphCostFit, GraphCostFold, GraphCostKey } from './fit-types';
import {
  usualFamily,
  usualNoise,
  variancesOfFew,
  type Belief,
  type KnownPoint,
  type KnownSolution,
  type LatencyFit,
} from './latency-fit';
import { countNames, landmarkRows, renumbered, type LandmarkRows } from './landmark-rows';
import { overheadReach, overheadShare, spreadBeyondReach } from './landmark-range';
import type { LatencyFunction, LatencyModel, TermName } from './latency-model';
import { LatencyProblem, maxCampaigns, maxFamilies, minObservations, type PartialSolution } from './latency-problem';
import { allModels, byCount, familiesLeftOut, modelsLeftOut, spread, withoutFamily } from './left-out';
import { networkBelief, type CoefficientPrior } from './priors';
import { latencyModel } from './specification';

/** Landmarks of different models without which a fit would be its priors alone. */
export const minModels = 3;

/**
 * Landmarks, repeated ones counted once, up to which every model is left out and fitted again. Of more, folds are
 * one step from the whole fit.
 */
export const maxExactLandmarks = 120;

/** Folds without which intervals are of the width that the fit expects: fewer do not reach a level of 90%. */
const minFolds = 9;

/**
 * Half the width of an interval, in standard deviations that a fit expects, where there are so few landmarks that their
 * errors do not tell: within that many are 90% of the landmarks of boards left out, of which so many were given back
 * (ESTIMATORS.md). Priors leave more room to learn than boards need.
 */
export function deviationsOfFew(landmarks: number): number {
  return [0.65, 0.9, 1.1][landmarks] ?? 1.25;
}

/**
 * Spread of a campaign's factor where its power mode, or that of the campaign it relates to, is not known: where later
 * software brought a faster mode, and elsewhere, where most measure in the fastest.
 */
const spreadOfEitherMode = 0.25;
const spreadOfUnstatedMode = 0.16;

/** Standard deviation of the logarithm of what a source differs by that no landmark is of. */
const spreadOfAnotherSource = 0.08;

/** A network as the unknowns of a fit see it. */
interface Asked {
  /** How much it uses of every term. */
  readonly work: readonly number[];
  /** What other boards say of it. */
  readonly network: Belief;
  /** The place of its family's residual; null without one. */
  readonly residual: number | null;
  readonly isOfUnknownFamily: boolean;
}

/** A fit without a model, and what it says of one landmark of that. */
interface Fold {
  readonly rest: PartialSolution;
  readonly fold: GraphCostFold;
}

/** Landmarks of one left-out model that are predicted where there are more. */
const maxOfModel = 8;

/** Fits without some landmarks each: where they end, if all was fitted again, and what each says of those. */
interface LeftOut {
  readonly points: readonly KnownPoint[];
  readonly folds: readonly Fold[];
}

/**
 * Fits to prepared landmarks that are known to be enough. Of up to {@link maxExactLandmarks} every model is left out in
 * turn and everything is fitted again; of more, a few dozen models of each family, each by one step from the whole fit.
 * A landmark without a family has no residual of its own.
 *
 * @param landmarks repeated measurements already one
 * @param reference the campaign whose board figures are for
 * @param before an earlier fit of the place: the columns of landmarks that both have are taken from it, and where folds
 *   are not fitted again, the search starts from it
 * @param isExact whether folds are fitted again
 * @param solution of this fit, where it is known
 */
export function* fittingPrepared(
  prior: CoefficientPrior,
  landmarks: readonly PreparedLandmark[],
  key: GraphCostKey,
  reference: string | null = defaultReference(landmarks),
  before?: GraphCostFit,
  isExact = landmarks.length <= maxExactLandmarks,
  solution: KnownSolution | null = null,
): Pieces<GraphCostFit> {
  const model = latencyModel(key.device, key.runtime);
  const ones = model.terms.map(() => 1);
  const rows = landmarkRows(landmarks, prior, before?.rows);
  const earlier = isExact ? undefined : before;
  const usualSquare = rows.networkDeviations.reduce((sum, deviation) => sum + deviation ** 2, 0) / landmarks.length;
  const counts = countNames(rows, rows.campaigns);
  const published = publishedIn(counts);
  const others = new Map([...counts].filter(([campaign]) => campaign !== reference));
  const campaigns = byCount(others, maxCampaigns, published);
  const families = byCount(countNames(rows, rows.families), maxFamilies);
  const familyIndex = (family: string | null) => (family === null ? null : (families.get(family) ?? null));
  const campaignIndex = (campaign: string) => campaigns.get(campaign) ?? null;
  const unclear = unclearCampaigns(rows);
  const spreadOfUnclear = hasSuperMode(key.device) ? spreadOfEitherMode : spreadOfUnstatedMode;
  const spreadOf = (campaign: string) =>
    unclear.has(campaign) || (reference !== null && unclear.has(reference)) ? spreadOfUnclear : campaignSpread;
  const problem = new LatencyProblem(
    {
      works: rows.works,
      logLatencies: rows.logLatencies.map((logLatency, index) => logLatency - rows.networkMeans[index]!),
      campaigns: renumbered(
        rows,
        rows.campaigns,
        reference === null || !counts.has(reference) ? campaigns : new Map([...campaigns, [reference, -1]]),
        campaigns.size,
      ),
      families: renumbered(rows, rows.families, families, families.size),
    },
    prior,
    [...campaigns.keys()].map(spreadOf),
    families.size,
  );
  const isFew = landmarks.length < minObservations;
  const usual = { noise: usualNoise.median, family: usualFamily.median };
  const start = isFew ? variancesOfFew : (earlier?.fit.variances ?? usual);
  const known = solution && problem.solved(solution.point, solution.variances);
  const from =
    earlier && isSearchOf(earlier, reference, campaigns, families) && rows.carried > 0 ? earlier.search : null;
  const whole =
    known ??
    (from === null
      ? problem.solve(startOf(problem, campaigns, families, earlier?.fit), start, earlier !== undefined)
      : problem.solve(from.point, start, true, problem.sumsAfter(rows.carried, from)));

  const reach = isFew
    ? Infinity
    : overheadReach(rows, Float64Array.from(whole.point.subarray(0, problem.terms), Math.exp));
  const ask = (latencyOf: LatencyFunction, family: string | null): Asked => ({
    work: latencyOf(ones).shares,
    network: networkBelief(prior, latencyOf.network, family),
    residual: familyIndex(family),
    isOfUnknownFamily: family !== null && familyIndex(family) === null,
  });
  /** What a point and its curvature say of a network. */
  const answer = (
    { point, factor, variances }: PartialSolution,
    asked: Asked,
    campaign: string | null = null,
  ): Belief => {
    const { work, network, residual, isOfUnknownFamily } = asked;
    const factorIndex = campaign === null ? null : campaignIndex(campaign);
    const { mean, slope } = problem.predictAt(point, work, factorIndex, residual);
    const unknown =
      variances.noise ** 2 +
      (spreadBeyondReach * Math.max(0, overheadShare(slope) - reach)) ** 2 +
      // The noise that landmarks tell has what is not known of their own networks.
      Math.max(0, network.deviation ** 2 - (isFew ? 0 : usualSquare)) +
      (isOfUnknownFamily ? variances.family ** 2 : 0) +
      (campaign !== null && factorIndex === null && campaign !== reference ? campaignSpread ** 2 : 0);
    return { mean: mean + network.mean, deviation: Math.sqrt(unknown + factor.inverseForm(slope)) };
  };
  const belief = (index: number): Belief => {
    const unit = new Float64Array(problem.size);
    unit[index] = 1;
    return { mean: whole.point[index]!, deviation: Math.sqrt(whole.factor.inverseForm(unit)) };
  };
  const fit: LatencyFit = {
    coefficients: [...whole.point.subarray(0, problem.terms)].map((value) => Math.exp(value)),
    variances: whole.variances,
    campaigns: new Map([...campaigns].map(([name, index]) => [name, belief(problem.campaignAt(index))])),
    families: new Map([...families].map(([name, index]) => [name, belief(problem.familyAt(index))])),
    evidence: whole.evidence,
    predict: (latencyOf, family, campaign) => answer(whole, ask(latencyOf, family), campaign),
  };

  const stepWithout = problem.stepsFrom(whole);
  /**
   * Leaves the landmarks of each group out together and predicts them, or some where there are many.
   *
   * @param known where the fits without each end, if that is known
   */
  function* leaveOut(groups: readonly (readonly number[])[], known: readonly KnownPoint[] = []): Pieces<LeftOut> {
    const points: KnownPoint[] = [];
    const folds: Fold[] = [];
    for (const [group, indices] of groups.entries()) {
      if (indices.length === landmarks.length) continue;
      yield;
      const point = known.length === groups.length ? known[group] : undefined;
      const rest = isExact ? problem.solveWithout(indices, whole, point) : stepWithout(indices);
      if (rest === null) continue;
      if (isExact) points.push({ point: rest.point, variances: rest.variances });
      for (const index of isExact ? indices : spread(indices, maxOfModel)) {
        const { landmark, latencyOf } = landmarks[index]!;
        const logLatency = logLatencyOf(landmark);
        const isReference = landmark.campaign === reference;
        const asked = ask(latencyOf, landmark.family);
        const predicted = answer(rest, asked, isReference ? null : landmark.campaign);
        const plainError =
          isReference && published !== null && published !== reference
            ? logLatency - answer(rest, asked, published).mean
            : null;
        const predictedFps = (1000 * landmark.batch) / Math.exp(predicted.mean);
        const error = logLatency - predicted.mean;
        folds.push({ rest, fold: { landmark, predicted, predictedFps, error, plainError } });
      }
    }
    return { points, folds };
  }
  const shipped = known === null ? null : solution;
  const byModel = yield* leaveOut(isExact ? allModels(landmarks) : modelsLeftOut(rows, reference!), shipped?.folds);
  const familiesOut = onceInPieces(() =>
    leaveOut([...familiesLeftOut(rows, families), ...withoutFamily(rows)], shipped?.familyFolds),
  );

  const leaveOneOut = byModel.folds.map(({ fold }) => fold);
  // Only a board that has another to be compared with is calibrated.
  const ownModels = published === null || published === reference ? 0 : countModels(landmarksOf(rows, reference!));
  return {
    key,
    model,
    prior,
    reference,
    powerMode: findMode(key.device, key.powerMode) ?? null,
    hasUnknownModes: unclear.size > 0,
    calibration: reference === null ? null : calibrationOfFit(fit, reference, published, leaveOneOut, ownModels),
    landmarks,
    rows,
    fit,
    overheadReach: reach,
    leaveOneOut,
    search: whole,
    solution: () => ({
      point: whole.point,
      variances: whole.variances,
      folds: byModel.points,
      familyFolds: familiesOut.now().points,
    }),
    prepareFamilies: async (pause) => void (await familiesOut.withPauses(pause)),
    leaveFamilyOut: () => familiesOut.now().folds.map(({ fold }) => fold),
    deviationAfterBenchmark: (latencyOf, family) => {
      const { deviation } = fit.predict(latencyOf, family);
      const { point, factor, variances } = whole;
      const { slope } = problem.predictAt(point, latencyOf(ones).shares, null, familyIndex(family));
      const gains = usualBenchmarks().map(({ kernels }) => {
        const other = problem.predictAt(point, model.latencyOf(kernels)(ones).shares, null, null).slope;
        const solved = factor.solve(other);
        const shared = slope.reduce((sum, value, index) => sum + value * solved[index]!, 0);
        return shared ** 2 / (factor.inverseForm(other) + variances.noise ** 2 + variances.family ** 2);
      });
      return Math.sqrt(Math.max(variances.noise ** 2, deviation ** 2 - Math.max(...gains)));
    },
    intervalAt: (latencyOf, family, level, isOfAnother = false) => {
      const another = isOfAnother && reference !== null ? intervalDeviations * spreadOfAnotherSource : 0;
      const isSeen = family !== null && families.has(family);
      // With landmarks of one family there is none to leave out.
      const { folds } = isSeen || families.size < 2 ? byModel : familiesOut.now();
      if (folds.length < minFolds) {
        // Too few errors to tell their spread: that which the fit expects.
        const { mean, deviation } = fit.predict(latencyOf, family);
        // Landmarks that say little of this network make it no less certain.
        const within = Math.min(
          deviationsOfFew(landmarks.length) * deviation,
          deviationsOfFew(0) * deviationBefore(prior, model, latencyOf, family),
        );
        const half = Math.hypot(within, another);
        return { level, low: mean - half, high: mean + half };
      }
      const asked = ask(latencyOf, family);
      const raw = jackknifePlus(
        folds.map(({ rest, fold }) => {
          const { mean, deviation } = answer(rest, asked);
          return { prediction: mean, error: (Math.abs(fold.error) * deviation) / fold.predicted.deviation };
        }),
        level,
      );
      if (raw === null || another === 0) return raw;
      const { mean } = fit.predict(latencyOf, family);
      return {
        level,
        low: mean - Math.hypot(mean - raw.low, another),
        high: mean + Math.hypot(raw.high - mean, another),
      };
    },
  };
}

/** The same in one piece. */
export function fitPrepared(...asked: Parameters<typeof fittingPrepared>): GraphCostFit {
  return atOnce(fittingPrepared(...asked));
}

/** Published models that a ladder would begin with, each with what it uses of every term. */
function usualBenchmarks(): readonly PreparedLandmark[] {
  return (benchmarks ??= ['resnet18', 'resnet50', 'mobilenet_v2 width=1', 'squeezenet1_1'].flatMap((model) => {
    const published = bundledLandmarks.find((landmark) => landmark.model === model);
    const prepared = published === undefined ? null : prepareLandmark(published);
    return prepared === null ? [] : [prepared];
  }));
}

let benchmarks: readonly PreparedLandmark[] | undefined;

/** Campaigns with a landmark whose power mode is not known. */
function unclearCampaigns({ unclear, campaigns, names }: LandmarkRows): ReadonlySet<string> {
  const found = new Set<number>();
  for (let index = 0; index < unclear.length; index += 1) if (unclear[index] === 1) found.add(campaigns[index]!);
  return new Set([...found].map((campaign) => names.nameOf(campaign)));
}

/** A campaign's landmarks. */
function landmarksOf({ landmarks, campaigns, names }: LandmarkRows, campaign: string): readonly PreparedLandmark[] {
  const number = names.find(campaign);
  const found: PreparedLandmark[] = [];
  for (let index = 0; index < campaigns.length; index += 1) {
    if (campaigns[index] === number) found.push(landmarks[index]!);
  }
  return found;
}

/** Whether an earlier fit has the same unknowns in the same places. */
function isSearchOf(
  before: GraphCostFit,
  reference: string | null,
  campaigns: ReadonlyMap<string, number>,
  families: ReadonlyMap<string, number>,
): boolean {
  const isSame = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
    one.size === other.size && beginsWith([...one.keys()], [...other.keys()]);
  return (
    before.reference === reference && isSame(before.fit.campaigns, campaigns) && isSame(before.fit.families, families)
  );
}

/** An earlier fit's point, as far as it knows the unknowns. */
function startOf(
  problem: LatencyProblem,
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

/** Standard deviation of a prediction's logarithm before any landmark of the board. */
function deviationBefore(
  prior: CoefficientPrior,
  model: LatencyModel<TermName>,
  latencyOf: LatencyFunction,
  familyName: string | null,
): number {
  const { latencyMs, shares } = latencyOf(prior.mean.map((value) => Math.exp(value)));
  const network = networkBelief(prior, latencyOf.network, familyName);
  const { noise, family } = variancesOfFew;
  const variance = model.terms.reduce(
    (sum, _, row) =>
      sum +
      model.terms.reduce(
        (inner, __, column) =>
          inner + (shares[row]! / latencyMs) * prior.covariance[row]![column]! * (shares[column]! / latencyMs),
        0,
      ),
    noise ** 2 + family ** 2 + network.deviation ** 2,
  );
  return Math.sqrt(variance);
}

export function logLatencyOf({ batch, throughputFps }: Landmark): number {
  return Math.log((1000 * batch) / throughputFps);
}

/** Different models, at least {@link minModels} of them where there are so many. */
export function countModels(landmarks: readonly PreparedLandmark[]): number {
  return landmarks.length > maxExactLandmarks ? countNamedModels(landmarks, minModels) : allModels(landmarks).length;
}

function defaultReference(landmarks: readonly PreparedLandmark[]): string | null {
  const all = landmarks.map(({ landmark }) => landmark);
  return userCampaign(all) ?? publishedReference(all);
}
