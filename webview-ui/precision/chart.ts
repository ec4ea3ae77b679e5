import type { ChartDataset, Plugin, Scale } from 'chart.js';
import { precisionPairLines, precisionUnit } from '../../src/core/present/precision-chart';
import type { PrecisionMessage } from '../../src/protocol/precision-page';
import { axisLabel, logarithmicRange, roundTicks } from '../chart/axes';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import { familyLegend, familyStyles } from '../chart/families';
import { pointStyles } from '../chart/legend';
import { axisStyle, type Palette } from '../chart/palette';
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
      { label: 'as fast in both', mark: 'dashes', colour: '--page-muted', filled: false },
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
          ...[pair.model, pair.family, pair.deviceName, pair.engine, pair.campaign, pair.resolution, pair.batch],
          ...[pair.fp16Fps, pair.fp32Fps, pair.ratio],
        ],
      })),
    },
  };
}

function configuration(pairs: readonly Pair[], styles: ReturnType<typeof familyStyles>, palette: Palette) {
  const axis = axisStyle(palette);
  const datasets = [...styles].map(([family, { mark, colour }]): ChartDataset<'scatter'> => ({
    data: pairs.filter((pair) => familyOf(pair) === family).map(pointOf),
    pointStyle: pointStyles[mark],
    ...{ pointRadius: 6, pointHoverRadius: 8, borderWidth: 1.5 },
    ...{ backgroundColor: palette.colour(colour), borderColor: palette.colour(colour) },
  }));
  const ratios = pairs.map(({ ratio }) => ratio);
  return {
    type: 'scatter' as const,
    data: { datasets },
    plugins: [
      evenLine(palette),
      pointNames(
        pairs.map(({ fp16Fps, ratio, model }) => ({ x: fp16Fps, y: ratio, name: model })),
        palette,
      ),
    ],
    options: {
      scales: {
        x: {
          type: 'logarithmic' as const,
          ...logarithmicRange(pairs.map(({ fp16Fps }) => fp16Fps)),
          title: axis.title(`${precisionUnit(pairs)} in FP16 (logarithmic)`),
          grid: axis.grid,
          border: { color: palette.border },
          afterBuildTicks: (scale: Scale) => roundTicks(scale),
          ticks: {
            ...{ ...axis.ticks, maxRotation: 0, autoSkip: false },
            callback: (value: string | number) => axisLabel(Number(value)),
          },
        },
        y: {
          type: 'linear' as const,
          suggestedMin: Math.min(0.8, ...ratios),
          suggestedMax: Math.max(1.4, ...ratios),
          grace: '6%',
          title: axis.title('FP16 over FP32'),
          grid: axis.grid,
          border: { display: false },
          ticks: { ...axis.ticks, maxTicksLimit: 7, padding: 6 },
        },
      },
    },
  };
}

/** Below this line a network loses by FP16. */
function evenLine(palette: Palette): Plugin<'scatter'> {
  return {
    id: 'evenLine',
    beforeDatasetsDraw: ({ ctx, scales, chartArea }) => {
      const { y } = scales;
      if (!y || y.min > 1 || y.max < 1) return;
      const top = y.getPixelForValue(1);
      ctx.save();
      ctx.strokeStyle = palette.muted;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([6, 4]);
      ctx.beginPath();
      ctx.moveTo(chartArea.left, top);
      ctx.lineTo(chartArea.right, top);
      ctx.stroke();
      ctx.restore();
    },
  };
}

function pointOf(pair: Pair): LabelledPoint {
  return { x: pair.fp16Fps, y: pair.ratio, label: precisionPairLines(pair) };
}

function familyOf({ family }: Pair): string {
  return family ?? unknownFamily;
}
