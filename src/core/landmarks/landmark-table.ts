import { maxSide, parseImageSize } from '../image-size';
import { refusal, success, type Result } from '../result';
import { findDevice, specifiedDevices } from './devices';
import { tooFewParameters } from './min-parameters';
import { familyNamed } from './known-family';
import { inputSize, isInFits, isRuntime, runtimeName, runtimes, sizeFields, type Landmark } from './landmark';
import { joulesPerInference } from './measurement';
import { checkLandmark, type BrokenLine, type LandmarkFile, type LandmarkLine } from './landmark-lines';
import { t, wholeNumber } from '../language';

/** One row of a table as text. */
export interface TableRow {
  /** The line of the file on which it starts, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** The columns of a table of landmarks, in the order in which they are written; units stand in the names. */
export const tableColumns = [
  'model',
  'family',
  'parameters',
  'device',
  'runtime',
  'power_mode',
  'resolution_px',
  'batch',
  'throughput_fps',
  'campaign',
  'source',
  'verdict',
  'comment',
] as const;

/** The columns that are written: those that are read, and what only a measurement on a board has. */
export const writtenColumns = [...tableColumns, 'mean_watts', 'joules_per_inference'] as const;

type Column = (typeof tableColumns)[number];

const required: readonly Column[] = ['model', 'parameters', 'device', 'runtime', 'resolution_px', 'throughput_fps'];

/** Other ways to write a column's name, compared without case, spaces and signs. */
const aliases: Readonly<Record<string, Column>> = {
  ...Object.fromEntries(tableColumns.map((column) => [plain(column), column])),
  name: 'model',
  params: 'parameters',
  board: 'device',
  mode: 'power_mode',
  nvpmodel: 'power_mode',
  resolution: 'resolution_px',
  batchsize: 'batch',
  fps: 'throughput_fps',
  throughput: 'throughput_fps',
  inferencespersecond: 'throughput_fps',
  notes: 'comment',
  note: 'comment',
};

/** What stands in columns that a table leaves out. */
export interface TableDefaults {
  readonly campaign: string;
  readonly source: string;
}

/**
 * Landmarks of a table whose first row names the columns: see {@link tableColumns}; `family`, `power_mode`, `batch` (1), `campaign`,
 * `source`, `verdict` and `comment` may be left out or empty. Numbers are plain, with a point: `11689512`, `85.4`;
 * a resolution is one side of a square, or width × height: `640x480`. Each
 * row that cannot be read is reported with its line and the others are still read; so is a header that lacks a column.
 * Columns of other names are kept in `record`.
 */
export function landmarksOfTable(rows: readonly TableRow[], defaults: TableDefaults): LandmarkFile {
  const [header, ...body] = rows;
  if (header === undefined) return { lines: [], broken: [] };
  const columns = header.cells.map((name) => aliases[plain(name)] ?? null);
  const headerProblem = whatIsWrongWith(header.cells, columns);
  if (headerProblem !== null) {
    const taken =
      body.length === 0 ? '' : ` ${t('None of the {0, plural, one {# row} other {# rows}} was taken.', body.length)}`;
    return { lines: [], broken: [{ line: header.line, reason: `${headerProblem}${taken}` }] };
  }
  const lines: LandmarkLine[] = [];
  const broken: BrokenLine[] = [];
  for (const row of body) {
    const read = landmarkOfRow(row, header.cells, columns, defaults);
    if (read.ok) lines.push({ line: row.line, id: null, ...read.value });
    else broken.push({ line: row.line, reason: read.error });
  }
  return { lines, broken };
}

/**
 * A landmark as a row of {@link writtenColumns}. Kernels and how it was measured have no column, so one that a disturbance
 * keeps out of fits is switched off instead: it must not slip into the fits of the reader of the table.
 */
export function rowOfLandmark(landmark: Landmark): readonly string[] {
  const { model, family, parameters, device, runtime, batch, throughputFps, campaign, source } = landmark;
  const { height, width } = inputSize(landmark);
  const size = height === width ? height : `${width}x${height}`;
  const mode = landmark.powerMode ?? landmark.measurement?.before.powerMode ?? '';
  const place = [device, runtime, mode];
  const cells = [model, family ?? '', parameters, ...place, size, batch, throughputFps, campaign, source];
  const verdict = landmark.verdict ?? (isInFits(landmark) ? '' : 'off');
  const { measurement } = landmark;
  const power = measurement?.power === undefined ? '' : measurement.power.meanWatts;
  const energy = (measurement && joulesPerInference(measurement, batch)) ?? '';
  return [...cells, verdict, landmark.comment ?? '', power, energy].map(String);
}

function whatIsWrongWith(names: readonly string[], columns: readonly (Column | null)[]): string | null {
  const missing = required.filter((column) => !columns.includes(column));
  if (missing.length === 0) {
    const twice = tableColumns.find((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
    return twice === undefined ? null : t('Two columns stand for {0}; leave one of them out.', twice);
  }
  if (missing.includes('throughput_fps')) {
    const rate = names.find((name) => /(\/|per)\s*s(ec(ond)?)?\b|\bhz\b|qps/i.test(name));
    if (rate !== undefined)
      return t('Column "{0}" is not read: name it throughput_fps if it is inputs per second.', rate);
    const inTime = names.find((name) =>
      /(^|[^a-z])(ms|msec|milliseconds?|seconds?|sec|s|us|µs)([^a-z]|$)|latency/i.test(name),
    );
    if (inTime !== undefined) {
      return t(
        'Column "{0}" holds times, not inputs per second: add a column throughput_fps with 1000 × batch ÷ milliseconds.',
        inTime,
      );
    }
  }
  if (missing.includes('parameters')) {
    const inMillions = names.find((name) => /param/i.test(name));
    if (inMillions !== undefined) {
      return t(
        'Column "{0}" is not read: name it parameters and give the whole number, 11689512 rather than 11.7 M.',
        inMillions,
      );
    }
  }
  if (missing.length === required.length) {
    return t('Its first line names none of the columns that it must have: {0}.', required.join(', '));
  }
  const needed = required.join(', ');
  return missing.length === 1
    ? t('The header lacks column {0}; it needs {1}.', missing[0]!, needed)
    : t('The header lacks the columns {0}; it needs {1}.', missing.join(', '), needed);
}

function landmarkOfRow(
  { cells }: TableRow,
  names: readonly string[],
  columns: readonly (Column | null)[],
  defaults: TableDefaults,
): Result<Pick<LandmarkLine, 'landmark' | 'record'>, string> {
  if (cells.length !== columns.length) {
    const more = cells.length > columns.length;
    const cause = more
      ? t(
          'A decimal comma splits a number in two: write 85.4, and put text that has the separator into quotation marks.',
        )
      : t('Give every column, empty where there is nothing to say.');
    return refusal(`${t('It has {0} cells where the header has {1}.', cells.length, columns.length)} ${cause}`);
  }
  const cell = (column: Column): string => {
    const index = columns.indexOf(column);
    return index < 0 ? '' : cells[index]!.trim();
  };
  const reasons: string[] = [];
  const number = (column: Column, example: string): number | undefined => {
    const read = readNumber(cell(column), column, example);
    if (typeof read === 'number') return read;
    reasons.push(read);
    return undefined;
  };
  const size = (): object => {
    const text = cell('resolution_px');
    if (!/^\d+\s*[x×*]\s*\d+$/i.test(text)) return { resolution: number('resolution_px', '224') };
    const read = parseImageSize(text);
    if (read !== null) return sizeFields(read.height, read.width);
    reasons.push(t('resolution_px "{0}" is not from 1 to {1} pixels a side.', text, wholeNumber(maxSide)));
    return {};
  };
  const family = cell('family');
  const device = cell('device');
  const runtime = cell('runtime');
  const fields = {
    model: cell('model'),
    family: family === '' ? null : (familyNamed(family) ?? family),
    parameters: number('parameters', '11689512'),
    device: deviceNamed(device),
    runtime: runtimeNamed(runtime),
    ...size(),
    batch: cell('batch') === '' ? 1 : number('batch', '1'),
    throughputFps: number('throughput_fps', '85.4'),
    campaign: cell('campaign') || defaults.campaign,
    source: cell('source') || defaults.source,
    ...(cell('power_mode') === '' ? {} : { powerMode: cell('power_mode') }),
    ...(cell('verdict') === '' ? {} : { verdict: cell('verdict') }),
    ...(cell('comment') === '' ? {} : { comment: cells[columns.indexOf('comment')]! }),
  };
  if (!isRuntime(fields.runtime)) reasons.push(t('Runtime "{0}" is none of {1}.', runtime, runtimes.join(', ')));
  if (reasons.length > 0) return refusal(reasons.join(' '));
  const checked = checkLandmark(fields);
  if (!checked.ok) return checked;
  const unknown = names.flatMap((name, index) => {
    const isKept = columns[index] === null && name.trim() !== '' && cells[index]!.trim() !== '';
    return isKept ? [[name.trim(), cells[index]!.trim()] as const] : [];
  });
  return success({ landmark: checked.value, record: Object.fromEntries(unknown) });
}

/** A number, or what is wrong with how it is written. */
function readNumber(text: string, column: Column, example: string): number | string {
  const named = (reason: string) => `${column} "${text}" ${reason}`;
  if (text === '') return t('{0} is empty; write a number such as {1}.', column, example);
  if (/^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(text) || /^[+-]?\d+\.$/.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value)) return named(t('is too large.'));
    if (value <= 0) return named(t('is not greater than 0, so it was not measured.'));
    const tooFew = column === 'parameters' ? tooFewParameters(value) : null;
    return tooFew === null ? value : named(tooFew);
  }
  if (/^[+-]?\d+,\d{1,2}$/.test(text) || /^[+-]?\d+,\d{4,}$/.test(text)) {
    return named(t('has a decimal comma; write {0}.', text.replace(',', '.')));
  }
  if (/^\d{1,3}([,. '\u00a0\u202f]\d{3})+([,.]\d+)?$/.test(text)) {
    return named(t('has separators in it or a decimal comma; write it plainly, like {0}.', example));
  }
  if (/^[\d.,]+\s*(ms|s|us|µs|sec|msec|milliseconds?|seconds?)$/i.test(text)) {
    return named(t('is a time; give inputs per second, 1000 × batch ÷ milliseconds.'));
  }
  if (/^[\d.,]+\s*[a-zµ%/]+$/i.test(text))
    return named(t('has a unit or prefix in it; write the number alone, like {0}.', example));
  return named(t('is not a number; write it like {0}.', example));
}

/** A board's id, from its id or its name for people. */
function deviceNamed(text: string): string {
  if (findDevice(text) !== undefined) return text;
  return (
    specifiedDevices().find(({ id, name }) => [id, name].some((known) => plain(known) === plain(text)))?.id ?? text
  );
}

function runtimeNamed(text: string): string {
  return (
    runtimes.find((runtime) => [runtime, runtimeName(runtime)].some((name) => plain(name) === plain(text))) ?? text
  );
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9µ]/g, '');
}
