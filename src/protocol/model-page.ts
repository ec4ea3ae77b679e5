/** Messages between the extension and the page that shows a model; both sides check what they receive. */
import * as v from 'valibot';
import { chartExportMessages } from './chart-export';
import { ownSizeSchema, precisionsSchema, resolutionViewSchema, sizeSchema, timeSchema } from './insight';
import { chartSchema, deviceSchema, list, predictionSchema, profileSchema, runtimeSchema } from './prediction';

const choiceSchema = v.object({ device: v.string(), runtime: runtimeSchema });

/** The file is being read for the first time. */
const readingMessage = v.object({ type: v.literal('reading'), fileName: v.string() });

/** The file cannot be shown as a model, and why. */
const failedMessage = v.object({
  type: v.literal('failed'),
  fileName: v.string(),
  failure: v.object({ code: v.string(), message: v.string(), offset: v.optional(v.number()) }),
});

/** What the file holds and how fast it will run; sent again whenever any of it changes. */
const modelMessage = v.object({
  type: v.literal('model'),
  fileName: v.string(),
  fileBytes: v.number(),
  /** True while there is no file at the path any more; the rest is what it last held. */
  gone: v.boolean(),
  profile: profileSchema,
  /** The exporter and its version, e.g. `pytorch 2.4.0`; '' when the file does not say. */
  producer: v.string(),
  /** What the reader wants the user to know about the file. */
  warnings: list(v.string()),
  /** What matters on the chosen board, errors first. */
  concerns: list(v.object({ severity: v.picklist(['error', 'warning']), message: v.string() })),
  choice: choiceSchema,
  /** Whether the choice is what the settings say. */
  choiceIsDefault: v.boolean(),
  /** The resolution and batch that the user asks for, and those that the model has itself. */
  size: sizeSchema,
  ownSize: ownSizeSchema,
  /** Rises with every such message; what is found out later names the one that it belongs to. */
  revision: v.number(),
  devices: list(deviceSchema),
  targetFps: v.nullable(v.number()),
  prediction: predictionSchema,
  chart: v.nullable(chartSchema),
  time: timeSchema,
  precisions: precisionsSchema,
});

/** Throughput at other resolutions, which takes a moment to compute. */
const resolutionsMessage = v.object({
  type: v.literal('resolutions'),
  revision: v.number(),
  view: resolutionViewSchema,
});

/** What still meets the target, in sentences. */
const plansMessage = v.object({ type: v.literal('plans'), revision: v.number(), sentences: list(v.string()) });

const hostMessageSchema = v.variant('type', [
  readingMessage,
  failedMessage,
  modelMessage,
  resolutionsMessage,
  plansMessage,
]);

/** The page listens, and asks for its first state; `choice` and `size` are what it kept over a reload. */
const readyMessage = v.object({ type: v.literal('ready'), choice: v.nullable(choiceSchema), size: sizeSchema });

/** The user wants the prediction for another device or runtime. */
const chooseMessage = v.object({ type: v.literal('choose'), choice: choiceSchema });

/** The user wants the prediction at another resolution or batch. */
const resizeMessage = v.object({ type: v.literal('resize'), size: sizeSchema });

/** The page's choice is to become the setting that all of VS Code follows. */
const useAsDefaultMessage = v.object({ type: v.literal('useAsDefault') });

/** The user wants to set or change the target. */
const setTargetMessage = v.object({ type: v.literal('setTarget') });

/** The prediction is wanted on the clipboard, as Markdown. */
const copyMessage = v.object({ type: v.literal('copy') });

/** A figure that nobody has measured is wanted from a board. */
const measureMessage = v.object({ type: v.literal('measure'), runtime: runtimeSchema });

const pageMessageSchema = v.variant('type', [
  readyMessage,
  chooseMessage,
  resizeMessage,
  useAsDefaultMessage,
  setTargetMessage,
  copyMessage,
  measureMessage,
  ...chartExportMessages,
]);

export type FailedMessage = v.InferOutput<typeof failedMessage>;
export type ModelMessage = v.InferOutput<typeof modelMessage>;
export type ResolutionsMessage = v.InferOutput<typeof resolutionsMessage>;
export type PlansMessage = v.InferOutput<typeof plansMessage>;
/** What the extension tells the page. */
export type HostMessage = v.InferOutput<typeof hostMessageSchema>;

/** What the page tells the extension. */
export type PageMessage = v.InferOutput<typeof pageMessageSchema>;

/** The place and way of running that a page predicts for. */
export type Choice = v.InferOutput<typeof choiceSchema>;

/** Checks a message from the extension; null when it is none of ours. */
export function parseHostMessage(data: unknown): HostMessage | null {
  const result = v.safeParse(hostMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks a message from the page; null when it is none of ours. */
export function parsePageMessage(data: unknown): PageMessage | null {
  const result = v.safeParse(pageMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks the choice that a page kept over a reload; null when there is none that is whole. */
export function parseChoice(data: unknown): Choice | null {
  const result = v.safeParse(choiceSchema, data);
  return result.success ? result.output : null;
}
