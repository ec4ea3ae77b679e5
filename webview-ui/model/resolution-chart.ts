import type { ChartDataset, Scale } from 'chart.js';
import { formatFps, formatTarget, formatThroughput, imageSize } from '../../src/core/figures';
import { currentLanguage, t, wholeNumber } from '../../src/core/language';
import { isSameSize, type ImageSize } from '../../src/core/image-size';
import type { ResolutionsMessage } from '../../src/protocol/model-page';
import { lineAcross } from '../chart/axes';
import type { ChartSpec, LabelledPoint } from '../chart/chart-spec';
import type { ChartTable } from '../chart/chart-table';
import type { LegendEntry } from '../chart/legend';
import { axisStyle, type Palette } from '../chart/palette';
import { compact } from '../../src/core/compact';

type Resolutions = ResolutionsMessage['view'];

/**
 * FPS over resolution on a logarithmic axis, as the paper's Figure 4 draws it, with the target as a line.
 *
 * @param targetFps null without a target
 */
export function resolutionChartSpec(resolutions: Resolutions, targetFps: number | null, fileName: string): ChartSpec {
  return {
    id: 'throughput',
    title: t('{0} of {1} over resolution', unitOf(resolutions), fileName),
    fileName: `${fileName}-fps-by-resolution`,
    configure: (palette) => configuration(resolutions, targetFps, palette),
    legend: legend(resolutions, targetFps),
    table: () => table(resolutions),
    tableTitle: null,
    showsLegend: false,
  };
}

function unitOf({ batch }: Resolutions): string {
  return batch === 1 ? 'FPS' : t('Inputs/s');
}

function configuration(resolutions: Resolutions, targetFps: number | null, palette: Palette) {
  const { points, measured, paper, asked, batch } = resolutions;
  const place = (
    point: Resolutions['points'][number] | Resolutions['measured'][number],
    source: string,
  ): LabelledPoint => ({
    x: point.resolution,
    y: point.throughputFps,
    label: `${sizeOf(point)}: ${formatThroughput(point.throughputFps, batch)} ${source}`,
  });
  const curve: ChartDataset<'scatter'> = {
    data: points.map((point) => place(point, t('predicted'))),
    showLine: true,
    pointRadius: 0,
    pointHitRadius: 6,
    pointHoverRadius: 4,
    pointBackgroundColor: palette.landmarks,
    borderColor: palette.landmarks,
    borderWidth: 2,
    order: 4,
  };
  const marks = (data: LabelledPoint[], style: Partial<ChartDataset<'scatter'>>): ChartDataset<'scatter'> => ({
    data,
    pointRadius: 5,
    pointHoverRadius: 7,
    borderWidth: 1.5,
    borderColor: palette.landmarks,
    ...style,
  });
  const own = points.filter((point) => isAsked(point, asked)).map((point) => place(point, t('predicted')));
  const figures = compact([...points, ...measured, paper]).map(({ throughputFps }) => throughputFps);
  const all = compact([...figures, targetFps]);
  const axis = axisStyle(palette);
  return {
    type: 'scatter' as const,
    data: {
      datasets: [
        marks(own, {
          pointStyle: 'rectRot',
          pointRadius: 10,
          pointHoverRadius: 12,
          borderWidth: 2.5,
          order: 1,
          backgroundColor: 'transparent',
          borderColor: palette.model,
        }),
        marks(paper === null ? [] : [place(paper, paper.source)], {
          pointStyle: 'triangle',
          pointRadius: 6,
          backgroundColor: palette.surface,
          order: 2,
        }),
        marks(
          measured.map((point) => place(point, t('measured, {0}', point.source))),
          { pointStyle: 'circle', backgroundColor: palette.landmarks, order: 3 },
        ),
        curve,
      ],
    },
    plugins: targetFps === null ? [] : [lineAcross('y', targetFps, palette.strong)],
    options: {
      scales: {
        x: {
          type: 'linear' as const,
          min: Math.min(112, ...points.map(({ resolution }) => resolution)) - 48,
          max: Math.max(...points.map(({ resolution }) => resolution), paper?.resolution ?? 0) + 32,
          title: axis.title(
            points.every(({ height, width }) => height === width)
              ? t('Side of the input in pixels')
              : t('Side of a square with as many pixels as the input'),
          ),
          grid: axis.grid,
          border: { color: palette.border },
          afterBuildTicks: (scale: Scale) => {
            scale.ticks = sideTicks(scale).map((value) => ({ value }));
          },
          ticks: {
            ...axis.ticks,
            maxRotation: 0,
            autoSkip: false,
            callback: (value: string | number) => String(value),
          },
        },
        y: {
          type: 'logarithmic' as const,
          min: Math.min(...all) / 1.4,
          max: Math.max(...all) * 1.4,
          title: axis.title(t('{0} (logarithmic)', unitOf(resolutions))),
          grid: axis.grid,
          border: { display: false },
          afterBuildTicks: (scale: Scale) => {
            scale.ticks = logarithmicTicks(scale.min, scale.max).map((value) => ({ value }));
          },
          ticks: { ...axis.ticks, padding: 6, callback: (value: string | number) => axisLabel(Number(value)) },
        },
      },
    },
  };
}

function legend({ measured, paper, asked }: Resolutions, targetFps: number | null): readonly LegendEntry[] {
  const landmark = '--chart-landmark';
  return compact([
    { label: t('predicted'), mark: 'line', colour: landmark, filled: false },
    asked !== null && { label: sizeOf(asked), mark: 'diamond', colour: '--chart-model', filled: false },
    measured.length !== 0 && { label: t('measured'), mark: 'circle', colour: landmark, filled: true },
    paper !== null && { label: t('measured by the paper, Table 4'), mark: 'triangle', colour: landmark, filled: false },
    targetFps !== null && {
      label: t('target, {0}', formatTarget(targetFps)),
      mark: 'dashes',
      colour: '--page-strong',
      filled: false,
    },
  ]);
}

function table(resolutions: Resolutions): ChartTable {
  const { points, measured, paper, asked } = resolutions;
  const rows = [
    ...points.map((point) => ({ ...point, source: isAsked(point, asked) ? t('predicted, selected') : t('predicted') })),
    ...measured.map((point) => ({ ...point, source: t('measured, {0}', point.source) })),
    ...(paper === null ? [] : [paper]),
  ].sort((one, other) => one.resolution - other.resolution);
  return {
    columns: [
      { name: t('Resolution') },
      { name: t('Pixels'), format: (pixels) => wholeNumber(pixels) },
      { name: t('Source') },
      { name: unitOf(resolutions), format: formatFps },
    ],
    rows: rows.map(({ source, throughputFps, ...size }) => ({
      cells: [sizeOf(size), size.height * size.width, source, throughputFps],
      isOwn: source !== t('predicted'),
    })),
  };
}

function sizeOf({ height, width }: ImageSize): string {
  return imageSize(height, width);
}

function isAsked(point: ImageSize, asked: ImageSize | null): boolean {
  return asked !== null && isSameSize(point, asked);
}

/** Round sides, as many as there is room for. */
function sideTicks({ min, max, width }: Scale): number[] {
  const labelPixels = 52;
  const wanted = (max - min) / Math.max(2, Math.floor(width / labelPixels));
  const step = [32, 64, 128, 256, 512, 1024, 2048].find((candidate) => candidate >= wanted) ?? 4096;
  const ticks: number[] = [];
  for (let side = Math.ceil(min / step) * step; side <= max; side += step) if (side > 0) ticks.push(side);
  return ticks;
}

/** 1, 2 and 5 of every decade within a range; where that is more than eight, the decades alone. */
function logarithmicTicks(min: number, max: number): number[] {
  const decades = Array.from(
    { length: Math.ceil(Math.log10(max)) - Math.floor(Math.log10(min)) + 1 },
    (_, index) => 10 ** (Math.floor(Math.log10(min)) + index),
  );
  const within = (values: number[]): number[] => values.filter((value) => value >= min && value <= max);
  const fine = within(decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]));
  return fine.length <= 8 ? fine : within(decades);
}

function axisLabel(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString(currentLanguage().locale, { maximumFractionDigits: 3 });
}
