import { t } from '../../core/language';
import * as v from 'valibot';
import { backends } from '../../core/landmarks/backends';
import { failure, success, type Failure, type FailureCode, type Result } from '../../core/result';
import { boardSentence, boardTail } from '../connection/board-text';

/** The most trials that a run may ask for; their times must fit into one message. */
export const maxTrials = 100_000;

/** As many layers as are taken of one engine. */
const maxLayers = 5000;

function cleanKeys(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [boardSentence(name, 64), value]));
}

const finite = v.pipe(v.number(), v.finite());
const atLeastZero = v.pipe(finite, v.minValue(0));
const bytes = v.pipe(finite, v.minValue(0), v.maxValue(2 ** 53));
const megahertz = v.nullish(v.pipe(finite, v.minValue(0), v.maxValue(100_000)), null);
const text = v.pipe(
  v.string(),
  v.transform((value) => boardSentence(value, 200)),
);
const layerName = v.pipe(
  v.string(),
  v.transform((value) => boardSentence(value, 400)),
);
const version = v.nullish(
  v.pipe(
    text,
    v.transform((value) => value.slice(0, 64)),
  ),
  null,
);

const stateSchema = v.object({
  gpuMHz: megahertz,
  gpuMinMHz: megahertz,
  gpuMaxMHz: megahertz,
  cpuMHz: megahertz,
  cpuMinMHz: megahertz,
  cpuMaxMHz: megahertz,
  memoryMHz: megahertz,
  memoryMaxMHz: megahertz,
  temperaturesC: v.pipe(
    v.record(v.string(), v.pipe(finite, v.minValue(-100), v.maxValue(250))),
    v.check((zones) => Object.keys(zones).length <= 64),
    v.transform(cleanKeys),
  ),
  gpuLoad: v.nullish(v.pipe(finite, v.minValue(0), v.maxValue(1)), null),
  availableBytes: v.nullish(bytes, null),
  swapUsedBytes: v.nullish(bytes, null),
  swappedPages: v.nullish(bytes, null),
  powerMode: version,
});

const watts = v.pipe(finite, v.minValue(0), v.maxValue(10_000));

/** What a run gave that went well. */
const goodFields = v.object({
  ok: v.literal(true),
  way: v.picklist(backends),
  /** Path of trtexec; null if another backend timed the network. */
  program: v.nullish(text, null),
  trialTimesMs: v.pipe(v.array(v.pipe(finite, v.gtValue(0))), v.minLength(1), v.maxLength(2 * maxTrials)),
  software: v.object({ tensorrt: version, cuda: version, torch: version, python: version }),
  engine: v.nullable(
    v.object({ cached: v.boolean(), buildSeconds: v.nullish(atLeastZero, null), bytes: v.nullish(bytes, null) }),
  ),
  protocol: v.nullish(
    v.object({
      warmupRuns: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), null),
      warmupMs: v.nullish(atLeastZero, null),
    }),
    null,
  ),
  before: stateSchema,
  /**
   * Samples taken while it was timed: those in which the GPU was busy at least nine tenths of the time, and those of them
   * below its highest clock.
   */
  during: v.object({ lowestGpuMHz: megahertz, busySamples: atLeastZero, slowedSamples: atLeastZero }),
  after: stateSchema,
  power: v.nullish(
    v.object({
      meanWatts: v.pipe(watts, v.gtValue(0)),
      samples: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      rails: v.pipe(
        v.record(v.string(), watts),
        v.check((rails) => Object.keys(rails).length <= 64),
        v.transform(cleanKeys),
      ),
    }),
    null,
  ),
  /** Null if they were not asked for or could not be measured; then `notes` say why. */
  layers: v.nullish(
    v.pipe(
      v.array(v.object({ name: layerName, meanMs: v.pipe(atLeastZero, v.maxValue(1e7)) })),
      v.maxLength(maxLayers),
    ),
    null,
  ),
  /** Other programs than the job that had the GPU open. */
  gpuProcesses: v.pipe(v.array(text), v.maxLength(64)),
  notes: v.pipe(v.array(text), v.maxLength(64)),
  standIn: v.boolean(),
});

const goodSchema = v.pipe(
  goodFields,
  v.transform(({ protocol, ...result }) => ({
    ...result,
    /** Untimed runs that came before, where the way counts them, and the time that they took where it counts that. */
    warmupRuns: protocol?.warmupRuns ?? null,
    warmupMs: protocol?.warmupMs ?? null,
  })),
);

export type GoodResult = v.InferOutput<typeof goodSchema>;

export type RunResult = GoodResult | { readonly ok: false; readonly error: Failure; readonly logTail: string };

const badSchema = v.object({
  ok: v.literal(false),
  error: v.object({ code: v.string(), message: v.string(), logTail: v.nullish(v.string(), '') }),
});

/** What the board calls failures, and what they are here. */
const codes: Readonly<Record<string, FailureCode>> = {
  'build-failed': 'build-failed',
  'run-failed': 'run-failed',
  'out-of-memory': 'out-of-memory',
  'timed-out': 'timed-out',
  unsupported: 'build-failed',
  'not-available': 'not-ready',
  cancelled: 'cancelled',
  rebooted: 'rebooted',
  'disk-full': 'disk-full',
};

/**
 * Checks the result of one run, whatever the board sends for it. `mostSeconds` is how long its timing may have taken.
 * A result that no board of this protocol gives, or that cannot be true, fails with board-misbehaves: it is
 * not a measurement.
 */
export function parseRunResult(
  value: unknown,
  asked: { readonly trials: number; readonly maxSeconds: number },
): Result<RunResult> {
  const bad = v.safeParse(badSchema, value);
  if (bad.success) {
    const { code, message, logTail } = bad.output.error;
    const known = Object.hasOwn(codes, code) ? codes[code]! : 'run-failed';
    const sentence = boardSentence(message) || t('The run failed on the board, which does not say why.');
    return success({ ok: false, error: { code: known, message: sentence }, logTail: boardTail(logTail) });
  }
  const good = v.safeParse(goodSchema, value);
  if (!good.success) {
    const [issue] = good.issues;
    return misbehaves(t('it is not as it should be at {0}', boardSentence(v.getDotPath(issue) ?? t('its start'), 100)));
  }
  const { trialTimesMs } = good.output;
  if (trialTimesMs.length < asked.trials) {
    return misbehaves(t('it has {0} trial times where {1} were asked for', trialTimesMs.length, asked.trials));
  }
  const totalMs = trialTimesMs.reduce((sum, time) => sum + time, 0);
  if (totalMs > 1000 * asked.maxSeconds) {
    return misbehaves(t('its trial times add up to more than the time that it took'));
  }
  return success(good.output);
}

function misbehaves(why: string): Result<never> {
  return failure(
    'board-misbehaves',
    t('The board sent a result that cannot be used: {0}. Nothing was saved; run it again.', why),
  );
}
