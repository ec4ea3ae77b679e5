import type { ChartDataset } from 'chart.js';
import { formatFps, inputSizeText } from '../../src/core/figures';
import { t, withDecimalMark } from '../../src/core/language';
import { comparedPrecisions, precisionPairLines, precisionUnit } from '../../src/core/present/precision-chart';
import type { PrecisionMessage } from '../../src/protocol/precision-page';
import { lineAcross, linearAxis, logarithmicAxis } from '../chart/axes';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import { familyLegend, familyStyles } from '../chart/families';
import { pointStyles } from '../chart/legend';
import { type Palette } from '../chart/palette';
import { pointNames } from '../chart/point-names';

type Pair = PrecisionMessage['pairs'][number];

/** Ratio of throughputs in two precisions over the throughput in the lower one, as the paper's Figure 5. */
export function precisionChartSpec(message: PrecisionMessage): ChartSpec {
  const { predicted, comparison } = message;
  const pairs = [...message.pairs, ...predicted];
  const { low, high } = comparedPrecisions(comparison);
  const styles = familyStyles([...new Set(pairs.map(familyOf))]);
  const unit = precisionUnit(pairs);
  const [predictedFor] = predicted;
  const engines = [...new Set(pairs.map(({ engine }) => engine))].join(', ');
  const board = t('{0} on {1}', engines, pairs[0]!.deviceName);
  const mode = predictedFor?.powerMode ?? null;
  return {
    id: 'precision',
    title: t('{0} against {1}: ratio of FPS over FPS', low, high),
    subtitle: mode === null ? board : t('{0}; predicted for {1}', board, mode),
    fileName: `precision-${comparison}`,
    configure: (palette) => configuration(message, styles, palette),
    legend: [
      ...familyLegend(styles),
      ...(predicted.length === 0
        ? []
        : [{ label: t('hollow: predicted'), mark: 'circle', colour: '--page-strong', filled: false } as const]),
      { label: t('same speed in both'), mark: 'dashes', colour: '--page-muted', filled: false },
    ],
    table: () => ({
      columns: [
        ...[t('Model'), t('Family'), t('Board'), t('Power mode'), t('Engine'), t('Campaign'), t('Input')].map(
          (name) => ({ name }),
        ),
        { name: t('Batch'), format: String },
        ...[low, high].map((precision) => ({
          name: `${precision} ${unit}`,
          format: formatFps,
        })),
        { name: t('Ratio'), format: (ratio) => withDecimalMark(ratio.toFixed(2)) },
      ],
      rows: pairs.map((pair) => ({
        cells: [
          pair.model,
          pair.family,
          pair.deviceName,
          pair.powerMode,
          pair.engine,
          pair.campaign ?? t('predicted'),
          inputSizeText(pair),
          pair.batch,
          pair.lowFps,
          pair.highFps,
          pair.ratio,
        ],
      })),
    }),
  };
}

function configuration(
  { pairs, predicted, comparison }: PrecisionMessage,
  styles: ReturnType<typeof familyStyles>,
  palette: Palette,
) {
  const all = [...pairs, ...predicted];
  const datasets = [...styles].flatMap(([family, { mark, colour }]) =>
    [pairs, predicted].map((some): ChartDataset<'scatter'> => ({
      data: some
        .filter((pair) => familyOf(pair) === family)
        .map(({ lowFps, ratio, ...pair }): LabelledPoint => ({
          x: lowFps,
          y: ratio,
          label: precisionPairLines({ lowFps, ratio, ...pair }, comparison),
        })),
      pointStyle: pointStyles[mark],
      pointRadius: 6,
      pointHoverRadius: 8,
      borderWidth: 1.5,
      backgroundColor: some === pairs ? palette.colour(colour) : 'transparent',
      borderColor: palette.colour(colour),
    })),
  );
  const { low, high } = comparedPrecisions(comparison);
  const ratios = all.map(({ ratio }) => ratio);
  return {
    type: 'scatter' as const,
    data: { datasets },
    plugins: [
      // Below it, a model is slower in the lower precision.
      lineAcross('y', 1, palette.muted),
      pointNames(
        all.map(({ lowFps, ratio, model }) => ({ x: lowFps, y: ratio, name: model })),
        palette,
      ),
    ],
    options: {
      scales: {
        x: logarithmicAxis(
          all.map(({ lowFps }) => lowFps),
          t('{0} in {1} (logarithmic)', precisionUnit(all), low),
          palette,
        ),
        y: {
          ...linearAxis(t('{0} over {1}', low, high), palette),
          suggestedMin: Math.min(0.8, ...ratios),
          suggestedMax: Math.max(1.4, ...ratios),
          grace: '6%',
        },
      },
    },
  };
}

function familyOf({ family }: Pair): string {
  return family ?? t('unknown family');
}
