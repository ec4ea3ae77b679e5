import type { Landmark } from '../landmarks/landmark';
import type { Backend, Disturbance } from '../landmarks/backends';
import { joulesPerInference, type BoardState, type Measurement } from '../landmarks/measurement';
import { t, wholeNumber, withDecimalMark } from '../language';
import { formatBytes, formatJoules, formatMemory, formatShape, formatShare, formatWatts } from '../figures';

/** A line of a table with two columns. */
export interface ProtocolRow {
  readonly name: string;
  readonly value: string;
}

/** A line of what the board was doing before and after a run. */
export interface BoardRow {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

function backendName(backend: Backend): string {
  switch (backend) {
    case 'tensorrt-python':
      return t("TensorRT's Python module");
    case 'trtexec':
      return 'trtexec';
    case 'pytorch':
      return 'PyTorch';
  }
}

function disturbanceSentence(disturbance: Disturbance): string {
  switch (disturbance) {
    case 'throttled':
      return t(
        'The board lowered its clocks during the run, as it does when it gets hot or short of power. Cool it, check its power supply, and run again.',
      );
    case 'swapped':
      return t(
        'The board moved memory to its disk during the run, which takes time. Close other programs on it and run again.',
      );
    case 'gpu-shared':
      return t('Something else used the GPU during the run. Stop it and run again.');
  }
}

/** Why a figure may not be the board's own speed, a sentence each, with what to do. */
export function disturbanceTexts({ disturbances }: Measurement): readonly string[] {
  return disturbances.map(disturbanceSentence);
}

/** How a landmark was measured; what the board did not say is left out. */
export function protocolRows(landmark: Landmark, measurement: Measurement): readonly ProtocolRow[] {
  const { software, engine, inputShapes } = measurement;
  const inputs = Object.entries(inputShapes).map(([name, shape]) => `${name} ${formatShape(shape)}`);
  const rows: (readonly [string, string | null])[] = [
    [t('Board'), measurement.boardModel],
    [t('Timed by'), [backendName(measurement.way), measurement.program].filter(Boolean).join(', ')],
    [t('Inputs, random'), inputs.join(', ')],
    [t('Model rewritten'), measurement.rewrites?.join('; ') ?? null],
    [t('Batch'), landmark.batch === 1 ? null : String(landmark.batch)],
    [t('Warm-up'), runs(measurement.warmupRuns)],
    [t('Trials'), wholeNumber(measurement.trialTimesMs.length)],
    [t('Engine'), engine && engineText(engine)],
    [t('TensorRT workspace'), measurement.workspaceMiB === null ? null : `${measurement.workspaceMiB} MiB`],
    ['TensorRT', software.tensorrt],
    ['PyTorch', measurement.way === 'pytorch' ? software.torch : null],
    ['CUDA', software.cuda],
    ['JetPack', software.jetpack],
    ['L4T', software.l4t],
    [t('Power mode'), measurement.before.powerMode],
    [t('Power'), powerText(landmark, measurement)],
    [t('Clocks'), yesOrNo(measurement.clocksLocked, t('locked'), t('free'))],
    [t('Desktop'), yesOrNo(measurement.headless, t('not running'), t('running'))],
    [t('Notes'), measurement.notes?.join(' ') ?? null],
    [t('Measured at'), moment(measurement.measuredAt)],
    [t('Job'), measurement.jobId],
  ];
  return rows.flatMap(([name, value]) => (value === null || value === '' ? [] : [{ name, value }]));
}

/** What the board was doing before and after; what it did not say of either is left out. */
export function boardRows({ before, after }: Measurement): readonly BoardRow[] {
  const zones = [...new Set([...Object.keys(before.temperaturesC), ...Object.keys(after.temperaturesC)])].sort();
  const row = (name: string, value: (state: BoardState) => string | null): BoardRow[] => {
    const [first, last] = [value(before), value(after)];
    return first === null && last === null ? [] : [{ name, before: first ?? '–', after: last ?? '–' }];
  };
  return [
    ...row(t('GPU clock'), ({ gpuMHz }) => megahertz(gpuMHz)),
    ...row(t('GPU clock allowed'), ({ gpuMinMHz, gpuMaxMHz }) => range(gpuMinMHz, gpuMaxMHz)),
    ...row(t('Memory clock'), ({ memoryMHz }) => megahertz(memoryMHz ?? null)),
    ...row(t('Memory clock allowed'), ({ memoryMaxMHz }) => megahertz(memoryMaxMHz ?? null)),
    ...row(t('CPU clock'), ({ cpuMHz }) => megahertz(cpuMHz)),
    ...row(t('CPU clock allowed'), ({ cpuMinMHz, cpuMaxMHz }) => range(cpuMinMHz, cpuMaxMHz)),
    ...row(t('GPU busy'), ({ gpuLoad }) => (gpuLoad === null ? null : formatShare(gpuLoad))),
    ...zones.flatMap((zone) => row(t('{0} temperature', zone), ({ temperaturesC }) => celsius(temperaturesC[zone]))),
    ...row(t('Memory free'), ({ availableBytes }) => (availableBytes === null ? null : formatMemory(availableBytes))),
    ...row(t('Swapped out'), ({ swapUsedBytes }) => (swapUsedBytes === null ? null : formatMemory(swapUsedBytes))),
  ];
}

/** `2026-11-24 04:06:58 UTC` of what the board wrote as `2026-11-24T04:06:58.067Z`. */
function moment(written: string): string {
  return written.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC');
}

function engineText({ cached, buildSeconds, bytes }: NonNullable<Measurement['engine']>): string {
  const size = bytes === null ? '' : `, ${formatBytes(bytes)}`;
  if (cached) return `${t('from an earlier job')}${size}`;
  return `${buildSeconds === null ? t('built') : t('built in {0}', seconds(buildSeconds))}${size}`;
}

/** `7.42 W, 0.124 J per inference, VDD_IN 7.42 W`; null where it was not measured. */
function powerText({ batch }: Landmark, measurement: Measurement): string | null {
  const { power } = measurement;
  const joules = joulesPerInference(measurement, batch);
  if (power === undefined || joules === null) return null;
  const rails = Object.entries(power.rails).map(([name, watts]) => `${name} ${formatWatts(watts)}`);
  return [formatWatts(power.meanWatts), t('{0} per inference', formatJoules(joules)), ...rails].join(', ');
}

function seconds(value: number): string {
  return value < 100
    ? `${withDecimalMark(value.toFixed(1))} s`
    : t('{0} min {1} s', Math.floor(value / 60), Math.round(value % 60));
}

function runs(count: number): string {
  return t('{0, plural, one {# run} other {# runs}}', count);
}

function megahertz(value: number | null): string | null {
  return value === null ? null : `${Math.round(value)} MHz`;
}

function range(low: number | null, high: number | null): string | null {
  if (low === null || high === null) return megahertz(high ?? low);
  return low === high
    ? t('fixed at {0} MHz', Math.round(low))
    : t('{0} to {1}', Math.round(low), `${Math.round(high)} MHz`);
}

function celsius(value: number | undefined): string | null {
  return value === undefined ? null : `${withDecimalMark(value.toFixed(1))} °C`;
}

function yesOrNo(value: boolean | null, yes: string, no: string): string | null {
  return value === null ? null : value ? yes : no;
}
