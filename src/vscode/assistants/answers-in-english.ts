import { AsyncLocalStorage } from 'node:async_hooks';
import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import { isTranslated, setListening, type Listener } from '../../core/language';
import type { Landmark } from '../../core/landmarks/landmark';
import type { ModelThreads } from '../../files/reading/model-threads';
import { openLandmarkStore, teamLandmarksKind } from '../../files/landmarks';
import type { LandmarkLibrary } from '../services/landmark-library';
import { createModelService, type ModelService } from '../services/model-service';

const listeners = new AsyncLocalStorage<Listener>();
setListening(() => listeners.getStore());

/** Calls in English, whatever VS Code's language is: also what is said after the call has waited. */
export function callInEnglish<T>(call: () => T): T {
  return listeners.run({ isEnglish: true, heard: new Map() }, call);
}

/** Calls in the user's language, and gives what says in English whatever the call has said so far. */
export function callForUser<T>(call: () => T): { readonly value: T; inEnglish(said: string): string } {
  const heard = new Map<string, string>();
  const value = listeners.run({ isEnglish: false, heard }, call);
  return {
    value,
    inEnglish: (said) => {
      const english = heard.get(said);
      if (english !== undefined) return english;
      // Several sentences in one text: the longest first, as others may be parts of them.
      const parts = [...heard].sort(([one], [other]) => other.length - one.length);
      return parts.reduce((text, [part, inWords]) => text.replaceAll(part, () => inWords), said);
    },
  };
}

/** What answers are made of. */
export interface AnsweringParts {
  readonly service: ModelService;
  /** Over the landmarks that the library has now. */
  estimators(): Estimators;
  /** What is wrong with files of landmarks. */
  remarks(): Promise<readonly string[]>;
}

/**
 * What answers in English: a service and estimators of their own where VS Code has another language, as both remember
 * sentences with what they have found. Call it in English.
 */
export function answeringParts(
  library: LandmarkLibrary,
  service: ModelService,
  createThreads: () => ModelThreads,
): AnsweringParts {
  if (!isTranslated()) {
    return {
      service,
      estimators: () => library.estimators,
      remarks: async () => library.unreadable.map(({ error }) => error.message),
    };
  }
  let last: { readonly of: readonly Landmark[]; readonly estimators: Estimators } | null = null;
  const estimators = (): Estimators => {
    const { landmarks, ownCampaigns } = library;
    // A copy, as what is fitted is remembered by the array.
    if (last?.of !== landmarks) last = { of: landmarks, estimators: createEstimators([...landmarks], ownCampaigns) };
    return last.estimators;
  };
  return {
    service: createModelService(
      {
        get estimators() {
          return estimators();
        },
        onDidChange: library.onDidChange,
      },
      createThreads(),
    ),
    estimators,
    remarks: async () => {
      const read = library.unreadable.map(async ({ file }) => {
        const again = await openLandmarkStore(file, file === library.ownFile ? undefined : teamLandmarksKind).read();
        return again.ok ? [] : [again.error.message];
      });
      return (await Promise.all(read)).flat();
    },
  };
}
