import type { Graph, Node } from '../../onnx/model';
import { type ConstantLookup, type ConstantValue, findConstants, intOf, ints } from './constants';
import { topologicalOrder } from './order';

/** Index of the virtual layer that stands for all network inputs. */
export const SOURCE = -1;

/** One operator that touches activations. Everything that computes only shapes or weights is left out. */
export interface Layer {
  readonly index: number;
  readonly node: Node;
  readonly role: Role;
  /** Layers (or SOURCE) whose outputs it reads, in operator order, without weights and shape arguments. */
  readonly inputs: readonly number[];
  /** For a convolution. */
  readonly conv: Convolution | null;
  /** For a matrix product with a weight. */
  readonly linear: Linear | null;
  /** For an activation: which. */
  readonly activation: Activation | null;
  /** For element-wise arithmetic with a constant: its number of elements and, when it is one, its value. */
  readonly constant: { readonly elements: number; readonly value: number | null } | null;
}

export type Role =
  | 'conv'
  | 'linear'
  | 'batch-norm'
  | 'other-norm'
  | 'activation'
  | 'max-pool'
  | 'average-pool'
  | 'global-pool'
  /** Element-wise arithmetic with a constant. */
  | 'scale'
  | 'shift'
  | 'add'
  | 'sub'
  | 'mul'
  | 'concat'
  /** Moves data along channels: a `Transpose`. */
  | 'transpose'
  /** Reshape, Slice, Split, Pad and the like. */
  | 'move'
  | 'other';

export type Activation =
  | 'relu'
  | 'relu6'
  | 'prelu'
  | 'leaky-relu'
  | 'sigmoid'
  | 'hard-sigmoid'
  | 'hard-swish'
  | 'swish'
  | 'gelu'
  | 'mish'
  | 'elu'
  | 'tanh'
  | 'softmax'
  | 'softplus'
  | 'erf'
  | 'clip';

export interface Convolution {
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
  readonly transposed: boolean;
  readonly weight: ConstantValue;
  readonly bias: ConstantValue | null;
}

export interface Linear {
  readonly inputFeatures: number;
  readonly outputFeatures: number;
  readonly weight: ConstantValue;
  readonly bias: ConstantValue | null;
}

/** The layers of a graph with the constants they use. */
export interface LayerGraph {
  readonly layers: readonly Layer[];
  /** The layer (or SOURCE) that gives each graph output, in order, without duplicates and constant outputs. */
  readonly outputs: readonly number[];
  readonly constants: ConstantLookup;
  /** The layer made from a node. */
  readonly layerOf: ReadonlyMap<Node, Layer>;
  /** Operators that could not be placed because they lie on a cycle. */
  readonly cyclicNodes: number;
}

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
const TRANSPARENT = new Set(['Identity', 'Dropout', 'Cast', 'CastLike', 'QuantizeLinear', 'DequantizeLinear']);

const SHAPE_QUERIES = new Set(['Shape', 'Size']);

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

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  Relu: 'relu',
  PRelu: 'prelu',
  LeakyRelu: 'leaky-relu',
  Sigmoid: 'sigmoid',
  QLinearSigmoid: 'sigmoid',
  HardSigmoid: 'hard-sigmoid',
  HardSwish: 'hard-swish',
  Swish: 'swish',
  Gelu: 'gelu',
  FastGelu: 'gelu',
  Mish: 'mish',
  Elu: 'elu',
  Selu: 'elu',
  Celu: 'elu',
  Tanh: 'tanh',
  Softmax: 'softmax',
  LogSoftmax: 'softmax',
  Softplus: 'softplus',
  Erf: 'erf',
};

/** Reduces a graph to its layers. Cost is linear in the number of nodes and inputs. */
export function findLayers(graph: Graph): LayerGraph {
  const order = topologicalOrder(graph);
  const constants = findConstants(graph, order);
  const layers: Layer[] = [];
  const layerOf = new Map<Node, Layer>();
  /** Which layer gives a value. */
  const givenBy = new Map<string, number>();
  const shapeValues = new Set<string>();
  for (const input of graph.inputs) if (constants(input.name) === null) givenBy.set(input.name, SOURCE);

  for (const node of order) {
    if (node.outputs.some((output) => output !== '' && constants(output) !== null)) continue;
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
    if (only === undefined && readsShape) {
      for (const output of node.outputs) shapeValues.add(output);
      continue;
    }
    if (only !== undefined && TRANSPARENT.has(node.opType)) {
      const output = node.outputs[0];
      if (output !== undefined) givenBy.set(output, only);
      continue;
    }
    const layer = makeLayer(layers.length, node, inputs, constants);
    layers.push(layer);
    layerOf.set(node, layer);
    for (const output of node.outputs) if (output !== '') givenBy.set(output, layer.index);
  }
  const outputs = new Set<number>();
  for (const output of graph.outputs) {
    const from = givenBy.get(output.name);
    if (from !== undefined) outputs.add(from);
  }
  return { layers, outputs: [...outputs], constants, layerOf, cyclicNodes: graph.nodes.length - order.length };
}

function makeLayer(index: number, node: Node, inputs: readonly number[], constants: ConstantLookup): Layer {
  const base = { index, node, inputs, conv: null, linear: null, activation: null, constant: null };
  const conv = convolutionOf(node, constants);
  if (conv !== null) return { ...base, role: 'conv', conv, activation: fusedActivation(node) };
  const linear = linearOf(node, constants);
  if (linear !== null) return { ...base, role: 'linear', linear, activation: fusedActivation(node) };
  const activation = activationOf(node, constants);
  if (activation !== null) return { ...base, role: 'activation', activation };
  const constant = inputs.length === 1 ? constantOperand(node, constants) : null;
  return { ...base, role: roleOf(node, inputs.length, constant !== null, constants), constant };
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
    case 'GlobalMaxPool':
      return node.opType === 'MaxPool' ? 'max-pool' : 'global-pool';
    case 'AveragePool':
    case 'QLinearAveragePool':
      return 'average-pool';
    case 'GlobalAveragePool':
    case 'QLinearGlobalAveragePool':
      return 'global-pool';
    case 'ReduceMean': {
      const axes = ints(node, 'axes') ?? constants(node.inputs[1] ?? '')?.values ?? [];
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

/** Positions of (weight, bias) among the inputs of each kind of convolution. */
const CONVOLUTIONS: Readonly<Record<string, readonly [number, number]>> = {
  Conv: [1, 2],
  FusedConv: [1, 2],
  NhwcFusedConv: [1, 2],
  ConvTranspose: [1, 2],
  ConvInteger: [1, -1],
  QLinearConv: [3, 8],
};

function convolutionOf(node: Node, constants: ConstantLookup): Convolution | null {
  const positions = CONVOLUTIONS[node.opType];
  if (positions === undefined) return null;
  const weight = constants(node.inputs[positions[0]] ?? '');
  const [first, second, ...kernel] = weight?.dims ?? [];
  if (weight === null || first === undefined || second === undefined || kernel.length === 0) return null;
  const groups = Math.max(1, intOf(node, 'group') ?? 1);
  const transposed = node.opType === 'ConvTranspose';
  const ones = kernel.map(() => 1);
  return {
    inputChannels: transposed ? first : second * groups,
    outputChannels: transposed ? second * groups : first,
    kernel,
    strides: ints(node, 'strides') ?? ones,
    dilations: ints(node, 'dilations') ?? ones,
    groups,
    transposed,
    weight,
    bias: constants(node.inputs[positions[1]] ?? ''),
  };
}

function linearOf(node: Node, constants: ConstantLookup): Linear | null {
  switch (node.opType) {
    case 'Gemm': {
      const weight = constants(node.inputs[1] ?? '');
      const [rows, columns] = weight?.dims ?? [];
      if (weight === null || rows === undefined || columns === undefined) return null;
      const transposed = intOf(node, 'transB') === 1;
      return {
        inputFeatures: transposed ? columns : rows,
        outputFeatures: transposed ? rows : columns,
        weight,
        bias: constants(node.inputs[2] ?? ''),
      };
    }
    case 'MatMul':
    case 'FusedMatMul':
    case 'MatMulInteger':
    case 'QLinearMatMul': {
      const weight = constants(node.inputs[node.opType === 'QLinearMatMul' ? 3 : 1] ?? '');
      const rows = weight?.dims?.at(-2);
      const columns = weight?.dims?.at(-1);
      if (weight === null || rows === undefined || columns === undefined) return null;
      return { inputFeatures: rows, outputFeatures: columns, weight, bias: null };
    }
    default:
      return null;
  }
}

function activationOf(node: Node, constants: ConstantLookup): Activation | null {
  if (node.opType === 'QuickGelu') {
    // onnxruntime writes x·σ(αx); α = 1 is swish, 1.702 an approximation of GELU.
    const alpha = node.attributes.get('alpha');
    return alpha?.kind === 'float' && alpha.value === 1 ? 'swish' : 'gelu';
  }
  if (node.opType === 'Max' || node.opType === 'Min') {
    const limits = node.inputs.flatMap((name) => constants(name)?.values ?? []);
    if (limits.length !== 1 || node.inputs.length !== 2) return null;
    return node.opType === 'Max' ? (limits[0] === 0 ? 'relu' : null) : limits[0] === 6 ? 'relu6' : null;
  }
  if (node.opType !== 'Clip') return ACTIVATIONS[node.opType] ?? null;
  const bound = (name: string, position: number): number | null => {
    const attribute = node.attributes.get(name);
    if (attribute?.kind === 'float') return attribute.value;
    return constants(node.inputs[position] ?? '')?.values?.[0] ?? null;
  };
  const low = bound('min', 1);
  const high = bound('max', 2);
  if (low === 0 && high === 6) return 'relu6';
  return low === 0 && high === null ? 'relu' : 'clip';
}

/** onnxruntime's fused operators name their activation in an attribute. */
function fusedActivation(node: Node): Activation | null {
  const attribute = node.attributes.get('activation');
  if (attribute?.kind !== 'string') return null;
  return attribute.value === 'Clip' ? 'relu6' : (ACTIVATIONS[attribute.value] ?? null);
}

function constantOperand(node: Node, constants: ConstantLookup): Layer['constant'] {
  for (const name of node.inputs) {
    const value = name === '' ? null : constants(name);
    if (value === null) continue;
    const elements = value.dims?.reduce((product, dim) => product * dim, 1) ?? value.roots[0]?.elements ?? 1;
    return { elements, value: elements === 1 ? (value.values?.[0] ?? null) : null };
  }
  return null;
}
