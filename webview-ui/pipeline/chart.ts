import { formatFps, formatTarget, formatThroughput } from '../../src/core/figures';
import { t } from '../../src/core/language';
import type { PipelineMessage } from '../../src/protocol/pipeline-page';
import { linearAxis } from '../chart/axes';
import { curve } from '../chart/curve';
import type { ChartSpec } from '../chart/chart-spec';
import { axisStyle, type Palette } from '../chart/palette';
import { compact } from '../../src/core/compact';

/** Frames per second over the number of faces in a frame, with the camera's rate as a line. */
export function facesChartSpec({ byFaces, cameraFps, file, devices, choice }: PipelineMessage): ChartSpec {
  const device = devices.find(({ id }) => id === choice.device)?.name ?? choice.device;
  return {
    id: 'faces',
    title: t('FPS of the pipeline over the faces in a frame'),
    subtitle: t('{0} on {1}', file, device),
    fileName: 'pipeline-faces',
    configure: (palette) => configuration(byFaces, cameraFps, palette),
    legend: compact([
      { label: t('predicted'), mark: 'circle', colour: '--chart-landmark', filled: true },
      cameraFps !== null && {
        label: t('camera, {0}', formatTarget(cameraFps)),
        mark: 'dashes',
        colour: '--page-strong',
        filled: false,
      },
    ]),
    table: () => ({
      columns: [
        { name: t('Faces'), format: String },
        ...['FPS', t('At least (FPS)'), t('At most (FPS)')].map((name) => ({ name, format: formatFps })),
        { name: t('Keeps up with the camera') },
      ],
      rows: byFaces.map(({ faces, throughputFps, lowFps, highFps, keepsUp }) => ({
        cells: [faces, throughputFps, lowFps, highFps, keepsUp === null ? '' : keepsUp ? t('yes') : t('no')],
      })),
    }),
  };
}

function configuration(points: PipelineMessage['byFaces'], cameraFps: number | null, palette: Palette) {
  const axis = axisStyle(palette);
  const last = Math.max(...points.map(({ faces }) => faces));
  const cameraLine = (y: number) => [0, last].map((x) => ({ x, y }));
  return {
    type: 'scatter' as const,
    data: {
      datasets: [
        {
          data: points.map(({ faces, throughputFps, lowFps, highFps }) => ({
            x: faces,
            y: throughputFps,
            label: [
              `${t('{0, plural, one {# face} other {# faces}}', faces)}: ${formatThroughput(throughputFps)}`,
              t('{0} to {1}', formatFps(lowFps), formatThroughput(highFps)),
            ],
          })),
          showLine: true,
          pointRadius: 5,
          borderWidth: 1.5,
          borderColor: palette.landmarks,
          backgroundColor: palette.landmarks,
        },
        ...[
          points.map(({ faces, lowFps }) => ({ x: faces, y: lowFps })),
          points.map(({ faces, highFps }) => ({ x: faces, y: highFps })),
        ].map((bound) => curve(bound, palette.muted, { borderDash: [2, 3] })),
        ...(cameraFps === null ? [] : [curve(cameraLine(cameraFps), palette.strong, { borderDash: [6, 4] })]),
      ],
    },
    options: {
      scales: {
        x: {
          type: 'linear' as const,
          min: 0,
          max: last,
          title: axis.title(t('Faces in a frame')),
          grid: axis.grid,
          border: { color: palette.border },
          ticks: { ...axis.ticks, maxTicksLimit: 11, precision: 0 },
        },
        y: { ...linearAxis('FPS', palette), beginAtZero: true },
      },
    },
  };
}
