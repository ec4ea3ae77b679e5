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
  opset: v.nullable(v.number()),
  uncosted: list(v.string()),
});

const estimateSchema = v.object({
  device: v.string(),
  runtime: runtimeSchema,
  resolution: positive,
  batch: positive,
  throughputFps: positive,
  latencyMs: positive,
  interval: v.nullable(v.object({ level: v.number(), lowFps: v.number(), highFps: v.number() })),
  method: methodSchema,
  landmarks: count,
  extrapolated: v.boolean(),
  notes: list(v.string()),
});

const refusalSchema = v.object({ method: methodSchema, reason: v.string() });

export const predictionSchema = v.object({
  estimate: v.nullable(estimateSchema),
  reason: v.nullable(v.string()),
  alternatives: list(v.union([estimateSchema, refusalSchema])),
});

/** What the chart draws: a family's landmarks on one device and runtime, and the curve fitted through them. */
export const chartSchema = v.object({
  family: v.string(),
  landmarks: list(v.object({ model: v.string(), campaign: v.string(), parameters: positive, throughputFps: positive })),
  /** Points of the fitted curve, rising in parameters; empty where there is no fit. */
  curve: list(v.object({ parameters: positive, throughputFps: positive })),
});
