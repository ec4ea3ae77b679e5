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
  const lastRead = new Int32Array(flow.names.length).fill(-1);
  kernels.forEach(({ reads }, time) => reads.forEach((buffer) => (lastRead[buffer] = time)));
  flow.isResult.forEach((isResult, buffer) => {
    if (isResult === 1) lastRead[buffer] = kernels.length;
  });
  // Later Concats first, so that a part of a part lives as long as the outermost.
  for (const [part, whole] of [...concats.placedIn].reverse()) {
    lastRead[part] = Math.max(lastRead[part]!, lastRead[whole]!, 0);
  }

  const memory = new Memory(flow, concats, kernels.length);
  let peak: PeakActivation = { elements: 0, bytes: 0, node: '' };
  for (const name of inputs) {
    const buffer = flow.buffer(name);
    if (buffer !== undefined && flow.readers.count(buffer) > 0) memory.allocate(buffer, Math.max(lastRead[buffer]!, 0));
  }
  for (let time = 0; time < kernels.length; time++) {
    const kernel = kernels[time]!;
    const first = flow.steps[kernel.steps[0]!]!;
    if (first.role === 'pointwise') {
      const reusable = kernel.reads.find(
        (buffer) =>
          lastRead[buffer] === time && !concats.placedIn.has(buffer) && flow.size[buffer] === flow.size[kernel.output],
      );
      if (reusable !== undefined) memory.release(reusable);
    }
    if (kernel.steps.length > 1) memory.allocate(kernel.output, Math.max(lastRead[kernel.output]!, time));
    else for (const buffer of first.writes) memory.allocate(buffer, Math.max(lastRead[buffer]!, time));
    if (memory.bytes > peak.bytes) {
      peak = { elements: memory.elements, bytes: memory.bytes, node: first.node.name || (first.node.outputs[0] ?? '') };
    }
    memory.releaseExpired(time);
  }
  return Number.isFinite(memory.elements) ? peak : null;
}

/** The buffers that are held at one time. `elements` stays NaN after a buffer whose size is not known. */
class Memory {
  elements = 0;
  bytes = 0;
  private readonly isHeld: Uint8Array;
  /** By time, the first of the buffers that end then, and by buffer, the next of them; -1 for none. */
  private readonly firstEnding: Int32Array;
  private readonly nextEnding: Int32Array;

  constructor(
    private readonly flow: Dataflow,
    private readonly concats: ConcatPlan,
    times: number,
  ) {
    this.isHeld = new Uint8Array(flow.names.length);
    this.firstEnding = new Int32Array(times).fill(-1);
    this.nextEnding = new Int32Array(flow.names.length).fill(-1);
  }

  allocate(buffer: number, end: number): void {
    if (this.isHeld[buffer] === 1) return;
    this.isHeld[buffer] = 1;
    this.change(buffer, 1);
    if (end >= this.firstEnding.length) return;
    this.nextEnding[buffer] = this.firstEnding[end]!;
    this.firstEnding[end] = buffer;
  }

  release(buffer: number): void {
    if (this.isHeld[buffer] === 0) return;
    this.isHeld[buffer] = 0;
    this.change(buffer, -1);
  }

  releaseExpired(time: number): void {
    for (let buffer = this.firstEnding[time]!; buffer !== -1; buffer = this.nextEnding[buffer]!) this.release(buffer);
  }

  private change(buffer: number, sign: number): void {
    const copied = this.concats.copied.get(buffer) ?? NaN;
    const elements = Number.isNaN(copied) ? this.flow.size[buffer]! : copied;
    const elementType = this.flow.values[buffer]?.elementType ?? 0;
    this.elements += sign * elements;
    this.bytes += sign * Math.ceil((elements * (elementBits(elementType) ?? 32)) / 8);
  }
}
