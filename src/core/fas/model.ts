import * as v from 'valibot';
import { runtimes, type Runtime } from '../landmarks/landmark';
import { refusal, success, type Result } from '../result';
import { t } from '../language';

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
    v.string(() => t('"{0}" must be text', field)),
    v.trim(),
    v.maxLength(maxFasText, () => t('"{0}" has more than {1} characters', field, maxFasText)),
  );

const named = (field: string) =>
  v.pipe(
    text(field),
    v.nonEmpty(() => t('"{0}" must not be empty', field)),
  );

const above0 = (field: string) =>
  v.pipe(
    v.number(() => t('"{0}" must be a number', field)),
    v.finite(() => t('"{0}" must be finite', field)),
    v.gtValue(0, () => t('"{0}" must be greater than 0', field)),
  );

const rate = (metric: string) =>
  v.object(
    {
      percent: v.pipe(
        v.number(() => t('"{0}" must be a number', `${metric}.percent`)),
        v.minValue(0, () => t('"{0}" must be 0 to 100', `${metric}.percent`)),
        v.maxValue(100, () => t('"{0}" must be 0 to 100', `${metric}.percent`)),
      ),
      dataset: named(`${metric}.dataset`),
      protocol: named(`${metric}.protocol`),
    },
    () => t('"{0}" must be null or an object with percent, dataset and protocol', metric),
  );

const schema = v.pipe(
  v.object({
    name: named('name'),
    parameters: v.nullable(above0('parameters')),
    throughputFps: v.nullable(above0('throughputFps')),
    basis: v.nullable(v.picklist(['predicted', 'measured'], () => t('"basis" must be predicted, measured or null'))),
    device: named('device'),
    powerMode: v.optional(named('powerMode')),
    runtime: v.picklist(runtimes, () => t('"{0}" must be one of {1}', 'runtime', runtimes.join(', '))),
    hter: v.nullable(rate('hter')),
    acer: v.nullable(rate('acer')),
    family: v.nullable(named('family')),
    centralDifferences: v.pipe(
      v.number(() => t('"{0}" must be a number', 'centralDifferences')),
      v.safeInteger(() => t('"{0}" must be a whole number', 'centralDifferences')),
      v.minValue(0, () => t('"{0}" must not be negative', 'centralDifferences')),
    ),
    file: v.nullable(v.string(() => t('"{0}" must be text or null', 'file'))),
    comment: text('comment'),
  }),
  v.check(
    ({ throughputFps, basis }) => (throughputFps === null) === (basis === null),
    () => t('"basis" must say how "throughputFps" is known, and be null where that is null'),
  ),
);

/** Checks a record of a file; the reason is a sentence. Unknown fields are left out of the model. */
export function parseFasModel(record: unknown): Result<FasModel, string> {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return refusal(t('It must be a JSON object with the fields of a model.'));
  }
  const { schema: version } = record as { readonly schema?: unknown };
  if (version !== fasSchemaVersion) {
    const isNewer = typeof version === 'number' && version > fasSchemaVersion;
    return refusal(
      isNewer
        ? t(
            'Its schema version {0} is newer than this Framecast, which reads {1}; update Framecast.',
            version,
            fasSchemaVersion,
          )
        : t('"schema" must be {0}.', fasSchemaVersion),
    );
  }
  const parsed = v.safeParse(schema, record);
  if (parsed.success) return success(parsed.output);
  const reasons = parsed.issues.map((issue) =>
    issue.received === 'undefined' ? `${t('"{0}" is missing', v.getDotPath(issue) ?? '')}.` : `${issue.message}.`,
  );
  return refusal([...new Set(reasons)].join(' '));
}

/** What makes two models one: importing the same table twice adds nothing twice. */
export function fasIdentity({ name, device, powerMode, runtime, throughputFps, hter, acer }: FasModel): string {
  return JSON.stringify([name, device, powerMode, runtime, throughputFps, hter, acer]);
}
