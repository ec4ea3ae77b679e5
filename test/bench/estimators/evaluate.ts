import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { findDevice } from '../../../src/core/landmarks/devices';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import { prepareLandmark, type PreparedLandmark } from '../../../src/core/estimate/graph-cost/costed-landmark';
import type { GraphCostFit, GraphCostKey } from '../../../src/core/estimate/graph-cost/fit-types';
import { fitGraphCost } from '../../../src/core/estimate/graph-cost/graph-cost-fit';
import { fitPrepared } from '../../../src/core/estimate/graph-cost/prepared-fit';
import { graphCostModel } from '../../../src/core/estimate/graph-cost/latency-model';
import { modelGroups } from '../../../src/core/estimate/graph-cost/left-out';
import { reserve, type CoefficientPrior } from '../../../src/core/estimate/graph-cost/priors';
import { boardSpecification, termSpecification } from '../../../src/core/estimate/graph-cost/specification';
import { beliefOfCell, beliefsOfFamilies, beliefsOfNetworks, type JointFit } from './joint/joint-fit';
import type { JointRow } from './joint/joint-model';

/** One prediction of a network that the fit had not seen. */
export interface Judged {
  readonly landmark: Landmark;
  /** log(predicted latency / measured latency). */
  readonly error: number;
  /** Whether the 90% interval has the measured figure; null where there is none. */
  readonly isCovered: boolean | null;
  /** Half the interval's width relative to the estimate. */
  readonly halfWidth: number;
}

/** Mean of |predicted − measured| / measured in throughput. */
export function meanError(judged: readonly Judged[]): number {
  return mean(judged.map(({ error }) => Math.abs(Math.expm1(-error))));
}

export function coverage(judged: readonly Judged[]): number {
  const asked = judged.filter(({ isCovered }) => isCovered !== null);
  return asked.filter(({ isCovered }) => isCovered).length / asked.length;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The board's fit as the product makes it, at the mode in which each landmark of a fit was measured. */
export function fitOf(key: GraphCostKey, landmarks: readonly Landmark[] = bundledLandmarks): GraphCostFit {
  const outcome = fitGraphCost(landmarks, key);
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}

/** Judges predictions by a fit of landmarks that it has not seen, in the mode that the fit is for. */
export function judge(fit: GraphCostFit, prepared: readonly PreparedLandmark[], withFactor = true): readonly Judged[] {
  return prepared.map(({ landmark, latencyOf }) => {
    const measured = Math.log((1000 * landmark.batch) / landmark.throughputFps);
    const isKnown = withFactor && landmark.campaign !== fit.reference && fit.fit.campaigns.has(landmark.campaign);
    const factor = isKnown ? fit.fit.campaigns.get(landmark.campaign)!.mean : 0;
    const { mean: predicted } = fit.fit.predict(latencyOf, landmark.family);
    const interval = fit.intervalAt(latencyOf, landmark.family, 0.9, !withFactor);
    return {
      landmark,
      error: predicted + factor - measured,
      isCovered: interval && interval.low <= measured - factor && measured - factor <= interval.high,
      halfWidth: interval === null ? NaN : Math.expm1((interval.high - interval.low) / 2),
    };
  });
}

/** Leaves every model of a fit out in turn, with the intervals of a fit that has not seen it. */
export function modelsLeftOut({ prior, landmarks, key, reference }: GraphCostFit): readonly Judged[] {
  const groups = modelGroups(landmarks);
  return [...new Set(groups)].flatMap((group) => {
    const training = landmarks.filter((_, index) => groups[index] !== group);
    const fit = fitPrepared(prior, training, key, reference, undefined, false);
    return judge(
      fit,
      landmarks.filter((_, index) => groups[index] === group),
    );
  });
}

/** The prior of a board that a joint fit has not seen. */
export function priorOf(fit: JointFit, { device, runtime }: GraphCostKey, rows: readonly JointRow[]): CoefficientPrior {
  const { chip, generation } = findDevice(device)!;
  const board = boardSpecification(device)!;
  const { mean: beyond, covariance } = beliefOfCell(fit, { chip, generation, board }, runtime);
  const { logs } = termSpecification(board, runtime);
  return {
    mean: beyond.map((value, term) => value + logs[term]!),
    covariance: covariance.map((row, a) => row.map((value, b) => value + reserve(a, b))),
    networks: beliefsOfNetworks(fit, rows),
    families: beliefsOfFamilies(fit, rows),
    landmarks: 0,
    boards: 0,
  };
}

/** Fractions between 0 and 1 that only look random (Park and Miller 1988). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** So many of some items by chance. */
export function sample<T>(items: readonly T[], count: number, random: () => number): readonly T[] {
  const rest = [...items];
  return Array.from(
    { length: Math.min(count, rest.length) },
    () => rest.splice(Math.floor(random() * rest.length), 1)[0]!,
  );
}

export const terms = graphCostModel.terms;
export { prepareLandmark };
