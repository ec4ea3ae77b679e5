import type { ChartDataset } from 'chart.js';
import { formatCount, formatFps, formatThroughput, square } from '../../src/core/figures';
import { t } from '../../src/core/language';
import type { FitMessage } from '../../src/protocol/fit-page';
import { linearAxis, logarithmicAxis } from '../chart/axes';
import { curve } from '../chart/curve';
import type { ChartSpec } from '../chart/chart-spec';
import { familyLegend, familyStyles } from '../chart/families';
import { type LegendEntry, pointStyles } from '../chart/legend';
import { type Palette } from '../chart/palette';

export type FitChart = NonNullable<FitMessage['chart']>;

/** Which fits are drawn, as the two halves of the paper's Figure 3. */
export type Shown = 'grouped' | 'naive';

/** Throughput over parameters of every family, the parameters on a logarithmic axis. */
export function fitChartSpec(chart: FitChart, shown: Shown, family: string | null): ChartSpec {
  return {
    id: 'fit',
    title: t('FPS over parameters'),
    subtitle: `${deploymentAndSize(chart)}; ${shown === 'naive' ? t('one fit for all') : t('one fit per family')}`,
    fileName: `fits-${chart.deployment}-${shown}`,
    configure: (palette) => configuration(chart, shown, family, palette),
    legend: legend(chart, shown),
    table: () => ({
      columns: [
        { name: t('Model') },
        { name: t('Family') },
        { name: t('Campaign') },
        { name: t('Parameters'), format: formatCount },
        { name: 'FPS', format: formatFps },
      ],
      rows: chart.families.flatMap(({ family: name, landmarks }) =>
        landmarks.map((point) => ({
          cells: [point.model, name, point.campaign, point.parameters, point.throughputFps],
          isOwn: name === family,
        })),
      ),
    }),
  };
}

/** `Jetson Nano, TensorRT FP16, 224×224, batch 1`. */
export function deploymentAndSize({ deployment, resolution, batch }: FitChart): string {
  return `${deployment}, ${square(resolution)}, ${t('batch {0}', batch)}`;
}

function configuration(chart: FitChart, shown: Shown, family: string | null, palette: Palette) {
  const isQuiet = (name: string): boolean => family !== null && family !== name;
  const styles = stylesOf(chart);
  const points = chart.families.map((series): ChartDataset<'scatter'> => {
    const { family: name, landmarks } = series;
    const { mark, colour: variable } = styles.get(name)!;
    const colour = isQuiet(name) ? palette.muted : palette.colour(variable);
    return {
      data: landmarks.map(({ model, campaign, parameters, throughputFps }) => ({
        x: parameters,
        y: throughputFps,
        label: [
          `${model} (${campaign})`,
          t('{0} parameters', formatCount(parameters)),
          formatThroughput(throughputFps),
        ],
      })),
      pointStyle: pointStyles[mark],
      pointRadius: isQuiet(name) ? 3.5 : 5,
      pointHoverRadius: 7,
      backgroundColor: landmarks.map(({ campaign }) =>
        isFitted(campaign, series, chart, shown) ? colour : palette.surface,
      ),
      borderColor: colour,
      borderWidth: 1.5,
      order: isQuiet(name) ? 3 : 1,
    };
  });
  const parameters = chart.families.flatMap(({ landmarks }) => landmarks.map((point) => point.parameters));
  return {
    type: 'scatter' as const,
    data: { datasets: [...points, ...curves(chart, shown, isQuiet, palette)] },
    options: {
      scales: {
        x: logarithmicAxis(parameters, t('Parameters (logarithmic)'), palette),
        y: { ...linearAxis('FPS', palette), beginAtZero: true },
      },
    },
  };
}

function curves(
  chart: FitChart,
  shown: Shown,
  isQuiet: (family: string) => boolean,
  palette: Palette,
): ChartDataset<'scatter'>[] {
  const line = (points: FitChart['families'][number]['curve'], colour: string, borderWidth: number) =>
    curve(
      points.map(({ parameters, throughputFps }) => ({ x: parameters, y: throughputFps })),
      colour,
      { borderWidth, order: 4 },
    );
  if (shown === 'naive') return chart.naive === null ? [] : [line(chart.naive.curve, palette.model, 2.5)];
  const styles = stylesOf(chart);
  return chart.families.map(({ family, curve: points }) =>
    line(points, isQuiet(family) ? palette.grid : palette.colour(styles.get(family)!.colour), 2),
  );
}

/**
 * Whether the curve that is drawn rests on a landmark; such ones are filled. The one fit for all rests on those that
 * families' fits go through, or on every landmark where no family has a fit.
 */
function isFitted(
  campaign: string,
  { fittedCampaign }: FitChart['families'][number],
  { families }: FitChart,
  shown: Shown,
): boolean {
  return campaign === fittedCampaign || (shown === 'naive' && families.every((each) => each.fittedCampaign === null));
}

function stylesOf({ families }: FitChart): ReturnType<typeof familyStyles> {
  return familyStyles(families.map(({ family }) => family));
}

function legend(chart: FitChart, shown: Shown): readonly LegendEntry[] {
  const hasOthers = chart.families.some((series) =>
    series.landmarks.some(({ campaign }) => !isFitted(campaign, series, chart, shown)),
  );
  const curve: LegendEntry =
    shown === 'naive'
      ? { label: t('one fit for all'), mark: 'line', colour: '--chart-model', filled: false }
      : { label: t('fit of a family'), mark: 'line', colour: '--page-text', filled: false };
  const isDrawn = shown === 'naive' ? chart.naive !== null : chart.families.some((series) => series.curve.length > 0);
  return [
    ...familyLegend(stylesOf(chart)),
    ...(isDrawn ? [curve] : []),
    ...(hasOthers
      ? [{ label: t('hollow: in no fit'), mark: 'circle', colour: '--page-text', filled: false } as const]
      : []),
  ];
}
