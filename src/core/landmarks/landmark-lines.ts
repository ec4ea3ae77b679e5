import * as v from 'valibot';
import { runtimes, type Landmark } from './landmark';

/** Version of the line format that this file reads and writes. */
export const landmarkSchemaVersion = 1;

/** One line of a landmark file that holds a landmark. */
export interface LandmarkLine {
  /** Counted from 1. */
  readonly line: number;
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

/**
 * Reads landmarks from JSON Lines text: one object a line with `"schema": 1` and the fields of a Landmark. Blank
 * lines, a byte order mark and CRLF are accepted, unknown fields are kept in `record`; each line that breaks the
 * format is reported with its number and the others are still read. Never throws.
 */
export function parseLandmarkLines(text: string): LandmarkFile {
  const lines: LandmarkLine[] = [];
  const broken: BrokenLine[] = [];
  const rows = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  rows.forEach((row, index) => {
    if (row.trim() === '') return;
    const line = index + 1;
    const parsed = parseLine(row);
    if ('reason' in parsed) broken.push({ line, reason: parsed.reason });
    else lines.push({ line, ...parsed });
  });
  return { lines, broken };
}

const name = (field: string) =>
  v.pipe(v.string(`"${field}" must be text`), v.trim(), v.nonEmpty(`"${field}" must not be empty`));

const count = (field: string) => {
  const message = `"${field}" must be a positive whole number`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(1, message));
};

const landmarkSchema = v.object({
  model: name('model'),
  family: v.nullable(name('family')),
  parameters: count('parameters'),
  device: name('device'),
  runtime: v.picklist(runtimes, `"runtime" must be one of ${runtimes.join(', ')}`),
  resolution: count('resolution'),
  batch: count('batch'),
  throughputFps: v.pipe(
    v.number('"throughputFps" must be a number'),
    v.finite('"throughputFps" must be finite'),
    v.gtValue(0, '"throughputFps" must be greater than 0'),
  ),
  campaign: name('campaign'),
  source: name('source'),
});

function parseLine(row: string): Pick<LandmarkLine, 'landmark' | 'record'> | { readonly reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    return { reason: 'It is not JSON; each line must hold one complete JSON object.' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'It must be a JSON object with the fields of a landmark.' };
  }
  const record = value as Record<string, unknown>;
  const schemaProblem = checkSchemaVersion(record['schema']);
  if (schemaProblem !== null) return { reason: schemaProblem };
  const parsed = v.safeParse(landmarkSchema, record);
  if (parsed.success) return { landmark: parsed.output, record };
  return { reason: parsed.issues.map(describeIssue).join(' ') };
}

function checkSchemaVersion(schema: unknown): string | null {
  if (schema === landmarkSchemaVersion) return null;
  if (schema === undefined) return `"schema" is missing; add "schema": ${landmarkSchemaVersion}.`;
  if (typeof schema === 'number' && schema > landmarkSchemaVersion) {
    return `Its schema version ${schema} is newer than this Framecast, which reads ${landmarkSchemaVersion}; update Framecast.`;
  }
  return `"schema" must be ${landmarkSchemaVersion}.`;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue);
  return issue.received === 'undefined' ? `"${field}" is missing.` : `${issue.message}.`;
}
