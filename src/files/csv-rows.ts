import Papa from 'papaparse';
import { rearmed } from '../core/csv';
import { t } from '../core/language';

/** One row of a table with the line on which it starts, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvRows {
  /** Without blank ones. */
  readonly rows: readonly CsvRow[];
  /** Lines that no row can be made of, with the reason as a sentence. */
  readonly broken: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Rows of a CSV text: separated by comma, semicolon or tab, whichever the header has most of or a first line `sep=;`
 * names, quoted as in RFC 4180, with or without a byte order mark. An apostrophe that disarms a formula is taken away.
 * Never throws.
 */
export function splitCsv(text: string): CsvRows {
  const plain = text.replace(/^\uFEFF/, '');
  const [hint = '', named] = /^"?sep=([,;\t])"?(?:\r\n|\n|\r)/i.exec(plain) ?? [];
  const table = plain.slice(hint.length);
  return splitTable(table, named ?? delimiterOf(table), hint === '' ? 1 : 2);
}

/**
 * A table's bytes as text: UTF-16 where a byte order mark says so, else UTF-8, else, where they are none, the encoding
 * in which spreadsheets on Windows save western European tables.
 */
export function decodeTable(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/**
 * A quotation mark that is left open, or not doubled, swallows what follows up to the next one: such a stretch is taken
 * apart line by line, so that it costs its own line alone.
 */
function splitTable(text: string, delimiter: string, firstLine: number, isOneLine = false): CsvRows {
  const rows: CsvRow[] = [];
  const broken: { line: number; reason: string }[] = [];
  let start = 0;
  let line = firstLine;
  Papa.parse<string[]>(text, {
    delimiter,
    step: ({ data, errors, meta }) => {
      const stretch = text.slice(start, meta.cursor).split(/\r\n|\n|\r/);
      if (!errors.some(({ type }) => type === 'Quotes')) {
        if (data.some((cell) => cell.trim() !== '')) rows.push({ line, cells: data.map(rearmed) });
      } else if (isOneLine) {
        broken.push({ line, reason: t('A quotation mark is not closed, or not doubled inside quotation marks.') });
      } else {
        for (const [index, single] of stretch.entries()) {
          const alone = splitTable(single, delimiter, line + index, true);
          rows.push(...alone.rows);
          broken.push(...alone.broken);
        }
      }
      line += stretch.length - 1;
      start = meta.cursor;
    },
  });
  return { rows, broken };
}

function delimiterOf(text: string): string {
  const header = text.split(/\r\n|\n|\r/).find((line) => line.trim() !== '') ?? '';
  const outside = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => outside.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
