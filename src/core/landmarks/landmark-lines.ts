import * as v from 'valibot';
import { kernelKinds } from '../profile/cost/layer';
import { refusal, success, type Result } from '../result';
import { runtimes, sizeFields, verdicts, type Landmark } from './landmark';
import { measurementSchema } from './measurement-schema';
import { t } from '../language';

/** Version of the line format that this file reads and writes. */
export const landmarkSchemaVersion = 1;

/** One line of a landmark file that holds a landmark. */
export interface LandmarkLine {
  /** Counted from 1. */
  readonly line: number;
  /** Its name in the file; null on lines that were written without one. */
  readonly id: string | null;
  readonly landmark: Landmark;
  /** The whole record as written, with fields that Framecast does not know. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** One line of a landmark file that could not be understood. */
export interface BrokenLine {
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong with it, as a sentence without the line's number. */
  readonly reason: string;
}

export interface LandmarkFile {
  readonly lines: readonly LandmarkLine[];
  readonly broken: readonly BrokenLine[];
}

/** What one row of a landmark file says, wherever it stands. */
export type LandmarkRow = Result<Pick<LandmarkLine, 'id' | 'landmark' | 'record'>, string>;

/**
 * Reads landmarks from JSON Lines text: one object a line with `"schema": 1` and the fields of a Landmark. Blank
 * lines, a byte order mark and CRLF are accepted, unknown fields are kept in `record`; each line that breaks the
 * format is reported with its number and the others are still read. Never throws.
 *
 * @param readRow reads one row, e.g. from a cache; default {@link readLandmarkRow}
 */
export function parseLandmarkLines(text: string, readRow = readLandmarkRow): LandmarkFile {
  const lines: LandmarkLine[] = [];
  const broken: BrokenLine[] = [];
  const rows = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  rows.forEach((row, index) => {
    if (row.trim() === '') return;
    const line = index + 1;
    const parsed = readRow(row);
    if (parsed.ok) lines.push({ line, ...parsed.value });
    else broken.push({ line, reason: parsed.error });
  });
  return { lines, broken };
}

/**
 * A landmark as one line of a file, without the line break.
 *
 * @param kept what the line said before, whose unknown fields stay
 */
export function writeLandmarkRow(
  landmark: Landmark,
  id: string | null,
  kept: Readonly<Record<string, unknown>> = {},
): string {
  const unknown = Object.entries(kept).filter(([field]) => !knownFields.has(field));
  const head = { schema: landmarkSchemaVersion, id: id ?? undefined };
  return JSON.stringify({ ...head, ...landmark, ...Object.fromEntries(unknown) });
}

const name = (field: string) =>
  v.pipe(
    v.string(() => t('"{0}" must be text', field)),
    v.trim(),
    v.nonEmpty(() => t('"{0}" must not be empty', field)),
  );

const count = (field: string) => {
  const message = () => t('"{0}" must be a positive whole number', field);
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(1, message));
};

const positive = (field: string) =>
  v.pipe(
    v.number(() => t('"{0}" must be a number', field)),
    v.finite(() => t('"{0}" must be finite', field)),
    v.gtValue(0, () => t('"{0}" must be greater than 0', field)),
  );

/** More kernels than any network that a board of this kind runs. */
export const maxKernels = 20_000;

const kernelRow = v.pipe(
  v.array(
    v.pipe(
      v.number(() => t('"kernels" must hold rows of numbers')),
      v.finite(() => t('"kernels" must hold finite numbers')),
      v.minValue(0, () => t('"kernels" must not hold negative numbers')),
    ),
    () => t('"kernels" must be a list of rows of numbers'),
  ),
  v.length(10, () => t('"kernels" must have rows of 10 numbers')),
  v.check(
    ([kind, times]) => Number.isInteger(kind) && kind! < kernelKinds.length && times! >= 1,
    () => t('"kernels" must have rows that start with a kind from 0 to {0} and a count', kernelKinds.length - 1),
  ),
);

const landmarkSchema = v.object({
  model: name('model'),
  family: v.nullable(name('family')),
  parameters: count('parameters'),
  device: name('device'),
  runtime: v.picklist(runtimes, () => t('"{0}" must be one of {1}', 'runtime', runtimes.join(', '))),
  resolution: v.optional(count('resolution')),
  height: v.optional(count('height')),
  width: v.optional(count('width')),
  batch: count('batch'),
  throughputFps: positive('throughputFps'),
  campaign: name('campaign'),
  source: name('source'),
  kernels: v.optional(
    v.pipe(
      v.array(kernelRow, () => t('"kernels" must be a list of rows of numbers')),
      v.maxLength(maxKernels, () => t('"kernels" must have at most {0} rows', maxKernels)),
    ),
  ),
  gpuMHz: v.optional(positive('gpuMHz')),
  powerMode: v.optional(name('powerMode')),
  measurement: v.optional(measurementSchema),
  comment: v.optional(v.string(() => t('"{0}" must be text', 'comment'))),
  verdict: v.optional(v.picklist(verdicts, () => t('"{0}" must be one of {1}', 'verdict', verdicts.join(', ')))),
});

const knownFields: ReadonlySet<string> = new Set(['schema', 'id', ...Object.keys(landmarkSchema.entries)]);

/** Reads one row: the landmark, or what is wrong with it as a sentence. Never throws. */
export function readLandmarkRow(row: string): LandmarkRow {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    if (/^([<=>|])\1{6}(\s|$)/.test(row)) {
      return refusal(t('It is a mark of a merge conflict; choose one side, and delete the marks.'));
    }
    return refusal(t('It is not JSON; each line must hold one complete JSON object.'));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refusal(t('It must be a JSON object with the fields of a landmark.'));
  }
  const record = value as Record<string, unknown>;
  const schemaProblem = checkSchemaVersion(record['schema']);
  if (schemaProblem !== null) return refusal(schemaProblem);
  if (isTooDeep(record)) return refusal(t('It is nested more than {0} levels deep.', maxLevels));
  const { id } = record;
  if (id !== undefined && (typeof id !== 'string' || id.trim() === '')) return refusal(t('"id" must be text.'));
  const checked = checkLandmark(record);
  return checked.ok ? success({ id: id ?? null, landmark: checked.value, record }) : checked;
}

/** Fields that nobody knows may hold anything, but JSON that is nested by the thousands can be read and not written. */
const maxLevels = 100;

function isTooDeep(record: Readonly<Record<string, unknown>>): boolean {
  // Kernels are the bulk of a line, and checked to be rows of numbers.
  return Object.entries(record).some(([field, value]) => field !== 'kernels' && isDeeperThan(maxLevels, value));
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(levels - 1, item));
}

/** Whether fields of any origin make a landmark; what is wrong with them as sentences, where they do not. */
export function checkLandmark(fields: Readonly<Record<string, unknown>>): Result<Landmark, string> {
  const parsed = v.safeParse(landmarkSchema, fields);
  if (parsed.success) {
    // Taken over as they are: a second copy of kernels would double what thousands of landmarks take, and the parsed
    // measurement lacks the fields that Framecast does not know.
    const { kernels, measurement } = fields as Pick<Landmark, 'kernels' | 'measurement'>;
    const { resolution, height, width, ...rest } = parsed.output;
    const { family, device, runtime, campaign } = rest;
    const [rows, columns] = [height ?? resolution, width ?? resolution];
    if (rows === undefined || columns === undefined) {
      return refusal(t('"resolution" is missing; an input that is not square has "height" and "width" instead.'));
    }
    return success({
      ...rest,
      ...sizeFields(rows, columns),
      family: family === null ? null : shared(family),
      device: shared(device),
      runtime: shared(runtime),
      campaign: shared(campaign),
      kernels,
      measurement,
    });
  }
  return refusal([...new Set(parsed.issues.map(describeIssue))].join(' '));
}

function checkSchemaVersion(schema: unknown): string | null {
  if (schema === landmarkSchemaVersion) return null;
  if (schema === undefined) return t('"schema" is missing; add "schema": {0}.', landmarkSchemaVersion);
  if (typeof schema === 'number' && schema > landmarkSchemaVersion) {
    return t(
      'Its schema version {0} is newer than this Framecast, which reads {1}; update Framecast.',
      schema,
      landmarkSchemaVersion,
    );
  }
  return t('"schema" must be {0}.', landmarkSchemaVersion);
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue);
  return issue.received === 'undefined' ? `${t('"{0}" is missing', field ?? 'null')}.` : `${issue.message}.`;
}

/** Far more than there are families, devices, runtimes and campaigns. */
const maxShared = 1000;
const sharedTexts = new Map<string, string>();

/**
 * One and the same text for all that are equal. Fits compare these fields of thousands of landmarks over and over, and
 * texts of their own for each would have to be read through every time.
 */
function shared<T extends string>(text: T): T {
  const known = sharedTexts.get(text);
  if (known !== undefined) return known as T;
  if (sharedTexts.size < maxShared) sharedTexts.set(text, text);
  return text;
}
