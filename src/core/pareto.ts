/** One figure that points are compared by. */
export interface ParetoAxis<T> {
  /** The figure; null where a point has none, which leaves it out of the comparison. */
  readonly of: (point: T) => number | null;
  readonly better: 'higher' | 'lower';
}

/**
 * The points that no other one beats: being better on one axis without being worse on another. Points that are equal on
 * every axis are all in. A point that lacks a figure, or has one that is no number, cannot be compared and is never in.
 *
 * @param axes that must all be weighed, e.g. throughput (higher is better) and error rate (lower is better)
 * @returns the front in order of the first axis, best first
 */
export function paretoFront<T>(points: readonly T[], axes: readonly ParetoAxis<T>[]): readonly T[] {
  const rated = points
    .map((point) => ({ point, merits: axes.map((axis) => merit(axis, point)) }))
    .filter(({ merits }) => merits.every((value) => !Number.isNaN(value)))
    .sort((one, other) => compare(one.merits, other.merits));
  // Whatever beats a point comes before it in this order, so the front found so far is all there is to look at.
  const front: typeof rated = [];
  for (const candidate of rated) {
    // Of two axes, the last one found is the best on the second, so no other can beat what it does not.
    const rivals = axes.length === 2 ? front.slice(-1) : front;
    if (!rivals.some((member) => beats(member.merits, candidate.merits))) front.push(candidate);
  }
  return front.map(({ point }) => point);
}

/** The figure with the sign that makes higher better; NaN where there is none. */
function merit<T>({ of, better }: ParetoAxis<T>, point: T): number {
  const value = of(point) ?? Number.NaN;
  return better === 'higher' ? value : -value;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((value, position) => value !== other[position]);
  return index < 0 ? 0 : other[index]! - one[index]!;
}

function beats(one: readonly number[], other: readonly number[]): boolean {
  return one.every((value, index) => value >= other[index]!) && one.some((value, index) => value > other[index]!);
}
