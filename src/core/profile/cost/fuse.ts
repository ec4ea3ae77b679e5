import type { Node } from '../../onnx/model';
import type { Dataflow, Step } from './dataflow';
import { isFusedActivation, isScale } from './operators';

/** Steps that run as one kernel. */
export interface Kernel {
  /** Indices of its steps, the one that names it first. */
  readonly steps: readonly number[];
  /** Buffers it reads, each once. */
  readonly reads: readonly string[];
  readonly output: string;
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
  for (const [index, step] of flow.steps.entries()) {
    if (owner[index] !== -1) continue;
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

  constructor(private readonly flow: Dataflow) {
    this.different = new Int32Array(flow.steps.length);
    this.missing = new Int32Array(flow.steps.length);
    for (const [name, readers] of flow.readers) {
      const isComputed = flow.producer.has(name);
      for (const index of readers) {
        this.different[index]! += 1;
        if (isComputed) this.missing[index]! += 1;
      }
    }
  }

  note(kernel: Kernel): void {
    for (const index of kernel.steps) {
      for (const name of this.flow.steps[index]!.node.outputs) {
        if (this.flow.producer.get(name) !== index) continue;
        for (const reader of this.flow.readers.get(name) ?? []) this.missing[reader]! -= 1;
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
}

class Fusion {
  private readonly members: number[];
  private value: string;

  constructor(
    private readonly flow: Dataflow,
    private readonly owner: Int32Array,
    private readonly operands: Operands,
    private readonly id: number,
    first: number,
  ) {
    this.members = [first];
    this.value = flow.steps[first]!.output;
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
      this.take([next], step.output);
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
    if (constant && this.operands.isOnly(next) && this.keepsSize(step)) this.take([next], step.output);
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
      this.take([next], step.output);
    }
  }

  takeTransposes(): void {
    for (let next = this.onlyReader(); next !== null; next = this.onlyReader()) {
      const step = this.flow.steps[next]!;
      if (step.node.opType !== 'Transpose') return;
      this.take([next], step.output);
    }
  }

  finish(): Kernel {
    const inside = new Set(this.members.flatMap((index) => this.flow.steps[index]!.node.outputs));
    const reads = new Set<string>();
    for (const index of this.members) {
      for (const name of this.flow.steps[index]!.reads) if (!inside.has(name)) reads.add(name);
    }
    return { steps: this.members, reads: [...reads], output: this.value };
  }

  private take(steps: readonly number[], output: string): void {
    for (const index of steps) {
      this.members.push(index);
      this.owner[index] = this.id;
    }
    this.value = output;
  }

  /** The step that alone reads the current value; null when others do, or when it is a result of the graph. */
  private onlyReader(): number | null {
    const readers = this.flow.readers.get(this.value) ?? [];
    if (readers.length !== 1 || this.flow.results.has(this.value)) return null;
    const next = readers[0]!;
    // A kernel inside a loop and one outside it are launched apart.
    const repeats = this.flow.steps[this.members[0]!]!.repeats;
    return this.owner[next] === -1 && this.flow.steps[next]!.repeats === repeats ? next : null;
  }

  private isConvolution(): boolean {
    return this.flow.steps[this.members[0]!]!.node.opType.includes('Conv');
  }

  /** The current value is what a BatchNormalization normalises, not one of its vectors. */
  private isStream(step: Step): boolean {
    return step.node.opType !== 'BatchNormalization' || this.flow.buffer(step.node.inputs[0] ?? '') === this.value;
  }

  private keepsSize(step: Step): boolean {
    const size = this.flow.size(this.value);
    return size !== null && this.flow.size(step.output) === size;
  }

  private othersHaveSize(step: Step): boolean {
    const size = this.flow.size(this.value);
    return step.reads.every((name) => this.flow.size(name) === size);
  }

  /**
   * The smallest set of element-wise nodes behind the current value, reading nothing else, of which one value of the
   * same size leaves: an activation, however many nodes it is written in.
   */
  private region(): { readonly steps: readonly number[]; readonly output: string } | null {
    // A value that more nodes read than a region has leaves the region in any case.
    const readers = this.flow.readers.get(this.value)?.length ?? 0;
    if (readers > maxRegion || this.flow.results.has(this.value)) return null;
    const values = new Set([this.value]);
    const taken = new Set<number>();
    const repeats = this.flow.steps[this.members[0]!]!.repeats;
    while (taken.size < maxRegion) {
      let next = Infinity;
      for (const name of values) {
        for (const index of this.flow.readers.get(name) ?? []) {
          if (index >= next || taken.has(index) || this.owner[index] !== -1) continue;
          const step = this.flow.steps[index]!;
          const inside = step.role === 'pointwise' && step.node.opType !== 'PRelu' && step.repeats === repeats;
          if (inside && step.reads.every((read) => values.has(read)) && this.keepsSize(step)) next = index;
        }
      }
      if (next === Infinity) return null;
      taken.add(next);
      const output = this.flow.steps[next]!.output;
      values.add(output);
      const leaving = [...values].filter(
        (name) =>
          this.flow.results.has(name) ||
          !this.flow.readers.has(name) ||
          this.flow.readers.get(name)!.some((index) => !taken.has(index)),
      );
      if (leaving.length === 1 && leaving[0] === output) return { steps: [...taken].sort((a, b) => a - b), output };
    }
    return null;
  }
}

function isAddition(node: Node): boolean {
  return node.opType === 'Add' || node.opType === 'Sum';
}
