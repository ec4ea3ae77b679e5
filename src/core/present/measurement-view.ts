import type { Landmark } from '../landmarks/landmark';
import {
  joulesPerInference,
  type Backend,
  type BoardState,
  type Disturbance,
  type Measurement,
} from '../landmarks/measurement';
import { formatBytes, formatJoules, formatShape, formatShare, formatWatts } from '../figures';

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

const backendNames: Readonly<Record<Backend, string>> = {
  'tensorrt-python': "TensorRT's Python module",
  trtexec: 'trtexec',
  pytorch: 'PyTorch',
};

const disturbanceSentences: Readonly<Record<Disturbance, string>> = {
  throttled:
    'The board lowered its clocks during the run, as it does when it gets hot or short of power. Cool it, check its power supply, and run again.',
  swapped:
    'The board moved memory to its disk during the run, which takes time. Close other programs on it and run again.',
  'gpu-shared': 'Something else used the GPU during the run. Stop it and run again.',
};

/** Why a figure may not be the board's own speed, a sentence each, with what to do. */
export function disturbanceTexts({ disturbances }: Measurement): readonly string[] {
  return disturbances.map((disturbance) => disturbanceSentences[disturbance]);
}

/** How a landmark was measured; what the board did not say is left out. */
export function protocolRows(landmark: Landmark, measurement: Measurement): readonly ProtocolRow[] {
  const { software, engine, inputShapes } = measurement;
  const inputs = Object.entries(inputShapes).map(([name, shape]) => `${name} ${formatShape(shape)}`);
  const rows: (readonly [string, string | null])[] = [
    ['Board', measurement.boardModel],
    ['Timed by', [backendNames[measurement.way], measurement.program].filter(Boolean).join(', ')],
    ['Inputs, random', inputs.join(', ')],
    ['Model rewritten', measurement.rewrites?.join('; ') ?? null],
    ['Batch', landmark.batch === 1 ? null : String(landmark.batch)],
    ['Warm-up', runs(measurement.warmupRuns)],
    ['Trials', measurement.trialTimesMs.length.toLocaleString('en-US')],
    ['Engine', engine && engineText(engine)],
    ['Workspace', measurement.workspaceMiB === null ? null : `${measurement.workspaceMiB} MiB`],
    ['TensorRT', software.tensorrt],
    ['PyTorch', measurement.way === 'pytorch' ? software.torch : null],
    ['CUDA', software.cuda],
    ['JetPack', software.jetpack],
    ['L4T', software.l4t],
    ['Power mode', measurement.before.powerMode],
    ['Power', powerText(landmark, measurement)],
    ['Clocks', yesOrNo(measurement.clocksLocked, 'locked', 'free')],
    ['Desktop', yesOrNo(measurement.headless, 'not running', 'running')],
    ['Notes', measurement.notes?.join(' ') ?? null],
    ['Measured at', moment(measurement.measuredAt)],
    ['Job', measurement.jobId],
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
    ...row('GPU clock', ({ gpuMHz }) => megahertz(gpuMHz)),
    ...row('GPU clock allowed', ({ gpuMinMHz, gpuMaxMHz }) => range(gpuMinMHz, gpuMaxMHz)),
    ...row('Memory clock', ({ memoryMHz }) => megahertz(memoryMHz ?? null)),
    ...row('Memory clock allowed', ({ memoryMaxMHz }) => megahertz(memoryMaxMHz ?? null)),
    ...row('CPU clock', ({ cpuMHz }) => megahertz(cpuMHz)),
    ...row('CPU clock allowed', ({ cpuMinMHz, cpuMaxMHz }) => range(cpuMinMHz, cpuMaxMHz)),
    ...row('GPU busy', ({ gpuLoad }) => (gpuLoad === null ? null : formatShare(gpuLoad))),
    ...zones.flatMap((zone) => row(`${zone} temperature`, ({ temperaturesC }) => celsius(temperaturesC[zone]))),
    ...row('Memory free', ({ availableBytes }) => (availableBytes === null ? null : formatBytes(availableBytes))),
    ...row('Swapped out', ({ swapUsedBytes }) => (swapUsedBytes === null ? null : formatBytes(swapUsedBytes))),
  ];
}

/** `2026-11-24 04:06:58 UTC` of what the board wrote as `2026-11-24T04:06:58.067Z`. */
function moment(written: string): string {
  return written.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC');
}

function engineText({ cached, buildSeconds, bytes }: NonNullable<Measurement['engine']>): string {
  const size = bytes === null ? '' : `, ${formatBytes(bytes)}`;
  if (cached) return `from an earlier job${size}`;
  return `${buildSeconds === null ? 'built' : `built in ${seconds(buildSeconds)}`}${size}`;
}

/** `7.42 W, 0.124 J per inference, VDD_IN 7.42 W`; null where it was not measured. */
function powerText({ batch }: Landmark, measurement: Measurement): string | null {
  const { power } = measurement;
  const joules = joulesPerInference(measurement, batch);
  if (power === undefined || joules === null) return null;
  const rails = Object.entries(power.rails).map(([name, watts]) => `${name} ${formatWatts(watts)}`);
  return [formatWatts(power.meanWatts), `${formatJoules(joules)} per inference`, ...rails].join(', ');
}

function seconds(value: number): string {
  return value < 100 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

function runs(count: number): string {
  return count === 1 ? '1 run' : `${count.toLocaleString('en-US')} runs`;
}

function megahertz(value: number | null): string | null {
  return value === null ? null : `${Math.round(value)} MHz`;
}

function range(low: number | null, high: number | null): string | null {
  if (low === null || high === null) return megahertz(high ?? low);
  return low === high ? `fixed at ${megahertz(low)}` : `${Math.round(low)} to ${megahertz(high)}`;
}

function celsius(value: number | undefined): string | null {
  return value === undefined ? null : `${value.toFixed(1)} °C`;
}

function yesOrNo(value: boolean | null, yes: string, no: string): string | null {
  return value === null ? null : value ? yes : no;
}
