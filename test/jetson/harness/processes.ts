import { readFile, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';

/** A process of this machine, as /proc shows it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The program's file name, from /proc/PID/exe where that can be read, otherwise the name that the process goes by. */
  readonly program: string;
  readonly command: string;
}

/** All processes below one, at any depth. */
export async function descendantsOf(pid: number): Promise<readonly Process[]> {
  const all = await allProcesses();
  const found: Process[] = [];
  const parents = new Set([pid]);
  for (let grown = true; grown;) {
    grown = false;
    for (const process of all) {
      if (!parents.has(process.parent) || parents.has(process.pid)) continue;
      parents.add(process.pid);
      found.push(process);
      grown = true;
    }
  }
  return found;
}

/** All processes that were started with this variable in their environment, wherever they stand in the tree. */
export async function processesWith(name: string, value: string): Promise<readonly Process[]> {
  const wanted = `\0${name}=${value}\0`;
  const all = await allProcesses();
  const belongs = await Promise.all(
    all.map(async ({ pid }) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return `\0${environment}\0`.includes(wanted);
    }),
  );
  return all.filter(({ pid }, index) => belongs[index] === true && pid !== process.pid);
}

async function allProcesses(): Promise<readonly Process[]> {
  const names = await readdir('/proc');
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => describe(Number(name))));
  return found.filter((process) => process !== null);
}

async function describe(pid: number): Promise<Process | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold spaces and parentheses itself; zombies (Z) are gone already.
    const [, name = '', state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(stat) ?? [];
    if (state === undefined || state === 'Z') return null;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    const file = await readlink(`/proc/${pid}/exe`).catch(() => name);
    return { pid, parent: Number(parent), program: path.basename(file.replace(/ \(deleted\)$/, '')), command };
  } catch {
    return null; // It has ended meanwhile.
  }
}
