import * as v from 'valibot';
import { runtimes } from '../../core/landmarks/landmark';
import { parsePendingJob, type PendingJob } from '../../jetson/benchmark/pending-job';
import type { RequestedRun } from '../../jetson/benchmark/benchmark-request';
import { benchmarkIdPattern, parseStoredBenchmark, type BenchmarkMessage } from '../../protocol/benchmark-page';
import type { SavedDevice } from '../boards/saved-device';

/** One run as it was asked for, and what its model is called. */
export interface PlannedRun extends RequestedRun {
  readonly modelName: string;
  readonly trials: number;
  readonly warmupRuns: number;
}

/** What a benchmark was asked for. */
export interface BenchmarkPlan {
  /** What it is called where its models do not say it. */
  readonly title?: string;
  readonly device: SavedDevice;
  readonly runs: readonly PlannedRun[];
}

/** A benchmark as it is kept on disk, so that it is found again after a restart of VS Code. */
export interface BenchmarkRecord {
  readonly id: string;
  readonly plan: BenchmarkPlan;
  readonly view: BenchmarkMessage;
  /** The end of its log. */
  readonly log: readonly string[];
  /** The job on the board while it is not collected to its end. */
  readonly openJob: PendingJob | null;
  /** `source` of each run's landmark; null for a run without. */
  readonly sources: readonly (string | null)[];
  /** The process that followed it last. */
  readonly owner: number;
}

const text = v.pipe(v.string(), v.maxLength(4096));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(count, v.minValue(1));

const recordSchema = v.object({
  schema: v.literal(1),
  id: v.pipe(v.string(), v.regex(benchmarkIdPattern)),
  plan: v.object({
    title: v.optional(text),
    device: v.object({ name: text, host: text, user: v.optional(text), port: v.optional(positive) }),
    runs: v.array(
      v.object({
        modelPath: text,
        modelName: text,
        runtime: v.picklist(runtimes),
        trials: positive,
        warmupRuns: count,
        batch: v.optional(positive),
        resolution: v.optional(positive),
        height: v.optional(positive),
        width: v.optional(positive),
        layers: v.optional(v.literal(true)),
      }),
    ),
  }),
  view: v.unknown(),
  log: v.array(v.string()),
  openJob: v.unknown(),
  sources: v.array(v.nullable(v.string())),
  owner: count,
});

/** Checks what a file holds; null for what is no benchmark of this version. */
export function parseBenchmarkRecord(data: unknown): BenchmarkRecord | null {
  const parsed = v.safeParse(recordSchema, data);
  if (!parsed.success) return null;
  const { id, plan, log, sources, owner } = parsed.output;
  const view = parseStoredBenchmark(parsed.output.view);
  if (!view) return null;
  return { id, plan, view, log, openJob: parsePendingJob(parsed.output.openJob), sources, owner };
}

/** What goes into the file. */
export function writeBenchmarkRecord(record: BenchmarkRecord): string {
  return JSON.stringify({ schema: 1, ...record });
}
