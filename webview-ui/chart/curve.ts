import type { ChartDataset } from 'chart.js';

/** A line without points of its own. */
export function curve(
  data: ChartDataset<'scatter'>['data'],
  colour: string,
  style: Partial<ChartDataset<'scatter'>> = {},
): ChartDataset<'scatter'> {
  const points = { pointRadius: 0, pointHitRadius: 0, pointHoverRadius: 0 };
  return { data, showLine: true, ...points, borderColor: colour, borderWidth: 1.5, ...style };
}
