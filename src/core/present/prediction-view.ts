import { concernsOf, type Concern } from '../estimate/concerns';
import type { Estimate, Method, Prediction, Query, Refusal } from '../estimate/estimate';
import { verdictOf, type Verdict } from '../estimate/verdict';
import { deviceName } from '../landmarks/devices';
import { runtimeName } from '../landmarks/landmark';
import type { ModelProfile } from '../profile/profile';
import { bySeverity } from './concern-summary';
import { intervalSentence, measuredSentence, methodName, methodSentence, operatingPointText } from './sentences';
import {
  formatCount,
  formatExactCount,
  formatFps,
  formatLatency,
  formatMacs,
  formatShape,
  formatShare,
  formatThroughput,
} from '../figures';

/** One estimate in words, as every surface shows it. */
export interface EstimateView {
  readonly method: Method;
  /** `Family fit (Equation 2)`. */
  readonly methodName: string;
  /** `86.4 FPS`. */
  readonly throughput: string;
  /** `11.6 ms`. */
  readonly latency: string;
  /** `83% interval: 77.1 to 130 FPS`, or that there is none. */
  readonly interval: string;
  /** The same for a table, `77.1–130 FPS (83%)`; null where there is none. */
  readonly intervalRange: string | null;
  /** `Equation 2, fitted to 5 measured models of the ResNet family`. */
  readonly basis: string;
  /** `leave-one-out error 37% (campaign paper)`; null where no error is known. */
  readonly error: string | null;
  readonly extrapolated: boolean;
  readonly notes: readonly string[];
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

/** Everything that a surface says about one model and one query, as text. */
export interface PredictionView {
  /** One line: `86.4 FPS on Jetson Nano, TensorRT FP16` or `No prediction for Jetson Nano, TensorRT FP16`. */
  readonly headline: string;
  /** `Jetson Nano, TensorRT FP16`. */
  readonly place: string;
  /** `224×224, batch 1`; null without an estimate. */
  readonly operatingPoint: string | null;
  readonly estimate: EstimateView | null;
  /** Why there is no estimate; null when there is one. */
  readonly reason: string | null;
  /** Why this method is used; null if only one answers. */
  readonly why: string | null;
  /** `Measured: 32.0 FPS (paper)`; null where this very network was not measured here. */
  readonly measured: string | null;
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
  const concerns = concernsOf(profile, query);
  const place = `${deviceName(query.device)}, ${runtimeName(query.runtime)}`;
  return {
    headline:
      estimate === null
        ? `No prediction for ${place}`
        : `${formatThroughput(estimate.throughputFps, estimate.batch)} on ${place}`,
    place,
    operatingPoint: estimate === null ? null : operatingPointText(estimate),
    estimate: estimate === null ? null : estimateView(estimate, profile.family),
    reason: prediction.reason,
    why: prediction.why,
    measured: measuredSentence(prediction, estimate?.batch ?? query.batch ?? 1),
    verdict: verdictOf(prediction, concerns, targetFps ?? null),
    model: modelView(profile),
    concerns: bySeverity(concerns),
    alternatives: prediction.alternatives.map((answer) =>
      'throughputFps' in answer ? estimateView(answer, profile.family) : refusalView(answer),
    ),
  };
}

/** What the graph itself says, in words, for surfaces that show a model without a prediction. */
export function modelView(profile: ModelProfile): ModelView {
  const { input } = profile;
  return {
    parameters: formatCount(profile.parameters),
    parametersExact: formatExactCount(profile.parameters),
    storedParametersExact: formatExactCount(profile.storedParameters),
    variant: profile.variant ?? profile.family ?? 'not recognised',
    family: profile.family,
    confidence: formatShare(profile.confidence),
    macs: profile.macs === null ? null : formatMacs(profile.macs),
    input:
      input === null ? null : `${input.name} ${input.shape === null ? 'of unknown shape' : formatShape(input.shape)}`,
    uncosted: profile.uncosted.join(', '),
    evidence: profile.evidence,
  };
}

function estimateView(estimate: Estimate, family: string | null): EstimateView {
  const { crossValidatedError, campaigns } = estimate;
  return {
    method: estimate.method,
    methodName: methodName(estimate.method),
    throughput: formatThroughput(estimate.throughputFps, estimate.batch),
    latency: formatLatency(estimate.latencyMs),
    interval: intervalSentence(estimate),
    intervalRange: intervalRange(estimate),
    basis: methodSentence(estimate, family),
    error:
      crossValidatedError === null
        ? null
        : `leave-one-out error ${formatShare(crossValidatedError)} (campaign ${campaigns.join(' and ')})`,
    extrapolated: estimate.extrapolated,
    notes: estimate.notes,
  };
}

function intervalRange({ interval, batch }: Estimate): string | null {
  if (interval === null) return null;
  return `${formatFps(interval.lowFps)}–${formatThroughput(interval.highFps, batch)} (${formatShare(interval.level)})`;
}

function refusalView(refusal: Refusal): RefusalView {
  return { method: refusal.method, methodName: methodName(refusal.method), reason: refusal.reason };
}
