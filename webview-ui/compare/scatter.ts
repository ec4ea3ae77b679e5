import type { ChartDataset } from 'chart.js';
import { modelNameOf } from '../../src/core/model-file-name';
import { groupBySize } from '../../src/core/present/compare';
import { sizesDiffer } from '../../src/core/present/compare-text';
import { formatTarget } from '../../src/core/figures';
import { t } from '../../src/core/language';
import type { ComparisonMessage, ComparisonRow } from '../../src/protocol/compare-page';
import { lineAcross, linearAxis, logarithmicAxis } from '../chart/axes';
import { curve } from '../chart/curve';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import { type Palette } from '../chart/palette';
import { pointNames } from '../chart/point-names';
import { pointLabel, pointsTable } from './chart-text';
import { placeOf, splitPath, type CompareView } from './view';
import { compact } from '../../src/core/compact';

/** With more points than these only those of the front carry their names. */
const maxNamed = 12;

/** FPS of every model over its parameters or its published accuracy, with a line for the front of each input size. */
export function scatterSpec(message: ComparisonMessage, axis: CompareView['axis']): ChartSpec {
  const over = axes[axis];
  const rows = message.models.filter((row) => row.throughputFps !== null && over.of(row) > 0);
  const { targetFps } = message;
  const ownSizes = sizesDiffer(message.models);
  return {
    id: 'scatter',
    title: over.title(),
    subtitle: placeOf(message),
    fileName: `comparison-${axis}-${placeOf(message)}`,
    configure: (palette) => configuration(rows, { targetFps, ownSizes, over }, palette),
    legend: compact([
      { label: over.best(), mark: 'diamond', colour: '--chart-model', filled: true },
      rows.some((row) => !over.isBest(row)) && {
        label: over.beaten(),
        mark: 'circle',
        colour: '--chart-landmark',
        filled: false,
      },
      targetFps !== null && {
        label: t('target, {0}', formatTarget(targetFps)),
        mark: 'dashes',
        colour: '--page-strong',
        filled: false,
      },
    ]),
    table: () => pointsTable(rows, ownSizes),
  };
}

/** What FPS is drawn over. */
const axes = {
  parameters: {
    of: ({ parameters }: ComparisonRow) => parameters,
    isBest: ({ isOnFront }: ComparisonRow) => isOnFront,
    title: () => t('FPS of models against their parameters'),
    best: () => t('no other of its input size is faster and smaller'),
    beaten: () => t('another is faster and smaller'),
    scale: (values: readonly number[], palette: Palette) =>
      logarithmicAxis(values, t('Parameters (logarithmic)'), palette),
  },
  accuracy: {
    of: ({ top1Percent }: ComparisonRow) => top1Percent ?? 0,
    isBest: ({ isOnAccuracyFront }: ComparisonRow) => isOnAccuracyFront,
    title: () => t('FPS of models against their accuracy'),
    best: () => t('no other of its input size is faster and more accurate'),
    beaten: () => t('another is faster and more accurate'),
    scale: (_: readonly number[], palette: Palette) => ({
      ...linearAxis(t('Top-1 accuracy on ImageNet (%)'), palette),
      grace: '8%',
    }),
  },
} as const;

interface Drawing {
  readonly over: (typeof axes)[CompareView['axis']];
  readonly targetFps: number | null;
  /** Whether each model has to say its input size. */
  readonly ownSizes: boolean;
}

function configuration(rows: readonly ComparisonRow[], { targetFps, ownSizes, over }: Drawing, palette: Palette) {
  const pointOf = (row: ComparisonRow): LabelledPoint => ({
    x: over.of(row),
    y: row.throughputFps!,
    label: pointLabel(row, ownSizes),
  });
  const front = rows.filter(over.isBest);
  const others = rows.filter((row) => !over.isBest(row));
  const lineOf = (members: readonly ComparisonRow[]): ChartDataset<'scatter'> => {
    const data = members
      .map((row) => ({ x: over.of(row), y: row.throughputFps! }))
      .sort((one, other) => one.x - other.x);
    return curve(data, palette.model, { stepped: 'after', order: 3 });
  };
  const points: ChartDataset<'scatter'>[] = [
    {
      data: front.map(pointOf),
      pointStyle: 'rectRot',
      pointRadius: 7,
      pointHoverRadius: 9,
      order: 1,
      backgroundColor: palette.model,
      borderColor: palette.model,
      borderWidth: 1.5,
    },
    {
      data: others.map(pointOf),
      pointStyle: 'circle',
      pointRadius: 5,
      pointHoverRadius: 7,
      order: 2,
      backgroundColor: palette.surface,
      borderColor: palette.landmarks,
      borderWidth: 1.5,
    },
  ];
  const named = rows.length <= maxNamed ? [...front, ...others] : front;
  const figures = rows.map(({ throughputFps }) => throughputFps!);
  return {
    type: 'scatter' as const,
    data: { datasets: [...points, ...groupBySize(front).map(({ models }) => lineOf(models))] },
    plugins: [
      ...(targetFps === null ? [] : [lineAcross('y', targetFps, palette.strong)]),
      pointNames(
        named.map((row) => ({
          x: over.of(row),
          y: row.throughputFps!,
          name: modelNameOf(splitPath(row.file).name),
        })),
        palette,
      ),
    ],
    options: {
      scales: {
        x: over.scale(rows.map(over.of), palette),
        y: logarithmicAxis(
          targetFps === null ? figures : [...figures, targetFps],
          t('{0} (logarithmic)', 'FPS'),
          palette,
        ),
      },
    },
  };
}
