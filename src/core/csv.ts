import papaparse from 'papaparse';

/** A value of a table; null is an empty cell. */
export type CsvCell = string | number | boolean | null;

/**
 * A table as CSV (RFC 4180, lines ending in LF) with a header line, numbers with all their digits and a decimal point.
 * Text that a spreadsheet would take for a formula gets an apostrophe in front; {@link rearmed} removes it again.
 */
export function csvText(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  const data = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? disarmed(cell) : cell)));
  return `${papaparse.unparse({ fields: [...columns], data }, { newline: '\n' })}\n`;
}

/** Starts of formulas, also in full width; with apostrophes in front, as those would be taken for ours when read back. */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]/;

function disarmed(cell: string): string {
  return formula.test(cell) ? `'${cell}` : cell;
}

/** A cell as it was before a writer of tables put an apostrophe before its formula. */
export function rearmed(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
