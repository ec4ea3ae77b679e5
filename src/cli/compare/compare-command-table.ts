import type { ComparedModel, Comparison } from '../../core/present/compare';
import {
  comparedDeployment,
  comparedSummary,
  comparedText,
  comparesAccuracy,
  frontMarks,
  frontSentences,
  hasVerdicts,
  intervalTitle,
  noFigure,
  sizesDiffer,
  sizesDifferSentence,
} from '../../core/present/compare-text';
import type { ComparisonContext } from '../../core/present/compare-export';
import { concernTitle } from '../../core/present/concern-summary';
import { colours } from '../colours';
import { colourOf } from '../predict/predict-card';
import { printable } from '../terminal';
import { textTable, wrapped, type TextColumn } from '../text-table';

/** A comparison as an aligned table, with where it holds above it and what needs words below, everything once. */
export function comparisonTable(comparison: Comparison, { query, targetFps }: ComparisonContext): readonly string[] {
  const { models } = comparison;
  if (models.length === 0) return [];
  const shown = [...columns(models), ...(hasVerdicts(comparison, targetFps) ? [verdictColumn] : [])];
  const notes = [
    comparedSummary(comparison, targetFps),
    ...frontSentences(models),
    ...(models.some(({ extrapolated }) => extrapolated) ? ['* extrapolated beyond the landmarks'] : []),
    ...(sizesDiffer(models) ? [`${sizesDifferSentence()} (--resolution, --batch)`] : []),
    ...reasonLines(models),
    ...concernLines(models),
  ];
  return [
    comparedDeployment(query),
    '',
    ...textTable(shown, models),
    '',
    ...notes.flatMap((note) => wrapped(note, '  ')),
  ];
}

function columns(models: readonly ComparedModel[]): readonly TextColumn<ComparedModel>[] {
  const right = (title: string, rank: number, text: (model: ComparedModel) => string): TextColumn<ComparedModel> => ({
    title,
    alignRight: true,
    rank,
    text,
  });
  return [
    {
      title: ' ',

      text: (model) => markOf(model, models),
      colour: ({ verdict }) => (verdict?.kind === 'does-not-run' ? colours.red : colours.cyan),
    },
    { title: 'File', shortens: true, text: ({ file }) => printable(file) },
    { title: 'Model', rank: 4, text: (model) => printable(comparedText(model).model) },
    ...(sizesDiffer(models) ? [right('Input', 1, (model) => comparedText(model).size)] : []),
    {
      title: 'FPS',
      alignRight: true,
      text: (model) => `${model.extrapolated ? '* ' : ''}${comparedText(model).throughput}`,
      colour: () => colours.bold,
    },
    right(intervalTitle(models), 2, (model) => comparedText(model).interval),
    right('Latency', 3, (model) => comparedText(model).latency),
    right('Parameters', 5, (model) => comparedText(model).parameters),
    right('MACs', 7, (model) => comparedText(model).macs),
    right('Memory', 6, (model) => comparedText(model).memory),
    right('File size', 8, (model) => comparedText(model).bytes),
    ...(comparesAccuracy(models) ? [right('Top-1', 5, (model) => comparedText(model).accuracy)] : []),
  ];
}

const verdictColumn: TextColumn<ComparedModel> = {
  title: 'Verdict',

  text: (model) => comparedText(model).verdict,
  colour: ({ verdict }) => colourOf(verdict),
};

function markOf(model: ComparedModel, models: readonly ComparedModel[]): string {
  const { verdict, throughputFps } = model;
  if (verdict?.kind === 'does-not-run') return '✗';
  if (verdict?.kind === 'runs-wrongly') return '!';
  if (throughputFps === null) return noFigure;
  return frontMarks(model, models);
}

/** Why models have no figure, each reason once. */
function reasonLines(models: readonly ComparedModel[]): readonly string[] {
  const byReason = groupedFiles(models, ({ reason }) => (reason === null ? [] : [reason]));
  return [...byReason].map(([reason, files]) => printable(`${nameSome(files)}: ${reason}`));
}

/** What matters on the board, each kind once, errors first, with the command that mends it where all need the same. */
function concernLines(models: readonly ComparedModel[]): readonly string[] {
  const all = models.flatMap(({ concerns }) => concerns);
  const byCode = groupedFiles(models, ({ concerns }) => concerns.map(({ code }) => code));
  const isError = (code: string): boolean =>
    all.some((concern) => concern.code === code && concern.severity === 'error');
  const sorted = [...byCode].sort(([one], [other]) => Number(isError(other)) - Number(isError(one)));
  const lines = sorted.map(([code, files]) => {
    const remedies = new Set(all.flatMap((concern) => (concern.code === code ? [concern.remedy?.command] : [])));
    const [remedy] = remedies;
    const advice = remedies.size === 1 && remedy !== undefined ? `. To mend: ${remedy}` : '';
    const mark = code === 'misread-operator' ? '! ' : isError(code) ? '✗ ' : '';
    return printable(`${mark}${concernTitle(code)}: ${nameSome(files)}${advice}`);
  });
  return lines.length === 0 ? [] : [...lines, 'framecast predict FILE says more of one model.'];
}

/** The files of each key, in the order in which keys first occur. */
function groupedFiles<Key>(
  models: readonly ComparedModel[],
  keysOf: (model: ComparedModel) => readonly Key[],
): ReadonlyMap<Key, readonly string[]> {
  const grouped = new Map<Key, string[]>();
  for (const model of models) {
    for (const key of new Set(keysOf(model))) grouped.set(key, [...(grouped.get(key) ?? []), model.file]);
  }
  return grouped;
}

function nameSome(files: readonly string[]): string {
  return files.length > 3 ? `${files[0]} and ${files.length - 1} others` : files.join(', ');
}
