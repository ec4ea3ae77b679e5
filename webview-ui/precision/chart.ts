import type { ChartDataset } from 'chart.js';
import { precisionPairLines, precisionUnit } from '../../src/core/present/precision-chart';
import type { PrecisionMessage } from '../../src/protocol/precision-page';
import { horizontalLine, linearAxis, logarithmicAxis } from '../chart/axes';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import { familyLegend, familyStyles } from '../chart/families';
import { pointStyles } from '../chart/legend';
import { type Palette } from '../chart/palette';
import { pointNames } from '../chart/point-names';

type Pair = PrecisionMessage['pairs'][number];

const unknownFamily = 'no known family';

/** Ratio of FP16 to FP32 throughput over FP16 throughput, as the paper's Figure 5. */
export function precisionChartSpec(pairs: readonly Pair[]): ChartSpec {
  const styles = familyStyles([...new Set(pairs.map(familyOf))]);
  const unit = precisionUnit(pairs);
  return {
    id: 'precision',
    title: 'FP16 against FP32: ratio of throughputs over throughput',
    subtitle: [...new Set(pairs.map(({ engine, deviceName }) => `${engine} on ${deviceName}`))].join('; '),
    fileName: 'precision-fp16-fp32',
    configure: (palette) => configuration(pairs, styles, palette),
    legend: [
      ...familyLegend(styles),
      { label: 'same speed in both', mark: 'dashes', colour: '--page-muted', filled: false },
    ],
    table: {
      columns: [
        ...['Model', 'Family', 'Board', 'Engine', 'Campaign'].map((name) => ({ name })),
        ...['Resolution', 'Batch'].map((name) => ({ name, format: String })),
        ...['FP16', 'FP32'].map((precision) => ({
          name: `${precision} ${unit}`,
          format: (fps: number) => String(Number(fps.toPrecision(3))),
        })),
        { name: 'Ratio', format: (ratio) => ratio.toFixed(2) },
      ],
      rows: pairs.map((pair) => ({
        cells: [
          pair.model,
          pair.family,
          pair.deviceName,
          pair.engine,
          pair.campaign,
          pair.resolution,
          pair.batch,
          pair.fp16Fps,
          pair.fp32Fps,
          pair.ratio,
        ],
      })),
    },
  };
}

function configuration(pairs: readonly Pair[], styles: ReturnType<typeof familyStyles>, palette: Palette) {
  const datasets = [...styles].map(([family, { mark, colour }]): ChartDataset<'scatter'> => ({
    data: pairs.filter((pair) => familyOf(pair) === family).map(pointOf),
    pointStyle: pointStyles[mark],
    pointRadius: 6,
    pointHoverRadius: 8,
    borderWidth: 1.5,
    backgroundColor: palette.colour(colour),
    borderColor: palette.colour(colour),
  }));
  const ratios = pairs.map(({ ratio }) => ratio);
  return {
    type: 'scatter' as const,
    data: { datasets },
    plugins: [
      // Below it, a model is slower in FP16.
      horizontalLine(1, palette.muted),
      pointNames(
        pairs.map(({ fp16Fps, ratio, model }) => ({ x: fp16Fps, y: ratio, name: model })),
        palette,
      ),
    ],
    options: {
      scales: {
        x: logarithmicAxis(
          pairs.map(({ fp16Fps }) => fp16Fps),
          `${precisionUnit(pairs)} in FP16 (logarithmic)`,
          palette,
        ),
        y: {
          ...linearAxis('FP16 over FP32', palette),
          suggestedMin: Math.min(0.8, ...ratios),
          suggestedMax: Math.max(1.4, ...ratios),
          grace: '6%',
        },
      },
    },
  };
}

function pointOf(pair: Pair): LabelledPoint {
  return { x: pair.fp16Fps, y: pair.ratio, label: precisionPairLines(pair) };
}

function familyOf({ family }: Pair): string {
  return family ?? unknownFamily;
}
