import * as v from 'valibot';
import { runtimes } from '../../core/landmarks/landmark';
import { backends } from '../../core/landmarks/backends';
import { measurementSchema } from '../../core/landmarks/measurement-schema';
import { jobIdPattern } from '../job/job-spec';

const text = v.pipe(v.string(), v.maxLength(4096));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** What a landmark needs of a run in addition to its result; written down, as the model may be gone when it is collected. */
const openRunSchema = v.object({
  /** Its place in what was asked for, from 0; runs that could not be tried are not in the job. */
  run: count,
  modelPath: text,
  modelName: text,
  modelSha256: text,
  runtime: v.picklist(runtimes),
  way: v.picklist(['auto', ...backends]),
  resolution: positive,
  /** Of an input that is not square. */
  height: v.exactOptional(positive),
  width: v.exactOptional(positive),
  batch: positive,
  trials: positive,
  warmupRuns: count,
  workspaceMiB: positive,
  inputShapes: v.record(v.string(), v.array(count)),
  family: v.nullable(text),
  parameters: positive,
  /** Multiply–accumulates of one batch; null when unknown. */
  macs: v.nullable(v.number()),
  kernels: v.nullable(v.array(v.array(v.number()))),
  /** What was done to the model before it was sent; absent if it was sent as it is. */
  rewrites: v.optional(v.pipe(v.array(text), v.maxLength(64))),
});

/** What the landmark says of the board, as the probe before the job found it. */
const openBoardSchema = v.object({
  /** Landmark's device id. */
  device: text,
  standIn: v.boolean(),
  boardModel: v.nullable(text),
  clocksLocked: v.nullable(v.boolean()),
  headless: v.nullable(v.boolean()),
  software: measurementSchema.entries.software,
});

const openJobSchema = v.object({
  schema: v.literal(1),
  jobId: v.pipe(v.string(), v.regex(jobIdPattern)),
  /** By this machine's clock: ISO 8601, UTC. */
  createdAt: text,
  /** What the user wrote to reach the board, to be resolved again. */
  destination: text,
  deviceLabel: text,
  campaign: text,
  limits: v.object({ buildSeconds: positive, timeSeconds: positive }),
  board: openBoardSchema,
  runs: v.array(openRunSchema),
  /** Runs whose landmark is stored, or whose failure was told. */
  collected: v.array(count),
});

/** A job on a board that is not collected to its end. Plain JSON, without secrets. */
export type PendingJob = v.InferOutput<typeof openJobSchema>;

export type OpenRun = PendingJob['runs'][number];

/** Checks what was kept over a restart; null if it is no open job. */
export function parsePendingJob(value: unknown): PendingJob | null {
  const parsed = v.safeParse(openJobSchema, value);
  return parsed.success ? parsed.output : null;
}
