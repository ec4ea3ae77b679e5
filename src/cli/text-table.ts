import stringWidth from 'string-width';
import { colours } from './colours';

/** One column of a table for the terminal. */
export interface TextColumn<Row> {
  readonly title: string;
  readonly alignRight: boolean;
  text(row: Row): string;
  colour?(row: Row): (text: string) => string;
}

/** Rows under their titles, aligned by what characters take on a terminal. Texts must be printable already. */
export function textTable<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): readonly string[] {
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = columns.map((column, index) =>
    cells.reduce((widest, row) => Math.max(widest, widthOf(row[index]!)), widthOf(column.title)),
  );
  const line = (texts: readonly string[], paint: (text: string, index: number) => string) =>
    texts
      .map((text, index) => {
        const gap = ' '.repeat(widths[index]! - widthOf(text));
        const painted = paint(text, index);
        return columns[index]!.alignRight ? gap + painted : painted + gap;
      })
      .join('  ')
      .trimEnd();
  const header = line(
    columns.map((column) => column.title),
    (text) => colours.dim(text),
  );
  const body = rows.map((row, number) =>
    line(cells[number]!, (text, index) => columns[index]!.colour?.(row)(text) ?? text),
  );
  return [header, ...body];
}

/** Asking the segmenter of every cell makes long tables slow, and most cells are plain. */
function widthOf(text: string): number {
  return /^[ -~¡-¬®-ÿ]*$/.test(text) ? text.length : stringWidth(text);
}
