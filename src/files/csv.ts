import { unparse } from 'papaparse';

/**
 * A table as CSV (RFC 4180) with a header line, numbers with all their digits and a decimal point, and an empty field
 * where there is no value. Text that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export function csvText(columns: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  // papaparse escapes a negative number like a formula; only text can be one.
  return `${unparse({ fields: [...columns], data: rows.map((row) => row.map(harmless)) })}\r\n`;
}

function harmless(value: string | number | null): string | number | null {
  return typeof value === 'string' && /^'*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}
