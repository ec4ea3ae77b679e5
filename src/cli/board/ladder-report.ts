import type { Estimators } from '../../core/estimate/estimators';
import type { Rung } from '../../core/ladder/rung';
import { boardName, findMode } from '../../core/landmarks/devices';
import { runtimeName, type Runtime } from '../../core/landmarks/landmark';
import { fitReportSentences } from '../../core/present/fit-sentences';
import { fitReport } from '../../core/estimate/fit-report';
import { formatBytes, formatCount, formatFps, formatLatency, formatMacs } from '../../core/figures';
import type { Failure } from '../../core/result';
import type { GoodRun, RunOutcome } from '../../jetson/benchmark/benchmark-outcome';
import type { LadderPlan } from '../../jetson/ladder/plan-ladder';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { printable } from '../terminal';
import { disturbancesOf } from './benchmark-report';
import { textTable, type TextColumn } from '../text-table';

/** What came of a ladder. */
export interface MeasuredLadder {
  readonly plan: LadderPlan;
  readonly runtime: Runtime;
  /** Those of a job that was left by an earlier call first. */
  readonly runs: readonly RunOutcome[];
  /** Null where the board was asked for everything, well or not. */
  readonly error: Failure | null;
  /** Over the landmarks that there are now. */
  readonly estimators: Estimators;
}

const planColumns: readonly TextColumn<Rung>[] = [
  { title: 'Model', text: ({ label }) => label },
  { title: 'Parameters', alignRight: true, text: ({ parameters }) => formatCount(parameters) },
  { title: 'MACs', alignRight: true, text: ({ macs }) => formatMacs(macs) },
  { title: 'File', alignRight: true, text: ({ weightBytes }) => formatBytes(weightBytes) },
];

/** What will be measured. */
export function planLines({ rungs, ...board }: LadderPlan): readonly string[] {
  if (rungs.length === 0) return [`Every model of the ladder is measured on this board already${inMode(board)}.`];
  const bytes = rungs.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  const models = rungs.length === 1 ? '1 model' : `${rungs.length} models`;
  return [
    `${models} to measure on ${printable(boardName(board))}, ${formatBytes(bytes)} to send at most:`,
    '',
    ...textTable(planColumns, rungs),
    '',
  ];
}

function inMode({ powerMode }: Pick<LadderPlan, 'powerMode'>): string {
  return powerMode === undefined ? '' : ` in power mode ${printable(powerMode)}`;
}

const runColumns: readonly TextColumn<GoodRun>[] = [
  { title: 'Measured', text: ({ modelName }) => printable(modelName) },
  { title: 'FPS', alignRight: true, text: ({ landmark }) => `${formatFps(landmark.throughputFps)} FPS` },
  { title: 'Latency', alignRight: true, text: ({ landmark }) => formatLatency(1000 / landmark.throughputFps) },
  { title: '', text: (run) => (disturbancesOf(run).length > 0 ? 'disturbed, kept out of predictions' : '') },
];

/** Each rung's figure, what failed, and what the fits amount to now. */
export function ladderLines(ladder: MeasuredLadder, landmarksFile: string): readonly string[] {
  const { plan, runtime, runs, estimators } = ladder;
  const good = runs.filter((run) => run.ok);
  const bad = runs.filter((run) => !run.ok);
  const ids = new Set(plan.rungs.map(({ id }) => id));
  const done = good.filter(({ modelName }) => ids.has(modelName)).length;
  return [
    ...(good.length === 0 ? [] : [...textTable(runColumns, good), '']),
    ...bad.map(
      ({ modelName, error }) => `${colours.red('Not measured:')} ${printable(`${modelName}. ${error.message}`)}`,
    ),
    ...(bad.length === 0 ? [] : ['']),
    ...disturbanceLines(good),
    ...(done === ids.size ? [] : [restSentence(done, ids.size), '']),
    ...fitReportSentences(fitReport(estimators, { device: plan.device, runtime, powerMode: plan.powerMode })),
    colours.dim(printable(`${runtimeName(runtime)} landmarks of this board: ${landmarksFile}`)),
  ];
}

/** Why figures are kept out of predictions, each reason once, and what can be done; none where nothing was disturbed. */
function disturbanceLines(runs: readonly GoodRun[]): readonly string[] {
  const disturbed = runs.filter((run) => disturbancesOf(run).length > 0);
  if (disturbed.length === 0) return [];
  return [
    `${colours.yellow('Disturbed:')} ${printable(disturbed.map(({ modelName }) => modelName).join(', '))}`,
    ...[...new Set(disturbed.flatMap(disturbancesOf))].map((reason) => `- ${reason}`),
    '- The same command measures them again. To use them as they are: framecast landmarks verdict accepted ID (framecast landmarks list shows the ids).',
    '',
  ];
}

function restSentence(done: number, of: number): string {
  if (done === 0) return 'Nothing was measured this time. Run the same command again to try what is missing.';
  return `${done} of ${of} models are measured, and kept. Run the same command again for the rest.`;
}

/** A ladder as `--json` prints it. */
export function rungJson({ plan, runtime, runs, error, estimators }: MeasuredLadder): object {
  return {
    device: plan.device,
    powerMode: findMode(plan.device, plan.powerMode)?.name ?? null,
    runtime,
    planned: plan.rungs.map(({ id, family, resolution, height, width, parameters, macs, weightBytes }) => ({
      id,
      family,
      resolution,
      height,
      width,
      parameters,
      macs,
      weightBytes,
    })),
    notes: plan.notes,
    runs: runs.map((run) =>
      run.ok
        ? { model: run.modelName, ok: true, landmark: run.landmark }
        : { model: run.modelName, ok: false, error: run.error, log: run.logTail },
    ),
    fit: fitReport(estimators, { device: plan.device, runtime, powerMode: plan.powerMode }),
    error: error ?? undefined,
  };
}

export function ladderCode({ runs, error }: MeasuredLadder): number {
  if (error !== null || runs.some((run) => !run.ok)) return exitCode.unreadable;
  return runs.some((run) => run.ok && disturbancesOf(run).length > 0) ? exitCode.targetMissed : exitCode.fine;
}

/** `about 40 s`, `about 12 min`. */
export function timeText(seconds: number): string {
  return seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s` : `about ${Math.round(seconds / 60)} min`;
}
