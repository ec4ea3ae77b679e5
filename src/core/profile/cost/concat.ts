import type { Dataflow } from './dataflow';
import { elementCount } from '../../onnx/shapes/value';

/** Which inputs of Concat nodes are computed in place and which are copied. */
export interface ConcatPlan {
  /** By the Concat's output: elements it copies; NaN when a size is not known. */
  readonly copied: ReadonlyMap<number, number>;
  /** Buffers that are a part of a Concat's output, and that output. */
  readonly placedIn: ReadonlyMap<number, number>;
}

/**
 * TensorRT lets a layer write its output directly into the buffer of the Concat that reads it. One tensor can be part
 * of one such buffer only: the inputs of the graph, constants, tensors seen through a reshape, and tensors that an
 * earlier Concat has already placed (DenseNet concatenates each of its feature maps again and again) are copied.
 */
export function planConcats(flow: Dataflow): ConcatPlan {
  const copied = new Map<number, number>();
  const placedIn = new Map<number, number>();
  const shapeOf = (name: string) => flow.value(name)?.shape;
  for (const { node, writes } of flow.steps) {
    if (node.opType !== 'Concat') continue;
    const [output] = writes;
    let elements = 0;
    for (const name of node.inputs) {
      if (name === '') continue;
      const buffer = flow.buffer(name);
      if (buffer !== undefined && flow.producer[buffer]! >= 0 && !placedIn.has(buffer)) {
        const whole = flow.names[buffer]!;
        if (whole === name || shapeOf(whole)?.join() === shapeOf(name)?.join()) {
          placedIn.set(buffer, output!);
          continue;
        }
      }
      elements += elementCount(shapeOf(name) ?? null) ?? NaN;
    }
    copied.set(output!, elements);
  }
  return { copied, placedIn };
}
