import { productOf } from '../../onnx/numbers';
import { intOf, intsOf } from '../../onnx/attributes';
import type { Graph, Node } from '../../onnx/model';
import type { WorkBudget } from '../../work-budget';
import { activationOf, fusedActivation } from './activation';
import { type ConstantLookup, type ConstantValue } from './constant-value';
import { findConstants } from './constants';
import { compose } from './decomposed';
import { type Convolution, type Layer, type LayerGraph, type Linear, type Role, SOURCE } from './layers';
import { topologicalOrder } from './order';
import { convolutions, products, type TrainedInputs } from './trained-inputs';

/** Operators whose first input alone carries activations; the rest are arguments. */
const FIRST_INPUT_ONLY = new Set([
  'Reshape',
  'Expand',
  'Slice',
  'Resize',
  'Upsample',
  'Pad',
  'Tile',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Clip',
  'Dropout',
  'Cast',
  'CastLike',
  'TopK',
  'Split',
  'Gather',
  'PRelu',
  'BatchNormalization',
]);

/** Operators that hand their input on unchanged. */
const TRANSPARENT = new Set([
  'Identity',
  'Dropout',
  'Cast',
  'CastLike',
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'ReorderInput',
  'ReorderOutput',
]);

const SHAPE_QUERIES = new Set(['Shape', 'Size']);

/** From channels last to channels first and back: where the data lie, not what they are. */
const LAYOUTS: ReadonlySet<string> = new Set(['0,2,3,1', '0,3,1,2']);

const MOVES = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Split',
  'Gather',
  'Pad',
  'Expand',
  'Tile',
  'DepthToSpace',
  'SpaceToDepth',
]);

/** Reduces a graph to its layers. Cost is linear in the number of nodes and inputs. Throws `WorkFailure`. */
export function findLayers(graph: Graph, budget: WorkBudget): LayerGraph {
  const order = topologicalOrder(graph);
  const constants = findConstants(graph, order, budget);
  const layers: Layer[] = [];
  /** Layers made from nodes that read more than other layers give. */
  const layerOf = new Map<Node, number>();
  /** Which layer gives a value. */
  const givenBy = new Map<string, number>();
  const shapeValues = new Set<string>();
  /** Constants brought to the size of an input that is open, such as a class token of which each image gets one. */
  const sized = new Map<string, ConstantValue>();
  for (const input of graph.inputs) if (constants(input.name) === null) givenBy.set(input.name, SOURCE);

  for (const node of order) {
    if (node.outputs.some((output) => output !== '' && constants(output) !== null)) continue;
    budget.steps(10 + node.inputs.length);
    if (SHAPE_QUERIES.has(node.opType)) {
      for (const output of node.outputs) shapeValues.add(output);
      continue;
    }
    const inputs: number[] = [];
    let readsShape = false;
    const names = FIRST_INPUT_ONLY.has(node.opType) ? node.inputs.slice(0, 1) : node.inputs;
    for (const name of names) {
      if (name === '') continue;
      if (shapeValues.has(name)) readsShape = true;
      const from = givenBy.get(name);
      if (from !== undefined) inputs.push(from);
    }
    const only = inputs[0];
    if (only === undefined) {
      const of = sizedFrom(node, names, constants, sized, shapeValues);
      if (of !== null) for (const output of node.outputs) sized.set(output, of);
      else if (readsShape) for (const output of node.outputs) shapeValues.add(output);
      if (of !== null || readsShape) continue;
    }
    if (only !== undefined && isTransparent(node, inputs.length, readsShape)) {
      const [output, ...others] = node.outputs;
      if (output !== undefined) givenBy.set(output, only);
      if (node.opType === 'DynamicQuantizeLinear') for (const other of others) shapeValues.add(other);
      continue;
    }
    // A copy has no room to grow.
    const layer = makeLayer(layers.length, node, inputs.slice(), constants, (name) => sized.get(name));
    for (const part of takenApart(layer)) layers.push(part);
    if (inputs.length < node.inputs.length) layerOf.set(node, layer.index);
    const last = layers.length - 1;
    for (const output of node.outputs) if (output !== '') givenBy.set(output, last);
  }
  const outputs = new Set<number>();
  for (const output of graph.outputs) {
    const from = givenBy.get(output.name);
    if (from !== undefined) outputs.add(from);
  }
  const composed = compose(layers, [...outputs], constants);
  const became = (index: number): number => (index === SOURCE ? SOURCE : (composed.became[index] as number));
  return {
    layers: composed.layers,
    outputs: [...outputs].map(became),
    constants,
    order,
    layerOf: (node) => {
      const index = layerOf.get(node);
      return index === undefined ? undefined : composed.layers[became(index)];
    },
    writtenOutNorms: composed.norms,
    cyclicNodes: graph.nodes.length - order.length,
  };
}

/** The constant that a node without data brings to another size, or null if it gives none of these. */
function sizedFrom(
  node: Node,
  data: readonly string[],
  constants: ConstantLookup,
  sized: ReadonlyMap<string, ConstantValue>,
  shapeValues: ReadonlySet<string>,
): ConstantValue | null {
  for (const name of data) {
    const known = sized.get(name);
    if (known !== undefined) return known;
  }
  const bySize =
    data.length < node.inputs.length && node.inputs.some((name) => shapeValues.has(name) || sized.has(name));
  return bySize ? constants(data[0] ?? '') : null;
}

/** Operators that leave the network's data what they are, factors of dynamic quantisation included. */
function isTransparent(node: Node, inputCount: number, readsShape: boolean): boolean {
  if (node.opType === 'Transpose') return LAYOUTS.has(intsOf(node, 'perm')?.join() ?? '');
  if (node.opType === 'Mul') return inputCount === 1 && readsShape;
  return TRANSPARENT.has(node.opType);
}

function makeLayer(
  index: number,
  node: Node,
  inputs: readonly number[],
  constants: ConstantLookup,
  sized: (name: string) => ConstantValue | undefined,
): Layer {
  const conv = convolutionOf(node, constants);
  const linear = conv === null ? linearOf(node, constants) : null;
  const isWeighted = conv !== null || linear !== null;
  const activation = isWeighted ? fusedActivation(node) : activationOf(node, constants);
  const isArithmetic = !isWeighted && activation === null && inputs.length === 1;
  const constant = isArithmetic ? constantOperand(node, (name) => constants(name) ?? sized(name) ?? null) : null;
  const role =
    conv !== null
      ? 'conv'
      : linear !== null
        ? 'linear'
        : activation !== null
          ? 'activation'
          : roleOf(node, inputs.length, constant !== null, constants);
  return { index, node, role, inputs, conv, linear, activation, constant };
}

/** A convolution to whose result onnxruntime's optimiser adds another value before the activation, as three layers. */
function takenApart(layer: Layer): readonly Layer[] {
  const [input, added] = layer.inputs;
  if (layer.conv === null || input === undefined || added === undefined || (layer.node.inputs[3] ?? '') === '')
    return [layer];
  if (layer.node.domain === '' || layer.node.opType === 'QLinearConv') return [layer];
  const rest = { ...layer, conv: null, activation: null };
  const sum: Layer = { ...rest, index: layer.index + 1, role: 'add', inputs: [layer.index, added] };
  const conv: Layer = { ...layer, inputs: [input], activation: null };
  if (layer.activation === null) return [conv, sum];
  const { activation } = layer;
  return [conv, sum, { ...rest, index: sum.index + 1, role: 'activation', inputs: [sum.index], activation }];
}

function roleOf(node: Node, inputCount: number, withConstant: boolean, constants: ConstantLookup): Role {
  switch (node.opType) {
    case 'BatchNormalization':
    case 'SpatialBN':
      return 'batch-norm';
    case 'LayerNormalization':
    case 'InstanceNormalization':
    case 'GroupNormalization':
    case 'RMSNormalization':
    case 'SimplifiedLayerNormalization':
    case 'SkipLayerNormalization':
    case 'GroupNorm':
    case 'LRN':
    case 'LpNormalization':
    case 'MeanVarianceNormalization':
      return 'other-norm';
    case 'MaxPool':
    case 'NhwcMaxPool':
      return 'max-pool';
    case 'GlobalMaxPool':
      return 'global-pool';
    case 'AveragePool':
    case 'QLinearAveragePool':
      return 'average-pool';
    case 'GlobalAveragePool':
    case 'QLinearGlobalAveragePool':
      return 'global-pool';
    case 'ReduceMean': {
      const axes = intsOf(node, 'axes') ?? constants(node.inputs[1] ?? '')?.values ?? [];
      return axes.length === 2 ? 'global-pool' : 'other';
    }
    case 'Add':
    case 'Sum':
    case 'QLinearAdd':
      return inputCount > 1 ? 'add' : withConstant ? 'shift' : 'other';
    case 'Sub':
      return inputCount > 1 ? 'sub' : withConstant ? 'shift' : 'other';
    case 'Mul':
    case 'QLinearMul':
      return inputCount > 1 ? 'mul' : withConstant ? 'scale' : 'other';
    case 'Div':
      return inputCount > 1 ? 'other' : withConstant ? 'scale' : 'other';
    case 'Concat':
    case 'QLinearConcat':
      return inputCount > 1 ? 'concat' : 'move';
    case 'Transpose':
      return 'transpose';
    default:
      return MOVES.has(node.opType) ? 'move' : 'other';
  }
}

/** The weight and the bias that a node of some operators reads; null if it is none of them, or has no constant weight. */
function constantsOf(
  node: Node,
  operators: ReadonlyMap<string, TrainedInputs>,
  constants: ConstantLookup,
): { readonly weight: ConstantValue; readonly bias: ConstantValue | null } | null {
  const positions = operators.get(node.opType);
  if (positions === undefined) return null;
  const { weights = [], vectors = [] } = positions;
  const [weight, bias] = [weights, vectors].map((at) => constants(node.inputs[at.at(-1) ?? -1] ?? ''));
  return weight == null ? null : { weight, bias: bias ?? null };
}

function convolutionOf(node: Node, constants: ConstantLookup): Convolution | null {
  const read = constantsOf(node, convolutions, constants);
  const [first, second, ...kernel] = read?.weight.dims ?? [];
  if (read === null || first === undefined || second === undefined || kernel.length === 0) return null;
  const groups = Math.max(1, intOf(node, 'group') ?? 1);
  const transposed = node.opType === 'ConvTranspose';
  const ones = kernel.map(() => 1);
  return {
    inputChannels: transposed ? first : second * groups,
    outputChannels: transposed ? second * groups : first,
    kernel,
    strides: intsOf(node, 'strides') ?? ones,
    dilations: intsOf(node, 'dilations') ?? ones,
    groups,
    transposed,
    ...read,
  };
}

function linearOf(node: Node, constants: ConstantLookup): Linear | null {
  const read = constantsOf(node, products, constants);
  const [rows, columns] = read?.weight.dims?.slice(-2) ?? [];
  if (read === null || rows === undefined || columns === undefined) return null;
  const transposed = intOf(node, 'transB') === 1;
  return { inputFeatures: transposed ? columns : rows, outputFeatures: transposed ? rows : columns, ...read };
}

function constantOperand(node: Node, constants: ConstantLookup): Layer['constant'] {
  for (const name of node.inputs) {
    const value = name === '' ? null : constants(name);
    if (value === null) continue;
    const elements = value.dims === null ? (value.roots[0]?.elements ?? 1) : productOf(value.dims);
    return { elements, value: elements === 1 ? (value.values?.[0] ?? null) : null };
  }
  return null;
}
