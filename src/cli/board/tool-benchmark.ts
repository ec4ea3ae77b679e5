import path from 'node:path';
import type { MeasuredModel, ToolBenchmark, ToolProgress } from '../../assistants/tool';
import { failure, success, type Result } from '../../core/result';
import { runBenchmark } from '../../jetson/benchmark/benchmark';
import { resolveDestination } from '../../jetson/connection/destination';
import { warn } from '../streams';
import { disturbancesOf, reportRuns, type ReportedRun } from './benchmark-report';
import { client, estimatorsOf, openBenchmarkSession } from './benchmark-session';

/** Measures for an assistant whose user has agreed. Nobody can be asked for passwords: keys and agents must do. */
export async function benchmarkForTool(
  { board, files, runtimes, trials }: ToolBenchmark,
  { signal, report }: ToolProgress,
  landmarksFile: string | undefined,
): Promise<Result<readonly MeasuredModel[]>> {
  const destination = await resolveDestination(board);
  if (!destination.ok) return destination;
  destination.value.notes.forEach(warn);
  const session = openBenchmarkSession({ landmarks: landmarksFile }, { signal, leave: new AbortController().signal });
  const before = await estimatorsOf(session.store);
  if (!before.ok) return before;
  const { context, watch, prompts, store } = session;
  const outcome = await runBenchmark(
    {
      destination: destination.value,
      deviceLabel: board,
      runs: files.flatMap((file) => runtimes.map((runtime) => ({ modelPath: path.resolve(file), runtime, trials }))),
      client,
      whenBusy: 'refuse',
    },
    {
      ...context,
      onEvent: (event) => {
        watch.onEvent(event);
        if (event.kind === 'stage') report(event.message);
        if (event.kind === 'trials') report(`${event.done} of ${event.of} trials`);
      },
    },
  );
  if (!outcome.ok) {
    const warnings = watch.concerns.map(({ message }) => message);
    // What could not be asked, or was found before, is the cause.
    return failure(outcome.error.code, prompts.causeOf([outcome.error.message, ...warnings].join(' ')));
  }
  const after = await estimatorsOf(store);
  const reported = await reportRuns(outcome.value.runs, before.value, after.ok ? after.value : before.value);
  return success(reported.map(measuredModel));
}

function measuredModel(reported: ReportedRun): MeasuredModel {
  if (reported.kind === 'failed') {
    const { modelName: model, runtime, error } = reported.run;
    return { model, runtime, ok: false, error: { code: error.code, message: error.message } };
  }
  const { run, statistics, before } = reported.measured;
  const { throughputFps, meanMs, p99Ms, trials } = statistics;
  const { model, runtime } = run.landmark;
  return {
    model,
    runtime,
    ok: true,
    throughputFps,
    meanMs,
    p99Ms,
    trials,
    predictedFps: before?.throughputFps ?? null,
    disturbances: disturbancesOf(run),
  };
}
