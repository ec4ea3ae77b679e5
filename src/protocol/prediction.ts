/** Schemas of what the core found out, as it crosses into a webview. */
import * as v from 'valibot';

/** A read-only array, as the core's own types have them. */
export const list = <T extends v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>>(item: T) =>
  v.pipe(v.array(item), v.readonly());

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

export const runtimeSchema = v.picklist([
  'tensorrt-fp16',
  'tensorrt-fp32',
  'tensorrt-int8',
  'pytorch-fp16',
  'pytorch-fp32',
]);

/** A device that can be chosen, with what runs models on it. */
export const deviceSchema = v.object({
  id: v.string(),
  name: v.string(),
  /** Whether anybody has measured on it, without which there is no prediction. */
  hasLandmarks: v.boolean(),
  runtimes: list(v.object({ id: runtimeSchema, name: v.string() })),
});

const methodSchema = v.picklist(['landmark-fit', 'graph-cost']);

export const profileSchema = v.object({
  parameters: count,
  storedParameters: count,
  family: v.nullable(v.string()),
  variant: v.nullable(v.string()),
  confidence: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  evidence: list(v.string()),
  input: v.nullable(
    v.object({ name: v.string(), shape: v.nullable(list(v.nullable(v.union([v.number(), v.string()])))) }),
  ),
  macs: v.nullable(count),
  activationElements: v.nullable(count),
  weightElements: v.nullable(count),
  opset: v.nullable(v.number()),
  uncosted: list(v.string()),
});

const intervalSchema = v.object({ level: v.number(), lowFps: v.number(), highFps: v.number() });

const estimateSchema = v.object({
  device: v.string(),
  runtime: runtimeSchema,
  resolution: positive,
  batch: positive,
  throughputFps: positive,
  latencyMs: positive,
  interval: v.nullable(intervalSchema),
  method: methodSchema,
  landmarks: count,
  campaigns: list(v.string()),
  crossValidatedError: v.nullable(v.number()),
  extrapolated: v.boolean(),
  notes: list(v.string()),
});

const refusalSchema = v.object({ method: methodSchema, reason: v.string() });

export const predictionSchema = v.object({
  estimate: v.nullable(estimateSchema),
  reason: v.nullable(v.string()),
  why: v.nullable(v.string()),
  alternatives: list(v.union([estimateSchema, refusalSchema])),
});

/** A family's landmarks and the curve fitted through them, dashed where it is continued beyond `fittedRange`. */
export const chartSchema = v.object({
  family: v.string(),
  landmarks: list(v.object({ model: v.string(), campaign: v.string(), parameters: positive, throughputFps: positive })),
  fittedCampaign: v.nullable(v.string()),
  fittedRange: v.nullable(v.object({ min: positive, max: positive })),
  curve: list(v.object({ parameters: positive, throughputFps: positive })),
});
