import { severityName } from '../../core/present/concern-summary';
import { deviceName } from '../../core/landmarks/devices';
import { formatBytes, formatMemory, formatShare } from '../../core/figures';
import type { Concern } from '../../jetson/preflight/concern';
import type { BoardReport } from '../../jetson/probe/probe';
import { colours } from '../colours';
import { printable } from '../terminal';
import { factLines } from '../text-table';

/** What a board said, as lines of text. */
export function probeCard(host: string, report: BoardReport, problems: readonly Concern[]): readonly string[] {
  const title = report.device === null ? 'Unknown board' : deviceName(report.device);
  return [
    colours.dim(printable(host)),
    '',
    `  ${colours.bold(printable(title))}`,
    ...factLines(factsOf(report)),
    ...concernLines(problems),
    ...report.notes.map((note) => `  - ${printable(note)}`),
  ];
}

/** Errors and warnings under a title; one line that all is well where there are none. */
export function concernLines(concerns: readonly Concern[]): readonly string[] {
  if (concerns.length === 0) return ['', `  ${colours.green('Ready: nothing here would distort a benchmark.')}`];
  return [
    '',
    `  ${colours.dim('Before a benchmark')}`,
    ...concerns.map(({ severity, message }) => {
      const paint = severity === 'error' ? colours.red : severity === 'warning' ? colours.yellow : colours.dim;
      const label = paint(`${severityName(severity)}:`);
      return `  - ${label} ${printable(message)}`;
    }),
  ];
}

function factsOf(report: BoardReport): readonly (readonly [string, string])[] {
  const { software, tensorrt, state, memory, disk } = report;
  const rows: readonly (readonly [string, string | null])[] = [
    ['Board', report.boardModel],
    ['Filed under', report.device],
    ['JetPack', [software.jetpack, software.l4t && `L4T ${software.l4t}`].filter(Boolean).join(', ')],
    ['TensorRT', tensorrtFact(report)],
    ['CUDA', software.cuda],
    ['Python', software.python],
    ['PyTorch', software.torch && `${software.torch}${report.torch.cuda === null ? ', without CUDA' : ''}`],
    ['Power mode', report.powerMode.name],
    ['GPU clock', clockFact(report)],
    ['GPU busy', state.gpuLoad === null ? null : formatShare(state.gpuLoad)],
    ['Temperatures', temperatureFact(report)],
    ['Memory', freeFact(memory.availableBytes, memory.totalBytes, formatMemory)],
    ['Swap', memory.swapTotalBytes === 0 ? 'none' : usedFact(memory.swapUsedBytes, memory.swapTotalBytes)],
    ['Disk', freeFact(disk.freeBytes, disk.totalBytes, formatBytes)],
    ['Desktop', report.headless === null ? null : report.headless ? 'not running' : report.desktop.join(', ')],
    ['Up for', report.uptimeSeconds === null ? null : durationText(report.uptimeSeconds)],
    ['Framecast', framecastFact(report)],
  ];
  // `trtexec` is part of TensorRT's fact; without either there is nothing to say.
  return rows.flatMap(([name, value]) =>
    value === null || value === '' || (name === 'TensorRT' && tensorrt.trtexec === null && software.tensorrt === null)
      ? []
      : [[name, value] as const],
  );
}

function tensorrtFact({ software, tensorrt }: BoardReport): string {
  const found = [
    ...(tensorrt.pythonModule === null ? [] : ["Python's module"]),
    ...(tensorrt.trtexec === null ? [] : [tensorrt.trtexec]),
  ];
  return `${software.tensorrt ?? 'version unknown'} (${found.length === 0 ? 'neither module nor trtexec' : found.join(', ')})`;
}

function clockFact({ state, clocksLocked }: BoardReport): string | null {
  const { gpuMHz, gpuMinMHz, gpuMaxMHz } = state;
  if (gpuMHz === null) return null;
  const range =
    gpuMinMHz === null || gpuMaxMHz === null ? '' : ` of ${Math.round(gpuMinMHz)} to ${Math.round(gpuMaxMHz)}`;
  const locked = clocksLocked === null ? '' : clocksLocked ? ', locked' : ', not locked';
  return `${Math.round(gpuMHz)}${range} MHz${locked}`;
}

function temperatureFact({ state }: BoardReport): string {
  return Object.entries(state.temperaturesC)
    .map(([zone, celsius]) => `${zone} ${Math.round(celsius)} °C`)
    .join(', ');
}

function freeFact(free: number | null, total: number | null, format: (bytes: number) => string): string | null {
  if (free === null) return null;
  return `${format(free)}${total === null ? '' : ` of ${format(total)}`} free`;
}

function usedFact(used: number | null, total: number | null): string | null {
  return used === null || total === null ? null : `${formatMemory(used)} of ${formatMemory(total)} used`;
}

function framecastFact({ framecast }: BoardReport): string | null {
  const busy = framecast.busy === true ? 'a job runs' : null;
  const bytes = framecast.bytes === null || framecast.bytes === 0 ? null : `${formatBytes(framecast.bytes)} of files`;
  return [busy, bytes].filter((part) => part !== null).join(', ') || null;
}

/** A duration for people: `3 min`, `5 h 12 min`, `12 days`. */
export function durationText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}
