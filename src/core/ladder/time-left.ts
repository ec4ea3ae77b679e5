import type { Rung } from './rung';

/** Kernels that take as long to build as everything else that a model costs: its start, its trials. A guess to begin with. */
const kernelsOfOverhead = 20;

/**
 * Seconds that the rest of a ladder will take, from how long its finished rungs took; null before the first is done.
 * Most of a rung's time goes into building its engine, which tries kernels layer by layer, so time is taken to be a
 * constant and a share for each kernel; least squares tell them apart once two rungs of different size are done.
 *
 * @param rungs all, in the order in which they run
 * @param secondsTaken of each rung that is over, at its place; null for those that failed, undefined for those to come
 */
export function secondsLeft(
  rungs: readonly Pick<Rung, 'kernels'>[],
  secondsTaken: readonly (number | null | undefined)[],
): number | null {
  const done = rungs.flatMap((rung, index): readonly Done[] => {
    const seconds = secondsTaken[index];
    return typeof seconds === 'number' ? [{ kernels: kernelsOf(rung), seconds }] : [];
  });
  if (done.length === 0) return null;
  const { perRung, perKernel } = lineThrough(done);
  return rungs.reduce(
    (sum, rung, index) => (secondsTaken[index] === undefined ? sum + perRung + perKernel * kernelsOf(rung) : sum),
    0,
  );
}

interface Done {
  readonly kernels: number;
  readonly seconds: number;
}

/** Least squares with neither part below zero. */
function lineThrough(done: readonly Done[]): { readonly perRung: number; readonly perKernel: number } {
  const sumOf = (value: (each: Done) => number): number => done.reduce((sum, each) => sum + value(each), 0);
  const [meanKernels, meanSeconds] = [sumOf(({ kernels }) => kernels), sumOf(({ seconds }) => seconds)].map(
    (sum) => sum / done.length,
  ) as [number, number];
  const spread = sumOf(({ kernels }) => (kernels - meanKernels) ** 2);
  if (spread === 0) {
    const perKernel = meanSeconds / (meanKernels + kernelsOfOverhead);
    return { perRung: kernelsOfOverhead * perKernel, perKernel };
  }
  const slope = sumOf(({ kernels, seconds }) => (kernels - meanKernels) * (seconds - meanSeconds)) / spread;
  const constant = meanSeconds - slope * meanKernels;
  if (slope < 0) return { perRung: meanSeconds, perKernel: 0 };
  if (constant >= 0) return { perRung: constant, perKernel: slope };
  return { perRung: 0, perKernel: sumOf((each) => each.kernels * each.seconds) / sumOf(({ kernels }) => kernels ** 2) };
}

/** The second column of a row is how many equal kernels it stands for. */
function kernelsOf({ kernels }: Pick<Rung, 'kernels'>): number {
  return kernels.reduce((sum, row) => sum + (row[1] ?? 0), 0);
}
