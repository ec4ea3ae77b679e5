import type { Model } from '../onnx/model';
import { encodeModel } from '../onnx/write';
import type { Fill } from './graph-builder';
import { fillRandomly } from './random-weights';

/** A model of the zoo: its structure, and how each of its tensors is to be filled. */
export interface FillableModel {
  readonly model: Model;
  readonly fills: ReadonlyMap<string, Fill>;
}

/** Weights are FP32. */
export const bytesPerWeight = 4;

/** A protobuf message, and with it an ONNX file without external data, has less than 2 GiB; 16 MiB are for structure. */
export const maxWeightBytes = 2 ** 31 - 2 ** 24;

/**
 * The bytes of an ONNX file, in pieces of a megabyte at most, so that a model of any size needs hardly any memory.
 * Equal seeds give equal bytes. Each yielded piece is overwritten by the next one: write or copy it first.
 *
 * @param seed starts the random weights; null leaves all weights out, as a description of the structure alone
 */
export function* modelChunks({ model, fills }: FillableModel, seed: number | null): Generator<Uint8Array, void> {
  const seeds = new Map([...model.graph.initializers.keys()].map((name, index) => [name, (seed ?? 0) + index]));
  const pieces = encodeModel(model, ({ elements }) => (seed === null ? 0 : elements * bytesPerWeight));
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece;
    else yield* payloadChunks(piece.elements, fills.get(piece.name)!, seeds.get(piece.name)!);
  }
}

const floatsPerChunk = 2 ** 18;

function* payloadChunks(elements: number, fill: Fill, seed: number): Generator<Uint8Array, void> {
  const floats = new Float32Array(Math.min(elements, floatsPerChunk));
  let state = seed;
  for (let done = 0; done < elements; done += floats.length) {
    const part = floats.subarray(0, Math.min(floats.length, elements - done));
    state = fillRandomly(part, fill, state);
    yield new Uint8Array(part.buffer, 0, part.byteLength);
  }
}
