import { fasFieldNames, readFasFields, type FasDefaults, type FasFieldName, type FasFields } from '../core/fas/fields';
import { fasIdentity, fasMetrics, type FasMetric, type FasModel } from '../core/fas/model';
import { metricName } from '../core/fas/rows';
import { splitCsv, type CsvRow } from './csv-rows';
import { t, wholeNumber, withDecimalMark } from '../core/language';

/** What a table of models held. */
export interface FasTable {
  readonly models: readonly FasModel[];
  /** A sentence for each line, and each column, that was left out. */
  readonly problems: readonly string[];
  /** Sentences about what was taken, but may be meant otherwise. */
  readonly doubts: readonly string[];
}

/** Other names that columns may have. */
const synonyms: Readonly<Record<string, readonly FasFieldName[]>> = {
  model: ['name'],
  throughput: ['throughput_fps'],
  fps: ['throughput_fps'],
  params: ['parameters'],
  board: ['device'],
  hter: ['hter_percent'],
  acer: ['acer_percent'],
  dataset: ['hter_dataset', 'acer_dataset'],
  protocol: ['hter_protocol', 'acer_protocol'],
};

/** Rows that a table may have: far more than anybody compares. */
export const maxFasRows = 20_000;

/**
 * Models of a CSV text with a header, as `splitCsv` reads it, numbers with a decimal point or, where that cannot be
 * mistaken, a decimal comma. Columns: those of `fasFieldNames` in any order; `dataset` and `protocol` stand for both
 * error rates. A line that cannot be read costs that line alone. Never throws.
 */
export function parseFasCsv(text: string, defaults: FasDefaults): FasTable {
  const { rows, broken } = splitCsv(text);
  const [first, ...body] = rows;
  if (first === undefined) {
    const problem = t('The table is empty. Its first line must name the columns: {0}.', fasFieldNames.join(', '));
    return { models: [], problems: [...broken.map(leftOut), problem], doubts: [] };
  }
  const header = readHeader(first.cells);
  if (!header.isUsable) return { models: [], problems: header.problems, doubts: [] };
  const models: FasModel[] = [];
  const refused = [...broken];
  const known = new Map<string, number>();
  for (const { line, cells } of body.slice(0, maxFasRows)) {
    const outcome = readRow(cells, header, defaults);
    if (typeof outcome === 'string') {
      refused.push({ line, reason: outcome });
      continue;
    }
    const identity = fasIdentity(outcome);
    const earlier = known.get(identity);
    if (earlier !== undefined) refused.push({ line, reason: t('It is the same as line {0}.', earlier) });
    else models.push(outcome);
    known.set(identity, earlier ?? line);
  }
  refused.sort((one, other) => one.line - other.line);
  return {
    models,
    problems: [...header.problems, ...refused.map(leftOut), ...beyond(body)],
    doubts: fasMetrics
      .filter((metric) => !saysPercent(metric, header, body))
      .flatMap((metric) => fractionDoubt(metric, models)),
  };
}

function leftOut({ line, reason }: { readonly line: number; readonly reason: string }): string {
  return t('Line {0} is skipped: {1}', line, reason);
}

function beyond(body: readonly CsvRow[]): readonly string[] {
  const next = body[maxFasRows];
  if (next === undefined) return [];
  return [
    t('Line {0} and everything after it is skipped: a table may have {1} rows.', next.line, wholeNumber(maxFasRows)),
  ];
}

/** Whether the table itself says that a rate is in percent. */
function saysPercent(metric: FasMetric, { columns, withUnit }: Header, body: readonly CsvRow[]): boolean {
  const column = columns.findIndex((fields) => fields.includes(`${metric}_percent`));
  return withUnit.has(`${metric}_percent`) || body.some(({ cells }) => cells[column]?.includes('%'));
}

/** A table of fractions looks like one of very good models. */
function fractionDoubt(metric: FasMetric, models: readonly FasModel[]): readonly string[] {
  const rates = models.flatMap((model) => model[metric]?.percent ?? []);
  const most = Math.max(0, ...rates);
  if (most > 1 || most === 0) return [];
  const name = metricName(metric);
  return [
    t(
      'No {0} of this table is above 1. They were taken as percent, the highest as {1}%. If they are fractions, undo this import and multiply them by 100.',
      name,
      withDecimalMark(String(most)),
    ),
  ];
}

interface Header {
  /** The fields that a column fills; none for a column that is not understood. */
  readonly columns: readonly (readonly FasFieldName[])[];
  /** Fields whose columns name their unit. */
  readonly withUnit: ReadonlySet<FasFieldName>;
  readonly isUsable: boolean;
  readonly problems: readonly string[];
}

function readHeader(cells: readonly string[]): Header {
  const withUnit = new Set<FasFieldName>();
  const taken = new Map<FasFieldName, string>();
  const problems: string[] = [];
  const columns = cells.map((cell): readonly FasFieldName[] => {
    const written = cell.trim();
    if (written === '') return [];
    const { name, unit } = nameOf(written);
    const field = fasFieldNames.find((known) => known === name);
    const fields = field === undefined ? (synonyms[name] ?? []) : [field];
    const [only] = fields;
    if (only === undefined || !fits(only, unit)) {
      problems.push(
        t(
          'Column “{0}” is not known and was skipped. Known columns: {1}.',
          written.slice(0, 60),
          fasFieldNames.join(', '),
        ),
      );
      return [];
    }
    if (fields.length > 1) return fields;
    const earlier = taken.get(only);
    if (earlier !== undefined) {
      problems.push(t('Column “{0}” was skipped because column “{1}” is the same.', written.slice(0, 60), earlier));
      return [];
    }
    taken.set(only, written.slice(0, 60));
    if (unit !== '' || field !== undefined) withUnit.add(only);
    return fields;
  });
  const isUsable = taken.has('name');
  if (!isUsable)
    problems.push(t('No column is called name, so nothing was read. The first line must name the columns.'));
  return { columns, withUnit, isUsable, problems };
}

/** `HTER (%)` is `hter` in percent. */
function nameOf(written: string): { readonly name: string; readonly unit: string } {
  const [, plain = '', unit = ''] = /^(.*?)[\s_]*(?:[([]\s*(.*?)\s*[)\]]|%)?$/s.exec(written) ?? [];
  return {
    name: plain
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_'),
    unit: written.endsWith('%') ? '%' : unit.toLowerCase(),
  };
}

/** Whether a column's unit is the one that its field is read in. */
function fits(field: FasFieldName, unit: string): boolean {
  if (unit === '') return true;
  if (field === 'throughput_fps') return unit === 'fps' || unit === 'hz';
  return (field === 'hter_percent' || field === 'acer_percent') && (unit === '%' || unit === 'percent');
}

/** The model of a row, or what is wrong with it. */
function readRow(cells: readonly string[], { columns }: Header, defaults: FasDefaults): FasModel | string {
  if (cells.slice(columns.length).some((cell) => cell.trim() !== '')) {
    return t(
      'It has {0} cells, but there are {1} columns. Put a number with a decimal comma into quotation marks.',
      cells.length,
      columns.length,
    );
  }
  const fields: Partial<Record<FasFieldName, string>> = {};
  // A column of one error rate wins over one that stands for both.
  const order = columns.map((_, index) => index).sort((one, other) => columns[other]!.length - columns[one]!.length);
  for (const index of order) {
    const cell = cells[index] ?? '';
    for (const field of columns[index]!) {
      if (cell.trim() !== '' || fields[field] === undefined) fields[field] = cell;
    }
  }
  const read = readFasFields(fields satisfies FasFields, defaults);
  return read.ok ? read.value : read.error.map(({ reason }) => reason).join(' ');
}
