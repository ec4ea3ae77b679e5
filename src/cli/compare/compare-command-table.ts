import { isUnfit } from '../../core/estimate/verdict';
import type { ComparedModel, Comparison } from '../../core/present/compare';
import {
  comparedPlace,
  comparedSummary,
  comparedText,
  frontMeaning,
  hasVerdicts,
  intervalTitle,
  sizesDiffer,
  sizesDifferSentence,
} from '../../core/present/compare-text';
import type { ComparisonContext } from '../../core/present/compare-export';
import { colours } from '../colours';
import { colourOf } from '../predict/predict-card';
import { printable } from '../terminal';
import { textTable, type TextColumn } from '../text-table';

/** What marks a model of the Pareto front. */
const frontMark = '◆';

/** A comparison as an aligned table, with where it holds above it and what needs words below. */
export function comparisonTable(comparison: Comparison, { query, targetFps }: ComparisonContext): readonly string[] {
  const { models } = comparison;
  if (models.length === 0) return [];
  const shown = [...columns(models), ...(hasVerdicts(comparison, targetFps) ? [verdictColumn] : [])];
  return [
    comparedPlace(query),
    '',
    ...textTable(shown, models),
    '',
    comparedSummary(comparison, targetFps),
    ...(models.some(({ isOnFront }) => isOnFront) ? [`${frontMark} ${frontMeaning}`] : []),
    ...(sizesDiffer(models) ? [`${sizesDifferSentence} (--resolution, --batch)`] : []),
    ...(models.some(({ extrapolated }) => extrapolated) ? ['* extrapolated beyond the landmarks'] : []),
    ...models.flatMap(({ file, reason }) => (reason === null ? [] : [printable(`${file}: ${reason}`)])),
    ...concernLines(models),
  ];
}

function columns(models: readonly ComparedModel[]): readonly TextColumn<ComparedModel>[] {
  const right = (title: string, text: (model: ComparedModel) => string): TextColumn<ComparedModel> => ({
    title,
    alignRight: true,
    text,
  });
  return [
    {
      title: ' ',
      alignRight: false,
      text: ({ isOnFront }) => (isOnFront ? frontMark : ''),
      colour: () => colours.cyan,
    },
    { title: 'File', alignRight: false, text: ({ file }) => printable(file) },
    { title: 'Model', alignRight: false, text: (model) => printable(comparedText(model).model) },
    ...(sizesDiffer(models) ? [right('Input', (model) => comparedText(model).size)] : []),
    {
      ...right('Throughput', (model) => `${model.extrapolated ? '* ' : ''}${comparedText(model).throughput}`),
      colour: () => colours.bold,
    },
    right(intervalTitle(models), (model) => comparedText(model).interval),
    right('Latency', (model) => comparedText(model).latency),
    right('Parameters', (model) => comparedText(model).parameters),
    right('MACs', (model) => comparedText(model).macs),
    right('Memory', (model) => comparedText(model).memory),
    right('File size', (model) => comparedText(model).bytes),
  ];
}

const verdictColumn: TextColumn<ComparedModel> = {
  title: 'Verdict',
  alignRight: false,
  text: (model) => comparedText(model).verdict,
  colour: ({ verdict }) => colourOf(verdict),
};

/** Which models cannot be deployed as they are, named once however many operators are to blame. */
function concernLines(models: readonly ComparedModel[]): readonly string[] {
  const files = models.filter(({ verdict }) => isUnfit(verdict)).map(({ file }) => file);
  if (files.length === 0) return [];
  const named = files.length > 3 ? `${files[0]} and ${files.length - 1} others` : files.join(', ');
  return [printable(`Not fit for this board as exported: ${named}; framecast predict says why.`)];
}
