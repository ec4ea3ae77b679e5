import Papa from 'papaparse';
import {
  fasFieldNames,
  readFasFields,
  type FasDefaults,
  type FasFieldName,
  type FasFields,
} from '../core/present/fas-fields';
import type { FasModel } from '../core/present/fas-model';

/** What a table of models held. */
export interface FasTable {
  readonly models: readonly FasModel[];
  /** A sentence for each line, and each column, that was left out. */
  readonly problems: readonly string[];
}

/** Other names that columns may have. */
const synonyms: Readonly<Record<string, readonly FasFieldName[]>> = {
  model: ['name'],
  throughput: ['throughput_fps'],
  fps: ['throughput_fps'],
  hter: ['hter_percent'],
  acer: ['acer_percent'],
  dataset: ['hter_dataset', 'acer_dataset'],
  protocol: ['hter_protocol', 'acer_protocol'],
};

const mostRows = 5_000;

/**
 * Models of a CSV text with a header: separated by comma, semicolon or tab, numbers with a decimal point or, where that
 * cannot be mistaken, a decimal comma. Columns: those of `fasFieldNames`; `dataset` and `protocol` stand for both error
 * rates. A line that cannot be read costs that line alone. Never throws.
 */
export function parseFasCsv(text: string, defaults: FasDefaults): FasTable {
  const plain = text.replace(/^\uFEFF/, '');
  const models: FasModel[] = [];
  const problems: string[] = [];
  let header: Header | null = null;
  let [line, start, rows] = [1, 0, 0];
  Papa.parse<string[]>(plain, {
    delimiter: delimiterOf(plain),
    step: ({ data, errors, meta }, parser) => {
      const first = line;
      line += (plain.slice(start, meta.cursor).match(/\r\n|\n|\r/g) ?? []).length;
      start = meta.cursor;
      if (data.every((cell) => cell.trim() === '')) return;
      if (header === null) {
        header = readHeader(data);
        problems.push(...header.problems);
        if (!header.isUsable) parser.abort();
        return;
      }
      if ((rows += 1) > mostRows) {
        problems.push(`Line ${first} and what follows is left out: a table may have ${mostRows} rows.`);
        parser.abort();
        return;
      }
      const quoting = errors.some(({ type }) => type === 'Quotes');
      const outcome = quoting ? 'A quotation mark is not closed.' : readRow(data, header, defaults);
      if (typeof outcome === 'string') problems.push(`Line ${first} is left out: ${outcome}`);
      else models.push(outcome);
    },
  });
  if (header === null)
    problems.push(`The table is empty. Its first line must name the columns: ${fasFieldNames.join(', ')}.`);
  return { models, problems };
}

interface Header {
  /** The fields that a column fills; none for a column that is not understood. */
  readonly columns: readonly (readonly FasFieldName[])[];
  readonly isUsable: boolean;
  readonly problems: readonly string[];
}

function readHeader(cells: readonly string[]): Header {
  const names = cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_')
      .replace(/_*\(?%\)?$/, ''),
  );
  const columns = names.map((name): readonly FasFieldName[] => {
    const field = fasFieldNames.find((known) => known === name);
    return field === undefined ? (synonyms[name] ?? []) : [field];
  });
  const unknown = cells.filter((cell, index) => columns[index]!.length === 0 && cell.trim() !== '');
  const hasName = columns.some((fields) => fields.includes('name'));
  const problems = unknown.map(
    (cell) =>
      `Column “${cell.trim().slice(0, 60)}” is not known and left out. Known columns: ${fasFieldNames.join(', ')}.`,
  );
  if (!hasName) problems.push('No column is called name, so nothing was read. The first line must name the columns.');
  return { columns, isUsable: hasName, problems };
}

/** The model of a row, or what is wrong with it. */
function readRow(cells: readonly string[], { columns }: Header, defaults: FasDefaults): FasModel | string {
  if (cells.slice(columns.length).some((cell) => cell.trim() !== '')) {
    return `It has ${cells.length} cells, but there are ${columns.length} columns. Put a number with a decimal comma into quotation marks.`;
  }
  const fields: Partial<Record<FasFieldName, string>> = {};
  // A column of one error rate wins over one that stands for both.
  const order = columns.map((_, index) => index).sort((one, other) => columns[other]!.length - columns[one]!.length);
  for (const index of order) {
    for (const field of columns[index]!) {
      const cell = (cells[index] ?? '').replace(/^'(?=[=+\-@\t\r])/, '');
      if (cell.trim() !== '' || fields[field] === undefined) fields[field] = cell;
    }
  }
  const read = readFasFields(fields satisfies FasFields, defaults);
  return 'model' in read ? read.model : read.problems.map(({ reason }) => reason).join(' ');
}

function delimiterOf(text: string): string {
  const header = text.split(/\r\n|\n|\r/).find((row) => row.trim() !== '') ?? '';
  const count = (delimiter: string): number => header.replace(/"[^"]*"/g, '').split(delimiter).length;
  return [',', ';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
