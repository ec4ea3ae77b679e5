/** Markdown tables of the study, and their place in ESTIMATORS.md. */

/** A table with its first column to the left and the others to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(3, ...[title, ...rows.map((row) => row[column]!)].map(width)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column]!, column > 0)).join(' | ')} |`;
  const rule = widths.map((size, column) => (column === 0 ? '-'.repeat(size) : `${'-'.repeat(size - 1)}:`));
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, size: number, right: boolean): string {
  const spaces = ' '.repeat(size - width(text));
  return right ? spaces + text : text + spaces;
}

/** `1.82 %`; a dash where there is none. */
export function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined || Number.isNaN(share) ? '–' : `${(100 * share).toFixed(digits)} %`;
}

const begin = (name: string) => `<!-- ${name}: written by npm run bench:estimators -- --write -->`;
const end = (name: string) => `<!-- end of ${name} -->`;

/** Puts each section between its marks in a page. Throws where a mark is missing. */
export function withSections(page: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce((text, [name, content]) => {
    const from = text.indexOf(begin(name));
    const to = text.indexOf(end(name));
    if (from < 0 || to < from) throw new Error(`The page has no section ${name}.`);
    return `${text.slice(0, from + begin(name).length)}\n\n${content}\n\n${text.slice(to)}`;
  }, page);
}
