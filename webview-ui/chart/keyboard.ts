import type { ActiveElement, Chart, Element, Plugin } from 'chart.js';
import { t } from '../../src/core/language';
import type { LabelledPoint } from './chart-spec';
import type { Palette } from './palette';

/** Which point of which data set the keyboard is on. */
export interface Selection {
  readonly datasetIndex: number;
  readonly index: number;
}

const selections = new WeakMap<Chart, Selection>();

/** The point that the keyboard is on; null if it is on none. */
export function selectionOf(chart: Chart): Selection | null {
  return selections.get(chart) ?? null;
}

/** Moves through the points of a chart: arrows, page keys, Home and End; Escape leaves them. */
export function moveOnKey(chart: Chart, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const points = reachablePoints(chart);
  const current = selectionOf(chart);
  const at = points.findIndex((point) => current !== null && isSame(point, current));
  const next = nextPosition(event.key, at, points.length);
  if (next === undefined || (next === null && current === null)) return;
  event.preventDefault();
  event.stopPropagation();
  select(chart, next === null ? null : (points[next] ?? null), t('{0} of {1}', (next ?? 0) + 1, points.length));
}

/** Where a key leads: a position, null away from all points, undefined for keys that are not handled. */
function nextPosition(key: string, at: number, count: number): number | null | undefined {
  if (key === 'Escape') return null;
  if (count === 0) return undefined;
  const bounded = (position: number): number => Math.min(Math.max(position, 0), count - 1);
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return bounded(at + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return at < 0 ? count - 1 : bounded(at - 1);
    case 'PageDown':
      return bounded(at + 10);
    case 'PageUp':
      return bounded(at - 10);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

/** Points with a label and bars, in reading order: left to right and, at one place, top to bottom. */
function reachablePoints(chart: Chart): readonly Selection[] {
  const isUpright = chart.options.indexAxis !== 'y';
  return chart
    .getSortedVisibleDatasetMetas()
    .flatMap(({ index: datasetIndex, data }) =>
      data.flatMap((element, index) => {
        const raw: unknown = chart.data.datasets[datasetIndex]?.data[index];
        if (pointLines(raw).length === 0 && typeof raw !== 'number') return [];
        const place = placeOf(element);
        return place === null ? [] : [{ datasetIndex, index, ...place }];
      }),
    )
    .sort((one, other) => (isUpright ? one.x - other.x || one.y - other.y : one.y - other.y || one.x - other.x));
}

/** Shows a point's tooltip, marks it and reads it out; null takes all of that away. */
export function select(chart: Chart, selection: Selection | null, position = ''): void {
  if (selection === null) selections.delete(chart);
  else selections.set(chart, selection);
  const active: ActiveElement[] =
    selection === null
      ? []
      : [{ ...selection, element: chart.getDatasetMeta(selection.datasetIndex).data[selection.index]! }];
  const place = active[0] === undefined ? null : placeOf(active[0].element);
  chart.setActiveElements(active);
  chart.tooltip?.setActiveElements(active, place ?? { x: 0, y: 0 });
  chart.update('none');
  const live = chart.canvas.closest('.chart-frame')?.querySelector('.chart-live');
  if (!live) return;
  const lines = selection === null ? [] : [...(chart.tooltip?.title ?? []), ...tooltipLines(chart), position];
  live.textContent = lines.filter((line) => line !== '').join(', ');
}

function tooltipLines(chart: Chart): readonly string[] {
  return (chart.tooltip?.body ?? []).flatMap(({ lines }) => lines);
}

/** Whether a chart has the point that another one had there. */
export function isDrawn(chart: Chart, { datasetIndex, index }: Selection): boolean {
  return chart.data.datasets[datasetIndex]?.data[index] !== undefined;
}

/** Where an element is drawn; null for one that is not, as a value of 0 on a logarithmic axis. */
function placeOf(element: Element): { readonly x: number; readonly y: number } | null {
  const { x, y } = element.tooltipPosition(true);
  return x !== null && y !== null && Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

function isSame(one: Selection, other: Selection): boolean {
  return one.datasetIndex === other.datasetIndex && one.index === other.index;
}

/** What a labelled point says; nothing for one that only shapes a curve. */
export function pointLines(raw: unknown): string[] {
  const { label = [] } = (typeof raw === 'object' && raw !== null ? raw : {}) as Partial<LabelledPoint>;
  return typeof label === 'string' ? [label] : [...label];
}

/** A ring around the point that the keyboard is on, since colour alone would not tell it from the others. */
export function selectionRing(palette: Palette): Plugin {
  return {
    id: 'selectionRing',
    afterDatasetsDraw: (chart) => {
      const selected = selectionOf(chart);
      const element = selected && chart.getDatasetMeta(selected.datasetIndex).data[selected.index];
      const place = element ? placeOf(element) : null;
      if (!element || place === null) return;
      const radius = Number((element.options as { readonly radius?: unknown }).radius);
      const { ctx } = chart;
      ctx.save();
      ctx.strokeStyle = palette.strong;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.arc(place.x, place.y, (Number.isFinite(radius) ? radius : 4) + 6, 0, 2 * Math.PI);
      ctx.stroke();
      ctx.restore();
    },
  };
}
