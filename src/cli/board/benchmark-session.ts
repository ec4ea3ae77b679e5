import { hostname } from 'node:os';
import path from 'node:path';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../../package.json';
import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import { collectLandmarks, problemSentence } from '../../core/landmarks/landmark-collection';
import { success, type Result } from '../../core/result';
import { defaultLandmarksFile, openLandmarkStore, type LandmarkStore } from '../../files/landmarks';
import type { BenchmarkContext } from '../../jetson/benchmark/benchmark-request';
import { watchBenchmark, type BenchmarkWatch } from './benchmark-watch';
import { createOpenJobs } from './pending-jobs';
import { printError, warn, warnOfAll } from '../streams';
import { createProgress, type Progress } from '../terminal';
import { createTerminalPrompts, type TerminalPrompts } from './terminal-prompts';

/** Who asks, for others who find the board busy. */
export const client = `framecast ${version} on ${hostname()}`;

/** What a benchmark of the command line runs in. */
export interface BenchmarkSession {
  readonly context: BenchmarkContext;
  readonly watch: BenchmarkWatch;
  readonly prompts: TerminalPrompts;
  readonly progress: Progress;
  readonly store: LandmarkStore;
}

export interface SessionOptions {
  /** The file for the landmarks; the one that VS Code uses too where undefined. */
  readonly landmarks?: string | undefined;
  readonly acceptWarnings?: boolean;
  readonly verbose?: boolean;
}

export function openBenchmarkSession(
  { landmarks, acceptWarnings, verbose = false }: SessionOptions,
  stops: Stops,
): BenchmarkSession {
  const landmarksFile = path.resolve(landmarks ?? defaultLandmarksFile());
  const progress = createProgress(process.stderr);
  const prompts = createTerminalPrompts(() => progress.clear());
  const watch = watchBenchmark(progress, { verbose });
  const store = openLandmarkStore(landmarksFile);
  const context: BenchmarkContext = {
    prompts,
    ...stops,
    onEvent: watch.onEvent,
    acceptWarnings: async () => {
      if (acceptWarnings) return true;
      if (await prompts.confirm('Measure anyway?')) return true;
      warn('Fix the causes of the warnings, or measure anyway with --accept-warnings.');
      return false;
    },
    saveLandmark: store.saveMeasured,
    pendingJobs: createOpenJobs(landmarksFile),
    now: () => new Date(),
  };
  return { context, watch, prompts, progress, store };
}

/** Estimators over the bundled landmarks and those of a store, which need not exist yet. */
export async function estimatorsOf(store: LandmarkStore): Promise<Result<Estimators>> {
  const content = await store.read();
  if (!content.ok) return content;
  const collected = collectLandmarks([{ origin: 'own', file: store.file, ...content.value }]);
  warnOfAll(collected.problems.map(problemSentence));
  return success(createEstimators(collected.landmarks));
}

/** How the user ends a benchmark. */
export interface Stops {
  /** Aborted to cancel: the job on the board is ended. */
  readonly signal: AbortSignal;
  /** Aborted to leave the job on the board to itself. */
  readonly leave: AbortSignal;
}

/**
 * Runs work that Ctrl-C cancels, on the board too; a second one, or a closed terminal, leaves the board to itself.
 * Returns 130 after either, as shells do.
 */
export async function withStops(work: (stops: Stops) => Promise<number>): Promise<number> {
  const [cancel, leave] = [new AbortController(), new AbortController()];
  const interrupt = (): void => {
    if (cancel.signal.aborted) return leave.abort();
    printError('Cancelling, including the job on the board. Press Ctrl-C again to leave that job running.');
    cancel.abort();
  };
  const hangUp = (): void => leave.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', hangUp);
  process.on('SIGHUP', hangUp);
  try {
    const code = await work({ signal: cancel.signal, leave: leave.signal });
    return cancel.signal.aborted || leave.signal.aborted ? 130 : code;
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', hangUp);
    process.removeListener('SIGHUP', hangUp);
  }
}
