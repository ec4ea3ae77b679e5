import { deviceName, findMode, gpuClockOf, isClockOf, modeOfLandmark, peakGflops } from './devices';
import { prefixedCount, threeFigures } from '../figures';
import type { Landmark, Runtime } from './landmark';
import { isWinograd, kernelsOfLandmark, type KernelWork } from './model-costs';
import { t } from '../language';

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

/** Of how many multiplications Winograd's F(2×2, 3×3) does one (Lavin and Gray 2016, section 4.1). */
const winogradSaving = 2.25;

/** Multiply–accumulates that Winograd's algorithm saves at most, of kernels that it can run. */
export function savedByWinograd(kernels: readonly KernelWork[]): number {
  return kernels.reduce(
    (sum, kernel) => sum + (isWinograd(kernel) ? kernel.macs * kernel.count * (1 - 1 / winogradSaving) : 0),
    0,
  );
}

function leastMacs(kernels: readonly KernelWork[]): number {
  return kernels.reduce((sum, kernel) => sum + kernel.macs * kernel.count, 0) - savedByWinograd(kernels);
}

/**
 * Why a landmark's throughput cannot have been measured, as a sentence: it is above what the board's arithmetic peak
 * allows, with convolutions by Winograd's algorithm where that can run them. Where the model's kernels are not known,
 * every parameter is taken to be used once for each input, the least that a network does; the peak is that of the power
 * mode or clock that it was measured in, of the fastest mode where it says none. Null where it can be true, or where the
 * board's peak is not known.
 *
 * @param knownMacs multiply–accumulates of one input, where they are known although the kernels are not
 */
export function impossibleThroughput(landmark: Landmark, knownMacs: number | null = null): string | null {
  const { device, runtime, batch, parameters, throughputFps } = landmark;
  const kernels = kernelsOfLandmark(landmark);
  const macs = kernels === null ? (knownMacs ?? 0) / winogradSaving : leastMacs(kernels) / batch;
  const least = macs > 0 ? macs : parameters;
  const gpuMHz = gpuClockOf(landmark);
  const peakFps = peakThroughputFps(device, runtime, least, gpuMHz);
  if (peakFps === null || throughputFps <= peakFps) return null;
  const peak = `${prefixedCount(peakGflops(device, runtime, gpuMHz)! * 1e9, 3)}FLOP/s`;
  const mode = gpuMHz === null ? undefined : findMode(device, modeOfLandmark(landmark).powerMode);
  const isOfMode = mode !== undefined && isClockOf(mode, gpuMHz!);
  const at = gpuMHz === null ? '' : t(' at {0} MHz{1}', Math.round(gpuMHz), isOfMode ? ` (${mode.name})` : '');
  const advice = gpuMHz === null ? t('Check its unit and the device.') : t('Check its unit and the power mode.');
  return `${t(
    'A throughput of {0} inputs per second is above {1}, all that the {2} of {3} allow{4} with at least {5}MAC per input.',
    threeFigures(throughputFps),
    threeFigures(peakFps),
    peak,
    deviceName(device),
    at,
    prefixedCount(least, 3),
  )} ${advice}`;
}
