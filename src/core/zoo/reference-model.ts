import { formatBytes } from '../figures';
import { t, wholeNumber, withDecimalMark } from '../language';
import { failure, success, type Result } from '../result';
import { zooFamilies } from './families';
import type { ReferenceSize, Settings, ZooFamily, ZooOption } from './family';
import { type BuiltGraph, Unbuildable } from './graph-builder';
import { bytesPerWeight, type FillableModel, maxWeightBytes } from './model-bytes';
import { wantedText } from './setting-text';

/** A member of a family as it is asked for. */
export interface ReferenceRequest {
  /** Name of the family, in any case. */
  readonly family: string;
  /** Options that differ from the family's initial ones. */
  readonly settings?: Settings;
  /** Side of the square input in pixels; that of the family's published members where undefined. */
  readonly resolution?: number | undefined;
  /** Of an input that is not square, in pixels. */
  readonly height?: number | undefined;
  readonly width?: number | undefined;
  /** Inputs per inference; 1 where undefined. */
  readonly batch?: number;
  /** Numbers that the classifier answers with; 1000 where undefined. */
  readonly classes?: number;
}

/** A standard network, ready to be profiled (`model`) or written (`modelChunks`). */
export interface ReferenceModel extends FillableModel {
  readonly family: ZooFamily;
  /** Every option, set or initial. */
  readonly settings: Settings;
  readonly size: ReferenceSize;
}

/** Opset 11 is the newest that TensorRT 7.1 (JetPack 4.4) takes, and newer ones take it too. */
const opset = 11;
/** The IR version that goes with it (ONNX 1.6). */
const irVersion = 6;

/** Bounds of what a network may be asked to read and answer, so that no product overflows. */
const sizeBounds = { resolution: 8192, height: 8192, width: 8192, batch: 4096, classes: 1_000_000 } as const;

/**
 * Builds a standard network with the layers, shapes and parameters of its published definition, as torch's exporter
 * writes it (BatchNormalization folded where a convolution comes before it). Its tensors are described, not filled,
 * so this takes about a millisecond.
 *
 * Failure codes: invalid-request (unknown family or option, a value out of bounds, a resolution that the
 * architecture cannot read), too-large (a file above 2 GiB).
 */
export function referenceModel(request: ReferenceRequest): Result<ReferenceModel> {
  const family = findZooFamily(request.family);
  if (family === null) return failure('invalid-request', unknownFamily(request.family));
  const settings = completeSettings(family, request.settings ?? {});
  if (!settings.ok) return settings;
  const size = completeSize({ ...request, resolution: request.resolution ?? family.resolution });
  if (!size.ok) return size;
  const built = tryBuild(family, settings.value, size.value);
  if (!built.ok) return built;
  const { graph, fills } = built.value;
  const model = {
    irVersion,
    producer: { name: 'framecast', version: '' },
    opsets: new Map([['', opset]]),
    graph,
    externalFiles: [],
    warnings: [],
  };
  const weightBytes = [...graph.initializers.values()].reduce(
    (sum, tensor) => sum + bytesPerWeight * tensor.elements,
    0,
  );
  if (weightBytes > maxWeightBytes) {
    const message = t(
      'This network has {0} of weights, and an ONNX file holds 2 GiB at most.',
      formatBytes(weightBytes),
    );
    return failure('too-large', message);
  }
  return success({ family, settings: settings.value, size: size.value, model, fills });
}

/** The family of this name in any case; null where the zoo has none. */
export function findZooFamily(name: string): ZooFamily | null {
  return zooFamilies.find((family) => family.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** Says that a family cannot be built, and which can. */
export function unknownFamily(name: string): string {
  return t(
    'There are no reference models of {0}. There are of {1}.',
    name,
    zooFamilies.map((family) => family.name).join(', '),
  );
}

/** All options of a family: the given ones, checked, and the initial ones. Failure code: invalid-request. */
export function completeSettings(family: ZooFamily, given: Settings): Result<Settings> {
  for (const [name, value] of Object.entries(given)) {
    const option = family.options.find((candidate) => candidate.name === name);
    if (option === undefined) {
      const others = family.options.map((candidate) => candidate.name).join(', ');
      const has = others === '' ? t('It has no options.') : t('Its options are {0}.', others);
      return failure('invalid-request', t('{0} has no option {1}. {2}', family.name, name, has));
    }
    const complaint = complaintAbout(option, value);
    if (complaint !== null) return failure('invalid-request', t('{0}: {1} must be {2}.', family.name, name, complaint));
  }
  const initial = Object.fromEntries(family.options.map((option) => [option.name, option.initial]));
  return success({ ...initial, ...given });
}

/** What a value must be; null where it is that. */
function complaintAbout(option: ZooOption, value: Settings[string]): string | null {
  switch (option.kind) {
    case 'number': {
      const { minimum, maximum, whole } = option;
      const fits = typeof value === 'number' && value >= minimum && value <= maximum;
      if (fits && (!whole || Number.isInteger(value))) return null;
      const [low, high] = [withDecimalMark(String(minimum)), withDecimalMark(String(maximum))];
      return whole ? t('a whole number from {0} to {1}', low, high) : t('a number from {0} to {1}', low, high);
    }
    case 'choice':
      return typeof value === 'string' && option.choices.includes(value) ? null : wantedText(option);
    case 'layout': {
      const fits =
        Array.isArray(value) &&
        value.length === option.length &&
        value.every((count) => Number.isInteger(count) && count >= 1 && count <= option.maximum);
      return fits
        ? null
        : t('{0} whole numbers from 1 to {1}, such as {2}', option.length, option.maximum, option.initial.join(','));
    }
  }
}

function completeSize({
  resolution = 224,
  height,
  width,
  batch = 1,
  classes = 1000,
}: ReferenceRequest): Result<ReferenceSize> {
  const size = { resolution, height, width, batch, classes };
  for (const [name, maximum] of Object.entries(sizeBounds)) {
    const value = size[name as keyof typeof size];
    // A height or width that is not given is the side.
    if (value === undefined) continue;
    if (Number.isInteger(value) && value >= 1 && value <= maximum) continue;
    return failure('invalid-request', t('{0} must be a whole number from 1 to {1}.', name, wholeNumber(maximum)));
  }
  return success(size);
}

function tryBuild(family: ZooFamily, settings: Settings, size: ReferenceSize): Result<BuiltGraph> {
  try {
    return success(family.build(settings, size));
  } catch (error) {
    if (!(error instanceof Unbuildable)) throw error;
    const { resolution, height = resolution, width = resolution } = size;
    return failure('invalid-request', t('{0} at {1}×{2}: {3}.', family.name, width, height, error.message));
  }
}
