/** Messages between the extension and the page of a benchmark; both sides check what they receive. */
import * as v from 'valibot';
import type { BenchmarkStage } from '../core/benchmark-stage';
import { chartExportMessages } from './chart-export';
import { list, runtimeSchema } from './prediction';

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** The stages of a benchmark in their order. */
export const stageIds = [
  'connect',
  'probe',
  'preflight',
  'upload',
  'wait',
  'build',
  'time',
  'collect',
  'save',
] as const satisfies readonly BenchmarkStage[];

const stageSchema = v.object({
  id: v.picklist(stageIds),
  state: v.picklist(['waiting', 'running', 'done', 'skipped', 'failed', 'cancelled']),
  /** What there is to say about it, e.g. `12.3 MB of 46.8 MB, 11 MB/s`; '' for nothing. */
  detail: v.string(),
  /** How much of it is done; null where that cannot be told. */
  share: v.nullable(share),
});

const failureSchema = v.object({ code: v.string(), message: v.string() });

const concernSchema = v.object({ severity: v.picklist(['error', 'warning']), message: v.string() });

const statisticsSchema = v.object({
  trials: positive,
  meanMs: positive,
  medianMs: positive,
  p90Ms: positive,
  p99Ms: positive,
  minMs: positive,
  maxMs: positive,
  standardDeviationMs: count,
  throughputFps: positive,
});

/** What was predicted before the figure was measured, so that the figure is no part of its own prediction. */
const predictedSchema = v.object({
  throughputFps: positive,
  interval: v.nullable(v.object({ level: share, lowFps: positive, highFps: positive })),
  methodName: v.string(),
});

const resultSchema = v.object({
  /** The device that the landmark names, for people. */
  deviceName: v.string(),
  /** Null where nothing could be predicted. */
  predicted: v.nullable(predictedSchema),
  statistics: statisticsSchema,
  /** In the order of the trials. */
  trialTimesMs: list(positive),
  /** How it was measured, a row each. */
  protocol: list(v.object({ name: v.string(), value: v.string() })),
  /** What the board was doing before and after. */
  board: list(v.object({ name: v.string(), before: v.string(), after: v.string() })),
  /** Why the figure may not be the board's own speed, a sentence each. */
  disturbances: list(v.string()),
  /** What became of the landmark. */
  landmark: v.picklist(['in-fits', 'kept-out', 'not-saved']),
  /** Why it was not saved; null when it was. */
  notSaved: v.nullable(v.string()),
});

const runSchema = v.object({
  model: v.string(),
  runtime: runtimeSchema,
  runtimeName: v.string(),
  batch: positive,
  /** Null until it is known. */
  resolution: v.nullable(positive),
  state: v.picklist(['waiting', 'building', 'timing', 'finished', 'failed', 'cancelled']),
  trialsDone: count,
  trials: positive,
  failure: v.nullable(failureSchema),
  result: v.nullable(resultSchema),
});

/** Everything that the page shows save the log; sent again whenever any of it changes. */
const benchmarkMessage = v.object({
  type: v.literal('benchmark'),
  /** What the extension finds it by after a reload of the window. */
  id: v.string(),
  /** E.g. `resnet18` or `3 models`. */
  title: v.string(),
  device: v.object({ name: v.string(), destination: v.string() }),
  /** When it was asked for, in milliseconds since 1970. */
  startedAt: count,
  endedAt: v.nullable(count),
  state: v.picklist(['queued', 'running', 'interrupted', 'finished', 'failed', 'cancelled']),
  /** One sentence that says where it stands. */
  sentence: v.string(),
  stages: list(stageSchema),
  concerns: list(concernSchema),
  runs: list(runSchema),
  /** Whether stopping it was asked for and is under way. */
  stopping: v.boolean(),
});

/** The benchmark that a page was opened for is known no more. */
const goneMessage = v.object({ type: v.literal('gone'), sentence: v.string() });

/** Lines of the log. `from` counts from the first line of the benchmark; with `reset`, earlier ones are to go. */
const logMessage = v.object({ type: v.literal('log'), reset: v.boolean(), from: count, lines: list(v.string()) });

const hostMessageSchema = v.variant('type', [benchmarkMessage, goneMessage, logMessage]);

/** The page listens, and asks for everything. */
const readyMessage = v.object({ type: v.literal('ready') });

/** The benchmark is to end now. */
const cancelMessage = v.object({ type: v.literal('cancel') });

/** A benchmark that lost its job is to be followed again. */
const resumeMessage = v.object({ type: v.literal('resume') });

/** The same is to be measured once more. */
const againMessage = v.object({ type: v.literal('again') });

const runIndex = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The figure of a disturbed run is to count in fits all the same. */
const acceptMessage = v.object({ type: v.literal('accept'), run: runIndex });

/** The page of a run's model is wanted. */
const openModelMessage = v.object({ type: v.literal('openModel'), run: runIndex });

/** The log is wanted in a text editor. */
const openLogMessage = v.object({ type: v.literal('openLog') });

const pageMessageSchema = v.variant('type', [
  readyMessage,
  cancelMessage,
  resumeMessage,
  againMessage,
  acceptMessage,
  openModelMessage,
  openLogMessage,
  ...chartExportMessages,
]);

/** What the page is told to show. */
export type BenchmarkMessage = v.InferOutput<typeof benchmarkMessage>;
export type LogMessage = v.InferOutput<typeof logMessage>;
export type Stage = v.InferOutput<typeof stageSchema>;
export type Run = v.InferOutput<typeof runSchema>;
export type RunResult = v.InferOutput<typeof resultSchema>;
/** What the extension tells the page. */
export type BenchmarkHostMessage = v.InferOutput<typeof hostMessageSchema>;
/** What the page tells the extension. */
export type BenchmarkPageMessage = v.InferOutput<typeof pageMessageSchema>;

/** Checks a message from the extension; null when it is none of ours. */
export function parseBenchmarkHostMessage(data: unknown): BenchmarkHostMessage | null {
  const result = v.safeParse(hostMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks a message from the page; null when it is none of ours. */
export function parseBenchmarkPageMessage(data: unknown): BenchmarkPageMessage | null {
  const result = v.safeParse(pageMessageSchema, data);
  return result.success ? result.output : null;
}

/** Checks a benchmark that was stored; null when it is none of ours. */
export function parseStoredBenchmark(data: unknown): BenchmarkMessage | null {
  const result = v.safeParse(benchmarkMessage, data);
  return result.success ? result.output : null;
}
