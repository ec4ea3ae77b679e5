import type { BenchmarkStage } from '../../../core/benchmark-stage';
import { t, wholeNumber } from '../../../core/language';
import { boardRows, disturbanceTexts, protocolRows } from '../../../core/present/measurement-view';
import { formatPredictionError, predictionError } from '../../../core/present/prediction-error';
import { formatBytes, formatThroughput, imageSize, inputSizeText, square } from '../../../core/figures';
import { methodName } from '../../../core/present/sentences';
import type { Prediction } from '../../../core/estimate/estimate';
import { deviceName } from '../../../core/landmarks/devices';
import { isInFits, runtimeName, type Landmark, type SizeFields } from '../../../core/landmarks/landmark';
import { trialStatistics } from '../../../core/landmarks/measurement';
import type { Failure } from '../../../core/result';
import type { BenchmarkEvent } from '../../../jetson/benchmark/benchmark-event';
import type { RunOutcome } from '../../../jetson/benchmark/benchmark-outcome';
import type { RequestedRun } from '../../../jetson/benchmark/benchmark-request';
import { stageIds, type BenchmarkMessage, type Run, type RunResult } from '../../../protocol/benchmark-page';

/** A benchmark that was just requested. `modelName` is what the page calls the file. */
export function newBenchmark(
  id: string,
  device: BenchmarkMessage['device'],
  runs: readonly (RequestedRun & { readonly modelName: string; readonly trials: number })[],
  startedAt: number,
): BenchmarkMessage {
  const models = [...new Set(runs.map(({ modelPath }) => modelPath))];
  return {
    type: 'benchmark',
    id,
    title:
      models.length === 1
        ? (runs[0]?.modelName ?? '')
        : t('{0, plural, one {# model} other {# models}}', models.length),
    device,
    startedAt,
    endedAt: null,
    state: 'queued',
    sentence: t('Starting the benchmark…'),
    stages: stageIds.map((id) => ({ id, state: 'waiting', detail: '', share: null })),
    concerns: [],
    runs: runs.map(({ modelName, runtime, batch, trials, ...size }) => ({
      model: modelName,
      runtime,
      runtimeName: runtimeName(runtime),
      batch: batch ?? 1,
      trials,
      input: inputText(size),
      state: 'waiting',
      trialsDone: 0,
      failure: null,
      result: null,
    })),
    stopping: false,
  };
}

/** What a benchmark shows after one more event. Results come by `withOutcome`, as they need the prediction. */
export function withEvent(view: BenchmarkMessage, event: BenchmarkEvent): BenchmarkMessage {
  switch (event.kind) {
    case 'stage':
      return withStage(view, event.stage, event.run, event.message);
    case 'runs':
      return {
        ...view,
        runs: view.runs.map((run, index) => {
          const ready = event.runs.find((each) => each.run === index);
          return ready
            ? { ...run, input: inputSizeText(ready), batch: ready.batch, trials: ready.trials, model: ready.modelName }
            : run;
        }),
      };
    case 'concerns':
      return {
        ...view,
        concerns: event.concerns.map(({ severity, message }) => ({ severity, message })),
      };
    case 'upload':
      return withDetail(view, 'upload', uploadDetail(event), ratio(event.doneBytes, event.totalBytes));
    case 'trials':
      return withRun(
        withDetail(
          view,
          'time',
          t('{0} of {1} trials', wholeNumber(event.done), wholeNumber(event.of)),
          trialShare(event.done, event.of),
        ),
        {
          run: event.run,
          changes: { state: 'timing', trialsDone: event.done },
        },
      );
    case 'reconnecting':
    case 'note':
      return { ...view, sentence: event.message };
    case 'reconnected':
      return { ...view, sentence: t('Reconnected; nothing was lost.') };
    case 'probed':
    case 'job':
    case 'log':
    case 'run-finished':
      return view;
  }
}

/** What was predicted of a run before its landmark was saved. */
export type Predicted = Pick<RunResult, 'predicted' | 'layers'>;

/** What became of a run. */
export function withOutcome(
  view: BenchmarkMessage,
  outcome: RunOutcome,
  predicted: Predicted,
  notSaved: string | null,
): BenchmarkMessage {
  if (!outcome.ok) {
    const { code, message } = outcome.error;
    const state = code === 'cancelled' ? 'cancelled' : 'failed';
    return withRun(withFailedStage(view, state), { run: outcome.run, changes: { state, failure: { code, message } } });
  }
  const { landmark } = outcome;
  const result = resultOf(landmark, predicted, notSaved);
  if (!result) return view;
  const saved = notSaved === null ? ('done' as const) : ('failed' as const);
  const stages = view.stages.map((stage) => (stage.id === 'save' ? { ...stage, state: saved, share: null } : stage));
  return withRun(
    { ...view, stages },
    {
      run: outcome.run,
      changes: {
        state: 'finished',
        result,
        failure: null,
        trialsDone: landmark.measurement?.trialTimesMs.length ?? 0,
        batch: landmark.batch,
        input: inputSizeText(landmark),
      },
    },
  );
}

/** What was predicted for a run, as its result shows it; null for nothing. */
export function predictedOf(prediction: Prediction | null): RunResult['predicted'] {
  const estimate = prediction?.estimate;
  if (!estimate) return null;
  const { throughputFps, interval, method } = estimate;
  return { throughputFps, interval, methodName: methodName(method) };
}

/** The benchmark at its end; `failure` is why the whole of it ended early. Every stage that was not reached says so. */
export function withEnd(
  view: BenchmarkMessage,
  end: { readonly state: 'finished' | 'failed' | 'cancelled' | 'interrupted'; readonly failure: Failure | null },
  now: number,
): BenchmarkMessage {
  const isOver = end.state !== 'interrupted';
  // Without a failure of the whole benchmark its last stage was done, whatever became of the runs.
  const current = end.failure === null ? 'done' : end.state === 'cancelled' ? 'cancelled' : 'failed';
  const left = end.state === 'finished' ? 'skipped' : end.state === 'interrupted' ? 'waiting' : 'cancelled';
  return {
    ...view,
    state: end.state,
    stopping: false,
    endedAt: isOver ? now : null,
    sentence: end.failure?.message ?? summary(view.runs),
    stages: view.stages.map((stage) => {
      if (stage.state === 'running') return { ...stage, state: isOver ? current : 'waiting', share: null };
      return stage.state === 'waiting' ? { ...stage, state: left } : stage;
    }),
    runs: view.runs.map((run) => {
      if (!isOver || run.result || run.failure) return run;
      const state = end.state === 'cancelled' ? 'cancelled' : 'failed';
      return { ...run, state, failure: end.failure && { code: end.failure.code, message: end.failure.message } };
    }),
  };
}

/** The same benchmark when its job is followed again. */
export function resumed(view: BenchmarkMessage): BenchmarkMessage {
  return {
    ...view,
    state: 'running',
    endedAt: null,
    stopping: false,
    sentence: t('Reconnecting to the board…'),
  };
}

/** What a benchmark comes to, in one sentence. */
export function summary(runs: readonly Run[]): string {
  const measured = runs.filter(({ result }) => result !== null);
  const [only] = measured;
  if (runs.length === 1 && only?.result) {
    const { statistics, predicted } = only.result;
    const figure = formatThroughput(statistics.throughputFps, only.batch);
    const what = [only.model, figure, only.runtimeName];
    if (!predicted) return t('{0} runs at {1} with {2}.', ...what);
    const error = formatPredictionError(predictionError(predicted.throughputFps, statistics.throughputFps));
    return t(
      '{0} runs at {1} with {2}; predicted: {3} (error {4}).',
      ...what,
      formatThroughput(predicted.throughputFps, only.batch),
      error,
    );
  }
  if (measured.length === runs.length) return t('All {0} runs finished.', runs.length);
  if (measured.length === 0) return runs.find(({ failure }) => failure)?.failure?.message ?? t('No run finished.');
  return t('{0} of {1} runs finished; see the other runs for errors.', measured.length, runs.length);
}

function resultOf(landmark: Landmark, predicted: Predicted, notSaved: string | null): RunResult | null {
  const { measurement } = landmark;
  const statistics = measurement && trialStatistics(measurement.trialTimesMs, landmark.batch);
  if (!statistics) return null;
  return {
    ...predicted,
    deviceName: deviceName(landmark.device),
    statistics,
    trialTimesMs: measurement.trialTimesMs,
    protocol: protocolRows(landmark, measurement),
    board: boardRows(measurement),
    disturbances: disturbanceTexts(measurement),
    landmark: notSaved !== null ? 'not-saved' : isInFits(landmark) ? 'in-fits' : 'kept-out',
    notSaved,
  };
}

function withStage(view: BenchmarkMessage, id: BenchmarkStage, run: number | null, message: string): BenchmarkMessage {
  const at = stageIds.indexOf(id);
  const ofRun = run !== null && view.runs.length > 1 ? `${t('Run {0} of {1}.', run + 1, view.runs.length)} ` : '';
  const stages = view.stages.map((stage, index) => {
    if (index === at) return { ...stage, state: 'running' as const, detail: ofRun.trim(), share: null };
    // The next run goes back from timing to building; a connection that is made again takes nothing back.
    if (index > at && (id === 'build' || id === 'time')) {
      return { ...stage, state: 'waiting' as const, detail: '', share: null };
    }
    if (index > at && stage.state !== 'running') return stage;
    if (stage.state === 'running') return { ...stage, state: 'done' as const, share: null };
    return stage.state === 'waiting' ? { ...stage, state: 'skipped' as const } : stage;
  });
  const next: BenchmarkMessage = { ...view, state: 'running', sentence: `${ofRun}${message}`, stages };
  if (run === null || (id !== 'build' && id !== 'time')) return next;
  return withRun(next, { run, changes: { state: id === 'build' ? 'building' : 'timing' } });
}

/** Marks where a run of a job ended: in its timing, or in its building where it was never timed. */
function withFailedStage(view: BenchmarkMessage, state: 'failed' | 'cancelled'): BenchmarkMessage {
  const reached = (id: BenchmarkStage): boolean =>
    view.stages.some((stage) => stage.id === id && (stage.state === 'running' || stage.state === 'done'));
  const at = (['time', 'build'] as const).find(reached);
  if (at === undefined || view.runs.length > 1) return view;
  const stages = view.stages.map((stage) => (stage.id === at ? { ...stage, state, share: null } : stage));
  return { ...view, stages };
}

function withDetail(
  view: BenchmarkMessage,
  id: BenchmarkStage,
  detail: string,
  share: number | null,
): BenchmarkMessage {
  return { ...view, stages: view.stages.map((stage) => (stage.id === id ? { ...stage, detail, share } : stage)) };
}

function withRun(
  view: BenchmarkMessage,
  { run: at, changes }: { readonly run: number; readonly changes: Partial<Run> },
): BenchmarkMessage {
  return { ...view, runs: view.runs.map((run, index) => (index === at ? { ...run, ...changes } : run)) };
}

function uploadDetail(event: Extract<BenchmarkEvent, { kind: 'upload' }>): string {
  const { doneBytes, totalBytes, bytesPerSecond, skippedBytes } = event;
  if (totalBytes > 0 && skippedBytes === totalBytes) return t('{0} already on the board', formatBytes(totalBytes));
  const rate = bytesPerSecond > 0 ? `, ${formatBytes(Math.round(bytesPerSecond))}/s` : '';
  return `${t('{0} of {1}', formatBytes(doneBytes), formatBytes(totalBytes))}${rate}`;
}

/** Some ways of timing tell of their trials only at the end, so none done says nothing. */
function trialShare(done: number, of: number): number | null {
  return done === 0 ? null : ratio(done, of);
}

function ratio(done: number, of: number): number | null {
  return of > 0 ? Math.min(Math.max(done / of, 0), 1) : null;
}

/** The size that a plan asks for; null where it is the model's own, which is not known yet. */
function inputText({ resolution, height, width }: Partial<SizeFields>): string | null {
  if (height !== undefined && width !== undefined) return imageSize(height, width);
  return resolution === undefined ? null : square(resolution);
}
