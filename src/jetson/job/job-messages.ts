import * as v from 'valibot';
import { boardSentence } from '../connection/board-text';
import { jobIdPattern } from './job-spec';

/** Ends of a job, after which nothing changes. */
export const jobEndings = ['finished', 'cancelled', 'failed'] as const;

export const jobStates = ['waiting', 'building', 'timing', ...jobEndings] as const;

export type JobState = (typeof jobStates)[number];

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const anyText = v.pipe(v.string(), v.maxLength(1 << 20));
const jobId = v.pipe(v.string(), v.regex(jobIdPattern));

/** What a client said of itself, as it may be shown; '' where it said nothing. */
const sentence = (longest: number) =>
  v.pipe(
    v.nullish(anyText, ''),
    v.transform((text) => boardSentence(text, longest)),
  );

/** What `follow` prints, a line each. What a message has beyond this is ignored. */
const messageSchema = v.variant('type', [
  v.object({ type: v.literal('heartbeat'), jobId }),
  v.object({
    type: v.literal('state'),
    jobId,
    state: v.picklist(jobStates),
    run: count,
    runs: count,
    trialsDone: v.optional(count, 0),
    trials: v.optional(count, 0),
    /** Who has the board, while this job waits for it. */
    waitsFor: v.nullish(v.object({ client: sentence(200) })),
  }),
  v.object({ type: v.literal('log'), jobId, offset: count, next: count, text: anyText }),
  v.object({
    type: v.literal('result'),
    jobId,
    run: count,
    /** Seconds since it was written; null if the board restarted since. */
    ageSeconds: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))),
    /** Judged separately by `parseRunResult`, so that one bad result costs one run. */
    result: v.unknown(),
  }),
  v.object({ type: v.literal('end'), jobId, state: v.nullable(v.picklist(jobEndings)) }),
]);

export type JobMessage = v.InferOutput<typeof messageSchema>;

/** A message of `follow`; null if the line is not one. */
export function parseJobMessage(line: string): JobMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = v.safeParse(messageSchema, value);
  return parsed.success ? parsed.output : null;
}

const answers = {
  start: v.variant('started', [
    v.object({ started: v.literal(true), already: v.boolean() }),
    v.object({
      started: v.literal(false),
      code: v.picklist(['board-busy', 'disk-full', 'unwritable', 'invalid-request']),
      message: sentence(600),
      by: v.nullish(v.object({ client: sentence(200) })),
    }),
  ]),
  cancel: v.object({ found: v.boolean(), state: v.nullable(v.picklist(jobStates)) }),
  clean: v.object({ removedBytes: count, removedJobs: v.array(jobId), keptJobs: v.array(jobId) }),
  list: v.object({
    jobs: v.array(
      v.object({
        jobId,
        /** Null if it was put there and never started. */
        state: v.nullable(v.picklist(jobStates)),
        /** As the client said that asked for it. */
        createdAt: sentence(40),
        client: sentence(200),
        models: v.array(sentence(200)),
        runs: count,
        results: count,
        bytes: count,
      }),
    ),
    modelBytes: count,
    engineBytes: count,
    totalBytes: count,
  }),
};

export type Answers = { readonly [K in keyof typeof answers]: v.InferOutput<(typeof answers)[K]> };

/** Checks the answer of one command of the runner; null if it is not a valid one. */
export function parseAnswer<K extends keyof Answers>(command: K, value: unknown): Answers[K] | null {
  const parsed = v.safeParse(answers[command], value);
  return parsed.success ? (parsed.output as Answers[K]) : null;
}
