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

const run = (args: readonly string[]): Promise<Outcome> =>
  commandLine.run(args, { env: { FRAMECAST_LANDMARKS: landmarks } });

const ladder = (...more: readonly string[]): Promise<Outcome> =>
  run([
    'ladder',
    '--host',
    'board',
    '--ssh-config',
    standIn.server.configFile,
    '--models',
    '3',
    '--max-model-mb',
    '10',
    '--trials',
    '5',
    '--warmup',
    '1',
    '--accept-warnings',
    ...more,
  ]);

const stored = async () => valueOf(await openLandmarkStore(landmarks).read()).lines.map(({ landmark }) => landmark);

describe('framecast ladder', () => {
  it('says what it would measure and measures nothing in a dry run', async () => {
    const { code, stdout } = await ladder('--dry-run', '--json');
    expect(code).toBe(0);
    const { planned, device } = JSON.parse(stdout) as { planned: { weightBytes: number }[]; device: string };
    expect(device).toBe('stand-in');
    expect(planned).toHaveLength(3);
    for (const { weightBytes } of planned) expect(weightBytes).toBeLessThan(10e6);
    expect(await stored()).toEqual([]);
  });

  it('gives a board without landmarks its fits, and measures nothing twice', async () => {
    const before = await run(['predict', 'resnet18.folded.onnx', '--device', 'stand-in', '--json']);
    expect(before).toMatchObject({ code: 2, stdout: '' });

    const first = await ladder();
    expect(first.stderr).toContain('3 of 3 models done');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/Every model can now be predicted for .*, from 3 landmarks\./);
    const measured = await stored();
    expect(measured).toHaveLength(3);
    for (const landmark of measured) expect(landmark).toMatchObject({ device: 'stand-in', campaign: 'board' });
    expect(await readdir(path.join(folder, 'ladder'))).toEqual([]);

    const second = await ladder();
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('measured on this board already') });
    expect(await stored()).toEqual(measured);

    const after = await run(['predict', 'resnet18.folded.onnx', '--device', 'stand-in', '--json']);
    const [prediction] = JSON.parse(after.stdout) as [{ estimate: { throughputFps: number } }];
    expect(prediction.estimate.throughputFps).toBeGreaterThan(1);
    expect(prediction.estimate.throughputFps).toBeLessThan(5000);
  }, 180_000);

  it('goes on where a ladder was interrupted', async () => {
    const rest = (await stored()).length;
    const { code, stdout } = await ladder('--models', '4', '--dry-run', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { planned: unknown[] }).planned).toHaveLength(4 - rest);
  });

  it('refuses a family without reference models before it connects', async () => {
    const { code, stderr } = await ladder('--family', 'YOLO');
    expect(code).toBe(2);
    expect(stderr).toContain('There are reference models of');
  });
});
