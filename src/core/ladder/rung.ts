import { type ImageSize, isSameSize } from '../image-size';
import { inputSize, sizeFields, type SizeFields } from '../landmarks/landmark';
import { kernelRows, type KernelRows } from '../landmarks/model-costs';
import type { ModelProfile } from '../profile/profile';
import { profileModel } from '../profile/profile-model';
import type { Settings } from '../zoo/family';
import { bytesPerWeight } from '../zoo/model-bytes';
import { referenceModel, type ReferenceModel } from '../zoo/reference-model';

/** A reference model that a ladder may measure, at one input size and batch 1. */
export interface Rung extends SizeFields {
  /** Short, for file names and landmarks: `mobilenetv2-width-0.5-224`, `mobilenetv2-width-0.5-640x480`. */
  readonly id: string;
  /** For people: `MobileNetV2 width 0.5 at 224×224`. */
  readonly label: string;
  /** As Framecast recognises it. */
  readonly family: string;
  readonly settings: Settings;
  readonly parameters: number;
  /** Multiply–accumulates of one inference. */
  readonly macs: number;
  /** Size of the ONNX file with its weights, without the few kilobytes of structure. */
  readonly weightBytes: number;
  /** What it runs, for fits over the graph. */
  readonly kernels: KernelRows;
}

interface Entry {
  readonly family: string;
  readonly settings: Settings;
}

/**
 * The members that ladders choose from: published ones, and smaller ones between them, so that there are light and
 * heavy networks of each kind of kernel. All have files that a board takes over a slow network.
 */
const members: readonly Entry[] = [
  ...(
    [
      [[1, 1, 1, 1], 'basic', 0.5],
      [[1, 1, 1, 1], 'basic', 1],
      [[2, 2, 2, 2], 'basic', 0.5],
      [[2, 2, 2, 2], 'basic', 1],
      [[3, 4, 6, 3], 'basic', 1],
      [[3, 4, 6, 3], 'bottleneck', 0.5],
      [[3, 4, 6, 3], 'bottleneck', 1],
      [[3, 4, 23, 3], 'bottleneck', 1],
    ] as const
  ).map(([layout, block, width]) => ({ family: 'ResNet', settings: { layout, block, width } })),
  ...[0.25, 0.5, 0.75, 1, 1.4].map((width) => ({ family: 'MobileNetV2', settings: { width } })),
  ...[0.25, 0.5, 1].map((width) => ({ family: 'MobileNetV1', settings: { width } })),
  ...[0.5, 0.75, 1, 1.3].map((alpha) => ({ family: 'MnasNet', settings: { alpha } })),
  ...['0.5', '1', '1.5', '2'].map((scale) => ({ family: 'ShuffleNetV2', settings: { scale } })),
  ...(
    [
      [[6, 12, 24, 16], 12],
      [[6, 12, 24, 16], 24],
      [[6, 12, 24, 16], 32],
      [[6, 12, 32, 32], 32],
      [[6, 12, 48, 32], 32],
    ] as const
  ).map(([layout, growth]) => ({ family: 'DenseNet', settings: { layout, growth } })),
  ...['1.0', '1.1'].map((release) => ({ family: 'SqueezeNet', settings: { release } })),
  { family: 'AlexNet', settings: {} },
];

/** 112 is what face recognition reads, 224 what the published landmarks are at, 320 what face detection often reads. */
export const ladderSizes: readonly ImageSize[] = [112, 224, 320].map((side) => ({ height: side, width: side }));

/** The published landmarks' resolution, at which Equation 2 is fitted. */
export const equation2Resolution = 224;

/**
 * All rungs at some input sizes whose file is no larger than `maxWeightBytes`; those that cannot be built at a size are
 * left out.
 */
export function rungsUpTo(maxWeightBytes: number, sizes: readonly ImageSize[] = ladderSizes): readonly Rung[] {
  const rungs = members.flatMap((member, index) => sizes.flatMap((size) => rungsAt(size)[index] ?? []));
  return rungs.filter(({ weightBytes }) => weightBytes <= maxWeightBytes);
}

/** The rungs of these ids, in any order; those that there are not are left out. */
export function rungsOf(ids: readonly string[]): readonly Rung[] {
  const sizes = ids.flatMap((id) => {
    const [, width, height = width] = /-(\d+)(?:x(\d+))?$/.exec(id) ?? [];
    return width === undefined ? [] : [{ height: Number(height), width: Number(width) }];
  });
  const distinct = sizes.filter((size, index) => sizes.findIndex((other) => isSameSize(size, other)) === index);
  return rungsUpTo(Infinity, distinct).filter(({ id }) => ids.includes(id));
}

/** Sizes whose rungs are kept; those of the default sizes are asked for again and again. */
const maxSizes = 8;

/** By size: the rung of each member, or null. Made when first asked for, as building and costing takes a second or two. */
const known = new Map<string, readonly (Rung | null)[]>();

function rungsAt(size: ImageSize): readonly (Rung | null)[] {
  const key = sizeText(size);
  let rungs = known.get(key);
  if (rungs === undefined) {
    const [oldest] = known.keys();
    if (known.size >= maxSizes && oldest !== undefined) known.delete(oldest);
    rungs = members.map((member) => rungOf({ ...member, ...sizeFields(size.height, size.width) }));
    known.set(key, rungs);
  }
  return rungs;
}

/** `224` of a square, else width × height as `640x480`. */
function sizeText({ height, width }: ImageSize): string {
  return height === width ? String(height) : `${width}x${height}`;
}

/** The model that a rung stands for, to be written with `modelChunks`. */
export function rungModel({ family, settings, ...size }: Pick<Rung, 'family' | 'settings' | keyof SizeFields>) {
  return referenceModel({ family, settings, ...inputSize(size) });
}

function rungOf(request: Entry & SizeFields): Rung | null {
  const size = inputSize(request);
  const built = rungModel(request);
  if (!built.ok) return null;
  const profiled = profileModel(built.value.model);
  if (!profiled.ok) return null;
  const profile = profiled.value;
  const cost = profile.costAt({ ...size, batch: 1 });
  if (!cost.ok || profile.family === null) return null;
  const label = memberName(profile, request);
  return {
    id: `${label.toLowerCase().replace(/[^a-z0-9.]+/g, '-')}-${sizeText(size)}`,
    label: `${label} at ${size.width}×${size.height}`,
    family: profile.family,
    settings: request.settings,
    ...sizeFields(size.height, size.width),
    parameters: profile.parameters,
    macs: cost.value.macs,
    weightBytes: weightBytes(built.value),
    kernels: kernelRows(cost.value.layers),
  };
}

/** `ResNet-18` for a published member, `MobileNetV2 width 0.5` for others. */
function memberName(profile: ModelProfile, { family }: Entry): string {
  return (profile.variant ?? family).replace(/\s*\[.*?\]/, '');
}

function weightBytes({ model }: ReferenceModel): number {
  return [...model.graph.initializers.values()].reduce((sum, tensor) => sum + bytesPerWeight * tensor.elements, 0);
}
