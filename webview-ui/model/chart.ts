import type { ChartDataset, Plugin } from 'chart.js';
import { formatCount, formatFps, formatThroughput } from '../../src/core/figures';
import type { ModelMessage } from '../../src/protocol/model-page';
import { linearAxis, logarithmicAxis } from '../chart/axes';
import { curve } from '../chart/curve';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import type { ChartTable } from '../chart/chart-table';
import { drawInterval, endWithIntervals } from '../chart/interval-line';
import { pointStyles, type LegendEntry } from '../chart/legend';
import { type Palette } from '../chart/palette';
import { t } from '../../src/core/language';

type FamilyChart = NonNullable<ModelMessage['chart']>;

/** The model of the page. */
interface OwnModel {
  readonly parameters: number;
  /** null if nothing is predicted for it. */
  readonly throughputFps: number | null;
  readonly interval: { readonly lowFps: number; readonly highFps: number } | null;
}

/** One marker shape per campaign, so that campaigns differ without colour too. */
const campaignMarks = ['circle', 'triangle', 'square', 'diamond'] as const;

/** Throughput over parameters: a family's landmarks, their fit, and the model of the page among them. */
export function familyChartSpec(message: ModelMessage, series: FamilyChart, deployment: string): ChartSpec {
  const model = ownModel(message);
  return {
    id: 'family',
    title: t('FPS of {0} models over their parameters', series.family),
    subtitle: t('{0}, with {1}', deployment, message.fileName),
    fileName: `${message.fileName}-${series.family}`,
    canvasClass: 'family',
    configure: (palette) => configuration(series, model, palette),
    legend: legend(series, model),
    table: () => table(series, model),
  };
}

function configuration(series: FamilyChart, model: OwnModel, palette: Palette) {
  const landmarks = campaignsOf(series).map((campaign, index): ChartDataset<'scatter'> => ({
    data: series.landmarks.filter((landmark) => landmark.campaign === campaign).map(landmarkPoint),
    pointStyle: pointStyles[markOf(index)],
    pointRadius: 5,
    pointHoverRadius: 7,
    // Filled if the curve rests on them.
    backgroundColor: campaign === series.fittedCampaign ? palette.landmarks : palette.surface,
    borderColor: palette.landmarks,
    borderWidth: 1.5,
    order: 2,
  }));
  const { fittedRange } = series;
  const isContinued = (parameters: number | null): boolean =>
    parameters === null || fittedRange === null || parameters < fittedRange.min || parameters > fittedRange.max;
  const fit = curve(
    series.curve.map((point) => ({ x: point.parameters, y: point.throughputFps })),
    palette.curve,
    {
      borderWidth: 2,
      segment: {
        borderDash: ({ p0, p1 }) => (isContinued(p0.parsed.x) || isContinued(p1.parsed.x) ? [4, 4] : []),
      },
      order: 3,
    },
  );
  const own: ChartDataset<'scatter'> = {
    data: ownPoints(model),
    pointStyle: 'rectRot',
    pointRadius: 10,
    pointHoverRadius: 12,
    // Hollow, as a landmark of the same network lies under it.
    backgroundColor: 'transparent',
    borderColor: palette.model,
    borderWidth: 2.5,
    order: 1,
  };
  return {
    type: 'scatter' as const,
    data: { datasets: [own, ...landmarks, fit] },
    plugins: [ownMarks(model, palette)],
    options: {
      scales: {
        x: logarithmicAxis(
          [...series.landmarks.map(({ parameters }) => parameters), model.parameters],
          t('Parameters (logarithmic)'),
          palette,
        ),
        y: {
          ...linearAxis('FPS', palette),
          beginAtZero: true,
          suggestedMax: suggestedTop(series, model),
        },
      },
    },
  };
}

function legend(series: FamilyChart, { throughputFps, interval }: OwnModel): readonly LegendEntry[] {
  const own = '--chart-model';
  return [
    ...campaignsOf(series).map((campaign, index): LegendEntry => {
      const filled = campaign === series.fittedCampaign;
      return { label: campaign, mark: markOf(index), colour: '--chart-landmark', filled };
    }),
    ...(series.curve.length === 0
      ? []
      : [{ label: t('Equation 2'), mark: 'line', colour: '--chart-curve', filled: false } as const]),
    throughputFps === null
      ? { label: t('this model, not predicted'), mark: 'dashes', colour: own, filled: false }
      : {
          label: interval ? t('this model, with its interval') : t('this model'),
          mark: 'diamond',
          colour: own,
          filled: false,
        },
  ];
}

function table({ landmarks }: FamilyChart, { parameters, throughputFps }: OwnModel): ChartTable {
  const rows = landmarks.map(({ model, campaign, parameters, throughputFps }) => {
    return { model, campaign, parameters, throughputFps, isOwn: false };
  });
  if (throughputFps !== null) {
    rows.push({ model: t('This model'), campaign: t('predicted'), parameters, throughputFps, isOwn: true });
  }
  rows.sort((one, other) => one.parameters - other.parameters);
  return {
    columns: [
      { name: t('Model') },
      { name: t('Source') },
      { name: t('Parameters'), format: formatCount },
      { name: 'FPS', format: formatFps },
    ],
    rows: rows.map(({ isOwn, ...row }) => ({
      cells: [row.model, row.campaign, row.parameters, row.throughputFps],
      isOwn,
    })),
  };
}

function campaignsOf({ landmarks }: FamilyChart): readonly string[] {
  return [...new Set(landmarks.map(({ campaign }) => campaign))];
}

function markOf(index: number) {
  return campaignMarks[index % campaignMarks.length] ?? 'circle';
}

function ownModel({ profile, prediction }: ModelMessage): OwnModel {
  const { estimate } = prediction;
  return {
    parameters: profile.parameters,
    throughputFps: estimate?.throughputFps ?? null,
    interval: estimate?.interval ?? null,
  };
}

function landmarkPoint({ model, campaign, parameters, throughputFps }: FamilyChart['landmarks'][number]) {
  const measured = t('{0} ({1}): {2} measured', model, campaign, formatThroughput(throughputFps));
  return pointWith(parameters, throughputFps, measured);
}

function ownPoints({ parameters, throughputFps }: OwnModel): LabelledPoint[] {
  if (throughputFps === null) return [];
  return [pointWith(parameters, throughputFps, t('This model: {0} predicted', formatThroughput(throughputFps)))];
}

function pointWith(parameters: number, throughputFps: number, label: string): LabelledPoint {
  return { x: parameters, y: throughputFps, label: [label, t('{0} parameters', formatCount(parameters))] };
}

/** Behind the model's own point its interval, as a bar with ends; without a prediction a line where it would be. */
function ownMarks({ parameters, throughputFps, interval }: OwnModel, palette: Palette): Plugin<'scatter'> {
  return {
    id: 'ownMarks',
    beforeDatasetsDraw: (chart) => {
      const { ctx, scales } = chart;
      const { x, y } = scales;
      if (!x || !y) return;
      const at = x.getPixelForValue(parameters);
      ctx.save();
      ctx.strokeStyle = palette.model;
      ctx.lineWidth = 2;
      if (throughputFps === null) {
        ctx.setLineDash([4, 4]);
        ctx.beginPath();
        ctx.moveTo(at, y.top);
        ctx.lineTo(at, y.bottom);
        ctx.stroke();
      } else if (interval) {
        const { lowFps: low, highFps: high } = interval;
        const mark = { value: throughputFps, pixels: 10 };
        drawInterval(chart, y, { low, high, highText: formatFps(high), at, mark }, palette);
      }
      ctx.restore();
    },
  };
}

/** Room for the landmarks and for the model with its interval. */
function suggestedTop({ landmarks }: FamilyChart, { throughputFps, interval }: OwnModel): number {
  return endWithIntervals([...landmarks.map((landmark) => landmark.throughputFps), throughputFps ?? 0], [interval]);
}
