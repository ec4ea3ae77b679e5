import { prefixedCount, threeFigures } from '../figures';
import type { Interval, Method } from '../estimate/estimate';
import type { Dimension } from '../onnx/model';

/** Inputs per second, which at batch 1 are frames: `86.4 FPS`, `2.51 FPS`, `310 inputs/s`. */
export function formatThroughput(throughputFps: number, batch = 1): string {
  return `${threeFigures(throughputFps)} ${throughputUnit(batch)}`;
}

export function throughputUnit(batch: number): string {
  return batch === 1 ? 'FPS' : 'inputs/s';
}

/** `11.6 ms`. */
export function formatLatency(latencyMs: number): string {
  return `${threeFigures(latencyMs)} ms`;
}

/** `11.69 M`, `350.0 k`. */
export function formatParameters(parameters: number): string {
  return prefixedCount(parameters);
}

/** Every digit, grouped: `11,689,512`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Multiply–accumulates: `1.81 GMAC`. */
export function formatMacs(macs: number): string {
  const text = prefixedCount(macs, 3);
  return text.includes(' ') ? `${text}MAC` : `${text} MAC`;
}

/** `77.1–130 FPS`. */
export function formatInterval(interval: Interval, batch = 1): string {
  return `${threeFigures(interval.lowFps)}–${threeFigures(interval.highFps)} ${throughputUnit(batch)}`;
}

/** A share as a percentage: `83 %`, `5.3 %`. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** `[1, 3, 224, 224]`; a symbol by its name, an unknown dimension as `?`. */
export function formatShape(shape: readonly Dimension[]): string {
  return `[${shape.map((dimension) => dimension ?? '?').join(', ')}]`;
}

/** A method's name for people. */
export function methodName(method: Method): string {
  return method === 'landmark-fit' ? 'Equation 2 (landmark fit)' : 'graph cost';
}
