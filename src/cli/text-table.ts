import stringWidth from 'fast-string-width';
import { escapeMarkdown } from '../core/present/card';
import { colours } from './colours';
import { printable, terminalWidth } from './terminal';

/** One column of a table for the terminal. */
export interface TextColumn<Row> {
  readonly title: string;
  readonly alignRight?: boolean;
  text(row: Row): string;
  colour?(row: Row): (text: string) => string;
  /** Where the terminal is too narrow, columns of a higher rank are left out first; those without one are always there. */
  readonly rank?: number;
  /** Whether long texts lose their middle where the terminal is too narrow, as paths may. */
  readonly shortens?: boolean;
}

/** What a column that shortens its texts is left with at least. */
const minShortened = 24;

const gap = '  ';

/**
 * Rows under their titles, aligned by what characters take on a terminal. Texts must be printable already.
 *
 * @param width characters of a line; columns that do not fit are left out or shortened, as they allow it
 */
export function textTable<Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  width = terminalWidth(),
): readonly string[] {
  const all = columns.map((column) => {
    const cells = rows.map((row) => column.text(row));
    return {
      column,
      cells,
      width: cells.reduce((widest, cell) => Math.max(widest, widthOf(cell)), widthOf(column.title)),
    };
  });
  const shown = fitted(all, width);
  const line = (texts: readonly string[], paint: (text: string, index: number) => string) =>
    texts
      .map((text, index) => {
        const { column, width: columnWidth } = shown[index]!;
        const short = shorten(text, columnWidth);
        const padding = ' '.repeat(columnWidth - widthOf(short));
        const painted = paint(short, index);
        return column.alignRight ? padding + painted : painted + padding;
      })
      .join(gap)
      .trimEnd();
  const header = line(
    shown.map(({ column }) => column.title),
    (text) => colours.dim(text),
  );
  const body = rows.map((row, number) =>
    line(
      shown.map(({ cells }) => cells[number]!),
      (text, index) => shown[index]!.column.colour?.(row)(text) ?? text,
    ),
  );
  return [header, ...body];
}

/** The columns that fit, by rank, in their order; those that shorten take what room is left. */
function fitted<Column extends { readonly column: TextColumn<never>; readonly width: number }>(
  all: readonly Column[],
  width: number,
): readonly Column[] {
  const leastOf = ({ column, width: own }: Column): number => (column.shortens ? Math.min(own, minShortened) : own);
  const byRank = [...all].sort((one, other) => (one.column.rank ?? 0) - (other.column.rank ?? 0));
  const kept = new Set<Column>();
  let used = -gap.length;
  for (const each of byRank) {
    const least = gap.length + leastOf(each);
    if (each.column.rank !== undefined && used + least > width) continue;
    used += least;
    kept.add(each);
  }
  let left = Math.max(0, width - used);
  return all.flatMap((each) => {
    if (!kept.has(each)) return [];
    const own = Math.min(each.width, leastOf(each) + left);
    left -= own - leastOf(each);
    return [{ ...each, width: own }];
  });
}

/** A text with its middle left out if it is wider; the end of a path says more than its beginning. */
function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const characters = [...text];
  let [head, tail] = ['', ''];
  const headWidth = Math.floor((width - 1) / 3);
  for (const character of characters) {
    if (widthOf(head + character) > headWidth) break;
    head += character;
  }
  for (const character of characters.reverse()) {
    if (widthOf(head) + 1 + widthOf(character + tail) > width) break;
    tail = character + tail;
  }
  return `${head}…${tail}`;
}

/**
 * Sentences in lines that end at words; a word longer than a line has one of its own, as paths and commands must be whole.
 *
 * @param indent of every line but the first
 */
export function wrapped(text: string, indent = '', width = terminalWidth()): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && widthOf(`${current} ${word}`) > width) {
      lines.push(current);
      current = indent + word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** The columns of a terminal that a text takes; most are plain, for which no library is needed. */
export function widthOf(text: string): number {
  return /^[ -~¡-¬®-ÿ]*$/.test(text) ? text.length : stringWidth(text);
}

/** Names with their values, which stand below each other. */
export function factLines(facts: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `  ${colours.dim(name.padEnd(width))}  ${printable(value)}`);
}

/** Sentences under a title, after a blank line; nothing where there are none. */
export function section(title: string, sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  return ['', `  ${colours.dim(title)}`, ...sentences.map((sentence) => `  - ${printable(sentence)}`)];
}

/** A table in Markdown, its cells escaped. `numeric` tells of each column whether it is aligned to the right. */
export function markdownTable(
  titles: readonly string[],
  numeric: readonly boolean[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const rules = numeric.map((isNumeric) => (isNumeric ? '---:' : '---'));
  return [titles, rules, ...rows.map((row) => row.map(escapeMarkdown))].map((row) => `| ${row.join(' | ')} |`);
}
