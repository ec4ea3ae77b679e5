/** Messages between the extension and the page of accuracy against throughput and parameters. */
import * as v from 'valibot';
import { chartExportMessages } from './chart-export';
import { deviceSchema, list, runtimeSchema } from './prediction';

/** Models of the user's own that the page can have. */
export const maxOwnModels = 40;

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const choiceSchema = v.object({ device: v.string(), runtime: runtimeSchema });

const throughputSchema = v.nullable(
  v.object({ throughputFps: positive, basis: v.picklist(['measured', 'predicted']), source: v.string() }),
);

const backboneSchema = v.object({
  model: v.string(),
  label: v.string(),
  family: v.string(),
  parameters: positive,
  firstTop1Percent: v.number(),
  bestTop1Percent: v.number(),
  throughput: throughputSchema,
});

/** An own model, or why its file cannot be shown. */
const ownModelSchema = v.object({
  /** Absolute path, or URI where it is on no disk. */
  file: v.string(),
  name: v.string(),
  family: v.nullable(v.string()),
  parameters: v.nullable(positive),
  throughput: throughputSchema,
  /** Why there is no throughput, or no model. */
  reason: v.nullable(v.string()),
});

const accuracyMessage = v.object({
  type: v.literal('accuracy'),
  choice: choiceSchema,
  devices: list(deviceSchema),
  backbones: list(backboneSchema),
  own: list(ownModelSchema),
  targetFps: v.nullable(positive),
  source: v.string(),
  /** What the paper says about it. */
  sentences: list(v.string()),
});

/** Files that the user has chosen; the page adds them to its own. */
const pickedMessage = v.object({ type: v.literal('picked'), files: list(v.string()) });

const keptModels = v.pipe(
  list(v.object({ file: v.pipe(v.string(), v.maxLength(4096)), typed: v.pipe(v.string(), v.maxLength(12)) })),
  v.maxLength(maxOwnModels),
);

/** What an earlier page had: files of own models, with what was typed in as their accuracies. */
const keptMessage = v.object({ type: v.literal('kept'), models: keptModels });

const hostMessageSchema = v.variant('type', [accuracyMessage, pickedMessage, keptMessage]);

const asked = {
  /** null follows the settings. */
  choice: v.nullable(choiceSchema),
  files: v.pipe(list(v.pipe(v.string(), v.maxLength(4096))), v.maxLength(maxOwnModels)),
};

const pageMessageSchema = v.variant('type', [
  /** `isNew`: the page has no state of its own yet, and takes up what an earlier one had. */
  v.object({ type: v.literal('ready'), ...asked, isNew: v.boolean() }),
  v.object({ type: v.literal('keep'), models: keptModels }),
  v.object({ type: v.literal('show'), ...asked }),
  v.object({ type: v.literal('pick') }),
  ...chartExportMessages,
]);

export type AccuracyMessage = v.InferOutput<typeof accuracyMessage>;
export type AccuracyHostMessage = v.InferOutput<typeof hostMessageSchema>;
export type AccuracyPageMessage = v.InferOutput<typeof pageMessageSchema>;

/** Checks own models that were kept; none where they are not whole. */
export function parseKeptModels(data: unknown): v.InferOutput<typeof keptModels> {
  const result = v.safeParse(keptModels, data);
  return result.success ? result.output : [];
}

/** Checks a message from the extension; null when it is none of ours. */
export function parseAccuracyHostMessage(data: unknown): AccuracyHostMessage | null {
  const result = v.safeParse(hostMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks a message from the page; null when it is none of ours. */
export function parseAccuracyPageMessage(data: unknown): AccuracyPageMessage | null {
  const result = v.safeParse(pageMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks the choice that a page kept over a reload; null when there is none that is whole. */
export function parseAccuracyChoice(data: unknown): AccuracyMessage['choice'] | null {
  const result = v.safeParse(choiceSchema, data);
  return result.success ? result.output : null;
}
