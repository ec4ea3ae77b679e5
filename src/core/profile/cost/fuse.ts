import type { Node } from '../../onnx/model';
import type { Dataflow, Step } from './dataflow';
import { isFusedActivation, isScale } from './operators';

/** Steps that run as one kernel. */
export interface Kernel {
  /** Indices of its steps, the one that names it first. */
  readonly steps: readonly number[];
  /** Buffers it reads, each once. */
  readonly reads: readonly number[];
  readonly output: number;
}

/** A decomposed activation has at most this many nodes (GELU by tanh: 9). */
const maxRegion = 12;

/**
 * Groups the steps into kernels as TensorRT 8.2 does, in the order of their first steps.
 *
 * A convolution or matrix product takes in what scales or shifts it by constants (BatchNormalization in either form,
 * bias, Mul), a convolution then one addition of a tensor that is already there (residual), and both one activation,
 * written as one node or as several (x · sigmoid(x), hard-swish, GELU). Element-wise nodes in a row are one kernel, and
 * so are transpositions. PRelu, and a BatchNormalization whose producer has other readers, stay kernels of their own.
 */
export function fuseKernels(flow: Dataflow): readonly Kernel[] {
  const owner = new Int32Array(flow.steps.length).fill(-1);
  const operands = new Operands(flow);
  const kernels: Kernel[] = [];
  for (let index = 0; index < flow.steps.length; index++) {
    if (owner[index] !== -1) continue;
    const step = flow.steps[index]!;
    const fusion = new Fusion(flow, owner, operands, kernels.length, index);
    if (step.role === 'linear') fusion.takeEpilogue();
    else if (step.role === 'pointwise' && step.node.opType !== 'PRelu') fusion.takePointwise();
    else if (step.node.opType === 'Transpose') fusion.takeTransposes();
    const kernel = fusion.finish();
    operands.note(kernel);
    kernels.push(kernel);
  }
  return kernels;
}

/**
 * How many different buffers each step reads, and how many of them no finished kernel has computed yet. Kept along the
 * way, because a step of many operands is looked at from each of them.
 */
class Operands {
  private readonly different: Int32Array;
  private readonly missing: Int32Array;
  /** By buffer: the number of the kernel that was last found to read it. */
  private readonly readBy: Int32Array;

  constructor(private readonly flow: Dataflow) {
    this.different = new Int32Array(flow.steps.length);
    this.missing = new Int32Array(flow.steps.length);
    this.readBy = new Int32Array(flow.names.length).fill(-1);
    flow.producer.forEach((producer, buffer) =>
      this.forReaders(buffer, (step) => {
        this.different[step]! += 1;
        if (producer >= 0) this.missing[step]! += 1;
      }),
    );
  }

  note(kernel: Kernel): void {
    for (const index of kernel.steps) {
      for (const buffer of this.flow.steps[index]!.writes) {
        if (this.flow.producer[buffer] === index) this.forReaders(buffer, (step) => (this.missing[step]! -= 1));
      }
    }
  }

  /** Whether a step reads a single buffer, once or several times. */
  isOnly(step: number): boolean {
    return this.different[step] === 1;
  }

  /** Whether all but one of what a step reads is an input of the graph or computed by an earlier kernel. */
  othersAvailable(step: number): boolean {
    return this.missing[step] === 1;
  }

  /** Whether this is the first time that a kernel is found to read a buffer. */
  isFirstRead(kernel: number, buffer: number): boolean {
    const isFirst = this.readBy[buffer] !== kernel;
    this.readBy[buffer] = kernel;
    return isFirst;
  }

  private forReaders(buffer: number, visit: (step: number) => void): void {
    const { readers } = this.flow;
    const count = readers.count(buffer);
    for (let which = 0; which < count; which++) visit(readers.step(buffer, which));
  }
}

class Fusion {
  private readonly members: number[];
  private current: number;

  constructor(
    private readonly flow: Dataflow,
    private readonly owner: Int32Array,
    private readonly operands: Operands,
    private readonly id: number,
    first: number,
  ) {
    this.members = [first];
    this.current = flow.steps[first]!.writes[0]!;
    owner[first] = id;
  }

  /** Scales, then one residual addition, then one activation. */
  takeEpilogue(): void {
    let added = false;
    for (let next = this.onlyReader(); next !== null; next = this.onlyReader()) {
      const step = this.flow.steps[next]!;
      if (!isScale(step.node) || !this.keepsSize(step)) break;
      if (this.operands.isOnly(next)) {
        // After the addition a scale no longer folds into the weights.
        if (added || !this.isStream(step)) break;
      } else {
        const residual = this.isConvolution() && !added && isAddition(step.node);
        if (!residual || !this.operands.othersAvailable(next) || !this.othersHaveSize(step)) break;
        added = true;
      }
      this.take([next], step.writes[0]!);
    }
    const activation = this.region();
    if (!activation) return;
    const last = this.flow.steps[activation.steps[0]!]!;
    if (activation.steps.length === 1 && !isFusedActivation(last.node)) return;
    this.take(activation.steps, activation.output);
    if (activation.steps.length > 1) this.takeTrailingScale();
  }

  /** The `/ 6` of a decomposed hard-swish. */
  private takeTrailingScale(): void {
    const next = this.onlyReader();
    if (next === null) return;
    const step = this.flow.steps[next]!;
    const constant = step.node.opType === 'Mul' || step.node.opType === 'Div';
    if (constant && this.operands.isOnly(next) && this.keepsSize(step)) this.take([next], step.writes[0]!);
  }

  takePointwise(): void {
    for (;;) {
      const region = this.region();
      if (region) {
        this.take(region.steps, region.output);
        continue;
      }
      const next = this.onlyReader();
      if (next === null) return;
      const step = this.flow.steps[next]!;
      if (step.role !== 'pointwise' || step.node.opType === 'PRelu') return;
      if (!this.keepsSize(step) || !this.operands.othersAvailable(next)) return;
      this.take([next], step.writes[0]!);
    }
  }

  takeTransposes(): void {
    for (let next = this.onlyReader(); next !== null; next = this.onlyReader()) {
      const step = this.flow.steps[next]!;
      if (step.node.opType !== 'Transpose') return;
      this.take([next], step.writes[0]!);
    }
  }

  finish(): Kernel {
    const reads: number[] = [];
    for (const index of this.members) {
      for (const buffer of this.flow.steps[index]!.reads) {
        const producer = this.flow.producer[buffer]!;
        const isInside = producer >= 0 && this.owner[producer] === this.id;
        if (!isInside && this.operands.isFirstRead(this.id, buffer)) reads.push(buffer);
      }
    }
    // Copies have no room to grow.
    return { steps: this.members.slice(), reads: reads.slice(), output: this.current };
  }

  private take(steps: readonly number[], output: number): void {
    for (const index of steps) {
      this.members.push(index);
      this.owner[index] = this.id;
    }
    this.current = output;
  }

  /** The step that alone reads the current value; null when others do, or when it is a result of the graph. */
  private onlyReader(): number | null {
    if (this.flow.readers.count(this.current) !== 1 || this.flow.isResult[this.current] === 1) return null;
    const next = this.flow.readers.step(this.current, 0);
    // A kernel inside a loop and one outside it are launched apart.
    const repeats = this.flow.steps[this.members[0]!]!.repeats;
    return this.owner[next] === -1 && this.flow.steps[next]!.repeats === repeats ? next : null;
  }

  private isConvolution(): boolean {
    return this.flow.steps[this.members[0]!]!.node.opType.includes('Conv');
  }

  /** The current value is what a BatchNormalization normalises, not one of its vectors. */
  private isStream(step: Step): boolean {
    return step.node.opType !== 'BatchNormalization' || this.flow.buffer(step.node.inputs[0] ?? '') === this.current;
  }

  /** False where a size is not known. */
  private keepsSize(step: Step): boolean {
    return this.flow.size[this.current] === this.flow.size[step.writes[0]!];
  }

  private othersHaveSize(step: Step): boolean {
    const size = this.flow.size[this.current];
    return step.reads.every((buffer) => this.flow.size[buffer] === size);
  }

  /**
   * The smallest set of element-wise nodes behind the current value, reading nothing else, of which one value of the
   * same size leaves: an activation, however many nodes it is written in.
   */
  private region(): { readonly steps: readonly number[]; readonly output: number } | null {
    // A value that more nodes read than a region has leaves the region in any case.
    const readers = this.flow.readers.count(this.current);
    if (readers === 0 || readers > maxRegion || this.flow.isResult[this.current] === 1) return null;
    const values = [this.current];
    const taken: number[] = [];
    while (taken.length < maxRegion) {
      const next = this.nextInRegion(values, taken);
      if (next === Infinity) return null;
      taken.push(next);
      const output = this.flow.steps[next]!.writes[0]!;
      values.push(output);
      const leaves = (buffer: number): boolean => this.leaves(buffer, taken);
      if (leaves(output) && !values.some((buffer) => buffer !== output && leaves(buffer)))
        return { steps: taken.sort((a, b) => a - b), output };
    }
    return null;
  }

  /** The first element-wise step that reads nothing but these values; Infinity for none. */
  private nextInRegion(values: readonly number[], taken: readonly number[]): number {
    const { repeats } = this.flow.steps[this.members[0]!]!;
    let next = Infinity;
    for (const buffer of values) {
      const count = this.flow.readers.count(buffer);
      for (let which = 0; which < count; which++) {
        const index = this.flow.readers.step(buffer, which);
        if (index >= next || taken.includes(index) || this.owner[index] !== -1) continue;
        const step = this.flow.steps[index]!;
        const inside = step.role === 'pointwise' && step.node.opType !== 'PRelu' && step.repeats === repeats;
        if (inside && step.reads.every((read) => values.includes(read)) && this.keepsSize(step)) next = index;
      }
    }
    return next;
  }

  /** Whether a buffer is read outside a region. */
  private leaves(buffer: number, taken: readonly number[]): boolean {
    const count = this.flow.readers.count(buffer);
    if (count === 0 || this.flow.isResult[buffer] === 1) return true;
    for (let which = 0; which < count; which++) {
      if (!taken.includes(this.flow.readers.step(buffer, which))) return true;
    }
    return false;
  }
}

function isAddition(node: Node): boolean {
  return node.opType === 'Add' || node.opType === 'Sum';
}
