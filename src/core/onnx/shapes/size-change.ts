import { intOf, intsOf } from '../attributes';
import type { Node } from '../model';
import { type InferredValue, staticShape } from './value';

/** A part of an axis, in elements: at the size that the model was exported for, and at the one asked for. */
export interface Factor {
  readonly before: number;
  readonly now: number;
}

/** The factors of each axis, outermost first: an axis of 400 that was reshaped from 20×20 has two. */
export type AxisFactors = readonly (readonly Factor[])[];

type Values = ReadonlyMap<string, InferredValue>;

/** How far behind padding the windows are looked for: shifts and transpositions come between. */
const mostSteps = 12;
/** Readers of one value that are kept: of what more nodes read, nothing is told by them. */
const mostReaders = 16;
/** Operands of one operator whose axes are compared with those of its results. */
const mostOperands = 16;

/** Operators that keep every element in its order. */
const regrouping = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

/**
 * How the axes of a graph's values change from the exported size to another one. Reshapes merge axes and split them
 * again; which part of a merged axis has grown tells what a target that was baked as a constant would be now.
 */
export class SizeChange {
  /** Values with an axis of several factors; every other axis is one factor of its own. */
  private readonly merged = new Map<string, AxisFactors>();
  /** The last change that groups of neighbouring axes have gone through, by their former sizes. */
  private readonly groups = new Map<string, readonly number[]>();
  /** Where joined or padded axes have their parts, by their lengths: former offsets to those of now. */
  private readonly joints = new Map<string, ReadonlyMap<number, number>>();
  private splits: ReadonlyMap<number, ReadonlySet<number>> | null = null;
  /** The two parts of axes that are cut, by the former length, and all such pairs. */
  private readonly cuts = new Map<number, readonly [number, number]>();
  private readonly pairs = new Set<string>();
  /** The same by the node that cuts. */
  private readonly cutsBy = new Map<Node, Map<number, readonly [number, number]>>();
  private readBy: ReadonlyMap<string, readonly Node[]> | null = null;
  private madeBy: ReadonlyMap<string, Node> | null = null;

  constructor(
    private readonly nodes: readonly Node[],
    private readonly before: Values,
    private readonly now: Values,
  ) {}

  /** Null where a size is not known. */
  factors(name: string): AxisFactors | null {
    const merged = this.merged.get(name);
    if (merged) return merged;
    const before = staticShape(this.before.get(name)?.shape ?? null);
    const now = staticShape(this.now.get(name)?.shape ?? null);
    if (!before || before.length !== now?.length) return null;
    return now.map((size, axis) => [{ before: before[axis]!, now: size }]);
  }

  /** Notes what a node, whose outputs have just been inferred, made of its inputs' axes. */
  note(node: Node): void {
    const merged = this.merged.size === 0 ? [] : this.mergedOperands(node);
    for (const name of node.outputs) {
      const before = staticShape(this.before.get(name)?.shape ?? null);
      const now = staticShape(this.now.get(name)?.shape ?? null);
      if (!before || before.length !== now?.length || this.now.get(name)?.origin === 'constant') continue;
      const factors = regrouping.has(node.opType)
        ? this.regrouped(node.inputs[0] ?? '', before, now)
        : this.passedOn(node, merged, before, now);
      if (factors.some((axis) => axis.length > 1)) this.merged.set(name, factors);
      if (node.opType === 'Concat') this.join(node, before, now);
      if (node.opType === 'Pad') this.pad(node, before, now);
      if (before.length === 4) this.remember(before.slice(2), now.slice(2));
      for (const [axis, size] of before.entries()) this.remember([size], [now[axis]!]);
    }
  }

  /** Sizes that a group of neighbouring axes has now, by what it was; null where it was not met or has not changed. */
  groupNow(before: readonly number[]): readonly number[] | null {
    return this.groups.get(before.join('×')) ?? null;
  }

  /**
   * Sizes of the axes that some factors, which have changed, are split into; `kept` are the former sizes and `open` the
   * axis that takes what is left. Null where nothing tells which of the axes has changed.
   */
  split(factors: readonly Factor[], kept: readonly number[], open: number): readonly number[] | null {
    const total = factors.reduce((product, { now }) => product * now, 1);
    const grow = (at: number): readonly number[] | null => {
      const others = kept.reduce((product, size, axis) => (axis === at ? product : product * size), 1);
      return others > 0 && total % others === 0
        ? kept.map((size, axis) => (axis === at ? total / others : size))
        : null;
    };
    const large = kept.flatMap((size, axis) => (size > 1 ? [axis] : []));
    if (open >= 0) return grow(open);
    if (large.length <= 1) return grow(large[0] ?? 0);
    const group = this.groupNow(kept) ?? this.spread(kept);
    if (group?.reduce((product, size) => product * size, 1) === total) return group;
    const [first = 0, last = 0, ...others] = large;
    if (others.length > 0) return null;
    const window = this.window(kept[first]!, kept[last]!);
    return window === null ? null : grow(window === kept[last] ? first : last);
  }

  /** What an offset in such an axis is now, where its parts are joined or its padding begins there. */
  offsetNow(length: Factor, offset: number): number | null {
    return this.joints.get(`${length.before} ${length.now}`)?.get(offset) ?? null;
  }

  /**
   * The size of the windows that the exported graph cuts an axis of this size into, both height and width; null for none.
   *
   * @param name the value whose axis it is: networks have windows of several sizes
   */
  windowOf(name: string, size: number): number | null {
    this.splits ??= this.findSplits();
    const parts = this.cutOf(name, size) ?? this.cuts.get(size);
    return parts ? this.window(parts[0], parts[1]) : null;
  }

  /** The parts that the next reshapes behind a value cut an axis of this size into. */
  private cutOf(name: string, size: number): readonly [number, number] | null {
    let values = [name];
    for (let step = 0; step < mostSteps && values.length > 0; step++) {
      const readers = values.flatMap((value) => this.readers(value)).slice(0, mostReaders);
      for (const reader of readers) {
        const cut = this.cutsBy.get(reader)?.get(size);
        if (cut) return cut;
      }
      values = readers.flatMap(({ outputs }) => outputs).slice(0, mostReaders);
    }
    return null;
  }

  /** Nodes of the main graph that read a value, the first of many. */
  readers(name: string): readonly Node[] {
    this.readBy ??= readersByName(this.nodes);
    return this.readBy.get(name) ?? [];
  }

  /** The node of the main graph that makes a value. */
  producer(name: string): Node | undefined {
    this.madeBy ??= new Map(this.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    return this.madeBy.get(name);
  }

  /** The size that a value had, where it is known. */
  sizeBefore(name: string): readonly number[] | null {
    return staticShape(this.before.get(name)?.shape ?? null);
  }

  /** The group without its axes of 1, put back in their places. */
  private spread(kept: readonly number[]): readonly number[] | null {
    const group = this.groupNow(kept.filter((size) => size > 1));
    if (!group) return null;
    const rest = [...group];
    return kept.map((size) => (size > 1 ? rest.shift()! : 1));
  }

  private join(node: Node, before: readonly number[], now: readonly number[]): void {
    const axis = joinedAxis(node, now.length);
    const length = before[axis];
    if (length === undefined || length === now[axis]) return;
    const offsets = new Map([[0, 0]]);
    let [former, current] = [0, 0];
    for (const name of node.inputs) {
      former += this.sizeBefore(name)?.[axis] ?? NaN;
      current += staticShape(this.now.get(name)?.shape ?? null)?.[axis] ?? NaN;
      offsets.set(former, current);
    }
    if (current === now[axis]) this.joints.set(`${length} ${current}`, offsets);
  }

  /** Padding at the ends of axes, which is cut off again later. */
  private pad(node: Node, before: readonly number[], now: readonly number[]): void {
    const [former, current] = [this.before, this.now].map((values) => values.get(node.inputs[0] ?? '')?.shape);
    for (const [axis, length] of before.entries()) {
      const [start, end] = [former?.[axis], current?.[axis]];
      if (typeof start !== 'number' || typeof end !== 'number' || (start === length && end === now[axis])) continue;
      this.joints.set(`${length} ${now[axis]!}`, new Map([[start, end]]));
    }
  }

  private remember(before: readonly number[], now: readonly number[]): void {
    if (before.some((size, axis) => size !== now[axis])) this.groups.set(before.join('×'), now);
  }

  private regrouped(input: string, before: readonly number[], now: readonly number[]): AxisFactors {
    const own = now.map((size, axis) => [{ before: before[axis]!, now: size }]);
    const factors = this.factors(input)?.flat() ?? [];
    for (const run of equalRuns(factors, before) ?? []) {
      const sizes = before
        .slice(run.output[0], run.output[1])
        .map((size, axis) => ({ before: size, now: now[run.output[0] + axis]! }));
      const parts = factors.slice(run.input[0], run.input[1]);
      const dealt = deal(parts, sizes);
      dealt?.forEach((axis, index) => (own[run.output[0] + index] = axis));
      if (sizes.length > 1 || parts.length < 2) continue;
      const merged = dealt?.[0] ?? [];
      this.remember(
        merged.map((part) => part.before),
        merged.map((part) => part.now),
      );
    }
    return own;
  }

  /** The first of a node's operands that have an axis of several factors: an operator may have as many as results. */
  private mergedOperands({ inputs }: Node): readonly AxisFactors[] {
    const found: AxisFactors[] = [];
    for (const name of inputs) {
      const factors = this.merged.get(name);
      if (factors !== undefined) found.push(factors);
      if (found.length === mostOperands) break;
    }
    return found;
  }

  /** Each axis as an input has it that has the same size there, before and now. */
  private passedOn(
    node: Node,
    operands: readonly AxisFactors[],
    before: readonly number[],
    now: readonly number[],
  ): AxisFactors {
    const permutation =
      node.opType === 'Transpose' ? (intsOf(node, 'perm') ?? before.map((_, axis) => before.length - 1 - axis)) : null;
    return now.map((size, axis) => {
      for (const factors of operands) {
        const places = permutation
          ? [permutation[axis]]
          : // The columns of a product are its second operand's; other operators align their axes at one end.
            [factors.length - before.length + axis, axis];
        for (const place of places) {
          const candidate = factors[place ?? -1];
          if (!candidate || candidate.length < 2) continue;
          const product = candidate.reduce((all, part) => [all[0] * part.before, all[1] * part.now] as const, [
            1, 1,
          ] as readonly [number, number]);
          if (product[0] === before[axis] && product[1] === size) return candidate;
        }
      }
      return [{ before: before[axis]!, now: size }];
    });
  }

  /** In how many axes of different sizes the exported graph's reshapes find this factor. */
  private recurrence(factor: number): number {
    this.splits ??= this.findSplits();
    return this.splits.get(factor)?.size ?? 0;
  }

  /**
   * Which of two parts of an axis is the size of a window or patch, which stays, and not their number, which comes first as
   * a rule. Where the same are met the other way round too (grids of windows), it is the one that cuts axes of more sizes;
   * null where that does not tell.
   */
  private window(first: number, last: number): number | null {
    this.splits ??= this.findSplits();
    if (first === last || !this.pairs.has(`${last}×${first}`)) return last;
    const [one, other] = [this.recurrence(first), this.recurrence(last)];
    if (one === other) return null;
    return one > other ? first : last;
  }

  private findSplits(): ReadonlyMap<number, ReadonlySet<number>> {
    const splits = new Map<number, Set<number>>();
    for (const node of this.nodes) {
      if (node.opType !== 'Reshape') continue;
      const from = staticShape(this.before.get(node.inputs[0] ?? '')?.shape ?? null);
      const to = staticShape(this.before.get(node.outputs[0] ?? '')?.shape ?? null);
      if (!from || !to || from.includes(0)) continue;
      const runs = equalRuns(
        from.map((size) => ({ before: size, now: size })),
        to,
      );
      const large = (sizes: readonly number[]): readonly number[] => sizes.filter((size) => size > 1);
      // Windows cut both height and width; heads cut the channels alone.
      const cut = (runs ?? [])
        .map(({ output }) => large(to.slice(output[0], output[1])).length)
        .filter((parts) => parts > 1);
      if (cut.reduce((sum, parts) => sum + parts, 0) < 4) continue;
      for (const { input, output } of runs ?? []) {
        const parts = large(to.slice(output[0], output[1]));
        const whole = large(from.slice(input[0], input[1]));
        if (parts.length < 2 || whole.length !== 1) continue;
        const [first = 0, last = 0] = parts;
        if (parts.length === 2) {
          this.cuts.set(whole[0]!, [first, last]);
          const own = this.cutsBy.get(node) ?? new Map<number, readonly [number, number]>();
          this.cutsBy.set(node, own.set(whole[0]!, [first, last]));
          this.pairs.add(`${first}×${last}`);
        }
        for (const part of parts) {
          const sizes = splits.get(part);
          if (sizes) sizes.add(whole[0]!);
          else splits.set(part, new Set(whole));
        }
      }
    }
    return splits;
  }
}

/**
 * Deals factors out to the axes that they are reshaped to, in order, and cuts a factor that belongs to two of them; null
 * where they do not go into the axes, before and now.
 */
function deal(factors: readonly Factor[], axes: readonly Factor[]): Factor[][] | null {
  const rest = factors.filter((factor) => factor.before !== 1 || factor.now !== 1);
  const result = axes.map((axis) => {
    const dealt: Factor[] = [];
    let left = axis;
    while (rest.length > 0 && (left.before !== 1 || left.now !== 1)) {
      const part = rest.shift()!;
      const share =
        left.before % part.before === 0 && left.now % part.now === 0
          ? part
          : part.before % left.before === 0 && part.now % left.now === 0
            ? left
            : null;
      if (share === null) return null;
      if (share !== part) rest.unshift({ before: part.before / share.before, now: part.now / share.now });
      dealt.push(share);
      left = { before: left.before / share.before, now: left.now / share.now };
    }
    if (left.before !== 1 || left.now !== 1) return null;
    return dealt.length > 0 ? dealt : [axis];
  });
  return rest.length > 0 || result.includes(null) ? null : (result as Factor[][]);
}

function readersByName(nodes: readonly Node[]): ReadonlyMap<string, readonly Node[]> {
  const readers = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const name of new Set(node.inputs)) {
      const known = readers.get(name);
      if (!known) readers.set(name, [node]);
      else if (known.length < mostReaders) known.push(node);
    }
  }
  return readers;
}

export interface Run {
  /** First factor, and the one after the last. */
  readonly input: readonly [number, number];
  /** First output axis, and the one after the last. */
  readonly output: readonly [number, number];
}

/**
 * Splits factors and the axes that they are reshaped to into the shortest runs of equal product at the exported size;
 * null when their products differ.
 */
export function equalRuns(factors: readonly Factor[], after: readonly number[]): readonly Run[] | null {
  const runs: Run[] = [];
  for (let i = 0, j = 0; i < factors.length || j < after.length;) {
    const [fromInput, fromOutput] = [i, j];
    let a = factors[i++]?.before ?? 1;
    // A batch of 1 that loses its axis goes to the axis before it where the one after it has its elements without it.
    const last = runs.at(-1);
    if (a === 1 && last && after[j] !== 1 && isWhole(factors, i, after[j])) {
      runs[runs.length - 1] = { ...last, input: [last.input[0], i] };
      continue;
    }
    let b = after[j++] ?? 1;
    while (a !== b) {
      const next = a < b ? factors[i++]?.before : after[j++];
      if (next === undefined) return null;
      if (a < b) a *= next;
      else b *= next;
    }
    i = Math.min(i, factors.length);
    j = Math.min(j, after.length);
    runs.push({ input: [fromInput, i], output: [fromOutput, j] });
  }
  return runs;
}

/** Whether the factors from one on make up an axis of this size. */
function isWhole(factors: readonly Factor[], from: number, size: number | undefined): boolean {
  if (size === undefined) return false;
  let product = 1;
  for (let i = from; i < factors.length && product < size; i++) product *= factors[i]!.before;
  return product === size;
}

/** The axis that a Concat joins, counted from the front. */
export function joinedAxis(node: Node, rank: number): number {
  const axis = intOf(node, 'axis', 0);
  return axis < 0 ? axis + rank : axis;
}
