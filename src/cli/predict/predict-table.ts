import { colours as pc } from '../colours';
import { verdictWord } from '../../core/estimate/verdict';
import type { PredictionView } from '../../core/present/prediction-view';
import { colourOf } from './predict-card';
import { printable } from '../terminal';
import { textTable, type TextColumn } from '../text-table';

interface Row {
  readonly file: string;
  readonly view: PredictionView;
}

const columns: readonly TextColumn<Row>[] = [
  { title: 'File', alignRight: false, text: ({ file }) => printable(file) },
  { title: 'Model', alignRight: false, text: ({ view }) => printable(view.model.variant) },
  { title: 'Parameters', alignRight: true, text: ({ view }) => view.model.parameters },
  { title: 'Throughput', alignRight: true, text: ({ view }) => throughput(view), colour: () => pc.bold },
  { title: 'Latency', alignRight: true, text: ({ view }) => view.estimate?.latency ?? '–' },
  { title: 'Interval', alignRight: true, text: ({ view }) => view.estimate?.intervalRange ?? '–' },
];

const verdictColumn: TextColumn<Row> = {
  title: 'Verdict',
  alignRight: false,
  text: ({ view: { verdict } }) => (verdict === null ? 'unknown' : verdictWord(verdict)),
  colour: ({ view }) => colourOf(view.verdict),
};

/**
 * Several models as an aligned table, with the reasons for missing figures below.
 *
 * @param withTarget whether a target is set, so that each model has to say how it stands to it
 */
export function predictTable(rows: readonly Row[], withTarget: boolean): readonly string[] {
  const saysVerdicts = withTarget || rows.some(({ view }) => view.verdict !== null);
  const shown = saysVerdicts ? [...columns, verdictColumn] : columns;
  return [...textTable(shown, rows), ...footnotes(rows)];
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
  return [...lines, 'Predict one of them alone to read its errors and warnings.'];
}

function nameSome(files: readonly string[]): string {
  return files.length > 3 ? `${files[0]} and ${files.length - 1} others` : files.join(', ');
}
