import { describe, expect, it } from 'vitest';
import { fitGraphCost } from '../../../../../src/core/estimate/graph-cost/graph-cost-fit';
import { maxExactLandmarks } from '../../../../../src/core/estimate/graph-cost/prepared-fit';
import { rungsUpTo } from '../../../../../src/core/ladder/rung';
import type { Landmark } from '../../../../../src/core/landmarks/landmark';

const key = { device: 'a-new-board', runtime: 'tensorrt-fp16' } as const;
const rungs = rungsUpTo(256e6);

/** Networks at up to three resolutions each, on boards that differ a little, called by what `nameOf` makes of the rung. */
function landmarks(
  nameOf: (id: string) => string,
  { networks, boards }: { networks: number; boards: number },
): Landmark[] {
  const parameters = [...new Set(rungs.map((rung) => rung.parameters))].slice(0, networks);
  const chosen = rungs.filter((rung) => parameters.includes(rung.parameters));
  return Array.from({ length: boards }, (_, board) => board).flatMap((board) =>
    chosen.map((rung, index) => ({
      ...key,
      model: nameOf(rung.id),
      family: rung.family,
      parameters: rung.parameters,
      kernels: rung.kernels,
      resolution: rung.resolution,
      batch: 1,
      campaign: `board ${board}`,
      source: 'made for this test',
      throughputFps: (1e11 / (rung.macs + 1e8)) * (1 + 0.05 * board) * (1 + (0.2 * ((index * 7) % 5)) / 5),
    })),
  );
}

function foldsOf(given: readonly Landmark[]): readonly number[] {
  const fit = fitGraphCost(given, key);
  if (!fit.ok) throw new Error(fit.error);
  return fit.value.leaveOneOut.map(({ predictedFps }) => predictedFps);
}

const withoutSize = (id: string) => id.replace(/-\d+$/, '');

describe('leaving a model out', () => {
  it.each([
    ['few', { networks: 5, boards: 1 }],
    ['many', { networks: 30, boards: 2 }],
  ])('of %s leaves it out at every resolution, also where names tell resolutions apart', (_, size) => {
    const named = landmarks((id) => id, size);
    expect(named.length > maxExactLandmarks).toBe(size.boards > 1);
    const folds = foldsOf(named);
    expect(folds.length).toBeGreaterThan(10);
    expect(folds).toEqual(foldsOf(landmarks(withoutSize, size)));
  });

  it.each([
    ['few', { networks: 1, boards: 1 }],
    ['many', { networks: 1, boards: 50 }],
  ])('of %s is no way to make three models of one', (_, size) => {
    const named = landmarks((id) => id, size);
    expect(named.length > maxExactLandmarks).toBe(size.boards > 1);
    const fit = fitGraphCost(named, key);
    expect(!fit.ok && fit.error).toMatch(/needs 3 different measured models whose layers are known.*has 1 such model/);
  });
});
