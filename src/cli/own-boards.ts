import { readFile, stat } from 'node:fs/promises';
import { setOwnDevices } from '../core/landmarks/devices';
import { readOwnBoards } from '../core/landmarks/own-boards';
import { refusal, success, type Result } from '../core/result';

/** The option that names {@link takeOwnBoards}'s file: its flag and what the help says. */
export const boardsOption = [
  '--boards <file>',
  'JSON file with a list of boards by their specification, as the setting framecast.boards',
] as const;

const maxBytes = 1_000_000;

/** Takes the boards of a file for known from now on; a sentence that names the entry and the key where one cannot be taken. */
export async function takeOwnBoards(file: string | undefined): Promise<Result<void, string>> {
  if (file === undefined) return success(undefined);
  let value: unknown;
  try {
    if ((await stat(file)).size > maxBytes) return refusal(`${file} is too large for a list of boards.`);
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return refusal(`${file} is not JSON: ${error.message}.`);
    const { code, message } = error as NodeJS.ErrnoException;
    return refusal(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${code ?? message}.`);
  }
  const { boards, problems } = readOwnBoards(value, file);
  if (problems.length > 0) return refusal(problems.join('\n'));
  setOwnDevices(boards);
  return success(undefined);
}
