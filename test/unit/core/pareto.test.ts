import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paretoFront, type ParetoAxis } from '../../../src/core/pareto';

interface Point {
  readonly fps: number | null;
  readonly error: number | null;
}

const axes: readonly ParetoAxis<Point>[] = [
  { of: ({ fps }) => fps, better: 'higher' },
  { of: ({ error }) => error, better: 'lower' },
];

const front = (points: readonly Point[]) => paretoFront(points, axes);

describe('the Pareto front', () => {
  it('has what no other point beats, fastest first', () => {
    const slowGood = { fps: 12.5, error: 12.4 };
    const fastFair = { fps: 42.8, error: 13.72 };
    const beaten = { fps: 31.8, error: 17.59 };
    expect(front([slowGood, beaten, fastFair])).toEqual([fastFair, slowGood]);
  });

  it('keeps equal points together, and drops a point that is worse on one axis and equal on the other', () => {
    const twins = [
      { fps: 10, error: 1 },
      { fps: 10, error: 1 },
    ];
    expect(front([...twins, { fps: 10, error: 2 }, { fps: 9, error: 1 }])).toEqual(twins);
  });

  it('leaves out what has no figure, and lets it beat nothing', () => {
    const known = { fps: 1, error: 50 };
    const points = [{ fps: 500, error: null }, { fps: null, error: 0 }, { fps: 400, error: Number.NaN }, known];
    expect(front(points)).toEqual([known]);
    expect(front([])).toEqual([]);
  });

  it('is what the definition says, whatever the points', () => {
    const figure = fc.option(fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(fc.array(fc.record({ fps: figure, error: figure }), { maxLength: 30 }), (points) => {
        const whole = points.filter(({ fps, error }) => fps !== null && error !== null);
        const beats = (one: Point, other: Point) =>
          one.fps! >= other.fps! && one.error! <= other.error! && (one.fps! > other.fps! || one.error! < other.error!);
        const expected = new Set(whole.filter((point) => !whole.some((other) => beats(other, point))));
        expect(new Set(front(points))).toEqual(expected);
      }),
    );
  });
});
