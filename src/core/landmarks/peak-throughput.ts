import { deviceName, gpuClockOf, peakGflops } from './devices';
import { prefixedCount, threeFigures } from '../figures';
import type { Landmark, Runtime } from './landmark';
import { kernelsOfLandmark } from './model-costs';

/**
 * Highest throughput that a board's arithmetic peak allows, in inputs per second, one multiply–accumulate being two
 * operations; null where the board's peak or the model's cost is not known.
 *
 * @param gpuMHz the clock; that of the fastest power mode where left out
 */
export function peakThroughputFps(
  device: string,
  runtime: Runtime,
  macsPerInput: number | null,
  gpuMHz?: number | null,
): number | null {
  const peak = peakGflops(device, runtime, gpuMHz);
  return peak === null || macsPerInput === null || macsPerInput <= 0 ? null : (peak * 1e9) / (2 * macsPerInput);
}

/**
 * Why a landmark's throughput cannot have been measured, as a sentence: it is above what the board's arithmetic peak
 * allows. Where the model's kernels are not known, every parameter is taken to be used once for each input, the least
 * that a network does; the peak is that of its power mode, where known. Null where it can be true, or where the board's peak is not known.
 */
export function impossibleThroughput(landmark: Landmark): string | null {
  const { device, runtime, batch, parameters, throughputFps } = landmark;
  const kernels = kernelsOfLandmark(landmark);
  const macs = kernels === null ? 0 : kernels.reduce((sum, kernel) => sum + kernel.macs * kernel.count, 0) / batch;
  const least = macs > 0 ? macs : parameters;
  const gpuMHz = gpuClockOf(landmark);
  const peakFps = peakThroughputFps(device, runtime, least, gpuMHz);
  if (peakFps === null || throughputFps <= peakFps) return null;
  const work = macs > 0 ? `${prefixedCount(macs, 3)}MAC` : `at least ${prefixedCount(least, 3)}MAC`;
  const peak = `${prefixedCount(peakGflops(device, runtime, gpuMHz)! * 1e9, 3)}FLOP/s`;
  const at = gpuMHz === null ? '' : ` at ${Math.round(gpuMHz)} MHz`;
  return `A throughput of ${threeFigures(throughputFps)} inputs per second is above ${threeFigures(peakFps)}, all that the ${peak} of ${deviceName(device)} allow${at} with ${work} per input. Check its unit and the device.`;
}
