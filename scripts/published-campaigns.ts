/**
 * npm run landmarks:published -- FOLDER: writes the published campaigns (src/core/landmarks/campaigns) and the kernels of
 * their models (published-kernels.json) from a folder of figures and graphs. To be run again after a change to shape
 * inference, fusion or cost; the folder is not part of this repository, as some graphs come from projects under
 * licences that do not allow it. What is stored is facts: figures with their source, and counts of operations.
 *
 * The folder holds `figures.json` (the figures as published), `graphs.json` (by name: file, rows that it is the network
 * of, as ids of figures) and `graphs/`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as prettier from 'prettier';
import { kernelRows, type KernelRows } from '../src/core/landmarks/model-costs';
import { memorySource } from '../src/core/onnx/byte-source';
import { readModel } from '../src/core/onnx/read';
import { profileModel } from '../src/core/profile/profile-model';
import { kernelsKey } from '../src/core/landmarks/model-costs';

interface Figure {
  readonly id: string;
  readonly board: string;
  readonly gpuClock: string;
  readonly powerMode: string;
  readonly software: Readonly<Record<string, string>>;
  readonly runtime: string;
  readonly precision: string;
  readonly model: string;
  readonly input: readonly [channels: number, height: number, width: number] | null;
  readonly batch: number | string;
  readonly latencyMs: number | null;
  readonly included: string;
  readonly source: {
    readonly id: string;
    readonly title: string;
    readonly repository: string;
    readonly path: string;
    readonly commit: string;
  };
  readonly confidence: string;
  readonly note: string;
}

const devices: Readonly<Record<string, string>> = {
  'Jetson Nano 4GB': 'jetson-nano',
  'Jetson TX2 8GB': 'jetson-tx2',
  'Jetson Xavier NX 8GB': 'jetson-xavier-nx',
  'Jetson AGX Xavier': 'jetson-agx-xavier',
  'Jetson Orin Nano 8GB': 'jetson-orin-nano',
  'Jetson Orin Nano 8GB (Super mode)': 'jetson-orin-nano',
  'Jetson Orin NX 16GB': 'jetson-orin-nx',
  'Jetson AGX Orin 64GB': 'jetson-agx-orin',
  // The first developer kit has the whole GPU with 32 GB; its figures are those of the 64 GB module.
  'Jetson AGX Orin 32GB': 'jetson-agx-orin',
  'Jetson AGX Orin (memory size not stated)': 'jetson-agx-orin',
  'Jetson AGX Thor (T5000)': 'jetson-agx-thor',
};

/** Campaigns taken in, and why others are not. */
const taken = [
  'trtutils',
  'ultra11',
  'ultra26',
  'netspresso',
  'evit',
  'nobuo',
  'lffd',
  'dusty',
  'trtpose',
  't2tdla',
  'nanosam',
] as const;

const leftOut: Readonly<Record<string, string>> = {
  jailab: 'batch, precision and what was timed are not stated',
  distil: 'the power mode is not known, which is a factor of 1.6 on that board',
  tfslim: 'TensorRT 3 and 4 of 2018, 1.4 times slower than any later figure of the same board',
  mlperf: 'tuned by the vendor: a bound, not what a user gets',
  hwnas: 'one figure of a network of 32×32 pixels, dominated by the call',
};

/** Blocks inside a taken campaign that contradict every other figure of their board. */
function isSound({ source, board, note }: Figure): boolean {
  if (note.includes('clocks probably not locked')) return false;
  // 1.53 times slower than another campaign, with which it agrees within 2% on Xavier NX: another power mode.
  return !(source.id === 'netspresso' && board === 'Jetson Orin Nano 8GB');
}

/** GPU clock that a figure states or, by the ratios of its campaign, must have been measured at; null where unknown. */
function gpuMHz({ source, board, gpuClock }: Figure): number | null {
  if (source.id === 'ultra26' && board === 'Jetson Orin NX 16GB') return 1173;
  if (gpuClock.includes('1.3 GHz')) return 1300;
  const stated = /(\d{3,4}) ?MHz/.exec(gpuClock);
  return stated === null ? null : Number(stated[1]);
}

const precisions: Readonly<Record<string, string>> = { FP16: 'fp16', FP32: 'fp32', INT8: 'int8' };

interface Row {
  model: string;
  family: string | null;
  parameters: number;
  device: string;
  height: number;
  width: number;
  batch?: number;
  gpuMHz?: number;
  throughputFps: Record<string, number>;
}

const root = resolve(process.argv[1] ?? '', '../..');
const folder = resolve(process.argv[2] ?? '');
const figures = JSON.parse(await readFile(join(folder, 'figures.json'), 'utf8')) as Figure[];
const graphs = JSON.parse(await readFile(join(folder, 'graphs.json'), 'utf8')) as Record<
  string,
  { readonly file: string; readonly parametersTorch: number; readonly rows?: readonly string[] }
>;
/** Graphs of networks that a source calls otherwise; they are the same at every size. */
const graphNames: Readonly<Record<string, string>> = {
  yolov7t: 'yolov7-tiny',
  yolov7m: 'yolov7',
  yolov8n: 'yolov8n-trt',
  yolov8s: 'yolov8s-trt',
  yolov8m: 'yolov8m-trt',
  yolov9t: 'yolov9t',
  yolov9s: 'yolov9s',
  yolov9m: 'yolov9m',
  yoloxn: 'yolox_nano',
  yoloxt: 'yolox_tiny',
  yoloxs: 'yolox_s',
  yoloxm: 'yolox_m',
};
const graphOf = new Map<string, string>();
for (const [name, { rows }] of Object.entries(graphs)) for (const id of rows ?? []) graphOf.set(id, name);
// PyTorch rows are of the same networks as the TensorRT rows of their campaign.
const sameNetwork = ({ source, model, input }: Figure) => JSON.stringify([source.id, model, input]);
const graphOfNetwork = new Map<string, string>();
for (const figure of figures) {
  const graph = graphOf.get(figure.id);
  if (graph !== undefined && figure.precision !== 'INT8') graphOfNetwork.set(sameNetwork(figure), graph);
}

const kernels: Record<string, KernelRows> = {};
const profiles = new Map<string, ReturnType<typeof profileModel>>();
async function profileOf(name: string) {
  const known = profiles.get(name);
  if (known !== undefined) return known;
  const bytes = await readFile(join(folder, 'graphs', graphs[name]!.file));
  const read = await readModel(memorySource(new Uint8Array(bytes)));
  if (!read.ok) throw new Error(`${name}: ${read.error.message}`);
  const profile = profileModel(read.value);
  profiles.set(name, profile);
  return profile;
}

for (const id of taken) {
  const rows: Row[] = [];
  const timed = new Set<string>();
  let source: Figure['source'] | null = null;
  for (const figure of figures) {
    if (figure.source.id !== id || figure.confidence === 'check only' || !isSound(figure)) continue;
    const precision = precisions[figure.precision.split(' ')[0]!];
    const name =
      graphOf.get(figure.id) ??
      (id === 'trtutils' ? graphNames[figure.model] : undefined) ??
      (figure.runtime === 'pytorch' ? graphOfNetwork.get(sameNetwork(figure)) : null);
    if (name == null || precision === undefined || figure.input === null || figure.latencyMs === null) continue;
    if (figure.runtime !== 'tensorrt' && figure.runtime !== 'pytorch') continue;
    const profile = await profileOf(name);
    const [, height, width] = figure.input;
    const batch = Number(figure.batch);
    if (!profile.ok) throw new Error(`${name}: ${profile.error.message}`);
    const cost = profile.value.costAt({ height, width, batch });
    if (!cost.ok || cost.value.uncostedShare > 0.05 || profile.value.parameters === 0) {
      console.error(`${figure.id} ${name}: ${cost.ok ? cost.value.uncosted.join(', ') : cost.error.message}; left out`);
      continue;
    }
    source ??= figure.source;
    timed.add(figure.included);
    const { family } = profile.value;
    const parameters = graphs[name]!.parametersTorch;
    // Networks that were exported once for each size are one model.
    const model = name.replace(/-\d+(x\d+)?$/, '');
    kernels[kernelsKey({ model, parameters, height, width, batch })] = kernelRows(cost.value.layers);
    const clock = gpuMHz(figure);
    const runtime = `${figure.runtime}-${precision}`;
    rows.push({
      model,
      family,
      parameters,
      device: devices[figure.board]!,
      height,
      width,
      ...(batch === 1 ? {} : { batch }),
      ...(clock === null ? {} : { gpuMHz: clock }),
      throughputFps: { [runtime]: Number(((1000 * batch) / figure.latencyMs).toPrecision(5)) },
    });
  }
  if (source === null) throw new Error(`${id}: nothing to take`);
  const merged = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify({ ...row, throughputFps: 0 });
    const known = merged.get(key);
    if (known === undefined) merged.set(key, row);
    else known.throughputFps = { ...row.throughputFps, ...known.throughputFps };
  }
  await write(`campaigns/${id}.json`, {
    id,
    title: source.title,
    source: [source.repository, source.path, source.commit].filter(Boolean).join(', '),
    notes: [
      ...[...timed].map((what) => `Timed: ${what}.`),
      'Parameters are those that torch counts; kernels are made from the exported graph by Framecast itself.',
    ],
    rows: [...merged.values()],
  });
  console.log(
    `${id}: ${[...merged.values()].reduce((sum, { throughputFps }) => sum + Object.keys(throughputFps).length, 0)}`,
  );
}
await write('published-kernels.json', kernels);
for (const [id, why] of Object.entries(leftOut)) console.log(`${id} is left out: ${why}.`);

async function write(name: string, content: unknown): Promise<void> {
  const target = join(root, 'src/core/landmarks', name);
  const options = await prettier.resolveConfig(target);
  await writeFile(target, await prettier.format(JSON.stringify(content), { ...options, filepath: target }));
}
