import { Worker } from 'node:worker_threads';
import { currentLanguage, t, type Language } from '../../../core/language';
import type { Ladder, LadderQuestion } from '../../../core/ladder/choose-ladder';
import { ownBoards, type Device } from '../../../core/landmarks/devices';
import type { Rung } from '../../../core/ladder/rung';
import { failure, success, type Result } from '../../../core/result';

/** What the thread is asked for, and the language in which it answers. */
export type LadderRequest = LadderTask & { readonly language: Language };

type LadderTask =
  | { readonly kind: 'choose'; readonly question: LadderQuestion; readonly ownBoards: readonly Device[] }
  | { readonly kind: 'rungs'; readonly ids: readonly string[] };

/** Reference models, found in a thread of its own, so that the extension host goes on meanwhile. */
export interface LadderThread {
  /** Failure codes: those of `chooseLadder`; cancelled; internal, where the thread dies. */
  choose(question: LadderQuestion, signal: AbortSignal): Promise<Result<Ladder>>;
  /** The rungs of these ids, in that order. Failure codes: no-match where one is no rung; cancelled; internal. */
  rungs(ids: readonly string[], signal: AbortSignal): Promise<Result<readonly Rung[]>>;
}

/**
 * Starts a thread for each question and ends it with the answer: a ladder is rare, and an idle thread holds memory.
 *
 * @param bundle path of the built ladder-worker.ts
 */
export function createLadderThread(bundle: string): LadderThread {
  /** What a thread found once need not be looked for again. */
  const known = new Map<string, Rung>();
  const remember = (rungs: readonly Rung[]): void => rungs.forEach((rung) => known.set(rung.id, rung));
  return {
    choose: async (question, signal) => {
      const ladder = await ask<Ladder>(bundle, { kind: 'choose', question, ownBoards: ownBoards() }, signal);
      if (ladder.ok) remember(ladder.value.rungs);
      return ladder;
    },
    rungs: async (ids, signal) => {
      const missing = ids.filter((id) => !known.has(id));
      if (missing.length > 0) {
        const found = await ask<readonly Rung[]>(bundle, { kind: 'rungs', ids: missing }, signal);
        if (!found.ok) return found;
        remember(found.value);
      }
      const stranger = ids.find((id) => !known.has(id));
      return stranger === undefined
        ? success(ids.map((id) => known.get(id)!))
        : failure('no-match', t('This version of Framecast has no reference model {0}.', stranger));
    },
  };
}

function ask<T>(bundle: string, task: LadderTask, signal: AbortSignal): Promise<Result<T>> {
  return new Promise((resolve) => {
    const cancelled = failure<T>('cancelled', t('Choosing the reference models was cancelled.'));
    if (signal.aborted) return resolve(cancelled);
    const request: LadderRequest = { ...task, language: currentLanguage() };
    const worker = new Worker(bundle, { workerData: request });
    const settle = (result: Result<T>): void => {
      signal.removeEventListener('abort', leave);
      void worker.terminate();
      resolve(result);
    };
    const leave = (): void => settle(cancelled);
    const lose = (reason: string): void =>
      settle(failure('internal', t('Framecast failed to choose reference models: {0}. Please report it.', reason)));
    signal.addEventListener('abort', leave, { once: true });
    worker.once('message', (result: Result<T>) => settle(result));
    worker.once('error', (error) => lose(error.message));
    worker.once('exit', (code) => lose(t('its thread ended with code {0}', code)));
  });
}
