import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inferShapes } from '../../../../../src/core/onnx/shapes/infer';
import type { InputSize } from '../../../../../src/core/onnx/shapes/input-size';
import { type ModelCost, costOf } from '../../../../../src/core/profile/cost/cost';
import { fixtures, readBytes } from '../../onnx/shapes/models';

/** Exports of one network each at several sizes: `NAME-BATCHxHEIGHTxWIDTH.onnx`. */
const folder = new URL('resized/', fixtures);
const files = readdirSync(folder).filter((file) => file.endsWith('.onnx'));
const networkOf = (file: string): string => file.slice(0, file.indexOf('-'));

/** A network whose graph has no padding, since none was needed at its size; it cannot run at one at which it is. */
const isUnpadded = (file: string): boolean => file === 'windows-1x448x448.onnx';

const cases = files.flatMap((file) =>
  files
    .filter((other) => other !== file && networkOf(other) === networkOf(file) && !isUnpadded(file))
    .map((other) => [file, other] as const),
);

async function costAt(file: string, size: InputSize = {}): Promise<ModelCost> {
  const model = await readBytes(readFileSync(new URL(file, folder)));
  const shapes = inferShapes(model, size);
  if (!shapes.ok) throw new Error(shapes.error.message);
  const cost = costOf(model, shapes.value);
  if (!cost.ok) throw new Error(cost.error.message);
  return cost.value;
}

/** What a kernel is and does, without the names that an exporter numbers. */
function kernelsOf({ layers, uncosted }: ModelCost): unknown[] {
  expect(uncosted).toEqual([]);
  return layers.map((layer) => ({
    ...layer,
    nodes: layer.nodes.length,
    output: layer.output.shape,
    weight: layer.weight !== undefined,
  }));
}

describe('a graph at the size of another export of the same network', () => {
  it.each(cases)('%s has the kernels of %s', async (file, other) => {
    const [batch, height, width] = other
      .slice(other.indexOf('-') + 1, -'.onnx'.length)
      .split('x')
      .map(Number);
    const resized = kernelsOf(await costAt(file, { height, width, batch }));
    expect(resized).toEqual(kernelsOf(await costAt(other)));
  });

  it('is refused where windows would need padding that the graph does not have', async () => {
    const model = await readBytes(readFileSync(new URL(files.find(isUnpadded)!, folder)));
    const shapes = inferShapes(model, { resolution: 512 });
    expect(shapes.ok ? null : shapes.error.code).toBe('shape-conflict');
  });
});
