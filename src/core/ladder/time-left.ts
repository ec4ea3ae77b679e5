import type { Rung } from './rung';

/**
 * Seconds that the rest of a ladder will take, from how long its finished rungs took; null before the first is done.
 * Most of a rung's time goes into building its engine, which tries kernels layer by layer, so time is taken to grow
 * with the number of kernels.
 *
 * @param rungs all, in the order in which they run
 * @param secondsTaken of each rung that is over, at its place; null for those that failed, undefined for those to come
 */
export function secondsLeft(
  rungs: readonly Pick<Rung, 'kernels'>[],
  secondsTaken: readonly (number | null | undefined)[],
): number | null {
  let [seconds, kernels, rest] = [0, 0, 0];
  rungs.forEach((rung, index) => {
    const taken = secondsTaken[index];
    if (taken === undefined) rest += kernelsOf(rung);
    if (typeof taken !== 'number') return;
    seconds += taken;
    kernels += kernelsOf(rung);
  });
  return kernels === 0 ? null : (seconds / kernels) * rest;
}

/** The second column of a row is how many equal kernels it stands for. */
function kernelsOf({ kernels }: Pick<Rung, 'kernels'>): number {
  return kernels.reduce((sum, row) => sum + (row[1] ?? 0), 0);
}
