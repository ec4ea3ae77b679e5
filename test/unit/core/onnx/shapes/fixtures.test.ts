import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Dimension } from '../../../../../src/core/onnx/model';
import { fixtures, infer, readFixture } from './models';

const truth = JSON.parse(gunzipSync(readFileSync(new URL('shapes.json.gz', fixtures))).toString()) as Readonly<
  Record<string, Readonly<Record<string, readonly Dimension[]>>>
>;

describe('shapes of the fixtures against onnx.shape_inference', () => {
  it.each(Object.entries(truth))('%s', async (file, values) => {
    if (!existsSync(new URL(`exported/${file}`, fixtures))) throw new Error(`${file} is not among the fixtures`);
    const result = infer(await readFixture(file));
    expect(result.unresolved).toEqual([]);
    for (const [name, dims] of Object.entries(values)) {
      const shape = result.values.get(name)?.shape;
      expect(shape?.length, name).toBe(dims.length);
      dims.forEach((dimension, axis) => {
        if (typeof dimension === 'number') expect(shape![axis], `${name} axis ${axis}`).toBe(dimension);
      });
    }
  });
});
