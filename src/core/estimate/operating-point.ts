import { square } from '../figures';
import { defaultResolution } from '../landmarks/landmark';
import type { Dimension } from '../onnx/model';
import type { ModelProfile } from '../profile/profile';
import type { Query } from './estimate';

/** The square resolution and the batch at which a model is to be judged. */
export interface OperatingPoint {
  /** Side of the square input in pixels. */
  readonly resolution: number;
  readonly batch: number;
  /** Multiply–accumulates of one input at this resolution, of the operators whose cost is known; null when unknown. */
  readonly macsPerInput: number | null;
  /** What was assumed. */
  readonly notes: readonly string[];
}

export type OperatingPointOutcome =
  { readonly ok: true; readonly value: OperatingPoint } | { readonly ok: false; readonly reason: string };

/** Side of the square input that a model states; null where it states none, or another shape. */
export function ownResolution(profile: ModelProfile): number | null {
  const image = imageInput(profile);
  return image !== null && image.height === image.width ? image.height : null;
}

/** Height and width of the image that a model states, in pixels; null when it leaves one open or reads no image. */
export function ownImageSize(profile: ModelProfile): { readonly height: number; readonly width: number } | null {
  const image = imageInput(profile);
  if (image === null || image.height === null || image.width === null) return null;
  return { height: image.height, width: image.width };
}

/**
 * Decides at which resolution and batch to judge a model: what is asked for, else the model's own input, else 224 and
 * 1. Refuses an input that is not square or no image unless a resolution is asked for.
 */
export function operatingPoint(profile: ModelProfile, query: Query): OperatingPointOutcome {
  const image = imageInput(profile);
  const notes: string[] = [];

  let resolution = query.resolution;
  if (resolution === undefined) {
    if (image === null) {
      const shape = profile.input?.shape;
      if (shape) return refuse(`The input ${describeShape(shape)} is not one image, so it has no resolution.`);
      notes.push(`The model does not state its input's shape; taken at ${square(defaultResolution)}.`);
      resolution = defaultResolution;
    } else if (image.height !== null && image.width !== null && image.height !== image.width) {
      return refuse(
        `The input is ${image.height}×${image.width} pixels (height × width); landmarks are of square inputs.`,
      );
    } else {
      resolution = image.height ?? image.width ?? defaultResolution;
      if (image.height === null || image.width === null) {
        notes.push(`The model leaves its input's height or width open; taken at ${square(resolution)}.`);
      }
    }
  } else if (image !== null && !fits(image, resolution)) {
    notes.push(
      `The model's own input is ${image.height ?? '?'}×${image.width ?? '?'}; this figure is for ${square(resolution)}.`,
    );
  }

  const ownBatch = image?.batch ?? null;
  const batch = query.batch ?? ownBatch ?? 1;
  if (ownBatch !== null && ownBatch !== batch) {
    notes.push(`The model fixes its batch to ${ownBatch}; this figure is for batch ${batch}.`);
  }
  const cost = profile.costAt({ resolution, batch });
  const macsPerInput = cost.ok ? cost.value.macs / batch : null;
  return { ok: true, value: { resolution, batch, macsPerInput, notes } };
}

/** Batch, height and width of an image input; null where the model leaves them open. */
interface ImageInput {
  readonly batch: number | null;
  readonly height: number | null;
  readonly width: number | null;
}

const channelCounts: readonly (number | null)[] = [1, 3, 4];

/** The input as one image per batch entry (NCHW, or NHWC where only the last axis can be channels). */
function imageInput(profile: ModelProfile): ImageInput | null {
  const shape = profile.input?.shape;
  if (!shape || shape.length !== 4) return null;
  const [batch, second, third, fourth] = shape.map(staticSize) as [
    number | null,
    number | null,
    number | null,
    number | null,
  ];
  const channelsLast = fourth !== null && channelCounts.includes(fourth) && !channelCounts.includes(second);
  return channelsLast ? { batch, height: second, width: third } : { batch, height: third, width: fourth };
}

/** Exporters write −1 or 0 for a dimension that is open. */
function staticSize(dimension: Dimension): number | null {
  return typeof dimension === 'number' && dimension > 0 ? dimension : null;
}

function fits(image: ImageInput, resolution: number): boolean {
  return (image.height ?? resolution) === resolution && (image.width ?? resolution) === resolution;
}

function describeShape(shape: readonly Dimension[]): string {
  return `[${shape.map((dimension) => dimension ?? '?').join(', ')}]`;
}

function refuse(reason: string): OperatingPointOutcome {
  return { ok: false, reason };
}
