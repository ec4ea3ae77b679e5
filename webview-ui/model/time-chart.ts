import type { ChartDataset } from 'chart.js';
import { t } from '../../src/core/language';
import type { TimeBreakdown, TimeGrouping, TimeRow } from '../../src/core/present/time-breakdown';
import { formatLatency, imageSize } from '../../src/core/figures';
import type { ChartSpec } from '../chart/chart-spec';
import { axisStyle, type Palette } from '../chart/palette';

/** What a kernel's time is spent on. */
export const timeParts = [
  { name: 'arithmetic', of: (row: TimeRow) => row.arithmeticMs },
  { name: 'traffic', of: (row: TimeRow) => row.trafficMs },
  { name: 'launch', of: (row: TimeRow) => row.launchMs + (row.role === 'overhead' ? row.latencyMs : 0) },
] as const;

/** What a part of a kernel's time is called. */
export function partName(part: (typeof timeParts)[number]['name']): string {
  return { arithmetic: t('Arithmetic'), traffic: t('Memory traffic'), launch: t('Launch and call') }[part];
}

const colours = { arithmetic: '--part-arithmetic', traffic: '--part-traffic', launch: '--part-launch' };

/**
 * The page shows where the time goes as bars in a table; this is the same as a picture and as figures.
 *
 * @param drawn rows that the page shows, heaviest first
 * @param all rows for the clipboard
 */
export function timeChartSpec(
  fileName: string,
  time: TimeBreakdown,
  grouping: TimeGrouping,
  drawn: readonly TimeRow[],
  all: readonly TimeRow[],
): ChartSpec {
  const bars = drawn.filter(({ role }) => role !== 'rest');
  const size = t('{0} pixels, batch {1}', imageSize(time.height, time.width), time.batch);
  return {
    id: 'time',
    title: t('Where the time goes in {0}', fileName),
    subtitle: t('{0} predicted, {1}; milliseconds of the heaviest', formatLatency(time.latencyMs), size),
    fileName: `${fileName}-time-by-${grouping}`,
    configure: (palette) => configuration(bars, palette),
    legend: timeParts.map(({ name }) => ({
      label: partName(name),
      mark: 'bar',
      colour: colours[name],
      filled: true,
    })),
    table: () => ({
      columns: [
        { name: t('Name') },
        { name: t('Detail') },
        { name: t('Time (ms)') },
        { name: t('Share') },
        ...timeParts.map(({ name }) => ({ name: t('{0} (ms)', partName(name)) })),
      ],
      rows: all.map((row) => ({
        cells: [row.name, row.detail, row.latencyMs, row.share, ...timeParts.map(({ of }) => of(row))],
      })),
    }),
    tableTitle: null,
  };
}

function configuration(bars: readonly TimeRow[], palette: Palette) {
  const axis = axisStyle(palette);
  return {
    type: 'bar' as const,
    data: {
      labels: bars.map(({ name }) => (name.length > 36 ? `…${name.slice(-35)}` : name)),
      datasets: timeParts.map(({ name, of }): ChartDataset<'bar'> => ({
        data: bars.map(of),
        backgroundColor: palette.colour(colours[name]),
        label: partName(name),
      })),
    },
    options: {
      indexAxis: 'y' as const,
      scales: {
        x: { stacked: true, title: axis.title(t('Milliseconds')), grid: axis.grid, ticks: axis.ticks },
        y: { stacked: true, grid: { display: false }, ticks: { ...axis.ticks, autoSkip: false } },
      },
    },
  };
}
