import * as v from 'valibot';
import { runtimes, type Runtime } from '../landmarks/landmark';
import { refusal, success, type Result } from '../result';

/** Version of the line format that files of own face-anti-spoofing models have. */
export const fasSchemaVersion = 1;

/** Error rates that face-anti-spoofing models are compared by. */
export const fasMetrics = ['hter', 'acer'] as const;

/** HTER: half total error rate. ACER: average classification error rate. */
export type FasMetric = (typeof fasMetrics)[number];

/** An error rate with what it takes to compare it with another one. */
export interface FasRate {
  /** 0 to 100. */
  readonly percent: number;
  /** What it was tested on, e.g. `OULU-NPU`. */
  readonly dataset: string;
  /** What it was trained on, or the protocol's number, e.g. `Protocol 1`. */
  readonly protocol: string;
}

/** How a throughput is known. */
export type ThroughputBasis = 'predicted' | 'measured';

/** A face-anti-spoofing model of the user's own, as it is kept in a file. */
export interface FasModel {
  readonly name: string;
  /** As torch counts them; null where nobody has said. */
  readonly parameters: number | null;
  /** null where it is neither measured nor predicted. */
  readonly throughputFps: number | null;
  /** null where there is no throughput. */
  readonly basis: ThroughputBasis | null;
  /** Where the throughput holds. */
  readonly device: string;
  /** As the board's `powerModes` name it; the fastest where undefined. */
  readonly powerMode?: string | undefined;
  readonly runtime: Runtime;
  readonly hter: FasRate | null;
  readonly acer: FasRate | null;
  readonly family: string | null;
  /** Central-difference convolutions in the file; 0 where there are none or no file was read. */
  readonly centralDifferences: number;
  /** Absolute path of the file that it was read from; null where it was typed in. */
  readonly file: string | null;
  readonly comment: string;
}

/** Longest text of a field. */
export const maxFasText = 300;

const text = (field: string) =>
  v.pipe(
    v.string(`"${field}" must be text`),
    v.trim(),
    v.maxLength(maxFasText, `"${field}" has more than ${maxFasText} characters`),
  );

const named = (field: string) => v.pipe(text(field), v.nonEmpty(`"${field}" must not be empty`));

const above0 = (field: string) =>
  v.pipe(
    v.number(`"${field}" must be a number`),
    v.finite(`"${field}" must be finite`),
    v.gtValue(0, `"${field}" must be greater than 0`),
  );

const rate = (metric: string) =>
  v.object(
    {
      percent: v.pipe(
        v.number(`"${metric}.percent" must be a number`),
        v.minValue(0, `"${metric}.percent" must be 0 to 100`),
        v.maxValue(100, `"${metric}.percent" must be 0 to 100`),
      ),
      dataset: named(`${metric}.dataset`),
      protocol: named(`${metric}.protocol`),
    },
    `"${metric}" must be null or an object with percent, dataset and protocol`,
  );

const schema = v.pipe(
  v.object({
    name: named('name'),
    parameters: v.nullable(above0('parameters')),
    throughputFps: v.nullable(above0('throughputFps')),
    basis: v.nullable(v.picklist(['predicted', 'measured'], '"basis" must be predicted, measured or null')),
    device: named('device'),
    powerMode: v.optional(named('powerMode')),
    runtime: v.picklist(runtimes, `"runtime" must be one of ${runtimes.join(', ')}`),
    hter: v.nullable(rate('hter')),
    acer: v.nullable(rate('acer')),
    family: v.nullable(named('family')),
    centralDifferences: v.pipe(
      v.number('"centralDifferences" must be a number'),
      v.safeInteger('"centralDifferences" must be a whole number'),
      v.minValue(0, '"centralDifferences" must not be negative'),
    ),
    file: v.nullable(v.string('"file" must be text or null')),
    comment: text('comment'),
  }),
  v.check(
    ({ throughputFps, basis }) => (throughputFps === null) === (basis === null),
    '"basis" must say how "throughputFps" is known, and be null where that is null',
  ),
);

/** Checks a record of a file; the reason is a sentence. Unknown fields are left out of the model. */
export function parseFasModel(record: unknown): Result<FasModel, string> {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return refusal('It must be a JSON object with the fields of a model.');
  }
  const { schema: version } = record as { readonly schema?: unknown };
  if (version !== fasSchemaVersion) {
    const isNewer = typeof version === 'number' && version > fasSchemaVersion;
    return refusal(
      isNewer
        ? `Its schema version ${version} is newer than this Framecast, which reads ${fasSchemaVersion}; update Framecast.`
        : `"schema" must be ${fasSchemaVersion}.`,
    );
  }
  const parsed = v.safeParse(schema, record);
  if (parsed.success) return success(parsed.output);
  const reasons = parsed.issues.map((issue) =>
    issue.received === 'undefined' ? `"${v.getDotPath(issue) ?? ''}" is missing.` : `${issue.message}.`,
  );
  return refusal([...new Set(reasons)].join(' '));
}

/** What makes two models one: importing the same table twice adds nothing twice. */
export function fasIdentity({ name, device, powerMode, runtime, throughputFps, hter, acer }: FasModel): string {
  return JSON.stringify([name, device, powerMode, runtime, throughputFps, hter, acer]);
}
