import type { ChartDataset } from 'chart.js';
import { formatCount, formatFps, formatTarget, formatThroughput } from '../../src/core/figures';
import { t, withDecimalMark } from '../../src/core/language';
import type { AccuracyMessage } from '../../src/protocol/accuracy-page';
import { linearAxis, logarithmicAxis } from '../chart/axes';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import type { ChartTable } from '../chart/chart-table';
import { familyLegend, familyStyles } from '../chart/families';
import { pointStyles, type LegendEntry } from '../chart/legend';
import { type Palette } from '../chart/palette';
import { pointNames } from '../chart/point-names';
import { layoutWithNames, verticalLines, type VerticalLine } from '../chart/vertical-lines';

type Backbone = AccuracyMessage['backbones'][number];
type OwnModel = AccuracyMessage['own'][number] & { readonly top1Percent: number | null };

/** Accuracy over what: the paper's Figure 6 has one chart of each. */
export type AccuracyAxis = 'throughput' | 'parameters';

export interface AccuracyFigures {
  readonly message: AccuracyMessage;
  /** Which of the published weights count. */
  readonly weights: 'first' | 'best';
  readonly own: readonly OwnModel[];
  /** `Jetson Nano, TensorRT FP16`. */
  readonly deployment: string;
}

/** ImageNet accuracy of the standard backbones over throughput or parameters, with the user's models among them. */
export function accuracyChartSpec(figures: AccuracyFigures, axis: AccuracyAxis): ChartSpec {
  return {
    id: axis,
    title:
      axis === 'throughput'
        ? t('ImageNet top-1 accuracy over FPS')
        : t('ImageNet top-1 accuracy over the number of parameters'),
    subtitle:
      figures.weights === 'first'
        ? t('{0}; accuracies of the first weights of torchvision 0.14', figures.deployment)
        : t('{0}; accuracies of the best weights of torchvision 0.14', figures.deployment),
    fileName: `accuracy-${axis}`,
    configure: (palette) => configuration(figures, axis, palette),
    legend: legend(figures, axis),
    table: () => table(figures),
    tableTitle: null,
    showsLegend: false,
  };
}

/** What both charts show, as one table. */
export function table({ message, weights, own }: AccuracyFigures): ChartTable {
  const rows = message.backbones.map((backbone) => ({
    cells: [
      backbone.label,
      backbone.family,
      accuracyOf(backbone, weights),
      backbone.throughput?.throughputFps ?? null,
      sourceOf(backbone.throughput),
      backbone.parameters,
    ],
    isOwn: false,
  }));
  const ownRows = own.map(({ name, family, top1Percent, throughput, parameters }) => ({
    cells: [name, family, top1Percent, throughput?.throughputFps ?? null, sourceOf(throughput), parameters],
    isOwn: true,
  }));
  return {
    columns: [
      { name: t('Model') },
      { name: t('Family') },
      { name: t('Top-1 (%)'), format: (percent: number) => withDecimalMark(percent.toFixed(2)) },
      { name: 'FPS', format: formatFps },
      { name: t('Source') },
      { name: t('Parameters'), format: formatCount },
    ],
    rows: [...rows, ...ownRows],
  };
}

/** The key of both charts. */
export function legend({ message, own }: AccuracyFigures, axis: AccuracyAxis = 'throughput'): readonly LegendEntry[] {
  const styles = familyStyles(familiesOf(message));
  const isPredicted = message.backbones.some(({ throughput }) => throughput?.basis === 'predicted');
  return [
    ...familyLegend(styles),
    ...(isPredicted && axis === 'throughput'
      ? [{ label: t('hollow: FPS predicted'), mark: 'circle', colour: '--page-text', filled: false } as const]
      : []),
    ...(own.some(({ top1Percent }) => top1Percent !== null)
      ? [{ label: t('your model'), mark: 'diamond', colour: '--chart-model', filled: false } as const]
      : []),
    ...(own.some(({ top1Percent }) => top1Percent === null)
      ? [{ label: t('your model, accuracy unknown'), mark: 'dashes', colour: '--chart-model', filled: false } as const]
      : []),
  ];
}

function configuration(figures: AccuracyFigures, axis: AccuracyAxis, palette: Palette) {
  const { message, weights, own } = figures;
  const styles = familyStyles(familiesOf(message));
  const placed = message.backbones.filter((backbone) => positionOf(backbone, axis) !== null);
  const families = [...styles].map(([family, { mark, colour }]): ChartDataset<'scatter'> => {
    const members = placed
      .filter((backbone) => backbone.family === family)
      .sort((one, other) => positionOf(one, axis)! - positionOf(other, axis)!);
    const drawn = palette.colour(colour);
    const isHollow = ({ throughput }: Backbone): boolean => axis === 'throughput' && throughput?.basis === 'predicted';
    return {
      data: members.map((backbone) => backbonePoint(backbone, axis, weights)),
      showLine: true,
      pointStyle: pointStyles[mark],
      pointRadius: 5,
      pointHoverRadius: 7,
      pointBorderWidth: 1.5,
      borderWidth: 1,
      order: 2,
      pointBackgroundColor: members.map((backbone) => (isHollow(backbone) ? palette.surface : drawn)),
      pointBorderColor: drawn,
      borderColor: drawn,
    };
  });
  const ownPlaced = own.filter((model) => positionOf(model, axis) !== null);
  const rated = ownPlaced.filter(({ top1Percent }) => top1Percent !== null);
  const ownData: ChartDataset<'scatter'> = {
    data: rated.map((model): LabelledPoint => ({
      x: positionOf(model, axis)!,
      y: model.top1Percent!,
      label: [`${model.name}: ${percentText(String(model.top1Percent))}`, ...placeLines(model)],
    })),
    pointStyle: 'rectRot',
    pointRadius: 9,
    pointHoverRadius: 11,
    borderWidth: 2.5,
    order: 1,
    backgroundColor: 'transparent',
    borderColor: palette.model,
  };
  const target = axis === 'throughput' ? message.targetFps : null;
  const figuresX = [
    ...[...placed, ...ownPlaced].map((item) => positionOf(item, axis)!),
    ...(target === null ? [] : [target]),
  ];
  const names = [
    ...rated.map((model) => ({ x: positionOf(model, axis)!, y: model.top1Percent!, name: model.name })),
    ...placed.map((backbone) => {
      const { x, y } = backbonePoint(backbone, axis, weights);
      return { x, y, name: backbone.label };
    }),
  ];
  const lines: readonly VerticalLine[] = [
    ...(target === null
      ? []
      : [{ value: target, text: t('target {0}', formatTarget(target)), colour: palette.strong }]),
    ...ownPlaced
      .filter(({ top1Percent }) => top1Percent === null)
      .map((model) => ({ value: positionOf(model, axis)!, text: model.name, colour: palette.model })),
  ];
  return {
    type: 'scatter' as const,
    data: { datasets: [ownData, ...families] },
    plugins: [verticalLines(lines, palette), pointNames(names, palette)],
    options: {
      layout: layoutWithNames(lines, palette),
      scales: {
        x: logarithmicAxis(
          figuresX.length === 0 ? [1, 100] : figuresX,
          axis === 'throughput' ? t('{0} (logarithmic)', 'FPS') : t('Parameters (logarithmic)'),
          palette,
        ),
        y: { ...linearAxis(t('Top-1 accuracy (%)'), palette), grace: '6%' },
      },
    },
  };
}

function backbonePoint(backbone: Backbone, axis: AccuracyAxis, weights: AccuracyFigures['weights']) {
  const accuracy = accuracyOf(backbone, weights);
  return {
    x: positionOf(backbone, axis)!,
    y: accuracy,
    label: [`${backbone.label}: ${percentText(accuracy.toFixed(2))}`, ...placeLines(backbone)],
  };
}

function percentText(digits: string): string {
  return t('{0}%', withDecimalMark(digits));
}

function placeLines({ throughput, parameters }: Pick<OwnModel, 'throughput' | 'parameters'>): readonly string[] {
  return [
    ...(throughput === null ? [] : [knownFps(throughput)]),
    ...(parameters === null ? [] : [t('{0} parameters', formatCount(parameters))]),
  ];
}

function positionOf({ throughput, parameters }: Pick<OwnModel, 'throughput' | 'parameters'>, axis: AccuracyAxis) {
  return axis === 'throughput' ? (throughput?.throughputFps ?? null) : parameters;
}

function sourceOf(throughput: Backbone['throughput']): string {
  if (throughput === null) return t('unknown');
  const { basis, source } = throughput;
  return basis === 'measured' ? t('measured, {0}', source) : t('predicted, {0}', source);
}

/** `32.0 FPS measured, campaign paper`. */
export function knownFps({ throughputFps, basis, source }: NonNullable<Backbone['throughput']>): string {
  const fps = formatThroughput(throughputFps);
  return basis === 'measured' ? t('{0} measured, {1}', fps, source) : t('{0} predicted, {1}', fps, source);
}

function accuracyOf({ firstTop1Percent, bestTop1Percent }: Backbone, weights: AccuracyFigures['weights']): number {
  return weights === 'first' ? firstTop1Percent : bestTop1Percent;
}

function familiesOf({ backbones }: AccuracyMessage): readonly string[] {
  return [...new Set(backbones.map(({ family }) => family))];
}
