import { CommanderError, type Command } from 'commander';
import { setOwnDevices } from '../core/landmarks/devices';
import { readOwnBoards } from '../core/landmarks/own-boards';
import { refusal, success, type Result } from '../core/result';
import { readShortText } from '../files/read-fully';
import { printError, warn } from './streams';

/** The option that names {@link takeBoardsFirst}'s file: its flag and what the help says. */
export const boardsOption = [
  '--boards <file>',
  'JSON file with a list of boards by their specification, as the setting framecast.boards',
] as const;

/** Before a command runs, takes the boards that it was given; it does not run where none can be taken. */
export async function takeBoardsFirst(_: Command, command: Command): Promise<void> {
  const { boards } = command.opts<{ readonly boards?: string }>();
  const taken = await takeOwnBoards(boards);
  if (taken.ok) return;
  throw new CommanderError(printError(taken.error), 'framecast.boards', taken.error);
}

const maxBytes = 1_000_000;

/** Takes the boards of a file for known from now on; an entry that cannot be taken is named with its key. */
async function takeOwnBoards(file: string | undefined): Promise<Result<void, string>> {
  if (file === undefined) return success(undefined);
  let value: unknown;
  try {
    const text = await readShortText(file, maxBytes);
    if (text === null) return refusal(`${file} is too large for a list of boards.`);
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return refusal(`${file} is not JSON: ${error.message}.`);
    const { code, message } = error as NodeJS.ErrnoException;
    return refusal(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${code ?? message}.`);
  }
  const { boards, problems } = readOwnBoards(value, file);
  if (boards.length === 0 && problems.length > 0) return refusal(problems.join('\n'));
  problems.forEach(warn);
  setOwnDevices(boards);
  return success(undefined);
}
