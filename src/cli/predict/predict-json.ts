import { isEstimate, type Estimate, type Refusal } from '../../core/estimate/estimate';
import { verdictOf, type Verdict } from '../../core/estimate/verdict';
import type { ModelProfile } from '../../core/profile/profile';
import type { FileAnswer } from './predict-files';

/** One answer with its fields in a fixed order. */
export function answerJson(answer: FileAnswer, targetFps: number | null): object {
  const { file } = answer;
  if (!answer.ok) {
    const { code, message, offset } = answer.error;
    return { file, ok: false, error: { code, message, offset } };
  }
  const { estimate, reason, why, alternatives, measured = [], deployedFps } = answer.prediction;
  const warnings = [...answer.warnings, ...answer.missingWeights];
  const verdict = verdictOf(answer.prediction, answer.concerns, targetFps);
  return {
    file,
    ok: true,
    model: modelJson(answer.profile),
    estimate: estimate === null ? null : estimateJson(estimate),
    ...(estimate === null ? { reason } : {}),
    measured: measured.map(({ throughputFps, campaign, source }) => ({ throughputFps, campaign, source })),
    verdict: verdict === null ? null : verdictJson(verdict),
    ...(deployedFps == null ? {} : { deployedForm: { throughputFps: deployedFps } }),
    alternatives: alternatives.map(alternativeJson),
    why: why ?? undefined,
    ...(targetFps === null ? {} : { target: { throughputFps: targetFps, met: verdict?.kind === 'meets' } }),
    concerns: answer.concerns.map(({ code, severity, message, remedy }) => ({ code, severity, message, remedy })),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function verdictJson({ kind, isSure, certainty, throughputFps, ratio, sentence }: Verdict): object {
  return { kind, isSure, certainty, throughputFps, ratio, sentence };
}

function modelJson(profile: ModelProfile): object {
  return {
    parameters: profile.parameters,
    storedParameters: profile.storedParameters,
    family: profile.family,
    variant: profile.variant,
    confidence: profile.confidence,
    evidence: profile.evidence,
    input: profile.input === null ? null : { name: profile.input.name, shape: profile.input.shape },
    macs: profile.macs,
    activationElements: profile.activationElements,
    weightElements: profile.weightElements,
    opset: profile.opset,
    uncosted: profile.uncosted,
  };
}

export function estimateJson(estimate: Estimate): object {
  return {
    device: estimate.device,
    runtime: estimate.runtime,
    resolution: estimate.resolution,
    height: estimate.height,
    width: estimate.width,
    batch: estimate.batch,
    throughputFps: estimate.throughputFps,
    latencyMs: estimate.latencyMs,
    interval: estimate.interval && {
      level: estimate.interval.level,
      lowFps: estimate.interval.lowFps,
      highFps: estimate.interval.highFps,
    },
    method: estimate.method,
    landmarks: estimate.landmarks,
    extrapolated: estimate.extrapolated,
    campaigns: estimate.campaigns,
    crossValidatedError: estimate.crossValidatedError,
    powerMode: estimate.powerMode,
    basis: estimate.basis,
    certainty: estimate.certainty,
    notes: estimate.notes,
  };
}

function alternativeJson(answer: Estimate | Refusal): object {
  if (!isEstimate(answer)) return { method: answer.method, reason: answer.reason };
  const { method, throughputFps } = answer;
  return { method, throughputFps, ...estimateJson(answer) };
}
