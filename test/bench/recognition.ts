/**
 * npm run bench:recognition: how long taking a network apart and recognising its family takes per model, over all
 * fixtures. Its peer in the same run is the same with the families of September 2026 alone. Fails when all families take
 * more than 1.5 times as long.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { memorySource } from '../../src/core/onnx/byte-source';
import type { Graph } from '../../src/core/onnx/model';
import { readModel } from '../../src/core/onnx/read';
import { families } from '../../src/core/profile/families/all';
import { recogniseFamily } from '../../src/core/profile/recognise';
import { readNetwork } from '../../src/core/profile/structure/network';
import { median } from '../../src/core/statistics';
import { figure } from './figure.mjs';

const mostTimes = 1.5;

/** The families before the tables of blocks and the detectors. */
const earlier = new Set([
  'AlexNet',
  'ArcFace ResNet',
  'CDCN',
  'DenseNet',
  'EfficientNet',
  'FeatherNet',
  'GoogLeNet',
  'Inception',
  'MnasNet',
  'MobileFaceNet',
  'MobileNetV1',
  'MobileNetV2',
  'MobileNetV3',
  'ResNet',
  'ResNeXt',
  'RetinaFace',
  'ShuffleNetV1',
  'ShuffleNetV2',
  'SqueezeNet',
  'VGG',
]);

const folders = ['test/fixtures/exported', 'test/fixtures/torch-2.11'];

async function readGraphs(): Promise<readonly Graph[]> {
  const graphs: Graph[] = [];
  for (const folder of folders) {
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.onnx')) continue;
      const model = await readModel(memorySource(await readFile(path.join(folder, name))));
      if (model.ok) graphs.push(model.value.graph);
    }
  }
  return graphs;
}

/** Milliseconds of processor time per model, and how many were recognised. */
function measure(graphs: readonly Graph[], among: typeof families): { readonly ms: number; readonly found: number } {
  const start = process.cpuUsage();
  let found = 0;
  for (const graph of graphs) if (recogniseFamily(readNetwork(graph), among) !== null) found++;
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1000 / graphs.length, found };
}

async function main(): Promise<void> {
  const graphs = await readGraphs();
  const before = families.filter(({ name }) => earlier.has(name));
  const runs = Array.from({ length: 9 }, () => ({ before: measure(graphs, before), all: measure(graphs, families) }));
  const [was, is] = [median(runs.map((run) => run.before.ms)), median(runs.map((run) => run.all.ms))];
  const row = (what: string, count: number, ms: number, found: number): string =>
    `${what.padEnd(22)} ${String(count).padStart(4)} families ${ms.toFixed(3).padStart(8)} ms per model, ${found} recognised`;
  console.log(`${graphs.length} models, each taken apart and asked for its family; processor time, median of 9 runs`);
  console.log(row('families until 9/2026', before.length, was, runs[0]!.before.found));
  console.log(row('all families', families.length, is, runs[0]!.all.found));
  figure({
    what: 'recognition of a family, per model',
    value: is,
    unit: 'ms',
    peer: ['the families until 9/2026', was],
    bound: mostTimes,
    bounded: 'ratio',
  });
}

void main();
