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
  readonly reads: readonly string[];
  /** The buffer of its first output. */
  readonly output: string;
}

/**
 * The graph without what costs nothing: constants, shape arithmetic, and views. Values that share memory (through
 * Identity, Dropout, Reshape and the like) go by one name, their buffer's: the value that was computed.
 */
export interface Dataflow {
  readonly steps: readonly Step[];
  /** The buffer that holds a value. */
  readonly buffer: (name: string) => string;
  /** Indices of the steps that read a buffer, in order. */
  readonly readers: ReadonlyMap<string, readonly number[]>;
  /** Index of the step that computes a buffer. */
  readonly producer: ReadonlyMap<string, number>;
  /** Buffers that hold the graph's outputs. */
  readonly results: ReadonlySet<string>;
  readonly value: (name: string) => InferredValue | undefined;
  /** Elements of a buffer or value; null when not known. */
  readonly size: (name: string) => number | null;
}

/** What tracing, fusing and costing take for a node besides its inputs and outputs. */
const stepsPerNode = 20;

export function traceDataflow(outputs: readonly string[], shapes: ShapeResult, budget: WorkBudget): Dataflow {
  const value = (name: string) => shapes.values.get(name);
  const isData = (name: string) => name !== '' && (value(name)?.origin ?? 'data') === 'data';
  const views = new Map<string, string>();
  const buffer = (name: string) => views.get(name) ?? name;
  const foldedPads = findFoldedPads(shapes.nodes, outputs, value);

  const steps: Step[] = [];
  const producer = new Map<string, number>();
  const readers = new Map<string, number[]>();
  for (const { node, repeats } of shapes.nodes) {
    budget.steps(stepsPerNode + node.inputs.length + node.outputs.length);
    const live = node.outputs.filter((name) => name !== '');
    if (!live.some(isData)) continue;
    const source = node.inputs[0] ?? '';
    if (isData(source) && (foldedPads.has(node) || isView(node, value))) {
      for (const name of node.outputs) if (name !== '') views.set(name, buffer(source));
      continue;
    }
    const index = steps.length;
    const reads = readNames(node).filter(isData).map(buffer);
    const output = live[0]!;
    steps.push({ node, repeats, role: roleOf(node), reads, output });
    for (const name of live) producer.set(name, index);
    for (const name of new Set(reads)) {
      const list = readers.get(name);
      if (list) list.push(index);
      else readers.set(name, [index]);
    }
  }
  return {
    steps,
    buffer,
    readers,
    producer,
    results: new Set(outputs.map(buffer)),
    value,
    size: (name) => elementCount(value(name)?.shape ?? null),
  };
}

/** True where the output is the input's memory under another name or shape. */
function isView(node: Node, value: (name: string) => InferredValue | undefined): boolean {
  const from = value(node.inputs[0] ?? '');
  const to = value(node.outputs[0] ?? '');
  switch (node.opType) {
    // Casts between floating-point types follow from the precision the engine is built for.
    case 'Cast':
    case 'CastLike':
      return (from?.elementType ?? 0) === (to?.elementType ?? -1) || bothFloat(from, to);
    case 'Transpose':
      return keepsOrder(node, staticShape(from?.shape ?? null));
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
      return sameStaticShape(from, to) && node.outputs.filter((name) => name !== '').length === 1;
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
  const attribute = node.attributes.get('perm');
  const permutation = attribute?.kind === 'ints' ? attribute.values : shape.map((_, axis) => shape.length - 1 - axis);
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
  const mode = node.attributes.get('mode');
  if (mode?.kind === 'string' && mode.value !== 'constant') return false;
  const attribute = node.attributes.get('value');
  if (attribute?.kind === 'float' && attribute.value !== 0) return false;
  const fill = node.inputs[2] ? knownElements(value(node.inputs[2])) : [0];
  return fill !== null && fill.every((element) => element === 0);
}
