import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A Python to run the runner with. */
export interface Python {
  readonly name: string;
  readonly command: string;
}

/** `python3`, and Python 3.6 where this machine has one: it is what JetPack 4 has. */
export const pythons: readonly Python[] = [
  ...firstThatRuns(['python3', '/usr/bin/python3'], ''),
  ...firstThatRuns(['python3.6', ...pyenvPythons()], '3.6.'),
];

function firstThatRuns(commands: readonly string[], version: string): Python[] {
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ['-c', 'import platform; print(platform.python_version())']);
    const found = String(stdout).trim();
    if (status === 0 && found.startsWith(version)) return [{ name: `Python ${found}`, command }];
  }
  return [];
}

function pyenvPythons(): string[] {
  const versions = path.join(process.env['PYENV_ROOT'] ?? path.join(os.homedir(), '.pyenv'), 'versions');
  try {
    const found = readdirSync(versions).filter((name) => name.startsWith('3.6.'));
    return found.map((name) => path.join(versions, name, 'bin', 'python3'));
  } catch {
    return [];
  }
}
