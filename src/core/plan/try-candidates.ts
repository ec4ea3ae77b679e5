import { t } from '../language';
import type { Query } from '../estimate/estimate';
import type { Estimators } from '../estimate/estimators';
import { findDevice, supportsRuntime } from '../landmarks/devices';
import type { Pause } from '../pieces';
import type { ModelProfile } from '../profile/profile';
import { failure, success, type Result } from '../result';
import type { Settings } from '../zoo/family';
import type { Trial, Unanswered } from './plan';

/** A network at a size, before anything is predicted for it. */
export interface Candidate {
  /** What it is called before it is profiled, and after that where the network itself is the same in all candidates. */
  readonly label: string;
  /** Whether the profile's variant is the better name. */
  readonly namedByProfile: boolean;
  readonly settings: Settings;
  readonly profile: () => Result<ModelProfile>;
  readonly query: Query;
}

/** What planning needs of the estimators. */
export type PlanEstimators = Pick<Estimators, 'predict' | 'landmarks' | 'prepare'>;

export interface PlanProgress {
  readonly signal?: AbortSignal;
  /** Called before each candidate and awaited, so that a host can draw. */
  readonly onCandidate?: (done: number, total: number, label: string) => void | Promise<void>;
  /** Awaited between pieces of a few milliseconds, so that a host can let other work in between. */
  readonly pause?: Pause;
}

/** For hosts that nobody waits for. */
export const noPause: Pause = () => undefined;

export interface Tried {
  readonly trials: readonly Trial[];
  readonly unanswered: readonly Unanswered[];
}

/** Predicts every candidate. Failure code: cancelled. */
export async function tryCandidates(
  candidates: readonly Candidate[],
  estimators: PlanEstimators,
  { signal, onCandidate, pause = noPause }: PlanProgress,
): Promise<Result<Tried>> {
  const trials: Trial[] = [];
  const labelsByReason = new Map<string, string[]>();
  const leaveOut = (label: string, reason: string) =>
    labelsByReason.set(reason, [...(labelsByReason.get(reason) ?? []), label]);

  for (const [index, candidate] of candidates.entries()) {
    const { settings, query } = candidate;
    await onCandidate?.(index, candidates.length, candidate.label);
    await pause();
    if (signal?.aborted) return failure('cancelled', t('Planning was cancelled.'));
    const profiled = candidate.profile();
    if (!profiled.ok) {
      leaveOut(candidate.label, profiled.error.message);
      continue;
    }
    const profile = profiled.value;
    const label = (candidate.namedByProfile ? profile.variant : null) ?? candidate.label;
    // Reading takes as long as predicting.
    await pause();
    await estimators.prepare(query, pause, profile);
    const { estimate, reason } = estimators.predict(profile, query);
    if (estimate === null) {
      const why = reason ?? t('No method gives an answer.');
      leaveOut(label, why);
      if (canPredict(estimators, query)) continue;
      // Where nothing can be predicted no candidate has a figure, and the first one's reason is that of all.
      candidates.slice(index + 1).forEach((other) => leaveOut(other.label, why));
      break;
    }
    const { resolution, height, width, batch } = estimate;
    const cost = profile.costAt({ resolution, height, width, batch });
    // A network that cannot read images of this size has no throughput there, whatever a fit over other facts says.
    if (!cost.ok && cost.error.code === 'shape-conflict') {
      leaveOut(label, cost.error.message);
      continue;
    }
    const macs = cost.ok ? cost.value.macs : null;
    trials.push({ label, settings, resolution, height, width, batch, parameters: profile.parameters, macs, estimate });
  }
  return success({ trials, unanswered: [...labelsByReason].map(([reason, labels]) => ({ reason, labels })) });
}

/** Whether anything is known of a device with a runtime: its specification, or measurements. */
function canPredict({ landmarks }: PlanEstimators, { device, runtime }: Query): boolean {
  if (findDevice(device) !== undefined) return supportsRuntime(device, runtime);
  return landmarks.some((landmark) => landmark.device === device && landmark.runtime === runtime);
}
