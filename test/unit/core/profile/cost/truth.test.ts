import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../../../../src/core/onnx/data-types';
import { type ModelCost, costOf } from '../../../../../src/core/profile/cost/cost';
import { fixtures, infer, readFixture } from '../../onnx/shapes/models';

interface Row {
  readonly file: string;
  readonly model: string;
  readonly way: string;
  readonly macs: number;
  /** Every convolution and matrix product, called as a module or not; absent where it is the same as `macs`. */
  readonly operatorMacs?: number;
  readonly activationElements: number;
  readonly weightElements: number;
  readonly layers: number;
}

const rows = (JSON.parse(readFileSync(new URL('truth.json', fixtures), 'utf8')) as { fixtures: readonly Row[] })
  .fixtures;

async function cost(file: string): Promise<ModelCost> {
  const model = await readFixture(file);
  const result = costOf(model, infer(model, { assumed: { batch: 1, resolution: 224 } }));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('cost of the fixtures against torch', () => {
  it.each(rows.map((row) => [row.file, row] as const))('%s', async (file, row) => {
    const { macs, weightedMacs, activationElements, weightElements, weightedLayers, ...rest } = await cost(file);
    const operatorMacs = row.operatorMacs ?? row.macs;
    expect(macs).toBe(operatorMacs);
    // torch's hooks miss convolutions and products that a forward pass calls as functions.
    if (operatorMacs === row.macs) {
      const seen = { weightedMacs, activationElements, weightElements, weightedLayers };
      expect(seen).toEqual({
        weightedMacs: row.macs,
        activationElements: row.activationElements,
        weightElements: row.weightElements,
        weightedLayers: row.layers,
      });
    }
    expect(rest.uncosted).toEqual([]);
    expect(rest.uncostedShare).toBe(0);
    expect(rest.peakActivation).not.toBeNull();
  });
});

describe('cost of one network exported in different ways', () => {
  const byModel = new Map<string, Row[]>();
  for (const row of rows) byModel.set(row.model, [...(byModel.get(row.model) ?? []), row]);

  it.each([...byModel].filter(([, ways]) => ways.length > 1))('%s', async (_, ways) => {
    const [first, ...others] = await Promise.all(ways.map(async (row) => summary(row, await cost(row.file))));
    for (const other of others) expect(other).toEqual(first);
  });
});

/** Everything that must not depend on the export; names do, and bytes do where weights are float16. */
function summary(row: Row, { layers, total, peakActivation }: ModelCost) {
  return {
    total,
    peakElements: peakActivation?.elements,
    layers: layers.map(({ kind, macs, readElements, writtenElements, weightElements, window, output }) => {
      expect(output.dataType).toBe(row.way === 'fp16' ? DataType.FLOAT16 : DataType.FLOAT);
      return { kind, macs, readElements, writtenElements, weightElements, window, shape: output.shape };
    }),
  };
}
