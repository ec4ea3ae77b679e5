import { deviceName, peakGflops } from '../landmarks/devices';
import type { Runtime } from '../landmarks/landmark';
import { peakThroughputFps } from '../landmarks/peak-throughput';
import { prefixedCount, threeFigures } from '../figures';
import type { Interval } from './estimate';
import type { RawInterval } from './family-fit/jackknife';
import { t } from '../language';

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
    return t('the prediction is not positive ({0} inputs per second)', throughputFps.toFixed(2));
  }
  const peakFps = peakThroughputFps(device, runtime, macsPerInput, gpuMHz);
  if (peakFps === null || macsPerInput === null || throughputFps <= peakFps) return null;
  return t(
    'the prediction of {0} inputs per second is above {1}, the most that the {2}FLOP/s of {3} allow at {4}MAC per input',
    threeFigures(throughputFps),
    threeFigures(peakFps),
    prefixedCount(peakGflops(device, runtime, gpuMHz)! * 1e9, 3),
    deviceName(device),
    prefixedCount(macsPerInput, 3),
  );
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
    notes.push(t('The landmarks set no lower limit above 0, so the interval starts at 1% of the estimate.'));
  }
  let highFps = Math.max(raw.high, throughputFps);
  if (peakFps !== null && highFps > peakFps) {
    highFps = peakFps;
    notes.push(t("The interval ends at {0} FPS, the board's arithmetic peak.", threeFigures(peakFps)));
  }
  return { interval: { level: raw.level, lowFps, highFps }, notes };
}
