import Papa from 'papaparse';
import type { Landmark } from '../core/landmarks/landmark';
import type { BrokenLine, LandmarkFile } from '../core/landmarks/landmark-lines';
import {
  landmarksOfTable,
  rowOfLandmark,
  tableColumns,
  type TableDefaults,
  type TableRow,
} from '../core/landmarks/landmark-table';

/**
 * Landmarks of a CSV text: separated by comma, semicolon or tab, whichever its header has most of, quoted as in RFC
 * 4180, with or without a byte order mark. `landmarksOfTable` says what the columns are. Never throws.
 */
export function parseLandmarkCsv(text: string, defaults: TableDefaults): LandmarkFile {
  const plain = text.replace(/^\uFEFF/, '');
  const delimiter = delimiterOf(plain);
  const { rows, broken } = splitTable(plain, delimiter);
  const read = landmarksOfTable(rows, defaults);
  return { lines: read.lines, broken: [...broken, ...read.broken].sort((a, b) => a.line - b.line) };
}

/** Landmarks as CSV with a header, separated by commas. A cell that a spreadsheet would compute is disarmed by a `'`. */
export function writeLandmarkCsv(landmarks: readonly Landmark[]): string {
  const table = { fields: [...tableColumns], data: landmarks.map((landmark) => [...rowOfLandmark(landmark)]) };
  return `${Papa.unparse(table, { newline: '\n', escapeFormulae: true })}\n`;
}

interface Table {
  readonly rows: readonly TableRow[];
  readonly broken: readonly BrokenLine[];
}

/**
 * Rows with the lines on which they start. A quotation mark that is left open, or not doubled, swallows what follows up
 * to the next one: such a stretch is taken apart line by line, so that it costs its own line alone.
 */
function splitTable(text: string, delimiter: string, firstLine = 1, isOneLine = false): Table {
  const rows: TableRow[] = [];
  const broken: BrokenLine[] = [];
  let start = 0;
  let line = firstLine;
  Papa.parse<string[]>(text, {
    delimiter,
    step: ({ data, errors, meta }) => {
      const stretch = text.slice(start, meta.cursor).split(/\r\n|\n|\r/);
      if (!errors.some(({ type }) => type === 'Quotes')) {
        if (data.some((cell) => cell.trim() !== '')) rows.push({ line, cells: data.map(disarmed) });
      } else if (isOneLine) {
        broken.push({ line, reason: 'A quotation mark is not closed, or not doubled inside quotation marks.' });
      } else {
        stretch.forEach((single, index) => {
          const alone = splitTable(single, delimiter, line + index, true);
          rows.push(...alone.rows);
          broken.push(...alone.broken);
        });
      }
      line += stretch.length - 1;
      start = meta.cursor;
    },
  });
  return { rows, broken };
}

/** Takes back what {@link writeLandmarkCsv} puts before a cell that looks like a formula. */
function disarmed(cell: string): string {
  return cell.replace(/^'(?=[=+\-@\t\r])/, '');
}

function delimiterOf(text: string): string {
  const header = text.split(/\r\n|\n|\r/).find((line) => line.trim() !== '') ?? '';
  const outside = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => outside.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
