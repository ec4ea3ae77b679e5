import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLandmarkStore } from '../../../src/files/landmarks';
import { buildCommandLine, type CommandLine, type Outcome } from '../../unit/cli/command-line';
import { valueOf } from '../harness/result';
import { startStandIn, type StandIn } from '../stand-in/stand-in';

let commandLine: CommandLine;
let standIn: StandIn;
let folder: string;
let landmarks: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-ladder-'));
  landmarks = path.join(folder, 'landmarks.jsonl');
  [commandLine, standIn] = await Promise.all([buildCommandLine(), startStandIn({ tensorrt: '8.2' })]);
});

afterAll(async () => {
  await standIn.stop();
  await commandLine.remove();
  await rm(folder, { recursive: true, force: true });
});

const args = (): readonly string[] => [
  'ladder',
  '--host',
  'board',
  '--ssh-config',
  standIn.server.configFile,
  '--models',
  '3',
  '--max-model-mb',
  '6',
  '--trials',
  '5',
  '--warmup',
  '1',
  '--accept-warnings',
];
const environment = () => ({ FRAMECAST_LANDMARKS: landmarks });
const stored = async () => valueOf(await openLandmarkStore(landmarks).read()).lines.map(({ landmark }) => landmark);

/** A ladder that runs. */
interface Started {
  said(): string;
  interrupt(): void;
}

/** Runs the ladder, and does something as soon as so many landmarks are stored. */
async function whenStored(count: number, act: (ladder: Started) => Promise<void>): Promise<Outcome> {
  const child = spawn(process.execPath, [commandLine.bundle, ...args()], {
    env: { ...process.env, ...environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const closed = once(child, 'close');
  while (child.exitCode === null && (await stored()).length < count) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await act({ said: () => output.stdout, interrupt: () => void child.kill('SIGINT') });
  const [code] = (await closed) as [number | null];
  return { code, ...output };
}

describe('framecast ladder, when something goes wrong', { timeout: 300_000 }, () => {
  it('measures nothing on a board that is full, and says what to do', async () => {
    await standIn.configure({ freeDiskBytes: 1_000_000 });
    const { code, stdout, stderr } = await commandLine.run(args(), { env: environment() });
    await standIn.configure({ freeDiskBytes: 50_000_000_000 });
    expect(code).toBe(2);
    expect(stderr).toMatch(/The board has 1(\.00)? MB free|The board has 999 kB free/);
    expect(stderr).not.toContain('models done');
    expect(stdout).toContain('Nothing was measured this time. Run the same command again');
    expect(await stored()).toEqual([]);
  });

  it('says why disturbed figures are kept out of predictions, and what to do about them', async () => {
    await standIn.configure({ throttles: true });
    const file = path.join(folder, 'disturbed.jsonl');
    const { code, stdout } = await commandLine.run([...args(), '--models', '1', '--landmarks', file], {});
    await standIn.configure({ throttles: false });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\S+ .* disturbed, kept out of predictions$/m);
    expect(stdout).toMatch(/^Disturbed: \S+$/m);
    expect(stdout).toContain('- The board lowered its clocks during the run');
    expect(stdout).toContain('framecast landmarks verdict accepted ID');
    // Something was measured, so it must not say that nothing was.
    expect(stdout).toContain('There is no landmark to predict from on stand-in with TensorRT FP16 yet.');
  });

  it('refuses a largest file that no reference model has, instead of having measured all', async () => {
    const { code, stdout, stderr } = await commandLine.run([...args(), '--max-model-mb', '1', '--dry-run'], {});
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('No reference model has a file of at most 1 MB; the smallest needs 2 MB.');
  });

  it('keeps what was measured before the board ran out of memory, and goes on with the rest', async () => {
    // One was measured by the test before.
    await standIn.configure({ kill: 'time', sparedRuns: 2 });
    const { code, stdout } = await commandLine.run(args(), { env: environment() });
    await standIn.configure({ kill: null });
    expect(code).toBe(2);
    const kept = await stored();
    expect(kept).toHaveLength(1);
    expect(stdout).toMatch(/Not measured: \S+\. .*memory/);
    expect(stdout).toContain(`${kept.length} of 3 models are measured, and kept. Run the same command again`);
    expect(stdout).toContain('A fit over the graph needs 3 different measured models');
  });

  it('ends on Ctrl-C with what is measured, and then measures only what is missing', async () => {
    await standIn.configure({ hold: 'time' });
    const before = (await stored()).length;
    const cancelled = await whenStored(before, async ({ said, interrupt }) => {
      await expect.poll(said, { timeout: 240_000 }).toContain('to measure on');
      interrupt();
    });
    expect(cancelled.code).toBe(130);
    expect(cancelled.stderr).toContain('Cancelling');
    const kept = await stored();
    expect(kept.length).toBeLessThan(3);
    await standIn.configure({ hold: null });
    const { code, stdout, stderr } = await commandLine.run(args(), { env: environment() });
    const rest = 3 - kept.length;
    expect(stderr).toContain(`${rest} of ${rest} models done.`);
    expect(stdout).toMatch(/Every model can now be predicted for .*, from 3 landmarks\./);
    expect(stdout).toMatch(/Mean error: [\d.]+% for held-out models/);
    expect(code).toBe(0);
    expect(new Set((await stored()).map(({ model }) => model)).size).toBe(3);
    expect((await stored()).slice(0, kept.length)).toEqual(kept);
    expect(await readdir(path.join(folder, 'ladder'))).toEqual([]);
  });
});
