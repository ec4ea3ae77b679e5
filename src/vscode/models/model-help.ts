import type { Estimators } from '../../core/estimate/estimators';
import type { Query } from '../../core/estimate/estimate';
import { planChanges } from '../../core/plan/plan-changes';
import { changesSentence } from '../../core/present/change-view';
import type { ModelProfile } from '../../core/profile/profile';
import { createYielder } from '../services/yield-to-event-loop';

/** Finds out what would make a model that misses its target meet it. */
export interface ModelHelp {
  /**
   * What to change, in sentences. Takes long, in short stretches; throws the signal's reason once it aborts.
   *
   * @param profile whose cost is known at `sizesOfChanges`
   */
  of(profile: ModelProfile, query: Query, targetFps: number, signal: AbortSignal): Promise<readonly string[]>;
}

/** @param library whose `estimators` are others after each change of the landmarks */
export function createModelHelp(library: { readonly estimators: Estimators }): ModelHelp {
  return {
    of: async (profile, query, targetFps, signal) => {
      const progress = { signal, onCandidate: createYielder(signal) };
      const changes = await planChanges({ profile, query, targetFps }, library.estimators, progress);
      signal.throwIfAborted();
      return changes.ok ? [changesSentence(changes.value)] : [];
    },
  };
}
