import type { ChartDataset } from 'chart.js';
import { metricName, protocolText, throughputSource, type FasRow } from '../../src/core/fas/rows';
import { t, withDecimalMark } from '../../src/core/language';
import type { FasGroup, FasScatter } from '../../src/core/fas/view';
import { formatCount, formatTarget, formatThroughput } from '../../src/core/figures';
import { linearAxis, logarithmicAxis } from '../chart/axes';
import { curve } from '../chart/curve';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import { pointStyles, type LegendEntry } from '../chart/legend';
import { seriesColours, type Palette } from '../chart/palette';
import { pointNames } from '../chart/point-names';
import { layoutWithNames, verticalLines, type VerticalLine } from '../chart/vertical-lines';

const marks = { measured: 'circle', approximate: 'triangle', predicted: 'diamond' } as const;

type Certainty = keyof typeof marks;

/** Throughput against an error rate, with a front for each group that may be compared. */
export function scatterSpec(scatter: FasScatter, rows: readonly FasRow[], targetFps: number | null): ChartSpec {
  const name = metricName(scatter.metric);
  return {
    id: 'scatter',
    title: t('FPS against {0} of face anti-spoofing models', name),
    subtitle: scatter.groups.map(({ protocol, deviceName }) => `${protocol} (${deviceName})`).join('; '),
    fileName: `fas-throughput-${scatter.metric}`,
    configure: (palette) => configuration(scatter, targetFps, palette),
    legend: legend(scatter, targetFps),
    table: () => ({
      columns: [
        t('Model'),
        t('Published by'),
        t('Source'),
        t('Board'),
        t('Precision'),
        'FPS',
        t('Parameters'),
        'HTER (%)',
        t('{0} from', 'HTER'),
        'ACER (%)',
        t('{0} from', 'ACER'),
        t('Notes'),
      ].map((column) => ({ name: column })),
      rows: rows.map((row) => ({
        cells: [
          row.name,
          row.authors,
          throughputSource(row),
          row.deviceName,
          row.precision,
          row.throughputFps,
          row.parameters,
          ...[row.hter, row.acer].flatMap((rate) => [rate?.percent ?? null, rate && protocolText(rate)]),
          row.notes.join(' '),
        ],
        isOwn: row.origin === 'own',
      })),
    }),
    // The table of the page is the table of the chart.
    tableTitle: null,
  };
}

function configuration({ groups, metric }: FasScatter, targetFps: number | null, palette: Palette) {
  const all = groups.flatMap(({ rows }) => rows);
  const figures = [...all.map(({ throughputFps }) => throughputFps!), ...(targetFps === null ? [] : [targetFps])];
  const fronts = groups.map((group, index) => {
    const data = [...group.front].reverse().map((row) => ({ x: row.throughputFps!, y: row[metric]!.percent }));
    const borderDash = index === 0 ? [] : [5, 4];
    return curve(data, colourOf(index, palette), { stepped: 'after', borderWidth: 2, borderDash, order: 3 });
  });
  const points = groups.flatMap((group, index) =>
    (Object.keys(marks) as Certainty[]).flatMap((certainty): ChartDataset<'scatter'>[] => {
      const members = group.rows.filter((row) => certaintyOf(row) === certainty);
      const colour = colourOf(index, palette);
      return [false, true].map((isOwn) => ({
        data: members.filter((row) => (row.origin === 'own') === isOwn).map((row) => pointOf(row, group, metric)),
        pointStyle: pointStyles[marks[certainty]],
        pointRadius: isOwn ? 8 : 6,
        pointHoverRadius: isOwn ? 10 : 8,
        order: isOwn ? 1 : 2,
        // The outline of own models must differ from the colours of all groups, which their insides show.
        backgroundColor: isOwn || certainty === 'measured' ? colour : palette.surface,
        borderColor: isOwn ? palette.strong : colour,
        borderWidth: isOwn ? 2.5 : 2,
      }));
    }),
  );
  const named = groups.flatMap(({ front, rows }) => [...front, ...rows.filter((row) => !front.includes(row))]);
  const lines: readonly VerticalLine[] =
    targetFps === null
      ? []
      : [{ value: targetFps, text: t('target {0}', formatTarget(targetFps)), colour: palette.strong }];
  return {
    type: 'scatter' as const,
    data: { datasets: [...points, ...fronts] },
    plugins: [
      verticalLines(lines, palette),
      pointNames(
        named.map((row) => ({ x: row.throughputFps!, y: row[metric]!.percent, name: row.name + row.marks.name })),
        palette,
      ),
    ],
    options: {
      layout: layoutWithNames(lines, palette),
      scales: {
        x: logarithmicAxis(figures.length === 0 ? [1, 100] : figures, t('{0} (logarithmic)', 'FPS'), palette),
        y: {
          ...linearAxis(t('{0} (%), lower is better', metricName(metric)), palette),
          beginAtZero: true,
          grace: '8%',
        },
      },
    },
  };
}

function legend({ groups }: FasScatter, targetFps: number | null): readonly LegendEntry[] {
  const rows = groups.flatMap((group) => group.rows);
  const has = (certainty: Certainty): boolean => rows.some((row) => certaintyOf(row) === certainty);
  const first = seriesColours[0]!;
  return [
    ...(has('measured') ? [{ label: t('measured'), mark: 'circle', colour: first, filled: true } as const] : []),
    ...(has('approximate')
      ? [{ label: t('* approximated'), mark: 'triangle', colour: first, filled: false } as const]
      : []),
    ...(has('predicted') ? [{ label: t('predicted'), mark: 'diamond', colour: first, filled: false } as const] : []),
    ...(rows.some(({ origin }) => origin === 'own')
      ? [{ label: t('hollow: your own'), mark: 'circle', colour: '--page-strong', filled: false } as const]
      : []),
    ...groups.map(({ protocol, deviceName }, index): LegendEntry => ({
      label: groups.length === 1 ? t('Pareto front') : t('front: {0}, {1}', protocol, deviceName),
      mark: index === 0 ? 'line' : 'dashes',
      colour: seriesColours[index % seriesColours.length]!,
      filled: false,
    })),
    ...(targetFps === null
      ? []
      : [{ label: t('target'), mark: 'dashes', colour: '--page-strong', filled: false } as const]),
  ];
}

function pointOf(row: FasRow, { front, protocol }: FasGroup, metric: FasScatter['metric']): LabelledPoint {
  const { percent } = row[metric]!;
  return {
    x: row.throughputFps!,
    y: percent,
    label: [
      `${row.name}${row.marks.name}: ${formatThroughput(row.throughputFps!)}, ${metricName(metric)} ${t('{0}%', withDecimalMark(String(percent)))}`,
      row.parameters === null
        ? throughputSource(row)
        : t('{0}, {1} parameters', throughputSource(row), formatCount(row.parameters)),
      protocol,
      ...(front.includes(row) ? [t('on the Pareto front')] : []),
    ],
  };
}

function certaintyOf({ approximate, basis }: FasRow): Certainty {
  if (approximate) return 'approximate';
  return basis === 'predicted' ? 'predicted' : 'measured';
}

function colourOf(index: number, palette: Palette): string {
  return palette.series[index % palette.series.length] ?? palette.landmarks;
}
