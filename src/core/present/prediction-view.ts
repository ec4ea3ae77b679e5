import { t } from '../language';
import { listed, shortName } from '../text';
import { concernsOf, type Concern } from '../estimate/concerns';
import {
  isEstimate,
  type Estimate,
  type Method,
  type Prediction,
  type Query,
  type Refusal,
} from '../estimate/estimate';
import { askedCost, fixedBatch, ownImageSize, wholeMacs } from '../estimate/operating-point';
import { verdictOf, type Verdict } from '../estimate/verdict';
import type { ModelProfile } from '../profile/profile';
import { isSameSize } from '../image-size';
import { bySeverity } from './concern-summary';
import {
  intervalSentence,
  measuredSentence,
  methodName,
  methodSentence,
  operatingPointText,
  deploymentText,
} from './sentences';
import {
  enteredFigure,
  formatCount,
  formatExactCount,
  formatFps,
  formatLatency,
  formatMacs,
  formatShape,
  formatShare,
  formatThroughput,
  throughputUnit,
} from '../figures';

/** One estimate in words, as every surface shows it. */
export interface EstimateView {
  readonly method: Method;
  /** `Family fit (Equation 2)`. */
  readonly methodName: string;
  /** `86.4 FPS`, and its two parts. */
  readonly throughput: string;
  readonly number: string;
  readonly unit: string;
  /** `11.6 ms`. */
  readonly latency: string;
  /** `83% interval: 77.1 to 130 FPS`, or that there is none. */
  readonly interval: string;
  /** The same for a table, `77.1–130 FPS (83%)`; null where there is none. */
  readonly intervalRange: string | null;
  /** What it rests on in one line: `From 27 measurements on this board.` */
  readonly basis: string;
  /** `Equation 2, fitted to 5 measured models of the ResNet family`. */
  readonly how: string;
  /** `leave-one-out error 37% (campaign paper)`; null where no error is known. */
  readonly error: string | null;
  readonly extrapolated: boolean;
  readonly notes: readonly string[];
  /** What tells it from a refusal. */
  readonly reason: null;
}

/** A method that gives no answer, in words. */
export interface RefusalView {
  readonly method: Method;
  readonly methodName: string;
  readonly reason: string;
}

/** What the graph itself says, in words. */
export interface ModelView {
  /** `11.69 M`. */
  readonly parameters: string;
  /** `11,689,512`. */
  readonly parametersExact: string;
  readonly storedParametersExact: string;
  /** `ResNet-18 [2,2,2,2] basic`, the family's name where no variant is known, or `not recognised`. */
  readonly variant: string;
  readonly family: string | null;
  /** `100%`. */
  readonly confidence: string;
  /** `1.81 GMAC`; null when unknown. */
  readonly macs: string | null;
  /** `input 1 × 3 × 224 × 224`; null without an input. */
  readonly input: string | null;
  /** Operator types whose cost is not known; '' when there are none. */
  readonly uncosted: string;
  readonly evidence: readonly string[];
}

/** The figures of an interval bar, in inputs per second, and the labels of its scale. */
export interface RangeView {
  readonly fps: number;
  readonly lowFps: number;
  readonly highFps: number;
  readonly targetFps: number | null;
  /** Upper end of the bar, which starts at 0. */
  readonly endFps: number;
  /** What is written at places of the bar, left to right. */
  readonly ticks: readonly { readonly fps: number; readonly label: string; readonly isTarget: boolean }[];
}

/** Everything that a surface says about one model and one query, as text. */
export interface PredictionView {
  /** One line: `86.4 FPS on Jetson Nano, TensorRT FP16` or `No prediction for Jetson Nano, TensorRT FP16`. */
  readonly headline: string;
  /** `Jetson Nano, TensorRT FP16`. */
  readonly deployment: string;
  /** `224×224, batch 1`; null without an estimate. */
  readonly operatingPoint: string | null;
  readonly estimate: EstimateView | null;
  /** Why there is no estimate; null when there is one. */
  readonly reason: string | null;
  /** Why this method is used; null if only one answers. */
  readonly why: string | null;
  /** `Measured: 32.0 FPS (paper)`; null where this very network was not measured here. */
  readonly measured: string | null;
  /** Where the measured figures are published, a line each. */
  readonly measuredSources: readonly string[];
  /** null without an interval. */
  readonly range: RangeView | null;
  readonly verdict: Verdict | null;
  readonly model: ModelView;
  /** What matters on the board, errors first. */
  readonly concerns: readonly Concern[];
  readonly alternatives: readonly (EstimateView | RefusalView)[];
}

/** Puts a prediction into words. `targetFps` in inputs per second, where the user has set one. */
export function predictionView(
  profile: ModelProfile,
  query: Query,
  prediction: Prediction,
  targetFps?: number,
): PredictionView {
  const { estimate } = prediction;
  const concerns = concernsOf(profile, query, prediction);
  const deployment = deploymentText(query);
  return {
    headline:
      estimate === null
        ? t('No prediction for {0}', deployment)
        : t('{0} on {1}', formatThroughput(estimate.throughputFps, estimate.batch), deployment),
    deployment,
    operatingPoint: estimate === null ? null : operatingPointText(estimate),
    estimate: estimate === null ? null : estimateView(estimate, profile.family),
    reason: prediction.reason,
    why: prediction.why,
    measured: measuredSentence(prediction, estimate?.batch ?? query.batch ?? 1),
    measuredSources: (prediction.measured ?? []).map(({ campaign, source }) => `${campaign}: ${source}`),
    range: estimate === null ? null : rangeView(estimate, targetFps ?? null),
    verdict: verdictOf(prediction, concerns, targetFps ?? null),
    model: modelView(profile, query, prediction),
    concerns: bySeverity(concerns),
    alternatives: prediction.alternatives.map((answer) =>
      isEstimate(answer) ? estimateView(answer, profile.family) : refusalView(answer),
    ),
  };
}

/** What the graph itself says, in words, its work and its input at the size that the figure is for. */
function modelView(profile: ModelProfile, query: Query, prediction: Prediction): ModelView {
  const macs = wholeMacs(askedCost(profile, query, prediction));
  return {
    parameters: formatCount(profile.parameters),
    parametersExact: formatExactCount(profile.parameters),
    storedParametersExact: formatExactCount(profile.storedParameters),
    variant: profile.variant ?? profile.family ?? t('unknown family'),
    family: profile.family,
    confidence: formatShare(profile.confidence),
    macs: macs === null ? null : formatMacs(macs),
    input: inputText(profile, prediction.estimate),
    uncosted: profile.uncosted.join(', '),
    evidence: profile.evidence,
  };
}

/** The input as the file states it, and at which size it is taken where that is another or open. */
function inputText(profile: ModelProfile, estimate: Estimate | null): string | null {
  const { input, fittingSize } = profile;
  if (input === null) return null;
  const stated = `${shortName(input.name)} ${input.shape === null ? t('of unknown shape') : formatShape(input.shape)}`;
  if (estimate === null) return stated;
  const { resolution, height = resolution, width = resolution, batch } = estimate;
  const own = fittingSize === null ? ownImageSize(profile) : null;
  const isStated = own !== null && isSameSize(own, { height, width }) && (fixedBatch(profile) ?? 1) === batch;
  return isStated ? stated : t('{0}, taken at {1}', stated, operatingPointText(estimate));
}

function estimateView(estimate: Estimate, family: string | null): EstimateView {
  const { crossValidatedError, campaigns } = estimate;
  return {
    method: estimate.method,
    methodName: methodName(estimate.method),
    throughput: formatThroughput(estimate.throughputFps, estimate.batch),
    number: formatFps(estimate.throughputFps),
    unit: throughputUnit(estimate.batch),
    latency: formatLatency(estimate.latencyMs),
    interval: intervalSentence(estimate),
    intervalRange: intervalRange(estimate),
    basis: estimate.basis,
    how: methodSentence(estimate, family),
    error:
      crossValidatedError === null
        ? null
        : t('leave-one-out error {0} (campaign {1})', formatShare(crossValidatedError), listed(campaigns)),
    extrapolated: estimate.extrapolated,
    notes: estimate.notes,
    reason: null,
  };
}

/** Labels that would be closer than this share of the bar's width are left out, the target's excepted. */
const minGap = 0.12;

function rangeView({ interval, throughputFps }: Estimate, targetFps: number | null): RangeView | null {
  if (interval === null) return null;
  const { lowFps, highFps } = interval;
  const endFps = Math.max(highFps, targetFps ?? 0) * 1.08;
  const target = targetFps === null ? [] : [{ fps: targetFps, label: enteredFigure(targetFps), isTarget: true }];
  const ticks = [...target];
  for (const fps of [0, lowFps, highFps]) {
    if (ticks.some((other) => Math.abs(other.fps - fps) / endFps < minGap)) continue;
    ticks.push({ fps, label: fps === 0 ? '0' : formatFps(fps), isTarget: false });
  }
  ticks.sort((one, other) => one.fps - other.fps);
  return { fps: throughputFps, lowFps, highFps, targetFps, endFps, ticks };
}

function intervalRange({ interval, batch }: Estimate): string | null {
  if (interval === null) return null;
  return `${formatFps(interval.lowFps)}–${formatThroughput(interval.highFps, batch)} (${formatShare(interval.level)})`;
}

function refusalView(refusal: Refusal): RefusalView {
  return { method: refusal.method, methodName: methodName(refusal.method), reason: refusal.reason };
}
