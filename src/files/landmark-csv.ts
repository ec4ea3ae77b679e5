import Papa from 'papaparse';
import type { Landmark } from '../core/landmarks/landmark';
import type { LandmarkFile } from '../core/landmarks/landmark-lines';
import { landmarksOfTable, rowOfLandmark, writtenColumns, type TableDefaults } from '../core/landmarks/landmark-table';
import { splitCsv } from './csv-rows';

/** Landmarks of a CSV text as `splitCsv` reads it. `landmarksOfTable` says what the columns are. Never throws. */
export function parseLandmarkCsv(text: string, defaults: TableDefaults): LandmarkFile {
  const { rows, broken } = splitCsv(text);
  const read = landmarksOfTable(rows, defaults);
  return { lines: read.lines, broken: [...broken, ...read.broken].sort((a, b) => a.line - b.line) };
}

/** Landmarks as CSV with a header, separated by commas. A cell that a spreadsheet would compute is disarmed by a `'`. */
export function writeLandmarkCsv(landmarks: readonly Landmark[]): string {
  const table = {
    fields: [...writtenColumns],
    data: landmarks.map((landmark) => rowOfLandmark(landmark).map(armoured)),
  };
  return `${Papa.unparse(table, { newline: '\n' })}\n`;
}

/** What a spreadsheet would compute, and what would lose an apostrophe of its own when it is read back. */
function armoured(cell: string): string {
  return /^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
