import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a process of Node.js has taken, with its threads. */
export interface NodeUsage {
  readonly ms: number;
  /** Until it first wrote something; 0 if it wrote nothing. */
  readonly firstOutputMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly output: string;
}

/** What is loaded before a program to write down, in the end, what its process has taken. */
const hook = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = { cpuMs: (user + system) / 1000, peakMiB: process.resourceUsage().maxRSS / 1024 };
  require('node:fs').writeFileSync(process.env.USAGE, JSON.stringify(usage));
});`;

/** Runs Node.js to its end; with its standard error if it fails. */
export async function nodeUsage(args: readonly string[], cwd = process.cwd()): Promise<NodeUsage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'framecast-usage-'));
  try {
    const [hookFile, usageFile] = [path.join(folder, 'hook.cjs'), path.join(folder, 'usage.json')];
    await writeFile(hookFile, hook);
    const start = performance.now();
    const child = spawn(process.execPath, ['--require', hookFile, ...args], {
      cwd,
      env: { ...process.env, USAGE: usageFile },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let firstOutputMs = 0;
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      firstOutputMs ||= performance.now() - start;
      output += text;
    });
    await new Promise((resolve) => void child.once('close', resolve));
    const ms = performance.now() - start;
    const usage = JSON.parse(await readFile(usageFile, 'utf8')) as Pick<NodeUsage, 'cpuMs' | 'peakMiB'>;
    return { ms, firstOutputMs, output, ...usage };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
