/** Schemas of what the page shows beside the prediction: where the time goes, other resolutions and precisions. */
import * as v from 'valibot';
import { list, runtimeSchema } from './prediction';

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** Highest side in pixels and highest batch that can be asked for. */
export const maxPixels = 8192;
export const maxBatch = 1024;

const wholeUpTo = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

/** The size that the user asks for; null stands for the model's own. */
export const sizeSchema = v.object({
  resolution: v.nullable(wholeUpTo(maxPixels)),
  batch: v.nullable(wholeUpTo(maxBatch)),
});

/** The size that a model itself has: null where its input is no square image. */
export const ownSizeSchema = v.object({ resolution: v.nullable(positive), batch: positive });

const parts = {
  latencyMs: count,
  arithmeticMs: count,
  trafficMs: count,
  launchMs: count,
  kernels: count,
};

const kernelKindSchema = v.picklist([
  'dense',
  'pointwise',
  'depthwise',
  'grouped',
  'matrix',
  'data-movement',
  'element-wise',
  'reduce',
]);

/** Predicted milliseconds of every fused kernel, or why there are none. */
export const timeSchema = v.union([
  v.object({
    latencyMs: positive,
    overheadMs: count,
    resolution: positive,
    batch: positive,
    kernels: list(
      v.object({ name: v.string(), detail: v.string(), kind: kernelKindSchema, stage: v.string(), ...parts }),
    ),
    lighter: v.nullable(v.object(parts)),
  }),
  v.object({ reason: v.string() }),
]);

/** Every runtime on the chosen device: what is predicted there, or null where nobody has measured. */
export const precisionsSchema = v.object({
  runtimes: list(v.object({ id: runtimeSchema, name: v.string(), throughputFps: v.nullable(positive) })),
  /** What the paper says where there is no number. */
  advice: list(v.string()),
});

const measuredPointSchema = v.object({
  model: v.string(),
  source: v.string(),
  resolution: positive,
  throughputFps: positive,
  patchesPerSecond: positive,
});

export const resolutionViewSchema = v.object({
  batch: positive,
  asked: v.nullable(positive),
  points: list(
    v.object({ resolution: positive, throughputFps: positive, latencyMs: positive, patchesPerSecond: positive }),
  ),
  measured: list(measuredPointSchema),
  paper: v.nullable(measuredPointSchema),
  bounds: list(v.string()),
});

export type Size = v.InferOutput<typeof sizeSchema>;

/** The model's own size. */
export const ownSize: Size = { resolution: null, batch: null };

/** Checks the size that a page kept over a reload; the model's own when there is none that is whole. */
export function parseSize(data: unknown): Size {
  const result = v.safeParse(sizeSchema, data);
  return result.success ? result.output : ownSize;
}
