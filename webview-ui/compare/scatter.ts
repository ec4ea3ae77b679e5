import type { ChartDataset } from 'chart.js';
import { sizesDiffer } from '../../src/core/present/compare-text';
import type { ComparisonMessage, ComparisonRow } from '../../src/protocol/compare-page';
import { horizontalLine, logarithmicAxis } from '../chart/axes';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import { type Palette } from '../chart/palette';
import { pointNames } from '../chart/point-names';
import { pointLabel, pointsTable } from './chart-text';
import { placeOf, splitPath, targetText } from './view';

/** With more points than these only those of the front carry their names. */
const maxNamed = 12;

/** Throughput over parameters of every model, both logarithmic, with the front as a line. */
export function scatterSpec(message: ComparisonMessage): ChartSpec {
  const rows = message.models.filter(({ throughputFps, parameters }) => throughputFps !== null && parameters > 0);
  const { targetFps } = message;
  const ownSizes = sizesDiffer(message.models);
  return {
    id: 'scatter',
    title: 'Throughput of models against their parameters',
    subtitle: placeOf(message),
    fileName: `comparison-parameters-${placeOf(message)}`,
    configure: (palette) => configuration(rows, { targetFps, ownSizes }, palette),
    legend: [
      { label: 'on the Pareto front', mark: 'diamond', colour: '--chart-model', filled: true },
      ...(rows.some(({ isOnFront }) => !isOnFront)
        ? [
            {
              label: 'another is faster and smaller',
              mark: 'circle',
              colour: '--chart-landmark',
              filled: false,
            } as const,
          ]
        : []),
      ...(targetFps === null
        ? []
        : [
            {
              label: `target, ${targetText(targetFps)}`,
              mark: 'dashes',
              colour: '--page-strong',
              filled: false,
            } as const,
          ]),
    ],
    table: pointsTable(rows, ownSizes),
  };
}

interface Drawing {
  readonly targetFps: number | null;
  /** Whether each model has to say its input size. */
  readonly ownSizes: boolean;
}

function configuration(rows: readonly ComparisonRow[], { targetFps, ownSizes }: Drawing, palette: Palette) {
  const pointOf = (row: ComparisonRow): LabelledPoint => ({
    x: row.parameters,
    y: row.throughputFps!,
    label: pointLabel(row, ownSizes),
  });
  const front = rows.filter(({ isOnFront }) => isOnFront).sort((one, other) => one.parameters - other.parameters);
  const others = rows.filter(({ isOnFront }) => !isOnFront);
  const line: ChartDataset<'scatter'> = {
    data: front.map(({ parameters, throughputFps }) => ({ x: parameters, y: throughputFps! })),
    // Up to a member's own size it is the fastest of that size or above.
    showLine: true,
    stepped: 'after',
    pointRadius: 0,
    pointHitRadius: 0,
    pointHoverRadius: 0,
    borderColor: palette.model,
    borderWidth: 1.5,
    order: 3,
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
    data: { datasets: [...points, line] },
    plugins: [
      ...(targetFps === null ? [] : [horizontalLine(targetFps, palette.strong)]),
      pointNames(
        named.map(({ file, parameters, throughputFps }) => ({
          x: parameters,
          y: throughputFps!,
          name: splitPath(file).name.replace(/\.onnx$/i, ''),
        })),
        palette,
      ),
    ],
    options: {
      scales: {
        x: logarithmicAxis(
          rows.map(({ parameters }) => parameters),
          'Parameters (logarithmic)',
          palette,
        ),
        y: logarithmicAxis(
          targetFps === null ? figures : [...figures, targetFps],
          'Inputs per second (logarithmic)',
          palette,
        ),
      },
    },
  };
}
