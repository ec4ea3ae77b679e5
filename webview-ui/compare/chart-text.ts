/** What the charts of a comparison say in words and as tables. */
import { verdictWord } from '../../src/core/estimate/verdict';
import { comparedText } from '../../src/core/present/compare-text';
import { formatCount, formatFps } from '../../src/core/figures';
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
      { name: 'At least (FPS)', format: formatFps },
      { name: 'At most (FPS)', format: formatFps },
      { name: 'Verdict' },
    ],
    rows: rows.map((row) => {
      const { throughputFps, interval, verdict } = row;
      const figures = [
        throughputFps,
        interval?.lowFps ?? null,
        interval?.highFps ?? null,
        verdict === null ? null : verdictWord(verdict),
      ];
      return { cells: [...firstCells(row, ownSizes), ...figures] };
    }),
  };
}

/** The lines of a point's tooltip. */
export function pointLabel(row: ComparisonRow, ownSizes: boolean): string[] {
  const { parameters, model } = comparedText(row);
  return [
    `${row.file}: ${throughputText(row, ownSizes)}`,
    `${parameters} parameters, ${model}`,
    ...(row.isOnFront ? ['on the Pareto front'] : []),
  ];
}

/** The table of the points. */
export function pointsTable(rows: readonly ComparisonRow[], ownSizes: boolean) {
  return {
    columns: [
      ...firstColumns(ownSizes),
      { name: 'Parameters', format: formatCount },
      { name: 'FPS', format: formatFps },
      { name: 'Pareto front' },
    ],
    rows: rows.map((row) => ({
      cells: [...firstCells(row, ownSizes), row.parameters, row.throughputFps, row.isOnFront ? 'yes' : 'no'],
    })),
  };
}

function throughputText(row: ComparisonRow, ownSizes: boolean, interval = ''): string {
  const { throughput, size } = comparedText(row);
  return `${throughput}${interval}${ownSizes ? ` at ${size}` : ''}`;
}

function firstColumns(ownSizes: boolean) {
  return [{ name: 'Model' }, ...(ownSizes ? [{ name: 'Input' }] : [])];
}

function firstCells(row: ComparisonRow, ownSizes: boolean): string[] {
  return [row.file, ...(ownSizes ? [comparedText(row).size] : [])];
}
