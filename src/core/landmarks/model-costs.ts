import { kernelKinds, runsOf, type KernelKind, type LayerCost } from '../profile/cost/layer';
import { remembered } from '../remembered';
import { inputSize, type Landmark } from './landmark';
import bundled from './model-costs.json';
import publishedFile from './published-kernels.json';

/** What the speed of one kernel depends on; `count` of them run in one inference. */
export interface KernelWork {
  readonly kind: KernelKind;
  readonly count: number;
  /** Multiply–accumulates of one kernel. */
  readonly macs: number;
  /** Activation elements that one kernel reads, and writes. */
  readonly readElements: number;
  readonly writtenElements: number;
  readonly weightElements: number;
  /** Taps of a convolution's window (9 for 3×3), 0 for other kernels. */
  readonly windowTaps: number;
  /** Largest stride of a convolution, 0 for other kernels. */
  readonly stride: number;
  /** Groups of a convolution, 0 for other kernels. */
  readonly groups: number;
  /** Output channels of a convolution, 0 for other kernels. */
  readonly outputChannels: number;
}

/**
 * Kernels of one inference as rows of numbers, equal kernels once with their count: [kind (index in `kernelKinds`),
 * count, macs, read, written, weight elements, window taps, stride, groups, output channels].
 */
export type KernelRows = readonly (readonly number[])[];

interface CostFile {
  readonly resolution: number;
  readonly batch: number;
  readonly models: Readonly<Record<string, { readonly parameters: number; readonly kernels: KernelRows }>>;
}

const file: CostFile = bundled;

/**
 * The kernels that a landmark's model runs at the landmark's resolution and batch: its own where it carries them, else
 * those of the published model of that name and parameter count. Null where nobody has recorded them.
 */
export function kernelsOfLandmark(landmark: Landmark): readonly KernelWork[] | null {
  if (landmark.kernels !== undefined) return readKernelRows(landmark.kernels);
  const known = Object.hasOwn(file.models, landmark.model) ? file.models[landmark.model] : undefined;
  const same =
    known?.parameters === landmark.parameters &&
    landmark.resolution === file.resolution &&
    landmark.batch === file.batch;
  if (same) return readKernelRows(known.kernels);
  const { model, parameters, batch } = landmark;
  const rows = publishedKernels({ model, parameters, ...inputSize(landmark), batch });
  return rows && readKernelRows(rows);
}

/** What tells the kernels of a published model apart. */
export interface PublishedModel {
  readonly model: string;
  readonly parameters: number;
  /** Of the input, in pixels. */
  readonly height: number;
  readonly width: number;
  readonly batch: number;
}

const published: Readonly<Record<string, KernelRows>> = publishedFile;

export function kernelsKey({ model, parameters, height, width, batch }: PublishedModel): string {
  return `${model} ${parameters} ${height}×${width} ${batch}`;
}

/** The kernels of a published model at a size at which it was measured; null for any other. */
function publishedKernels(model: PublishedModel): KernelRows | null {
  const key = kernelsKey(model);
  return Object.hasOwn(published, key) ? published[key]! : null;
}

/** Whether TensorRT can run this convolution by Winograd's algorithm: a dense 3×3 window at stride 1. */
export function isWinograd({ kind, windowTaps, stride }: KernelWork): boolean {
  return kind === 'dense' && windowTaps === 9 && stride === 1;
}

/**
 * The kernels of a costed network, equal ones together, in the order in which they first run. Remembered: of networks of
 * some ten thousand kernels it takes as long as everything else in a prediction, which are made again and again.
 */
export const kernelWork = remembered((layers: readonly LayerCost[]) => readKernelRows(kernelRows(layers)));

/** The same as plain numbers, to be stored with a landmark. */
export function kernelRows(layers: readonly LayerCost[]): KernelRows {
  const groups = new Map<string, { readonly row: readonly number[]; count: number }>();
  for (const layer of layers) {
    const row = rowOf(layer);
    const key = row.join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { row, count: runsOf(layer) });
    else group.count += runsOf(layer);
  }
  return [...groups.values()].map(({ row: [kind = 0, ...rest], count }) => [kind, count, ...rest]);
}

/** One kernel of a network, which runs as often as it is repeated. */
export function workOfKernel(layer: LayerCost): KernelWork {
  const [kind = 0, ...rest] = rowOf(layer);
  return readKernelRow([kind, runsOf(layer), ...rest]);
}

function rowOf(layer: LayerCost): readonly number[] {
  const repeats = runsOf(layer);
  const { window } = layer;
  const channels = layer.output.shape?.[1];
  return [
    kernelKinds.indexOf(layer.kind),
    ...[layer.macs, layer.readElements, layer.writtenElements, layer.weightElements].map((sum) => sum / repeats),
    window === null ? 0 : window.kernel.reduce((taps, size) => taps * size, 1),
    window === null ? 0 : Math.max(1, ...window.strides),
    window?.groups ?? 0,
    window !== null && typeof channels === 'number' ? channels : 0,
  ];
}

/** Kernels as rows, whose columns are in the order of a kernel's fields. */
export function rowsOfKernels(kernels: readonly KernelWork[]): KernelRows {
  return kernels.map(({ kind, ...figures }) => [kernelKinds.indexOf(kind), ...Object.values(figures)]);
}

/** The kernels that `kernelRows` wrote. */
export function readKernelRows(rows: KernelRows): readonly KernelWork[] {
  return rows.map(readKernelRow);
}

function readKernelRow(row: readonly number[]): KernelWork {
  const at = (column: number) => row[column] ?? 0;
  return {
    kind: kernelKinds[at(0)] ?? 'element-wise',
    count: at(1),
    macs: at(2),
    readElements: at(3),
    writtenElements: at(4),
    weightElements: at(5),
    windowTaps: at(6),
    stride: at(7),
    groups: at(8),
    outputChannels: at(9),
  };
}
