import { t } from '../../core/language';
import { identifyDevice } from '../../core/landmarks/device-identification';
import { standInDevice } from '../../core/landmarks/devices';
import { failure, success, type Result } from '../../core/result';
import type { BoardReport, PowerModeReport } from './board-report';
import { readClocks, readMemory, readTemperatures } from './board-state';
import { readSoftware } from './board-software';
import { numberIn, probeSections, type ProbeSections } from './probe-sections';

/** When the script was sent and when its last line had come, by this machine's clock, in ms since 1970. */
export interface ProbeTimes {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

/**
 * Makes a report of what `probeScript` printed on a board. The output may be anything: unknown sections are left out,
 * and what cannot be understood is null. Failure code: board-misbehaves, if it is not the script's output at all or
 * not all of it.
 */
export function parseProbe(output: string, times: ProbeTimes): Result<BoardReport> {
  const sections = probeSections(output);
  if (sections === null) {
    return failure(
      'board-misbehaves',
      t('The board did not finish answering the probe. Check that this user can run commands there with /bin/sh.'),
    );
  }
  const identity = (key: string): string | null => sections.value('identity', key);
  const standIn = identity('sysroot') !== null;
  const [boardModel, dtsFile] = [identity('model'), identity('dtsFile')];
  const compatible = sections.lines('compatible').slice(0, 32);
  const { memory, swappedPages } = readMemory(sections);
  const clocks = readClocks(sections);
  const powerMode = readPowerMode(sections);
  const desktop = readDesktop(sections);
  return success({
    schema: 1,
    standIn,
    device: standIn ? standInDevice : identifyDevice({ model: boardModel, dtsFile, compatible }),
    boardModel,
    dtsFile,
    compatible,
    architecture: identity('machine'),
    kernel: identity('kernel'),
    ...readSoftware(sections),
    powerMode,
    clocksLocked: clocks.locked,
    ...desktop,
    state: {
      ...clocks.state,
      temperaturesC: readTemperatures(sections),
      availableBytes: memory.availableBytes,
      swapUsedBytes: memory.swapUsedBytes,
      swappedPages,
      powerMode: powerMode.name,
    },
    gpuHighestMHz: clocks.gpuHighestMHz,
    gpuUsers: readGpuUsers(sections),
    memory,
    disk: readDisk(sections),
    user: identity('user'),
    home: identity('home'),
    groups: identity('groups')?.split(/\s+/).slice(0, 64) ?? [],
    ...readGpuAccess(sections),
    bootId: identity('bootId'),
    uptimeSeconds: numberIn(identity('uptime')?.split(' ')[0]),
    ...clockSkew(numberIn(identity('now')), times),
    framecast: readFramecast(sections),
    notes: sections.hanging.map((name) => t('The question about {0} was not answered in time.', describe(name))),
  });
}

function readPowerMode(sections: ProbeSections): PowerModeReport {
  const answer = sections.lines('nvpmodel');
  const modes = sections.lines('powerModes').flatMap((line) => {
    const found = /POWER_MODEL +ID=(\d{1,3}) +NAME=([\w.-]{1,40})/.exec(line);
    return found ? [{ id: Number(found[1]), name: found[2]! }] : [];
  });
  const stated = /NV Power Mode: *([\w.-]{1,40})/.exec(answer.join('\n'))?.[1] ?? null;
  const status = /^pmode:(\d{1,6})$/.exec(sections.value('powerModes', 'status') ?? '')?.[1];
  const id = stated === null ? (status === undefined ? null : Number(status)) : lastNumber(answer);
  const name = stated ?? modes.find((mode) => mode.id === id)?.name ?? null;
  return { id: id ?? modes.find((mode) => mode.name === name)?.id ?? null, name, modes: modes.slice(0, 32) };
}

function lastNumber(lines: readonly string[]): number | null {
  const found = lines.filter((line) => /^\d{1,3}$/.test(line)).at(-1);
  return found === undefined ? null : Number(found);
}

/** A desktop runs where a display manager is active or a process of one can be seen. */
function readDesktop(sections: ProbeSections): Pick<BoardReport, 'headless' | 'desktop'> {
  const processes = sections.lines('desktop').slice(0, 16);
  const [manager] = sections.lines('displayManager');
  const desktop = manager === 'active' && processes.length === 0 ? [t('a display manager')] : processes;
  const isUnknown = desktop.length === 0 && manager === undefined && sections.hanging.includes('displayManager');
  return { headless: isUnknown ? null : desktop.length === 0, desktop };
}

function readGpuUsers(sections: ProbeSections): BoardReport['gpuUsers'] {
  return sections.lines('gpuUsers').flatMap((line) => {
    const found = /^(\d{1,10}) (.{1,64})$/.exec(line);
    return found ? [{ pid: Number(found[1]), command: found[2]! }] : [];
  });
}

/** The last line of `df -Pk`: device, blocks, used, available, share. */
function readDisk(sections: ProbeSections): BoardReport['disk'] {
  const found = /\s(\d{1,15})\s+\d{1,15}\s+(\d{1,15})\s+(?:\d+%|-)\s/.exec(sections.lines('disk').at(-1) ?? '');
  return found
    ? { totalBytes: 1024 * Number(found[1]), freeBytes: 1024 * Number(found[2]) }
    : { totalBytes: null, freeBytes: null };
}

/** Lines `yes crw-rw---- 1 0 44 …`, whether the file may be opened and `ls -ln` of it; groups as in /etc/group. */
function readGpuAccess(sections: ProbeSections): Pick<BoardReport, 'gpuGroups' | 'gpuAccessible'> {
  const files = sections.lines('gpuFiles').map((line) => line.split(/\s+/));
  const owners = new Set(files.map((fields) => fields[4]));
  const groups = sections.lines('gpuGroups').map((line) => line.split(':'));
  return {
    gpuGroups: groups.filter((fields) => owners.has(fields[2])).map((fields) => fields[0]!),
    gpuAccessible: files.length === 0 ? null : files.every((fields) => fields[0] === 'yes'),
  };
}

function readFramecast(sections: ProbeSections): BoardReport['framecast'] {
  const busy = sections.value('framecast', 'busy');
  const kilobytes = numberIn(sections.value('framecast', 'kilobytes'));
  const lines = sections.lines('framecast');
  return {
    busy: lines.length === 0 ? false : busy === null ? null : busy === 'yes',
    jobs: lines.flatMap((line) => /^job=(\d{8}T\d{6}Z-[0-9a-f]{8})$/.exec(line)?.[1] ?? []).slice(0, 50),
    bytes: lines.length === 0 ? 0 : kilobytes === null ? null : 1024 * kilobytes,
  };
}

/** The board said its time, in whole seconds, somewhere between sending and receiving. */
function clockSkew(
  boardSeconds: number | null,
  { sentAtMs, receivedAtMs }: ProbeTimes,
): Pick<BoardReport, 'clockSkewSeconds' | 'clockSkewUncertaintySeconds'> {
  if (boardSeconds === null) return { clockSkewSeconds: null, clockSkewUncertaintySeconds: null };
  const [least, most] = [boardSeconds - receivedAtMs / 1000, boardSeconds + 1 - sentAtMs / 1000];
  const tenths = (seconds: number): number => Math.round(10 * seconds) / 10;
  return { clockSkewSeconds: tenths((least + most) / 2), clockSkewUncertaintySeconds: tenths((most - least) / 2) };
}

function describe(section: string): string {
  switch (section) {
    case 'disk':
      return t('the free disk space');
    case 'displayManager':
      return t('the display manager');
    case 'packages':
      return t('installed packages');
    case 'python':
      return 'Python';
    default:
      return section;
  }
}
