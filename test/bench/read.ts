/**
 * Compares reading a model's structure with decoding the whole file, as onnx-proto does by itself.
 * Fails below the bound. Run with `npm run bench:read`, or `npm run bench:read -- MEGABYTES` for a file of another size.
 */
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { readModel } from '../../src/core/onnx/read';
import { openModelFile } from '../../src/files/model-file';
import { chainOfMatMuls } from '../unit/core/onnx/sparse-source';
import { figure } from './figure.mjs';

const LAYERS = 100;
const RUNS = 5;
const leastTimes = 10;

async function writeModel(filePath: string, megabytes: number): Promise<void> {
  const file = await open(filePath, 'w');
  const elements = Math.floor((megabytes * 1e6) / (4 * LAYERS));
  for (const segment of chainOfMatMuls(LAYERS, elements)) {
    await file.write(segment instanceof Uint8Array ? segment : Buffer.alloc(segment.zeros, 1));
  }
  await file.close();
}

/** Best time of several runs in milliseconds: the one that other work on the machine disturbed least. */
async function bestTime(run: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let index = 0; index < RUNS; index++) {
    const start = performance.now();
    const nodes = await run();
    if (nodes !== LAYERS) throw new Error(`read ${nodes} nodes instead of ${LAYERS}`);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

async function main(megabytes: number): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-read-'));
  try {
    const filePath = path.join(folder, 'model.onnx');
    await writeModel(filePath, megabytes);
    let bytesRead = 0;
    const structureMs = await bestTime(async () => {
      const file = await openModelFile(filePath);
      if (!file.ok) throw new Error(file.error.message);
      bytesRead = 0;
      const result = await readModel({
        size: file.value.size,
        read: async (offset, length) => {
          const bytes = await file.value.read(offset, length);
          bytesRead += bytes.length;
          return bytes;
        },
      });
      await file.value.close();
      return result.ok ? result.value.graph.nodes.length : 0;
    });
    const wholeMs = await bestTime(async () => {
      const model = onnx.ModelProto.decode(await readFile(filePath));
      return model.graph?.node?.length ?? 0;
    });
    console.log(`file                     ${megabytes} MB, ${LAYERS} weights`);
    console.log(`structure (readModel)    ${structureMs.toFixed(1)} ms, ${(bytesRead / 1e3).toFixed(0)} kB read`);
    console.log(`whole file (onnx-proto)  ${wholeMs.toFixed(1)} ms, ${megabytes * 1000} kB read`);
    figure({
      what: `structure of a file of ${megabytes} MB`,
      value: structureMs,
      unit: 'ms',
      peer: ['onnx-proto reads the whole file', wholeMs],
      bound: 1 / leastTimes,
      bounded: 'ratio',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const requested = Number(process.argv[2] ?? '400');
if (!(requested > 0)) throw new Error('The size of the file is a number of megabytes.');
void main(requested);
