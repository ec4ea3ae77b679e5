import { colours as pc } from './colours';
import stringWidth from 'string-width';
import type { PredictionView } from '../core/present/prediction-view';
import { colourOf } from './predict-card';
import { printable } from './terminal';

interface Row {
  readonly file: string;
  readonly view: PredictionView;
}

interface Column {
  readonly title: string;
  readonly alignRight: boolean;
  text(row: Row): string;
  colour?(row: Row): (text: string) => string;
}

const plain = (text: string) => text;

const columns: readonly Column[] = [
  { title: 'File', alignRight: false, text: ({ file }) => printable(file) },
  { title: 'Model', alignRight: false, text: ({ view }) => printable(view.model.variant) },
  { title: 'Parameters', alignRight: true, text: ({ view }) => view.model.parameters },
  { title: 'Throughput', alignRight: true, text: ({ view }) => throughput(view), colour: () => pc.bold },
  { title: 'Latency', alignRight: true, text: ({ view }) => view.estimate?.latency ?? '–' },
  { title: 'Interval', alignRight: true, text: ({ view }) => view.estimate?.intervalRange ?? '–' },
];

const targetColumn: Column = {
  title: 'Target',
  alignRight: false,
  text: ({ view }) => view.target?.standing ?? 'unknown',
  colour: ({ view }) => (view.target === null ? plain : colourOf(view.target.standing)),
};

/**
 * Several models as an aligned table, with the reasons for missing figures below.
 *
 * @param withTarget adds a column that says whether each model reaches the target
 */
export function predictTable(rows: readonly Row[], withTarget: boolean): readonly string[] {
  const shown = withTarget ? [...columns, targetColumn] : columns;
  const cells = rows.map((row) => shown.map((column) => column.text(row)));
  const widths = shown.map((column, index) =>
    Math.max(stringWidth(column.title), ...cells.map((row) => stringWidth(row[index]!))),
  );
  const line = (texts: readonly string[], paint: (text: string, index: number) => string) =>
    texts
      .map((text, index) => {
        const gap = ' '.repeat(widths[index]! - stringWidth(text));
        const painted = paint(text, index);
        return shown[index]!.alignRight ? gap + painted : painted + gap;
      })
      .join('  ')
      .trimEnd();

  const header = line(
    shown.map((column) => column.title),
    (text) => pc.dim(text),
  );
  const body = rows.map((row, number) =>
    line(cells[number]!, (text, index) => (shown[index]!.colour?.(row) ?? plain)(text)),
  );
  return [header, ...body, ...footnotes(rows)];
}

function throughput(view: PredictionView): string {
  if (view.estimate === null) return '–';
  return view.estimate.extrapolated ? `* ${view.estimate.throughput}` : view.estimate.throughput;
}

/** Each reason once, however many models share it. */
function footnotes(rows: readonly Row[]): readonly string[] {
  const lines: string[] = [];
  if (rows.some(({ view }) => view.estimate?.extrapolated)) lines.push('* extrapolated beyond the landmarks');
  const filesByReason = new Map<string, string[]>();
  for (const { file, view } of rows) {
    if (view.reason !== null) filesByReason.set(view.reason, [...(filesByReason.get(view.reason) ?? []), file]);
  }
  for (const [reason, files] of filesByReason) {
    lines.push(`${printable(nameSome(files))}: ${printable(reason)}`);
  }
  lines.push(...concernLines(rows));
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Which models have which concerns; the sentences themselves differ from model to model. */
function concernLines(rows: readonly Row[]): readonly string[] {
  const filesByConcern = new Map<string, string[]>();
  for (const { file, view } of rows) {
    for (const name of new Set(view.concerns.map(({ severity, code }) => `${severity} ${code}`))) {
      filesByConcern.set(name, [...(filesByConcern.get(name) ?? []), file]);
    }
  }
  if (filesByConcern.size === 0) return [];
  const lines = [...filesByConcern].map(([name, files]) => `${name}: ${printable(nameSome(files))}`);
  return [...lines, 'Predict one of them alone to read what its errors and warnings say.'];
}

function nameSome(files: readonly string[]): string {
  return files.length > 3 ? `${files[0]} and ${files.length - 1} others` : files.join(', ');
}
