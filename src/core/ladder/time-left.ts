import type { Rung } from './rung';

/**
 * Seconds that the rest of a ladder will take, from how long its finished rungs took; null before the first is done.
 * Most of a rung's time goes into building its engine, which tries kernels layer by layer, so time is taken to grow
 * with the number of kernels.
 *
 * @param rungs all, in the order in which they run
 * @param secondsTaken of each finished rung, in that order; null for those that failed
 */
export function secondsLeft(
  rungs: readonly Pick<Rung, 'kernels'>[],
  secondsTaken: readonly (number | null)[],
): number | null {
  let [seconds, kernels] = [0, 0];
  secondsTaken.forEach((taken, index) => {
    const rung = rungs[index];
    if (taken === null || rung === undefined) return;
    seconds += taken;
    kernels += kernelsOf(rung);
  });
  if (kernels === 0) return null;
  const rest = rungs.slice(secondsTaken.length).reduce((sum, rung) => sum + kernelsOf(rung), 0);
  return (seconds / kernels) * rest;
}

/** The second column of a row is how many equal kernels it stands for. */
function kernelsOf({ kernels }: Pick<Rung, 'kernels'>): number {
  return kernels.reduce((sum, row) => sum + (row[1] ?? 0), 0);
}
