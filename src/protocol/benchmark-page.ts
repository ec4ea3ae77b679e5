/**
 * Messages between the extension and the page of a benchmark. What the page shows is also what is stored of a benchmark,
 * and so has a schema.
 */
import * as v from 'valibot';
import type { BenchmarkStage } from '../core/benchmark-stage';
import { type Page, runtimeSchema } from './page';

const list = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.readonly());

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** The stages of a benchmark, in order. */
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
  /** E.g. `12.3 MB of 46.8 MB, 11 MB/s`; '' for nothing. */
  detail: v.string(),
  /** How much of it is done; null if unknown. */
  share: v.nullable(share),
});

const failureSchema = v.object({ code: v.string(), message: v.string() });

const concernSchema = v.object({ severity: v.picklist(['error', 'warning', 'information']), message: v.string() });

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

/** What was predicted before the measurement, so that the measurement does not inform its own prediction. */
const predictedSchema = v.object({
  throughputFps: positive,
  interval: v.nullable(v.object({ level: share, lowFps: positive, highFps: positive })),
  methodName: v.string(),
});

const resultSchema = v.object({
  /** The device that the landmark names, for people. */
  deviceName: v.string(),
  /** Null if nothing could be predicted. */
  predicted: v.nullable(predictedSchema),
  statistics: statisticsSchema,
  /** In the order of the trials. */
  trialTimesMs: list(positive),
  /** How it was measured, one row each. */
  protocol: list(v.object({ name: v.string(), value: v.string() })),
  /** What the board was doing before and after. */
  board: list(v.object({ name: v.string(), before: v.string(), after: v.string() })),
  /** Why the result may not be the board's usual speed, one sentence each. */
  disturbances: list(v.string()),
  /** Time per layer, slowest first, as `ComparedLayers` has it; null if it was not measured. */
  layers: v.optional(
    v.nullable(
      list(
        v.object({
          name: v.string(),
          measuredMs: v.nullable(count),
          predictedMs: v.nullable(count),
          fusion: v.picklist(['as-assumed', 'otherwise', 'unmatched', 'not-measured']),
        }),
      ),
    ),
    null,
  ),
  /** What happened to the landmark. */
  landmark: v.picklist(['in-fits', 'kept-out', 'not-saved']),
  /** Why it was not saved; null when it was. */
  notSaved: v.nullable(v.string()),
});

const runSchema = v.object({
  model: v.string(),
  runtime: runtimeSchema,
  runtimeName: v.string(),
  batch: positive,
  /** Size of the image, `640×480`; null until it is known. */
  input: v.fallback(v.nullable(v.string()), null),
  state: v.picklist(['waiting', 'building', 'timing', 'finished', 'failed', 'cancelled']),
  trialsDone: count,
  trials: positive,
  failure: v.nullable(failureSchema),
  result: v.nullable(resultSchema),
});

/** Everything that the page shows except the log; sent again whenever any of it changes. */
const benchmarkMessage = v.object({
  type: v.literal('benchmark'),
  /** What the extension finds it by after a reload of the window. */
  id: v.string(),
  /** E.g. `resnet18` or `3 models`. */
  title: v.string(),
  device: v.object({ name: v.string(), destination: v.string() }),
  /** When it was requested, in milliseconds since 1970. */
  startedAt: count,
  endedAt: v.nullable(count),
  state: v.picklist(['queued', 'running', 'interrupted', 'finished', 'failed', 'cancelled']),
  /** One sentence on its state. */
  sentence: v.string(),
  stages: list(stageSchema),
  concerns: list(concernSchema),
  runs: list(runSchema),
  /** Whether it is being stopped. */
  stopping: v.boolean(),
});

/** The benchmark that a page was opened for no longer exists. */
export interface GoneMessage {
  readonly type: 'gone';
  readonly sentence: string;
}

/** Lines of the log. `from` counts from the first line of the benchmark; `reset` removes earlier ones from the page. */
export interface LogMessage {
  readonly type: 'log';
  readonly reset: boolean;
  readonly from: number;
  readonly lines: readonly string[];
}

const run = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What the page tells the extension. */
export const benchmarkPageMessages = v.variant('type', [
  v.object({ type: v.literal('cancel') }),
  /** Follows a benchmark that lost its job again. */
  v.object({ type: v.literal('resume') }),
  /** Measures the same once more. */
  v.object({ type: v.literal('again') }),
  /** Connects to the board and says what it found. */
  v.object({ type: v.literal('testConnection') }),
  /** Asks for the weights that a run's model lacks, and measures the same once more. */
  v.object({ type: v.literal('chooseWeights'), run }),
  /** Measures a run's model once more, and then the time of each of its layers. */
  v.object({ type: v.literal('layers'), run }),
  /** Includes the result of a disturbed run in fits all the same. */
  v.object({ type: v.literal('accept'), run }),
  /** Opens the page of a run's model. */
  v.object({ type: v.literal('openModel'), run }),
  /** Opens the log in a text editor. */
  v.object({ type: v.literal('openLog') }),
]);

/** Ids of benchmarks, which are also names of files. */
export const benchmarkIdPattern = /^[0-9a-z-]{8,64}$/;

/** What the page keeps over a reload. */
export const benchmarkPageState = v.object({
  /** What the extension finds the benchmark by. */
  id: v.fallback(v.pipe(v.string(), v.regex(benchmarkIdPattern)), 'unknown-benchmark'),
  /** The run whose result is shown; null until the user chooses one. */
  selected: v.fallback(v.nullable(run), null),
});

export type BenchmarkMessage = v.InferOutput<typeof benchmarkMessage>;
export type Stage = v.InferOutput<typeof stageSchema>;
export type Run = v.InferOutput<typeof runSchema>;
export type RunResult = v.InferOutput<typeof resultSchema>;
/** Validates a benchmark that was stored; null if it is not one. */
export function parseStoredBenchmark(data: unknown): BenchmarkMessage | null {
  const result = v.safeParse(benchmarkMessage, data);
  return result.success ? result.output : null;
}

export type BenchmarkPage = Page<
  typeof benchmarkPageMessages,
  typeof benchmarkPageState,
  BenchmarkMessage | GoneMessage | LogMessage
>;
