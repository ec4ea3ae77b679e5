import { layersOf, type ComparedLayers } from '../../core/estimate/layer-comparison';
import type { Estimators } from '../../core/estimate/estimators';
import type { Estimate, Query } from '../../core/estimate/estimate';
import { boardName, modeOfLandmark } from '../../core/landmarks/devices';
import { inputSize, runtimeName, sizeFieldsOf, type Landmark } from '../../core/landmarks/landmark';
import { joulesPerInference, trialStatistics, type TrialStatistics } from '../../core/landmarks/measurement';
import { disturbanceTexts, protocolRows } from '../../core/present/measurement-view';
import { formatPredictionError, predictionError, predictionErrorSentence } from '../../core/present/prediction-error';
import { formatLatency, formatThroughput, inputSizeText } from '../../core/figures';
import type { ModelProfile } from '../../core/profile/profile';
import type { FailedRun, GoodRun, RunOutcome } from '../../jetson/benchmark/benchmark-outcome';
import { escapeMarkdown } from '../../core/present/card';
import type { Check } from '../check-report';
import { colours } from '../colours';
import { readModelFile } from '../../files/read-model';
import { printable } from '../terminal';
import { factLines, markdownTable, textTable, type TextColumn } from '../text-table';
import { runLabel } from './benchmark-watch';

/** A measured figure with the prediction before it and from now on. */
export interface MeasuredRun {
  readonly run: GoodRun;
  readonly statistics: TrialStatistics;
  /** From the landmarks before this benchmark; null where nothing could be predicted, for `reason`. */
  readonly before: Estimate | null;
  readonly reason: string | null;
  /** With the new landmarks. */
  readonly after: Estimate | null;
  /** Why there is still no prediction; null where there is one. */
  readonly lack: string | null;
  /** Measured layers beside predicted kernels, where the layers were measured. */
  readonly layers: readonly ComparedLayers[] | null;
}

export type ReportedRun =
  { readonly kind: 'measured'; readonly measured: MeasuredRun } | { readonly kind: 'failed'; readonly run: FailedRun };

/** Adds predictions to what was measured. A model file that no longer exists has no prediction. */
export async function reportRuns(
  runs: readonly RunOutcome[],
  before: Estimators,
  after: Estimators,
): Promise<readonly ReportedRun[]> {
  const profiles = new Map<string, ModelProfile | null>();
  const reported: ReportedRun[] = [];
  for (const run of runs) {
    if (!run.ok) {
      reported.push({ kind: 'failed', run });
      continue;
    }
    if (!profiles.has(run.modelPath)) {
      const read = await readModelFile(run.modelPath);
      profiles.set(run.modelPath, read.ok ? read.value.profile : null);
    }
    reported.push({ kind: 'measured', measured: compare(run, profiles.get(run.modelPath) ?? null, before, after) });
  }
  return reported;
}

function compare(run: GoodRun, profile: ModelProfile | null, before: Estimators, after: Estimators): MeasuredRun {
  const { device, runtime, batch, measurement } = run.landmark;
  const layers = layersOf(run.landmark, profile, before);
  const statistics = trialStatistics(measurement?.trialTimesMs ?? [], batch)!;
  if (profile === null) {
    const reason = 'The model file can no longer be read.';
    return { run, statistics, before: null, reason, after: null, lack: reason, layers };
  }
  const query = { device, runtime, ...inputSize(run.landmark), batch, ...modeOfLandmark(run.landmark) };
  const { estimate, reason } = before.predict(profile, query);
  const fromNowOn = after.predict(profile, query);
  const lack = fromNowOn.estimate === null ? lackOf(after, query, fromNowOn.reason) : null;
  return { run, statistics, before: estimate, reason, after: fromNowOn.estimate, lack, layers };
}

/** Why a model that has just been measured cannot be predicted: not that it should be measured. */
function lackOf(after: Estimators, query: Query, reason: string | null): string | null {
  const fit = after.graphCostFit(query);
  return fit.ok ? reason : `${fit.error} Measure other models as well, or a ladder of reference models.`;
}

/** Why a figure stays out of fits until the user accepts it, a sentence each; none where nothing disturbed it. */
export function disturbancesOf({ landmark: { measurement } }: Pick<GoodRun, 'landmark'>): readonly string[] {
  return measurement === undefined ? [] : disturbanceTexts(measurement);
}

/** Everything about one run as lines of text. */
export function runCard(reported: ReportedRun, landmarksFile: string): readonly string[] {
  if (reported.kind === 'failed') return failedCard(reported.run);
  const { run, statistics, before, after, lack, layers } = reported.measured;
  const { landmark } = run;
  const { batch, device } = landmark;
  const facts: (readonly [string, string])[] = [
    [
      'Measured',
      `${formatThroughput(landmark.throughputFps, batch)} · ${formatLatency(statistics.meanMs)} mean of ${statistics.trials} trials`,
    ],
    [
      'Trial times',
      `median ${formatLatency(statistics.medianMs)}, p90 ${formatLatency(statistics.p90Ms)}, p99 ${formatLatency(statistics.p99Ms)}, ${formatLatency(statistics.minMs)} to ${formatLatency(statistics.maxMs)}, deviation ${formatLatency(statistics.standardDeviationMs)}`,
    ],
    ['Predicted', before === null ? 'nothing before this measurement' : predictedText(before, landmark)],
    ['From now on', after === null ? (lack ?? 'nothing') : `${formatThroughput(after.throughputFps, batch)} predicted`],
    ...protocolRows(landmark, landmark.measurement!).map(({ name, value }) => [name, value] as const),
    ['Saved to', landmarksFile],
  ];
  const setup = `${boardName({ device, ...modeOfLandmark(landmark) })}, ${inputSizeText(landmark)}, batch ${batch}`;
  return [
    `  ${colours.bold(printable(runLabel(run)))} ${colours.dim(printable(`on ${setup}`))}`,
    ...factLines(facts),
    ...disturbanceLines(disturbancesOf(run)),
    ...(layers === null ? [] : layerLines(layers)),
  ];
}

/** As many layers as the table shows; `--json` has all. */
const maxShownLayers = 30;

function layerLines(layers: readonly ComparedLayers[]): readonly string[] {
  const milliseconds = (value: number | null): string => (value === null ? '–' : formatLatency(value));
  const columns: TextColumn<ComparedLayers>[] = [
    { title: 'Measured', alignRight: true, text: ({ measuredMs }) => milliseconds(measuredMs) },
    { title: 'Predicted', alignRight: true, text: ({ predictedMs }) => milliseconds(predictedMs) },
    {
      title: '',

      text: ({ fusion }) => (fusion === 'otherwise' ? '≠' : fusion === 'unmatched' ? '?' : ''),
    },
    { title: 'Layer', text: ({ name }) => shortened(printable(name)) },
  ];
  const rest = layers.length - maxShownLayers;
  return [
    '',
    ...textTable(columns, layers.slice(0, maxShownLayers)).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  ${colours.dim(`and ${rest} more; --json has all`)}`] : []),
    `  ${colours.dim('≠: TensorRT fused differently from what the prediction assumes. ?: the name matches no node of the model.')}`,
  ];
}

function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name;
}

function predictedText(estimate: Estimate, { throughputFps, batch }: Landmark): string {
  const error = predictionError(estimate.throughputFps, throughputFps);
  const figure = formatThroughput(estimate.throughputFps, batch);
  return `${figure}, ${formatPredictionError(error)} (${estimate.method}). ${predictionErrorSentence(error)}`;
}

function disturbanceLines(disturbances: readonly string[]): readonly string[] {
  if (disturbances.length === 0) return [];
  return [
    `  ${colours.yellow('Disturbed:')} the result is saved but not used for predictions until you accept it.`,
    ...disturbances.map((sentence) => `  - ${sentence}`),
  ];
}

function failedCard({ modelName, runtime, error, logTail }: FailedRun): readonly string[] {
  // Whoever cancelled it knows why it ended.
  const log =
    error.code === 'cancelled'
      ? []
      : logTail
          .trim()
          .split('\n')
          .slice(-12)
          .filter((line) => line !== '');
  return [
    `  ${colours.bold(printable(runLabel({ modelName, runtime })))}`,
    `  ${colours.red('Not measured:')} ${printable(error.message)}`,
    ...(log.length === 0 ? [] : [`  ${colours.dim("The end of the board's log")}`]),
    ...log.map((line) => `    ${colours.dim(printable(line))}`),
  ];
}

/** The runs as a Markdown table, with the checks that they had to pass below. */
export function runsMarkdown(runs: readonly ReportedRun[], checks: readonly Check[]): string {
  const cells = runs.map((reported): readonly string[] => {
    const { modelName, runtime } = reported.kind === 'failed' ? reported.run : reported.measured.run;
    const named = [modelName, runtimeName(runtime)];
    if (reported.kind === 'failed') return [...named, 'not measured', '–', '–', reported.run.error.message];
    const { run, statistics, before } = reported.measured;
    const { throughputFps, batch } = run.landmark;
    const predicted = before === null ? '–' : formatThroughput(before.throughputFps, batch);
    const figures = [formatThroughput(throughputFps, batch), formatLatency(statistics.p99Ms), predicted];
    return [...named, ...figures, disturbancesOf(run).join(' ')];
  });
  const titles = ['Model', 'Runtime', 'Measured', 'p99', 'Predicted before', 'Notes'];
  const numeric = [false, false, true, true, true, false];
  const states = { passed: '✓', failed: '✗', error: '?' } as const;
  const judged = checks.map(({ subject, name, state, message }) => {
    return `- ${states[state]} ${escapeMarkdown(`${subject}, ${name}: ${message}`)}`;
  });
  return [...markdownTable(titles, numeric, cells), ...(judged.length === 0 ? [] : ['', ...judged])].join('\n');
}

/** A run as `--json` prints it. */
export function runJson(reported: ReportedRun): object {
  if (reported.kind === 'failed') {
    const { modelPath, modelName, runtime, error, logTail } = reported.run;
    return { file: modelPath, model: modelName, runtime, ok: false, error, log: logTail };
  }
  const { run, statistics, before, reason, after, layers } = reported.measured;
  const { landmark } = run;
  return {
    file: run.modelPath,
    model: run.modelName,
    runtime: run.runtime,
    ok: true,
    ...sizeFieldsOf(landmark),
    batch: landmark.batch,
    measured: statistics,
    joulesPerInference: landmark.measurement ? joulesPerInference(landmark.measurement, landmark.batch) : null,
    predicted: before,
    reason,
    error: before === null ? null : predictionError(before.throughputFps, landmark.throughputFps),
    predictedFromNowOn: after,
    layers: layers ?? undefined,
    landmark,
  };
}
