/** Messages between the extension and the page of FP16 against FP32. */
import * as v from 'valibot';
import { chartExportMessages } from './chart-export';
import { list } from './prediction';

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

const pairSchema = v.object({
  model: v.string(),
  family: v.nullable(v.string()),
  parameters: positive,
  engine: v.picklist(['TensorRT', 'PyTorch']),
  device: v.string(),
  deviceName: v.string(),
  resolution: positive,
  batch: positive,
  campaign: v.string(),
  fp16Fps: positive,
  fp32Fps: positive,
  ratio: positive,
});

const precisionMessage = v.object({
  type: v.literal('precision'),
  pairs: list(pairSchema),
  halves: list(v.object({ model: v.string(), deviceName: v.string(), missing: v.string() })),
  /** What the paper says, which prints no numbers. */
  advice: list(v.string()),
});

const pageMessageSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  /** The user wants to measure. */
  v.object({ type: v.literal('benchmark') }),
  ...chartExportMessages,
]);

export type PrecisionMessage = v.InferOutput<typeof precisionMessage>;
export type PrecisionPageMessage = v.InferOutput<typeof pageMessageSchema>;

/** Checks a message from the extension; null when it is none of ours. */
export function parsePrecisionMessage(data: unknown): PrecisionMessage | null {
  const result = v.safeParse(precisionMessage, data);
  return result.success ? result.output : null;
}

/** Checks a message from the page; null when it is none of ours. */
export function parsePrecisionPageMessage(data: unknown): PrecisionPageMessage | null {
  const result = v.safeParse(pageMessageSchema, data);
  return result.success ? result.output : null;
}
