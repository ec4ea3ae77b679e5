import { elementBits } from '../../onnx/data-types';
import type { ConcatPlan } from './concat';
import type { Dataflow } from './dataflow';
import type { Kernel } from './fuse';

export interface PeakActivation {
  readonly elements: number;
  /** With the element types that the file states. */
  readonly bytes: number;
  /** The node that runs when memory is fullest, or its first output where it has no name. */
  readonly node: string;
}

/**
 * Peak of the memory that activations take when the kernels run in graph order: a buffer lives from the kernel that
 * writes it to the last one that reads it, inputs from the start, results to the end. A part of a Concat lives as long
 * as the whole, which then takes only what it copies. An element-wise kernel writes over an operand of the same size
 * that nothing reads later. Weights and work spaces are not part of it. Null when a size is not known.
 */
export function peakActivation(
  flow: Dataflow,
  kernels: readonly Kernel[],
  concats: ConcatPlan,
  inputs: readonly string[],
): PeakActivation | null {
  const lastRead = new Map<string, number>();
  kernels.forEach((kernel, time) => kernel.reads.forEach((name) => lastRead.set(name, time)));
  for (const name of flow.results) lastRead.set(name, kernels.length);
  // Later Concats first, so that a part of a part lives as long as the outermost.
  for (const [part, whole] of [...concats.placedIn].reverse()) {
    lastRead.set(part, Math.max(lastRead.get(part) ?? 0, lastRead.get(whole) ?? 0));
  }

  const expiring: string[][] = kernels.map(() => []);
  const sizes = new Map<string, { elements: number; bytes: number }>();
  const now = { elements: 0, bytes: 0 };
  let peak: PeakActivation = { elements: 0, bytes: 0, node: '' };
  let known = true;
  const allocate = (name: string, time: number) => {
    const elements = concats.copied.get(name) ?? flow.size(name);
    if (elements === null) {
      known = false;
      return;
    }
    const bytes = Math.ceil((elements * (elementBits(flow.value(name)?.elementType ?? 0) ?? 32)) / 8);
    sizes.set(name, { elements, bytes });
    now.elements += elements;
    now.bytes += bytes;
    expiring[Math.max(lastRead.get(name) ?? 0, time)]?.push(name);
  };
  const release = (name: string) => {
    const size = sizes.get(name);
    if (!size) return;
    sizes.delete(name);
    now.elements -= size.elements;
    now.bytes -= size.bytes;
  };

  for (const name of inputs) if (flow.readers.has(name)) allocate(name, 0);
  for (const [time, kernel] of kernels.entries()) {
    const first = flow.steps[kernel.steps[0]!]!;
    if (first.role === 'pointwise') {
      const reusable = kernel.reads.find(
        (name) =>
          lastRead.get(name) === time && !concats.placedIn.has(name) && flow.size(name) === flow.size(kernel.output),
      );
      if (reusable !== undefined) release(reusable);
    }
    const outputs =
      kernel.steps.length > 1 ? [kernel.output] : first.node.outputs.filter((name) => flow.producer.has(name));
    for (const name of outputs) allocate(name, time);
    if (now.bytes > peak.bytes) peak = { ...now, node: first.node.name || first.output };
    for (const name of expiring[time]!) release(name);
  }
  return known ? peak : null;
}
