import type { Command } from 'commander';
import { failure, type Result } from '../../core/result';
import { resolveDestination, type Destination } from '../../jetson/connection/destination';
import { connect, type BoardSession } from '../../jetson/connection/session';
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

/** What the user wrote as a destination; what Framecast leaves out of the SSH configuration is said. */
export async function boardDestination({ host, sshConfig }: BoardFlags): Promise<Result<Destination>> {
  const resolved = await resolveDestination(host, sshConfig === undefined ? {} : { configFile: sshConfig });
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
  if (!session.ok) return withUnanswered(session.error.code, session.error.message, prompts);
  try {
    return await work(session.value, prompts);
  } finally {
    session.value.close();
  }
}

/** A failure with what could not be asked, which is then its cause. */
function withUnanswered(
  code: Parameters<typeof failure>[0],
  message: string,
  { unanswered }: TerminalPrompts,
): Result<never> {
  return failure(code, unanswered.length === 0 ? message : unanswered.join(' '));
}

/** Complains about a failure, unless the user has asked for it. */
export function complainUnlessCancelled(result: Result<unknown>): number {
  if (result.ok) return 0;
  return result.error.code === 'cancelled' ? 2 : printError(result.error.message);
}
