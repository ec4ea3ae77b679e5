import type { Estimate } from '../estimate/estimate';
import { formatInterval, formatThroughput, throughputUnit } from './units';

/** Whether a predicted throughput reaches the throughput that is needed. */
export interface TargetVerdict {
  readonly targetFps: number;
  /** The estimate is at or above the target. */
  readonly met: boolean;
  /** The whole interval is on the estimate's side of the target; false where there is no interval. */
  readonly certain: boolean;
  /** One sentence without a full stop. */
  readonly text: string;
}

/** Judges an estimate against a target in inputs per second; without an estimate a target is not met. */
export function judgeTarget(estimate: Estimate | null, targetFps: number): TargetVerdict {
  if (estimate === null) {
    return { targetFps, met: false, certain: false, text: `Not known to reach ${formatThroughput(targetFps)}` };
  }
  const { throughputFps, interval, batch } = estimate;
  const met = throughputFps >= targetFps;
  const certain = interval !== null && (met ? interval.lowFps >= targetFps : interval.highFps < targetFps);
  const target = `${formatThroughput(targetFps, batch)}`;
  const factor = met ? throughputFps / targetFps : targetFps / throughputFps;
  const margin = `${factor.toFixed(factor < 10 ? 2 : 0)}×`;
  const doubt =
    interval === null || certain
      ? ''
      : `, though the interval of ${formatInterval(interval, batch)} ${met ? 'begins below' : 'ends above'} it`;
  const text = met
    ? `Reaches ${target}: ${margin} the ${throughputUnit(batch)} needed${doubt}`
    : `Misses ${target}: needs to be ${margin} as fast${doubt}`;
  return { targetFps, met, certain, text };
}
