import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runnerScript } from '../../../src/jetson/runner/runner-script';

/** One run of a job's specification, as spec.json has it. */
export interface SpecRun {
  readonly model: { name: string; sha256: string; path: string; torchscript: string | null };
  readonly runtime: string;
  readonly way: string;
  readonly inputs: readonly { name: string; shape: readonly number[]; dataType: string; dynamic: boolean }[];
  readonly batch: number;
  readonly resolution: number;
  readonly warmupRuns: number;
  readonly trials: number;
  readonly workspaceMiB: number;
  readonly precision?: 'fp16' | 'int8';
}

/** What a stage of the runner left. */
export interface StageOutcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  /** build-0.json or time-0.json; null where there is none. */
  readonly outcome: Outcome | null;
}

export interface Outcome {
  readonly ok: boolean;
  readonly way?: string;
  readonly trialTimesMs?: number[];
  readonly program?: string | null;
  readonly layers?: readonly { name: string; meanMs: number }[];
  readonly engine?: { cached: boolean; buildSeconds: number; bytes: number; path: string; key: string } | null;
  readonly software?: Record<string, string | null>;
  readonly protocol?: Record<string, unknown>;
  readonly notes?: string[];
  readonly error?: { code: string; message: string; logTail: string };
}

/** A folder as ~/.cache/framecast on a board, in which stages of the shipped runner are started as the job does. */
export interface RunnerBench {
  readonly root: string;
  readonly job: string;
  build(run: SpecRun, options?: { allowCpu?: boolean }): Promise<StageOutcome>;
  time(run: SpecRun, options?: { allowCpu?: boolean }): Promise<StageOutcome>;
  layers(run: SpecRun): Promise<StageOutcome>;
  remove(): Promise<void>;
}

export const jobId = '20260101T000000Z-0123abcd';

export async function makeBench(python: string, environment: Record<string, string>): Promise<RunnerBench> {
  const root = await mkdtemp(path.join(os.tmpdir(), "framecast runner's-"));
  const job = path.join(root, 'jobs', jobId);
  await mkdir(job, { recursive: true });
  await mkdir(path.join(root, 'models'));
  const runner = path.join(root, 'runner.py');
  await writeFile(runner, runnerScript);
  const stage = async (name: 'build' | 'time' | 'layers', run: SpecRun, allowCpu: boolean): Promise<StageOutcome> => {
    const spec = { schema: 1, jobId, runs: [run], limits: { buildSeconds: 60, timeSeconds: 60 }, allowCpu };
    await writeFile(path.join(job, 'spec.json'), JSON.stringify(spec));
    const file = path.join(job, `${name}-0.json`);
    await rm(file, { force: true });
    const args = [runner, name, '--root', root, '--job', jobId, '--run', '0'];
    const ended = await outputOf(python, args, { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...environment });
    const outcome = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Outcome) : null;
    return { ...ended, outcome };
  };
  return {
    root,
    job,
    build: (run, { allowCpu = false } = {}) => stage('build', run, allowCpu),
    time: (run, { allowCpu = false } = {}) => stage('time', run, allowCpu),
    layers: (run) => stage('layers', run, false),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** A run at 1x3x8x8 with few trials. */
export function specRun(changes: Partial<SpecRun> = {}): SpecRun {
  return {
    model: { name: 'tiny', sha256: 'a'.repeat(64), path: `models/${'a'.repeat(64)}.onnx`, torchscript: null },
    runtime: 'tensorrt-fp16',
    way: 'auto',
    inputs: [{ name: 'input', shape: [1, 3, 8, 8], dataType: 'float32', dynamic: false }],
    batch: 1,
    resolution: 8,
    warmupRuns: 3,
    trials: 7,
    workspaceMiB: 256,
    ...changes,
  };
}

/** Lines that the runner tells the supervisor, in order. */
export function progressOf({ output }: StageOutcome): unknown[] {
  const lines = output.split('\n').filter((line) => line.startsWith('@framecast '));
  return lines.map((line) => JSON.parse(line.slice('@framecast '.length)) as unknown);
}

function outputOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  return new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null; output: string }>((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
    child.on('error', reject);
    child.on('close', (exitCode, signal) =>
      resolve({ exitCode, signal, output: Buffer.concat(pieces).toString('utf8') }),
    );
  });
}
