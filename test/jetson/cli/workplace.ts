import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import { modelChunks } from '../../../src/core/zoo/model-bytes';
import { referenceModel, type ReferenceRequest } from '../../../src/core/zoo/reference-model';
import { buildCommandLine, type CommandLine, type Outcome } from '../../unit/cli/command-line';
import { valueOf } from '../harness/result';
import { startStandIn, type StandIn, type StandInOptions } from '../stand-in/stand-in';

/** Folder with the models, in which the command line runs. */
export let folder: string;
export let commandLine: CommandLine;
let standIn: StandIn | null = null;
let stores = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-benchmark-'));
  commandLine = await buildCommandLine();
  await writeModel('squeezenet', { family: 'squeezenet', resolution: 160 });
  await writeModel('mobilenet $(v2) "é"', { family: 'mobilenetv2', resolution: 96, settings: { width: 0.25 } });
  await writeModel('shufflenet', { family: 'shufflenetv2', resolution: 160, settings: { scale: '0.5' } });
});

afterEach(async () => {
  await standIn?.stop();
  standIn = null;
});

afterAll(async () => {
  await commandLine.remove();
  await rm(folder, { recursive: true, force: true });
});

async function writeModel(name: string, request: ReferenceRequest): Promise<void> {
  const pieces = [...modelChunks(valueOf(referenceModel(request)), 3)].map((piece) => Buffer.from(piece));
  await writeFile(path.join(folder, `${name}.onnx`), Buffer.concat(pieces));
}

/** A device with the command line in front of it. */
export interface Place {
  readonly device: StandIn;
  /** The landmark file that the command line uses. */
  readonly store: string;
  run(...args: string[]): Promise<Outcome>;
  /** With `--host` and the configuration that leads to the device. */
  onBoard(command: string, ...args: string[]): Promise<Outcome>;
  /** The same as a process to send signals to. */
  start(command: string, ...args: string[]): Running;
  landmarks(): Promise<readonly Landmark[]>;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Resolves when standard error holds this. */
  said(text: string): Promise<void>;
}

/** A new device, which is gone after the test, with a landmark file of its own. */
export async function newPlace(options: StandInOptions = {}): Promise<Place> {
  const device = await startStandIn(options);
  standIn = device;
  const store = path.join(folder, `${(stores += 1)}`, 'landmarks.jsonl');
  const env = { FRAMECAST_LANDMARKS: store };
  const board = ['--host', 'board', '--ssh-config', device.server.configFile];
  const run = (...args: string[]): Promise<Outcome> => commandLine.run(args, { cwd: folder, env });
  return {
    device,
    store,
    run,
    onBoard: (command, ...args) => run(command, ...args, ...board),
    start: (command, ...args) => start([command, ...args, ...board], env),
    landmarks: async () => {
      const text = await readFile(store, 'utf8').catch(() => '');
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as Landmark);
    },
  };
}

function start(args: readonly string[], env: Record<string, string>): Running {
  const child = spawn(process.execPath, [commandLine.bundle, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<Outcome>((resolve) => child.once('close', (code) => resolve({ code, ...output })));
  const said = (text: string): Promise<void> =>
    expect.poll(() => output.stderr, { timeout: 120_000, interval: 50 }).toContain(text);
  return { process: child, ended, said };
}
