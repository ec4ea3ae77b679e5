import { imageSize } from '../figures';
import { defaultResolution } from '../landmarks/landmark';
import { kernelWork } from '../landmarks/model-costs';
import { savedByWinograd } from '../landmarks/peak-throughput';
import { t } from '../language';
import { listed } from '../text';
import type { Dimension } from '../onnx/model';
import { layoutOf } from '../onnx/shapes/input-size';
import type { ModelCost } from '../profile/cost/cost';
import type { ModelProfile } from '../profile/profile';
import { isSameSize, sizeQuery, sizesOfShape, type ImageSize } from '../image-size';
import { refusal, success, type Result } from '../result';
import type { Prediction, Query } from './estimate';

/** The input size and the batch at which a model is to be judged. */
export interface OperatingPoint {
  /** Of the input image, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Side of the square with as many pixels, rounded: the height and the width of a square input. */
  readonly resolution: number;
  readonly batch: number;
  /** Multiply–accumulates of one input at this size, of the operators whose cost is known; null when unknown. */
  readonly macsPerInput: number | null;
  /** The same with convolutions by Winograd's algorithm where it can run them, which bounds what a board reaches. */
  readonly leastMacsPerInput: number | null;
  /** What was assumed. */
  readonly notes: readonly string[];
}

/**
 * Decides at which input size and batch to judge a model: what is asked for, else the model's own input, else 224×224
 * and 1. Refuses an input that is no image unless a size is asked for, and a size at which the network cannot run, with
 * those near it at which it can.
 */
export function operatingPoint(profile: ModelProfile, query: Query): Result<OperatingPoint, string> {
  const image = imageInput(profile);
  const notes: string[] = [];
  const asked = { height: query.height ?? query.resolution, width: query.width ?? query.resolution };
  const isAsked = asked.height !== undefined || asked.width !== undefined;
  const shape = profile.input?.shape;
  if (!isAsked && image === null && shape) {
    return refusal(t('The input {0} is not one image, so it has no resolution.', describeShape(shape)));
  }
  const height = asked.height ?? image?.height ?? asked.width ?? image?.width ?? defaultResolution;
  const width = asked.width ?? image?.width ?? height;
  const { fittingSize } = profile;
  if (!isAsked && image === null) {
    notes.push(t("The model does not state its input's shape; taken at {0}.", imageSize(height, width)));
  } else if (!isAsked && fittingSize !== null) {
    notes.push(noteOnFittingSize(fittingSize));
  } else if (!isAsked && (image?.height === null || image?.width === null)) {
    notes.push(t("The model leaves its input's height or width open; taken at {0}.", imageSize(height, width)));
  } else if (image !== null && ((image.height ?? height) !== height || (image.width ?? width) !== width)) {
    notes.push(
      t(
        "The model's own input is {0}×{1}; this figure is for {2}.",
        image.width ?? '?',
        image.height ?? '?',
        imageSize(height, width),
      ),
    );
  }

  const ownBatch = image?.batch ?? null;
  const batch = query.batch ?? ownBatch ?? 1;
  if (ownBatch !== null && ownBatch !== batch) {
    notes.push(t('The model fixes its batch to {0}; this figure is for batch {1}.', ownBatch, batch));
  }
  const cost = profile.costAt({ height, width, batch });
  if (!cost.ok && cost.error.code === 'shape-conflict') {
    return refusal([cost.error.message, sizesThatRun(profile, height, width, batch)].join(' ').trim());
  }
  if (cost.ok && cost.value.sizeNote !== undefined) notes.push(cost.value.sizeNote);
  const macsPerInput = cost.ok ? cost.value.macs / batch : null;
  const saved = cost.ok ? savedByWinograd(kernelWork(cost.value.layers)) / batch : 0;
  const leastMacsPerInput = macsPerInput === null ? null : macsPerInput - saved;
  const resolution = Math.round(Math.sqrt(height * width));
  return success({ height, width, resolution, batch, macsPerInput, leastMacsPerInput, notes });
}

/** That a model's constants fit a size although its input leaves the size open. */
function noteOnFittingSize({ height, width, fits }: NonNullable<ModelProfile['fittingSize']>): string {
  const size = imageSize(height, width);
  const notes = {
    only: t(
      "The model leaves its input's height or width open, but it only runs at {0}: its constants fit no other size.",
      size,
    ),
    area: t(
      "The model leaves its input's height or width open, but it only runs at {0}, or at another shape with as many pixels: its constants fit no other size.",
      size,
    ),
    some: t(
      "The model leaves its input's height or width open, but it does not run at {0}; taken at {1}.",
      imageSize(defaultResolution, defaultResolution),
      size,
    ),
  };
  return notes[fits];
}

/** Sizes to either side of the shown one that a stepper is sent, and sizes that are tried for them. */
const stepsAhead = 3;
const maxTries = 4;

/**
 * Sizes near the one that is asked for at which a network runs, itself among them, smallest first: multiples of 32 in the
 * aspect ratio of that size, and the model's own.
 */
export function nearbySizes(profile: ModelProfile, query: Query): readonly ImageSize[] {
  const own = ownImageSize(profile);
  const square = { height: defaultResolution, width: defaultResolution };
  const { height = query.resolution, width = query.resolution } = query;
  const asked = height === undefined || width === undefined ? (own ?? square) : { height, width };
  const pixels = (size: ImageSize) => size.height * size.width;
  const runs = (size: ImageSize): boolean => {
    const cost = profile.costAt({ ...sizeQuery(size), batch: query.batch });
    return cost.ok || cost.error.code !== 'shape-conflict';
  };
  const all = [...sizesOfShape(asked, steps[0]!, largestStep), ...(own === null ? [] : [own])]
    .filter((size, index, sizes) => sizes.findIndex((other) => isSameSize(size, other)) === index)
    .sort((one, other) => pixels(one) - pixels(other));
  const ahead = (sizes: readonly ImageSize[]): readonly ImageSize[] => {
    const tried = [
      ...sizes.slice(0, maxTries),
      ...sizes.slice(maxTries).filter((size) => own !== null && isSameSize(size, own)),
    ];
    return tried.filter(runs).slice(0, stepsAhead);
  };
  const below = all.filter((size) => pixels(size) < pixels(asked)).reverse();
  const above = all.filter((size) => pixels(size) > pixels(asked));
  return [...[...ahead(below)].reverse(), asked, ...ahead(above)];
}

/** Longest side that a stepper goes to. */
const largestStep = 4096;

/** Networks halve their input up to this often, so that sizes are multiples of these. */
const steps = [32, 16, 8, 4, 2];

/** A sentence with the nearest smaller and larger sizes at which the network runs; empty where none is found. */
function sizesThatRun(profile: ModelProfile, height: number, width: number, batch: number): string {
  const runs = (tall: number, wide: number): boolean => {
    const cost = tall >= 1 && wide >= 1 ? profile.costAt({ height: tall, width: wide, batch }) : null;
    return cost?.ok === true && cost.value.uncosted.length === 0;
  };
  for (const step of [...steps].reverse()) {
    const found = [Math.floor, Math.ceil]
      .map((round) => [step * round(height / step), step * round(width / step)] as const)
      .filter(([tall, wide]) => (tall !== height || wide !== width) && runs(tall, wide));
    if (found.length > 0) return t('It runs at {0}.', listed(found.map(([tall, wide]) => imageSize(tall, wide))));
  }
  if (batch !== 1 && profile.costAt({ height, width, batch: 1 }).ok)
    return t('It runs at this size with a batch of 1.');
  const own = imageInput(profile);
  if (own === null || own.height === null || own.width === null || !runs(own.height, own.width)) return '';
  return t('It runs at {0}, its own size.', imageSize(own.height, own.width));
}

/** Batch, height and width of an image input; null where the model leaves them open and no constant fixes them. */
interface ImageInput {
  readonly batch: number | null;
  readonly height: number | null;
  readonly width: number | null;
}

/** Height and width of the image that a model states, in pixels; null when it leaves one open or reads no image. */
export function ownImageSize(profile: ModelProfile): ImageSize | null {
  const image = imageInput(profile);
  if (image === null || image.height === null || image.width === null) return null;
  return { height: image.height, width: image.width };
}

/** What a model costs at the size and batch that its figure is for, or that were asked for where there is no figure. */
export function askedCost(
  profile: ModelProfile,
  query: Query,
  { estimate }: Pick<Prediction, 'estimate'>,
): Result<ModelCost> {
  const { resolution, height, width, batch } = estimate ?? query;
  return profile.costAt({ resolution, height, width, batch });
}

/** Multiply–accumulates of one inference there; null when one of its operators that multiply has no known cost. */
export function wholeMacs(cost: Result<ModelCost>): number | null {
  return cost.ok && !cost.value.lacksMacs ? cost.value.macs : null;
}

/** How many inputs each inference takes, where the model fixes that; null when it leaves it open or reads no image. */
export function fixedBatch(profile: ModelProfile): number | null {
  return imageInput(profile)?.batch ?? null;
}

/** Whether a model reads images, as far as its input's shape tells. */
export function readsImages({ input }: ModelProfile): boolean {
  return input !== null && (!input.shape || (input.layout ?? layoutOf(input.shape)) !== null);
}

/** The input as one image per batch entry, or as one image without a batch axis. */
function imageInput(profile: ModelProfile): ImageInput | null {
  const shape = profile.input?.shape;
  const layout = profile.input?.layout ?? layoutOf(shape ?? []);
  if (!shape || !layout) return null;
  const size = (axis: string): number | null => staticSize(shape[layout.indexOf(axis)] ?? null);
  return {
    batch: layout.startsWith('N') ? size('N') : 1,
    height: size('H') ?? profile.fittingSize?.height ?? null,
    width: size('W') ?? profile.fittingSize?.width ?? null,
  };
}

/** Exporters write −1 or 0 for a dimension that is open. */
function staticSize(dimension: Dimension): number | null {
  return typeof dimension === 'number' && dimension > 0 ? dimension : null;
}

function describeShape(shape: readonly Dimension[]): string {
  return `[${shape.map((dimension) => dimension ?? '?').join(', ')}]`;
}
