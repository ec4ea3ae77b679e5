import { Option, type Command } from 'commander';
import { backends, type Backend } from '../../core/landmarks/backends';
import { failure, type Result } from '../../core/result';
import { defaultTrials, defaultWarmupRuns } from '../../jetson/benchmark/benchmark-request';
import { resolveDestination, type Destination } from '../../jetson/connection/destination';
import { connect, type BoardSession } from '../../jetson/connection/session';
import { naturalNumber, wholeNumber } from '../option-values';
import { boardsOption } from '../own-boards';
import { printError, warn } from '../streams';
import { createTerminalPrompts, type TerminalPrompts } from './terminal-prompts';

/** Options of every command that goes to a board. */
export interface BoardFlags {
  readonly host: string;
  readonly sshConfig?: string;
}

export function addBoardOptions(command: Command): Command {
  return command
    .requiredOption('--host <destination>', 'the board: an alias of ~/.ssh/config, or user@host[:port]')
    .option('--ssh-config <file>', 'SSH configuration to read instead of ~/.ssh/config');
}

/** Options of the commands that measure. */
export interface MeasuringFlags extends BoardFlags {
  readonly trials?: number;
  readonly warmup?: number;
  readonly backend: Backend | 'auto';
  readonly label?: string;
  readonly ifBusy: 'wait' | 'refuse';
  readonly landmarks?: string;
  readonly acceptWarnings?: true;
  readonly verbose?: true;
}

/** @param among what can time the models */
export function addMeasuringOptions(command: Command, among: readonly Backend[] = backends): Command {
  return addBoardOptions(command)
    .option('--trials <count>', `timed runs of one batch each (default: ${defaultTrials})`, wholeNumber)
    .option('--warmup <count>', `runs before them (default: ${defaultWarmupRuns})`, naturalNumber)
    .addOption(new Option('--backend <name>', 'what times the models').choices(['auto', ...among]).default('auto'))
    .option('--label <name>', 'campaign of the landmarks (default: the host as given)')
    .addOption(
      new Option('--if-busy <what>', 'what to do when another job is running on the board')
        .choices(['wait', 'refuse'])
        .default('wait'),
    )
    .option(...boardsOption)
    .option('--landmarks <file>', 'file for the landmarks, as JSON Lines (default: the one that VS Code uses too)')
    .option('--accept-warnings', 'measure even if something may distort the results')
    .option('--verbose', "print the board's log on standard error");
}

/** What the user wrote as a destination; what Framecast leaves out of the SSH configuration is said. */
export async function boardDestination({ host, sshConfig }: BoardFlags): Promise<Result<Destination>> {
  const resolved = await resolveDestination(host, { configFile: sshConfig });
  if (resolved.ok) resolved.value.notes.forEach(warn);
  return resolved;
}

/** Does something over a connection of its own. Failure codes: those of `connect`, and the work's own. */
export async function onBoard<T>(
  flags: BoardFlags,
  signal: AbortSignal,
  work: (session: BoardSession, prompts: TerminalPrompts) => Promise<Result<T>>,
): Promise<Result<T>> {
  const destination = await boardDestination(flags);
  if (!destination.ok) return destination;
  const prompts = createTerminalPrompts();
  const session = await connect(destination.value, { prompts, signal });
  if (!session.ok) return failure(session.error.code, prompts.causeOf(session.error.message));
  try {
    return await work(session.value, prompts);
  } finally {
    session.value.close();
  }
}

/** Complains about a failure, unless the user has asked for it. */
export function printUnlessCancelled(result: Result<unknown>): number {
  if (result.ok) return 0;
  return result.error.code === 'cancelled' ? 2 : printError(result.error.message);
}
