import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import { readModel } from '../../../../src/core/onnx/read';
import { profiled } from '../profile/profiled';
import { modelChunks } from '../../../../src/core/zoo/model-bytes';
import { type ReferenceModel, referenceModel, type ReferenceRequest } from '../../../../src/core/zoo/reference-model';

function built(request: ReferenceRequest): ReferenceModel {
  const result = referenceModel(request);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Copies the pieces, as each is overwritten by the next. */
function bytesOf(reference: ReferenceModel, seed: number | null): Buffer {
  const pieces: Buffer[] = [];
  for (const piece of modelChunks(reference, seed)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const families: readonly ReferenceRequest[] = [
  { family: 'ResNet', settings: { layout: [1, 1, 1, 1], block: 'bottleneck' } },
  { family: 'MobileNetV1', settings: { width: 0.25 } },
  { family: 'MobileNetV2', settings: { width: 0.35 }, batch: 3, resolution: 96 },
  { family: 'MnasNet', settings: { alpha: 0.35 } },
  { family: 'ShuffleNetV2', settings: { scale: '0.5' } },
  { family: 'DenseNet', settings: { growth: 12 } },
  { family: 'SqueezeNet', classes: 10 },
];

describe('modelChunks', () => {
  it.each(families)('writes a $family that reads as what was built', async (request) => {
    const reference = built(request);
    const expected = profiled(reference.model);
    for (const seed of [null, 1]) {
      const read = await readModel(memorySource(bytesOf(reference, seed)));
      if (!read.ok) throw new Error(read.error.message);
      expect({ ...profiled(read.value), costAt: null }).toEqual({ ...expected, costAt: null });
      expect(read.value.warnings).toEqual([]);
      const kinds = new Set([...read.value.graph.initializers.values()].map((tensor) => tensor.payload.kind));
      expect([...kinds]).toEqual([seed === null ? 'absent' : 'inline']);
    }
  });

  it('writes large tensors in pieces of a megabyte at most, and in all what its header says', async () => {
    const reference = built({ family: 'AlexNet' });
    let bytes = 0;
    let largest = 0;
    for (const piece of modelChunks(reference, 5)) {
      bytes += piece.length;
      largest = Math.max(largest, piece.length);
    }
    expect(largest).toBe(2 ** 20);
    expect(bytes).toBeGreaterThan(4 * 61_100_840);
    expect(bytes).toBeLessThan(4 * 61_100_840 + 10_000);
  });

  it('gives equal bytes for equal seeds and others for others', () => {
    const reference = built({ family: 'MobileNetV2', settings: { width: 0.1 } });
    const first = bytesOf(reference, 42);
    expect(bytesOf(reference, 42).equals(first)).toBe(true);
    expect(bytesOf(reference, 43).equals(first)).toBe(false);
    expect(bytesOf(reference, 43)).toHaveLength(first.length);
  });

  it('fills every tensor with finite numbers of the spread that keeps activations in bounds', () => {
    const reference = built({ family: 'ResNet', settings: { layout: [1, 1, 1, 1], width: 0.5 } });
    const { graph } = onnx.ModelProto.decode(bytesOf(reference, 0));
    const tensors = graph!.initializer!.map((tensor) => ({
      name: tensor.name!,
      values: new Float32Array(Uint8Array.from(tensor.rawData!).buffer),
    }));
    expect(tensors).toHaveLength(reference.model.graph.initializers.size);
    for (const { name, values } of tensors) {
      const { low, high } = reference.fills.get(name)!;
      expect(values).toHaveLength(reference.model.graph.initializers.get(name)!.elements);
      expect(values.every((value) => value >= Math.fround(low) && value <= Math.fround(high))).toBe(true);
      if (values.length < 1000) continue;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      // Of a uniform distribution: the middle, and a twelfth of the squared range.
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(0.05 * (high - low));
      expect(variance / ((high - low) ** 2 / 12)).toBeCloseTo(1, 1);
    }
    // No two tensors begin alike.
    expect(new Set(tensors.map(({ values }) => values[0])).size).toBe(tensors.length);
  });

  it('writes opset 11, which the oldest supported TensorRT takes, with 7×7 weights of He et al.', () => {
    const proto = onnx.ModelProto.decode(bytesOf(built({ family: 'ResNet' }), null));
    expect(proto.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', 11]]);
    const { fills } = built({ family: 'ResNet' });
    // A variance of 2 over 3·7·7 summands is a uniform distribution up to the root of 6 over 147.
    expect(fills.get('Conv_0.weight')!.high).toBeCloseTo(Math.sqrt(6 / 147), 10);
  });
});
