/** Messages between the extension and the page that puts models side by side; both sides check what they receive. */
import * as v from 'valibot';
import { chartExportMessages } from './chart-export';
import { ownSize, sizeSchema } from './insight';
import { deviceSchema, list, runtimeSchema } from './prediction';

/** Models that are compared at most. */
export const maxCompared = 2000;

const maxUri = 20_000;

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const choiceSchema = v.object({ device: v.string(), runtime: runtimeSchema });

/** Files and folders by their URIs; none stands for the whole workspace. */
const rootsSchema = v.pipe(list(v.pipe(v.string(), v.maxLength(maxUri))), v.maxLength(maxCompared));

const sortSchema = v.object({
  column: v.picklist(['file', 'model', 'throughput', 'latency', 'parameters', 'macs', 'memory', 'bytes', 'target']),
  descending: v.boolean(),
});

/** A readable model; `id` is its URI. */
const rowSchema = v.object({
  id: v.string(),
  file: v.string(),
  fileBytes: count,
  family: v.nullable(v.string()),
  variant: v.nullable(v.string()),
  parameters: count,
  macs: v.nullable(count),
  memoryBytes: v.nullable(count),
  resolution: v.nullable(positive),
  batch: v.nullable(positive),
  throughputFps: v.nullable(positive),
  latencyMs: v.nullable(positive),
  interval: v.nullable(v.object({ level: v.number(), lowFps: v.number(), highFps: v.number() })),
  method: v.nullable(v.picklist(['landmark-fit', 'graph-cost'])),
  extrapolated: v.boolean(),
  reason: v.nullable(v.string()),
  standing: v.nullable(v.picklist(['met', 'likely', 'unlikely', 'missed'])),
  isOnFront: v.boolean(),
  concerns: list(
    v.object({
      code: v.picklist([
        'unsupported-operator',
        'misread-operator',
        'quantised-network',
        'little-gain-from-fp16',
        'central-difference',
      ]),
      severity: v.picklist(['error', 'warning']),
      message: v.string(),
    }),
  ),
});

/** What is known so far; sent again as models are read and whenever something changes. */
const comparisonMessage = v.object({
  type: v.literal('comparison'),
  /** What is compared, in words: `3 files`, `folder nets`, `the workspace`. */
  what: v.string(),
  roots: rootsSchema,
  choice: choiceSchema,
  /** Whether the choice is what the settings say. */
  choiceIsDefault: v.boolean(),
  size: sizeSchema,
  devices: list(deviceSchema),
  targetFps: v.nullable(positive),
  /** Fastest first. */
  models: list(rowSchema),
  unreadable: list(v.object({ id: v.string(), file: v.string(), code: v.string(), message: v.string() })),
  progress: v.object({ isSearching: v.boolean(), found: count, read: count }),
  /** Whether there are more models than are compared. */
  isTruncated: v.boolean(),
});

/** The page listens. */
const readyMessage = v.object({ type: v.literal('ready') });

/** The user wants the predictions for another device or runtime. */
const chooseMessage = v.object({ type: v.literal('choose'), choice: choiceSchema });

/** The user wants the predictions at another resolution or batch. */
const resizeMessage = v.object({ type: v.literal('resize'), size: sizeSchema });

const setTargetMessage = v.object({ type: v.literal('setTarget') });

/** The user wants a model's own page. */
const openMessage = v.object({ type: v.literal('open'), id: v.pipe(v.string(), v.maxLength(maxUri)) });

/** The table is wanted as text, in the order that it has on the page. */
const exportMessage = v.object({
  type: v.literal('export'),
  format: v.picklist(['csv', 'markdown']),
  to: v.picklist(['clipboard', 'file']),
  sort: sortSchema,
});

const pageMessageSchema = v.variant('type', [
  readyMessage,
  chooseMessage,
  resizeMessage,
  setTargetMessage,
  openMessage,
  exportMessage,
  ...chartExportMessages,
]);

/** What a page keeps over a reload of the window. */
const stateSchema = v.object({
  roots: rootsSchema,
  /** Null while the page follows the settings. */
  choice: v.fallback(v.nullable(choiceSchema), null),
  size: v.fallback(sizeSchema, ownSize),
  sort: v.fallback(sortSchema, { column: 'throughput', descending: true }),
});

export type ComparisonMessage = v.InferOutput<typeof comparisonMessage>;
export type ComparisonRow = ComparisonMessage['models'][number];
export type ComparisonSort = v.InferOutput<typeof sortSchema>;
export type ComparePageMessage = v.InferOutput<typeof pageMessageSchema>;
export type CompareExport = v.InferOutput<typeof exportMessage>;
export type ComparePageState = v.InferOutput<typeof stateSchema>;

/** Checks a message from the extension; null when it is none of ours. */
export function parseComparisonMessage(data: unknown): ComparisonMessage | null {
  const result = v.safeParse(comparisonMessage, data);
  return result.success ? result.output : null;
}

/** Checks a message from the page; null when it is none of ours. */
export function parseComparePageMessage(data: unknown): ComparePageMessage | null {
  const result = v.safeParse(pageMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks what a page kept over a reload; the whole workspace at its own sizes where that is not whole. */
export function parseCompareState(data: unknown): ComparePageState {
  const result = v.safeParse(stateSchema, data);
  return result.success ? result.output : v.parse(stateSchema, { roots: [] });
}
