import { deviceName, peakGflops } from '../landmarks/devices';
import type { Runtime } from '../landmarks/landmark';
import { peakThroughputFps } from '../landmarks/peak-throughput';
import { prefixedCount, threeFigures } from '../figures';
import type { Interval } from './estimate';
import type { RawInterval } from './family-fit/jackknife';

/**
 * Why a throughput cannot be true (Z must stay positive and below the board's peak); null where it can.
 *
 * @param gpuMHz the clock that it is for; that of the fastest power mode where left out or null
 */
export function implausibleReason(
  throughputFps: number,
  device: string,
  runtime: Runtime,
  macsPerInput: number | null,
  gpuMHz: number | null = null,
): string | null {
  if (!Number.isFinite(throughputFps) || throughputFps <= 0) {
    return `the prediction is not positive (${throughputFps.toFixed(2)} inputs per second)`;
  }
  const peakFps = peakThroughputFps(device, runtime, macsPerInput, gpuMHz);
  if (peakFps === null || macsPerInput === null || throughputFps <= peakFps) return null;
  return `the prediction of ${threeFigures(throughputFps)} inputs per second is above ${threeFigures(peakFps)}, the most that the ${prefixedCount(peakGflops(device, runtime, gpuMHz)! * 1e9, 3)}FLOP/s of ${deviceName(device)} allow at ${prefixedCount(macsPerInput, 3)}MAC per input`;
}

/** Share of the estimate at which the lower end of an interval is put where the residuals give none above 0. */
const lowestShare = 0.01;

/**
 * Bounds an interval by what is possible: its lower end stays positive, its upper end at or below the board's peak,
 * and it contains the estimate.
 */
export function boundInterval(
  raw: RawInterval,
  throughputFps: number,
  peakFps: number | null,
): { readonly interval: Interval; readonly notes: readonly string[] } {
  const notes: string[] = [];
  let lowFps = Math.min(raw.low, throughputFps);
  if (lowFps < lowestShare * throughputFps) {
    lowFps = lowestShare * throughputFps;
    notes.push('The landmarks set no lower limit above 0, so the interval starts at 1% of the estimate.');
  }
  let highFps = Math.max(raw.high, throughputFps);
  if (peakFps !== null && highFps > peakFps) {
    highFps = peakFps;
    notes.push(`The interval ends at ${threeFigures(peakFps)} FPS, the board's arithmetic peak.`);
  }
  return { interval: { level: raw.level, lowFps, highFps }, notes };
}
