/** What the charts of a comparison say in words and as tables. */
import { comparedText, frontMark, frontMeaning } from '../../src/core/present/compare-text';
import { verdictLabel } from '../../src/core/estimate/verdict';
import { formatCount, formatFps } from '../../src/core/figures';
import { t } from '../../src/core/language';
import type { ComparisonRow } from '../../src/protocol/compare-page';

/**
 * The lines of a bar's tooltip.
 *
 * @param ownSizes whether each model has to say its input size
 */
export function barLabel(row: ComparisonRow, ownSizes: boolean): string[] {
  const interval = row.interval === null ? '' : ` (${comparedText(row).interval})`;
  return [
    `${row.file}: ${throughputText(row, ownSizes, interval)}`,
    ...(row.verdict === null ? [] : [row.verdict.sentence]),
  ];
}

/** The table of the bars. */
export function barsTable(rows: readonly ComparisonRow[], ownSizes: boolean) {
  return {
    columns: [
      ...firstColumns(ownSizes),
      { name: 'FPS', format: formatFps },
      { name: t('At least (FPS)'), format: formatFps },
      { name: t('At most (FPS)'), format: formatFps },
      { name: t('Verdict') },
    ],
    rows: rows.map((row) => {
      const { throughputFps, interval, verdict } = row;
      const figures = [
        throughputFps,
        interval?.lowFps ?? null,
        interval?.highFps ?? null,
        verdict === null ? null : verdictLabel(verdict),
      ];
      return { cells: [...firstCells(row, ownSizes), ...figures] };
    }),
  };
}

/** The lines of a point's tooltip. */
export function pointLabel(row: ComparisonRow, ownSizes: boolean): string[] {
  const { parameters, model, accuracy } = comparedText(row);
  const { top1Percent } = row;
  return [
    `${row.file}: ${throughputText(row, ownSizes)}`,
    t('{0} parameters, {1}', parameters, model),
    ...(top1Percent === null ? [] : [t('top-1 on ImageNet {0}', accuracy)]),
    ...(row.isOnFront ? [`${frontMark} ${frontMeaning()}`] : []),
  ];
}

/** The table of the points. */
export function pointsTable(rows: readonly ComparisonRow[], ownSizes: boolean) {
  return {
    columns: [
      ...firstColumns(ownSizes),
      { name: t('Parameters'), format: formatCount },
      { name: 'FPS', format: formatFps },
      { name: t('Top-1 (%)'), format: formatFps },
      { name: t('Faster and smaller') },
    ],
    rows: rows.map((row) => ({
      cells: [
        ...firstCells(row, ownSizes),
        row.parameters,
        row.throughputFps,
        row.top1Percent,
        row.isOnFront ? t('yes') : t('no'),
      ],
    })),
  };
}

function throughputText(row: ComparisonRow, ownSizes: boolean, interval = ''): string {
  const { throughput, size } = comparedText(row);
  const figure = `${throughput}${interval}`;
  return ownSizes ? t('{0} at {1}', figure, size) : figure;
}

function firstColumns(ownSizes: boolean) {
  return [{ name: t('Model') }, ...(ownSizes ? [{ name: t('Input') }] : [])];
}

function firstCells(row: ComparisonRow, ownSizes: boolean): string[] {
  return [row.file, ...(ownSizes ? [comparedText(row).size] : [])];
}
