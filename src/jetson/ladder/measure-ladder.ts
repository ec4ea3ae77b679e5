import type { Runtime } from '../../core/landmarks/landmark';
import type { Backend } from '../../core/landmarks/backends';
import type { Rung } from '../../core/ladder/rung';
import { secondsLeft } from '../../core/ladder/time-left';
import type { Result } from '../../core/result';
import { runBenchmark } from '../benchmark/benchmark';
import type { BenchmarkOutcome, RunOutcome } from '../benchmark/benchmark-outcome';
import type { BenchmarkContext, BenchmarkRequest } from '../benchmark/benchmark-request';
import { removeRungs, writeRungs } from './ladder-files';

export interface LadderRequest extends Omit<BenchmarkRequest, 'runs'> {
  readonly rungs: readonly Rung[];
  readonly runtime: Runtime;
  readonly backend?: Backend | 'auto';
  readonly trials?: number;
  readonly warmupRuns?: number;
  /** Where the models are written; removed when all is measured. The same folder goes on where it was left. */
  readonly folder: string;
}

export type LadderEvent =
  | { readonly kind: 'writing'; readonly done: number; readonly of: number }
  /**
   * A rung is over on the board, well or not: `failed` of those done did not, or could not be sent there at all.
   * `secondsLeft` is null before one went well.
   */
  | {
      readonly kind: 'rung';
      readonly done: number;
      readonly failed: number;
      readonly of: number;
      readonly secondsLeft: number | null;
    };

/**
 * Measures the rungs of a ladder as one job on the board, so that it goes on there when the link or this program ends.
 * Every rung that goes well is stored as a landmark by itself; a rung that fails does not end the others. Failure codes:
 * those of `writeRungs` and `runBenchmark`.
 */
export async function measureLadder(
  request: LadderRequest,
  context: BenchmarkContext & { onLadder(event: LadderEvent): void },
): Promise<Result<BenchmarkOutcome>> {
  const { rungs, runtime, backend, trials, warmupRuns, folder, ...rest } = request;
  const of = rungs.length;
  const { signal } = context;
  const files = await writeRungs(rungs, folder, {
    signal,
    onWritten: (done) => context.onLadder({ kind: 'writing', done, of }),
  });
  if (!files.ok) return files;

  const taken: (number | null | undefined)[] = rungs.map(() => undefined);
  let begun: Date | null = null;
  const outcome = await runBenchmark(
    {
      ...rest,
      runs: files.value.map((modelPath) => ({
        modelPath,
        runtime,
        backend,
        trials,
        warmupRuns,
      })),
    },
    {
      ...context,
      onEvent: (event) => {
        context.onEvent(event);
        // The first rung's time begins when the board does, not with the upload.
        if (event.kind === 'job') begun = context.now();
        if (event.kind !== 'run-finished' || isCancelled(event.outcome)) return;
        const now = context.now();
        taken[event.outcome.run] = event.outcome.ok && begun !== null ? (now.getTime() - begun.getTime()) / 1000 : null;
        // What is refused before the board has a job is no step of it; if nothing is left, the reason says all.
        if (begun === null) return;
        begun = now;
        const done = taken.filter((each) => each !== undefined).length;
        const failed = taken.filter((each) => each === null).length;
        context.onLadder({ kind: 'rung', done, failed, of, secondsLeft: secondsLeft(rungs, taken) });
      },
    },
  );
  if (outcome.ok && outcome.value.runs.length === of) await removeRungs(folder);
  return outcome;
}

/** Nothing became of it, so it is not done. */
function isCancelled(outcome: RunOutcome): boolean {
  return !outcome.ok && outcome.error.code === 'cancelled';
}
