import type { Dataflow } from './dataflow';

/** Which inputs of Concat nodes are computed in place and which are copied. */
export interface ConcatPlan {
  /** By the Concat's output: elements it copies; null when a size is not known. */
  readonly copied: ReadonlyMap<string, number | null>;
  /** Buffers that are a part of a Concat's output, and that output. */
  readonly placedIn: ReadonlyMap<string, string>;
}

/**
 * TensorRT lets a layer write its output directly into the buffer of the Concat that reads it. One tensor can be part
 * of one such buffer only: the inputs of the graph, constants, tensors seen through a reshape, and tensors that an
 * earlier Concat has already placed (DenseNet concatenates each of its feature maps again and again) are copied.
 */
export function planConcats(flow: Dataflow): ConcatPlan {
  const copied = new Map<string, number | null>();
  const placedIn = new Map<string, string>();
  for (const step of flow.steps) {
    if (step.node.opType !== 'Concat') continue;
    let elements: number | null = 0;
    for (const name of step.node.inputs) {
      if (name === '') continue;
      const buffer = flow.buffer(name);
      const reshaped = flow.value(name)?.shape?.join() !== flow.value(buffer)?.shape?.join();
      if (flow.producer.has(buffer) && !placedIn.has(buffer) && !reshaped) {
        placedIn.set(buffer, step.output);
        continue;
      }
      const size = flow.size(name);
      elements = elements === null || size === null ? null : elements + size;
    }
    copied.set(step.output, elements);
  }
  return { copied, placedIn };
}
