import { floatOf, intsOf, stringOf } from '../../onnx/attributes';
import { isFloat } from '../../onnx/data-types';
import type { Node } from '../../onnx/model';
import type { ShapeResult } from '../../onnx/shapes/infer';
import type { ResolvedNode } from '../../onnx/shapes/inline';
import { type InferredValue, elementCount, knownElements, staticShape } from '../../onnx/shapes/value';
import type { WorkBudget } from '../../work-budget';
import { readNames } from '../../onnx/shapes/order';
import { type Role, roleOf } from './operators';

/** A node that does something at run time. */
export interface Step {
  readonly node: Node;
  readonly repeats: number;
  readonly role: Role;
  /** Buffers of its activation operands, in order, repeated ones included. */
  readonly reads: readonly number[];
  /** Buffers of its outputs, those left out aside. */
  readonly writes: readonly number[];
}

/**
 * The graph without what costs nothing: constants, shape arithmetic, and views. Values that share memory (through
 * Identity, Dropout, Reshape and the like) are one buffer. Buffers go by numbers, as a graph may have a hundred thousand.
 */
export interface Dataflow {
  readonly steps: readonly Step[];
  /** The buffer that holds a value; undefined for a value that no step reads or writes. */
  readonly buffer: (name: string) => number | undefined;
  /** By buffer: the value that was computed. */
  readonly names: readonly string[];
  readonly readers: Readers;
  /** By buffer: index of the step that computes it; -1 for inputs of the graph. */
  readonly producer: readonly number[];
  /** By buffer: 1 where it holds an output of the graph. */
  readonly isResult: Uint8Array;
  /** By buffer: what is known of that value. */
  readonly values: readonly (InferredValue | undefined)[];
  /** By buffer: its elements; NaN when not known. */
  readonly size: Float64Array;
  readonly value: (name: string) => InferredValue | undefined;
}

/** Which steps read each buffer. */
export class Readers {
  private readonly first: Int32Array;
  private readonly list: Int32Array;

  constructor(steps: readonly Step[], buffers: number) {
    this.first = new Int32Array(buffers + 1);
    const last = new Int32Array(buffers).fill(-1);
    const visit = (read: (buffer: number, step: number) => void): void => {
      last.fill(-1);
      steps.forEach(({ reads }, index) => {
        for (const buffer of reads) {
          if (last[buffer] === index) continue;
          last[buffer] = index;
          read(buffer, index);
        }
      });
    };
    visit((buffer) => (this.first[buffer + 1]! += 1));
    for (let buffer = 0; buffer < buffers; buffer++) this.first[buffer + 1]! += this.first[buffer]!;
    this.list = new Int32Array(this.first[buffers]!);
    const filled = this.first.slice();
    visit((buffer, step) => (this.list[filled[buffer]!++] = step));
  }

  /** How many steps read a buffer. */
  count(buffer: number): number {
    return this.first[buffer + 1]! - this.first[buffer]!;
  }

  /** Index of one of them, in order. */
  step(buffer: number, which: number): number {
    return this.list[this.first[buffer]! + which]!;
  }
}

/** What tracing, fusing and costing take for a node besides its inputs and outputs. */
const stepsPerNode = 20;

export function traceDataflow(outputs: readonly string[], shapes: ShapeResult, budget: WorkBudget): Dataflow {
  const value = (name: string) => shapes.values.get(name);
  const buffers = new Map<string, number>();
  const names: string[] = [];
  const values: (InferredValue | undefined)[] = [];
  const producer: number[] = [];
  const create = (name: string, given: InferredValue | undefined): number => {
    buffers.set(name, names.length);
    values.push(given);
    producer.push(-1);
    return names.push(name) - 1;
  };
  /** The buffer of a value; undefined for one that is no data. */
  const bufferOf = (name: string): number | undefined => {
    const known = buffers.get(name);
    if (known !== undefined || name === '') return known;
    const given = value(name);
    return isData(given) ? create(name, given) : undefined;
  };
  const foldedPads = findFoldedPads(shapes.nodes, outputs, value);

  const steps: Step[] = [];
  for (const { node, repeats } of shapes.nodes) {
    budget.steps(stepsPerNode + node.inputs.length + node.outputs.length);
    const live = node.outputs.includes('') ? node.outputs.filter((name) => name !== '') : node.outputs;
    if (!live.some((name) => isData(value(name)))) continue;
    const source = foldedPads.has(node) || isView(node, value) ? bufferOf(node.inputs[0] ?? '') : undefined;
    if (source !== undefined) {
      for (const name of live) buffers.set(name, source);
      continue;
    }
    const reads: number[] = [];
    for (const name of readNames(node)) {
      const buffer = bufferOf(name);
      if (buffer !== undefined) reads.push(buffer);
    }
    const writes = live.map((name) => buffers.get(name) ?? create(name, value(name)));
    for (const buffer of writes) producer[buffer] = steps.length;
    // A copy has no room to grow.
    steps.push({ node, repeats, role: roleOf(node), reads: reads.slice(), writes });
  }
  const results = outputs.map(bufferOf);
  const isResult = new Uint8Array(names.length);
  for (const buffer of results) if (buffer !== undefined) isResult[buffer] = 1;
  return {
    steps,
    buffer: (name) => buffers.get(name),
    names,
    readers: new Readers(steps, names.length),
    producer,
    isResult,
    values,
    size: Float64Array.from(values, (given) => elementCount(given?.shape ?? null) ?? NaN),
    value,
  };
}

function isData(value: InferredValue | undefined): boolean {
  return value === undefined || value.origin === 'data';
}

/** True where the output is the input's memory under another name or shape. */
function isView(node: Node, value: (name: string) => InferredValue | undefined): boolean {
  const from = () => value(node.inputs[0] ?? '');
  const to = () => value(node.outputs[0] ?? '');
  switch (node.opType) {
    // Casts between floating-point types follow from the precision the engine is built for.
    case 'Cast':
    case 'CastLike':
      return (from()?.elementType ?? 0) === (to()?.elementType ?? -1) || bothFloat(from(), to());
    case 'Transpose':
      return keepsOrder(node, staticShape(from()?.shape ?? null));
    case 'DequantizeLinear':
      // An engine with quantised layers reads the quantised tensor itself.
      return true;
    case 'Slice':
    case 'Pad':
    case 'Expand':
    case 'Tile':
    case 'Concat':
    case 'Split':
    case 'Resize':
    case 'Upsample':
    case 'DepthToSpace':
    case 'SpaceToDepth':
      return sameStaticShape(from(), to()) && node.outputs.filter((name) => name !== '').length === 1;
    default:
      return roleOf(node) === 'free';
  }
}

function bothFloat(from: InferredValue | undefined, to: InferredValue | undefined): boolean {
  return from !== undefined && to !== undefined && isFloat(from.elementType) && isFloat(to.elementType);
}

/** A transposition that moves dimensions of 1 alone leaves every element where it is. */
function keepsOrder(node: Node, shape: readonly number[] | null): boolean {
  if (!shape) return false;
  const permutation = intsOf(node, 'perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  const moved = permutation.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, index) => index === 0 || moved[index - 1]! < axis);
}

function sameStaticShape(from: InferredValue | undefined, to: InferredValue | undefined): boolean {
  const a = staticShape(from?.shape ?? null);
  const b = staticShape(to?.shape ?? null);
  return a !== null && b !== null && a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** Zero padding whose only readers are convolutions: TensorRT makes it part of them. */
function findFoldedPads(
  nodes: readonly ResolvedNode[],
  outputs: readonly string[],
  value: (name: string) => InferredValue | undefined,
): ReadonlySet<Node> {
  const pads = new Map<string, Node>();
  for (const { node } of nodes) {
    if (node.opType === 'Pad' && padsWithZeros(node, value)) pads.set(node.outputs[0] ?? '', node);
  }
  if (pads.size === 0) return new Set();
  for (const { node } of nodes) {
    const convolution = node.opType === 'Conv' || node.opType === 'ConvTranspose';
    node.inputs.forEach((name, index) => {
      if (!(convolution && index === 0)) pads.delete(name);
    });
  }
  for (const name of outputs) pads.delete(name);
  return new Set(pads.values());
}

function padsWithZeros(node: Node, value: (name: string) => InferredValue | undefined): boolean {
  if (stringOf(node, 'mode', 'constant') !== 'constant' || floatOf(node, 'value', 0) !== 0) return false;
  const fill = node.inputs[2] ? knownElements(value(node.inputs[2])) : [0];
  return fill !== null && fill.every((element) => element === 0);
}
