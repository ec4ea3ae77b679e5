import { formatBytes, formatMemory } from '../../core/figures';
import { t, withDecimalMark } from '../../core/language';
import type { BoardReport } from '../../jetson/probe/board-report';

/** A line about a board: its name, what was found, and a codicon. */
export interface BoardFact {
  readonly label: string;
  readonly value: string;
  readonly icon: string;
}

/** What a probe found, a line each; what the board does not say is left out. */
export function boardFacts(report: BoardReport): readonly BoardFact[] {
  const { software, state, memory, disk, powerMode, tensorrt } = report;
  const temperatures = Object.entries(state.temperaturesC);
  const hottest = temperatures.sort(([, one], [, other]) => other - one)[0];
  const clocks = report.clocksLocked === null ? null : report.clocksLocked ? t('locked') : t('not locked');
  const gpu = state.gpuMHz === null ? null : t('GPU at {0} MHz', Math.round(state.gpuMHz));
  const rows: (readonly [label: string, value: string | null, icon: string])[] = [
    [t('Board'), report.standIn ? t('Stand-in device, not a Jetson') : report.boardModel, 'circuit-board'],
    ['JetPack', software.jetpack ?? (software.l4t === null ? null : `L4T ${software.l4t}`), 'package'],
    ['TensorRT', software.tensorrt ?? tensorrt.libraryVersion, 'zap'],
    ['CUDA', software.cuda, 'zap'],
    ['PyTorch', software.torch, 'library'],
    [t('Power mode'), powerMode.name, 'plug'],
    [t('Clocks'), joined([clocks, gpu]), 'dashboard'],
    [t('Temperature'), hottest ? `${withDecimalMark(hottest[1].toFixed(1))} °C (${hottest[0]})` : null, 'flame'],
    [t('Memory'), freeOf(memory.availableBytes, memory.totalBytes, formatMemory), 'server'],
    [t('Disk'), freeOf(disk.freeBytes, disk.totalBytes, formatBytes), 'database'],
    [t('Desktop'), report.headless === null ? null : report.headless ? t('not running') : t('running'), 'window'],
    [t('Framecast files'), jobsOf(report), 'folder'],
  ];
  return rows.flatMap(([label, value, icon]) => (value === null || value === '' ? [] : [{ label, value, icon }]));
}

function joined(parts: readonly (string | null)[]): string | null {
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : known.join(', ');
}

function freeOf(free: number | null, total: number | null, format: (bytes: number) => string): string | null {
  if (free === null) return null;
  return total === null ? t('{0} free', format(free)) : t('{0} free of {1}', format(free), format(total));
}

function jobsOf({ framecast: { jobs, bytes } }: BoardReport): string | null {
  if (jobs.length === 0 && (bytes === null || bytes === 0)) return null;
  const count = t('{0, plural, one {# job} other {# jobs}}', jobs.length);
  return bytes === null ? count : `${count}, ${formatBytes(bytes)}`;
}
