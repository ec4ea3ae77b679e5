import { access, constants, stat } from 'node:fs/promises';
import { homedir, release } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../../package.json';
import { bundledLandmarks } from '../../core/landmarks/campaigns';
import { knownDevices } from '../../core/landmarks/devices';
import { formatBytes } from '../../core/figures';
import type { Result } from '../../core/result';
import { defaultFasModelsFile, openFasModels } from '../../files/fas-models';
import { defaultLandmarksFile, openLandmarkStore } from '../../files/landmarks';
import { listConfiguredHosts } from '../../jetson/connection/destination';
import { preflight } from '../../jetson/preflight/preflight';
import { probeBoard } from '../../jetson/probe/probe';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { interruptibly, print } from '../streams';
import { jsonText, printable } from '../terminal';
import { wrapped } from '../text-table';
import { onBoard, type BoardFlags } from './board-options';
import { createOpenJobs } from './pending-jobs';
import { probeCard } from './probe-command-card';

interface DoctorFlags {
  readonly host?: string;
  readonly sshConfig?: string;
  readonly json?: true;
}

/** One thing that was looked at. */
interface Finding {
  readonly name: string;
  readonly value: string;
  /** What is wrong with it, and what to do; null where nothing is. */
  readonly problem: string | null;
}

/** `framecast doctor`: what a report of a fault needs to say of this machine; `done` gets the exit code. */
export function doctorDefinition(done: (code: number) => void): Command {
  return new Command('doctor')
    .description(
      'print versions, settings and the state of the files that Framecast keeps, to go with a report of a fault',
    )
    .option('--host <destination>', 'a board to ask too: an alias of ~/.ssh/config, or user@host[:port]')
    .option('--ssh-config <file>', 'SSH configuration to read instead of ~/.ssh/config')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
No names of hosts, keys or passwords are printed, and paths in your home folder begin with ~.

Exit status:
  0  nothing is wrong
  1  something is, and what to do is said
  2  the board could not be asked, or the command line is wrong`,
    )
    .action(async (flags: DoctorFlags) => done(await interruptibly((signal) => doctorCommand(flags, signal))));
}

async function doctorCommand(flags: DoctorFlags, signal: AbortSignal): Promise<number> {
  const findings = await findingsOf(flags);
  const board = flags.host === undefined ? null : await askBoard({ ...flags, host: flags.host }, signal);
  const isSound = findings.every(({ problem }) => problem === null);
  if (flags.json) await print(jsonText({ findings, board: board?.json }));
  else await print([...findingLines(findings), ...(board?.lines ?? [])].join('\n'));
  if (board !== null && !board.isReached) return exitCode.unreadable;
  return isSound && board?.isReady !== false ? exitCode.fine : exitCode.targetMissed;
}

async function findingsOf({ sshConfig }: DoctorFlags): Promise<readonly Finding[]> {
  const landmarksFile = defaultLandmarksFile();
  const fasFile = defaultFasModelsFile();
  const landmarks = await openLandmarkStore(landmarksFile).read();
  const fas = await openFasModels(fasFile).read();
  const jobs = await createOpenJobs(landmarksFile).list();
  const hosts = await listConfiguredHosts({ configFile: sshConfig });
  const variables = ['FRAMECAST_LANDMARKS', 'FRAMECAST_FAS_MODELS', 'XDG_DATA_HOME', 'NO_COLOR', 'FORCE_COLOR'];
  const set = variables.filter((name) => process.env[name] !== undefined);
  const [major = 0] = process.versions.node.split('.').map(Number);
  const oldNode = major < 20 ? 'Framecast needs Node.js 20 or newer.' : null;
  return [
    { name: 'Framecast', value: version, problem: null },
    { name: 'Node.js', value: process.versions.node, problem: oldNode },
    { name: 'System', value: `${process.platform} ${release()}, ${process.arch}`, problem: null },
    { name: 'Included', value: `${bundledLandmarks.length} landmarks, ${knownDevices.length} boards`, problem: null },
    await storeFinding('Landmarks', landmarksFile, landmarks, ({ lines, broken }) => [lines.length, broken.length]),
    await storeFinding('FAS models', fasFile, fas, ({ models, problems }) => [models.length, problems.length]),
    { name: 'Open jobs', value: String(jobs.length), problem: null },
    { name: 'SSH hosts', value: `${hosts.length} in ${shownPath(sshConfig ?? '~/.ssh/config')}`, problem: null },
    {
      name: 'SSH agent',
      value: process.env['SSH_AUTH_SOCK'] === undefined ? 'none' : 'named by SSH_AUTH_SOCK',
      problem: null,
    },
    { name: 'Variables set', value: set.length === 0 ? 'none' : set.join(', '), problem: null },
  ];
}

/** What is in a file of records, and whether it can be read and written. `count` gives the records and broken lines. */
async function storeFinding<T>(
  name: string,
  file: string,
  content: Result<T>,
  count: (content: T) => readonly [number, number],
): Promise<Finding> {
  const shown = shownPath(file);
  if (!content.ok) return { name, value: shown, problem: content.error.message.replaceAll(file, shown) };
  const [records, broken] = count(content.value);
  const stats = await stat(file).catch(() => null);
  const size = stats === null ? 'not there yet' : `${records} records, ${formatBytes(stats.size)}`;
  const value = `${shown}: ${size}`;
  if (broken > 0) {
    const lines = broken === 1 ? '1 line of it' : `${broken} lines of it`;
    return { name, value, problem: `${lines} cannot be understood and ${broken === 1 ? 'is' : 'are'} left out.` };
  }
  const written = stats === null ? await existingFolder(path.dirname(file)) : file;
  const canWrite = await succeeds(access(written, constants.W_OK));
  return { name, value, problem: canWrite ? null : 'It cannot be written. Change its permissions.' };
}

/** The folder, or the nearest one above it that is there. */
async function existingFolder(folder: string): Promise<string> {
  const above = path.dirname(folder);
  return above === folder || (await succeeds(stat(folder))) ? folder : existingFolder(above);
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

/** The home folder tells who somebody is. */
function shownPath(file: string): string {
  const home = homedir();
  return file === home || file.startsWith(home + path.sep) ? `~${file.slice(home.length)}` : file;
}

function findingLines(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings.flatMap(({ name, value, problem }) => [
    `${colours.dim(name.padEnd(width))}  ${printable(value)}`,
    ...(problem === null
      ? []
      : wrapped(`${'✗'.padStart(width)}  ${printable(problem)}`, ' '.repeat(width + 2)).map((line) =>
          colours.red(line),
        )),
  ]);
}

interface AskedBoard {
  readonly isReached: boolean;
  readonly isReady: boolean;
  readonly lines: readonly string[];
  readonly json: object;
}

async function askBoard(flags: BoardFlags, signal: AbortSignal): Promise<AskedBoard> {
  const report = await onBoard(flags, signal, (session) => probeBoard(session, { signal }));
  if (!report.ok) {
    const { code, message } = report.error;
    const hidden = message.replaceAll(flags.host, 'the host');
    return {
      isReached: false,
      isReady: false,
      lines: ['', colours.red(printable(hidden))],
      json: { error: { code, message: hidden } },
    };
  }
  const problems = preflight(report.value, []);
  return {
    isReached: true,
    isReady: !problems.some(({ severity }) => severity === 'error'),
    lines: ['', ...probeCard('The board', report.value, problems)],
    json: { ...report.value, problems },
  };
}
