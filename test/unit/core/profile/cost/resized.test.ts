import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inferShapes } from '../../../../../src/core/onnx/shapes/infer';
import { costOf } from '../../../../../src/core/profile/cost/cost';
import { fixtures, readFixture } from '../../onnx/shapes/models';
import rows from './resized.json';

/** Ways of exporting that differ in what they bake from the exported size. */
const ways = ['folded', 'unfolded', 'opset11', 'dynamic'];

/**
 * torch refuses ShuffleNetV1 here because its pool asks for 7×7 of a 4×4 map. In the file a pool over the whole map
 * and an adaptive one are the same node, and it is read as the one that can run.
 */
const readAsAdaptive = new Set(['shufflenet_v1_x0_5_g3 at 112, batch 1']);

/** torch refuses ViT at another size because of its table of positions, which is taken as resized, and said to be. */
const positionTable = 'vit_b_16';

const cases = rows.flatMap((row) =>
  ways
    .map((way) => `${row.model}.${way}.onnx`)
    .filter((file) => existsSync(new URL(`exported/${file}`, fixtures)))
    .map((file) => [`${row.model} at ${row.resolution}, batch ${row.batch}`, file, row] as const),
);

describe('cost at another resolution and batch than the exported ones, against torch', () => {
  it('has fixtures to look at', () => {
    expect(cases.length).toBeGreaterThan(150);
  });

  it.each(cases)('%s (%s)', async (name, file, row) => {
    const model = await readFixture(file);
    const options = { resolution: row.resolution, batch: row.batch };
    const shapes = inferShapes(model, options);
    if (row.refused !== undefined) {
      if (!shapes.ok) expect(shapes.error.code).toBe('shape-conflict');
      else if (row.model === positionTable) {
        const tables = shapes.value.adjustments.filter((one) => one.constant !== undefined).map((one) => one.what);
        const tokens = (row.resolution / 16) ** 2 + 1;
        expect(tables).toContain(`takes a constant of [1, 197, 768] as one of [1, ${tokens}, 768]`);
      } else {
        expect(readAsAdaptive.has(name)).toBe(true);
        expect(shapes.value.adjustments.map((one) => one.operator)).toContain('AveragePool');
      }
      return;
    }
    if (!shapes.ok) throw new Error(shapes.error.message);
    const costed = costOf(model, shapes.value);
    if (!costed.ok) throw new Error(costed.error.message);
    const cost = costed.value;
    expect(cost.macs).toBe(row.operatorMacs);
    // Hooks on modules see neither attention's projections nor the products between activations.
    if (row.operatorMacs === row.macs) {
      expect(cost.activationElements).toBe(row.activationElements);
      expect(cost.weightElements).toBe(row.weightElements);
    }
  });
});
