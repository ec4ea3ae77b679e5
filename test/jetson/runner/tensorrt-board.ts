import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { makeBench, specRun, type RunnerBench } from './runner-bench';

const doubles = fileURLToPath(new URL('doubles', import.meta.url));

/** Whether this machine can compile the stand-in of CUDA's library. */
export const hasCompiler = spawnSync('gcc', ['--version']).status === 0;

/** A network of the TensorRT double; see doubles/tensorrt. */
export interface DoubleModel {
  readonly inputs: readonly { name: string; shape: readonly number[]; type: string; shapeTensor?: boolean }[];
  readonly outputs: readonly { name: string; shape: readonly (number | 'data')[]; type: string; onHost?: boolean }[];
  readonly milliseconds?: number;
  readonly slowRun?: { run: number; milliseconds: number };
  readonly unsupported?: string;
  /** An operator that is found as a plugin. */
  readonly plugin?: string;
  readonly parse?: string;
  readonly build?: string;
  readonly execute?: string;
  readonly executeRun?: number;
  readonly external?: string;
  /** What the profiler is told of each layer in each run, in ms. */
  readonly layers?: readonly number[];
  /** Whether it has operators that quantise. */
  readonly quantised?: boolean;
}

export const tinyModel: DoubleModel = {
  inputs: [{ name: 'input', shape: [1, 3, 8, 8], type: 'FLOAT' }],
  outputs: [{ name: 'output', shape: [1, 10], type: 'FLOAT' }],
  milliseconds: 5,
};

export interface CudaReport {
  readonly mallocs: number;
  readonly frees: number;
  readonly leaked: number;
  readonly streamsLeft: number;
  readonly outside: number;
  readonly overrun: number;
  readonly misused: number;
  readonly synchronisations: number;
  readonly unfinished: number;
  readonly flags: number;
}

export interface TensorRtReport {
  readonly calls: readonly (readonly unknown[])[];
  readonly inputs: Record<string, { bytes: number; zero?: boolean; least?: number; most?: number; mean?: number }>;
  readonly runs?: number;
}

/** A board with TensorRT's Python module of a version, and CUDA; both are doubles. */
export interface TensorRtBoard extends RunnerBench {
  setModel(model: DoubleModel): Promise<void>;
  /** What the processes since the last call did. */
  reports(): Promise<{ cuda: CudaReport[]; tensorrt: TensorRtReport[] }>;
}

let library: Promise<string> | null = null;

afterAll(async () => {
  if (library !== null) await rm(path.dirname(await library), { recursive: true, force: true });
});

/** Compiles the library, once for all tests of a file. */
function cudaLibrary(): Promise<string> {
  library ??= (async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-cudart-'));
    const file = path.join(folder, 'libcudart.so.10.2');
    const args = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', file];
    const { status, stderr } = spawnSync('gcc', [...args, path.join(doubles, 'libcudart.c')]);
    if (status !== 0) throw new Error(`gcc: ${String(stderr)}`);
    return file;
  })();
  return library;
}

export async function makeTensorRtBoard(
  python: string,
  version: string,
  environment: Record<string, string> = {},
): Promise<TensorRtBoard> {
  const file = await cudaLibrary();
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'framecast-reports-'));
  const reportFiles = { cuda: path.join(scratch, 'cuda'), tensorrt: path.join(scratch, 'tensorrt') };
  const bench = await makeBench(python, {
    PYTHONPATH: doubles,
    FRAMECAST_TENSORRT: version,
    FRAMECAST_CUDA_LIBRARY: file,
    LD_LIBRARY_PATH: path.dirname(file),
    FRAMECAST_CUDA_REPORT: reportFiles.cuda,
    FRAMECAST_TENSORRT_REPORT: reportFiles.tensorrt,
    // No board has anything here; a sysroot of this machine must not matter either.
    FRAMECAST_SYSROOT: path.join(scratch, 'nothing'),
    ...environment,
  });
  const lines = async (name: keyof typeof reportFiles): Promise<unknown[]> => {
    if (!existsSync(reportFiles[name])) return [];
    const text = await readFile(reportFiles[name], 'utf8');
    await rm(reportFiles[name]);
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };
  const board: TensorRtBoard = {
    ...bench,
    setModel: (model) => writeFile(path.join(bench.root, specRun().model.path), JSON.stringify(model)),
    reports: async () => ({
      cuda: (await lines('cuda')) as CudaReport[],
      tensorrt: (await lines('tensorrt')) as TensorRtReport[],
    }),
    remove: async () => {
      await bench.remove();
      await rm(scratch, { recursive: true, force: true });
    },
  };
  await board.setModel(tinyModel);
  return board;
}
