import type { Disturbance } from '../../core/landmarks/backends';
import type { BoardState } from '../../core/landmarks/measurement';
import type { GoodResult } from '../job/run-result';

type Seen = Pick<GoodResult, 'before' | 'during' | 'after' | 'gpuProcesses'>;

/** A clock this far below the highest allowed one is lower on purpose, not by rounding. */
const slowedShare = 0.95;

/** The GPU of an idle board is busy for less than this, apart from a desktop that draws nothing. */
const idleLoad = 0.1;

/**
 * Why a run may not show the board's own speed:
 *
 * - `throttled`: the GPU's clock was below its highest while it was busy, or fell although it was fixed, or the board
 *   lowered what it allows. A clock that is free to follow the load and does is not throttled.
 * - `swapped`: pages were swapped in or out between the samples before and after.
 * - `gpu-shared`: the GPU was busy before the run, or another program had it open.
 */
export function disturbancesOf(seen: Seen): readonly Disturbance[] {
  const found: Disturbance[] = [];
  if (isThrottled(seen)) found.push('throttled');
  if (hasSwapped(seen)) found.push('swapped');
  if ((seen.before.gpuLoad ?? 0) > idleLoad || seen.gpuProcesses.length > 0) found.push('gpu-shared');
  return found;
}

function isThrottled({ before, during, after }: Seen): boolean {
  // One sample may fall on the moment in which a governor raises the clock.
  if (during.slowedSamples >= 2 && during.slowedSamples > during.busySamples / 5) return true;
  if (isBelow(after.gpuMaxMHz, before.gpuMaxMHz)) return true;
  return isFixed(before) && (isBelow(during.lowestGpuMHz, before.gpuMaxMHz) || isBelow(after.gpuMHz, before.gpuMaxMHz));
}

function hasSwapped({ before, after }: Seen): boolean {
  return before.swappedPages !== null && after.swappedPages !== null && after.swappedPages > before.swappedPages;
}

function isFixed({ gpuMinMHz, gpuMaxMHz }: BoardState): boolean {
  return gpuMinMHz !== null && gpuMinMHz === gpuMaxMHz;
}

function isBelow(value: number | null, highest: number | null): boolean {
  return value !== null && highest !== null && value < slowedShare * highest;
}
