import { productOf } from '../../onnx/numbers';
import { constantTensor, tensorOf } from '../../onnx/attributes';
import { DataType } from '../../onnx/data-types';
import type { Graph, Node, Tensor } from '../../onnx/model';
import { hasSubgraphs } from '../../onnx/shapes/order';
import type { WorkBudget } from '../../work-budget';
import { derivedDims, HIDDEN_ACTIVATIONS, MAX_SHAPE_ENTRIES, RENAMING, shapeValues } from './constant-shapes';
import { type ConstantLookup, type ConstantValue, type Root } from './constant-value';

/** Operators through which only the first input is data; the others are arguments, not weights. */
const FIRST_INPUT_ONLY = new Set([
  // Weight standardisation normalises a kernel by its own mean and deviation.
  'BatchNormalization',
  'InstanceNormalization',
  'Cast',
  'CastLike',
  'DequantizeLinear',
  'Expand',
  'Gather',
  'GatherElements',
  'GatherND',
  'Identity',
  'Pad',
  'QuantizeLinear',
  'ReduceMean',
  'ReduceSum',
  'Reshape',
  'Resize',
  'Slice',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

const MAX_ROOTS = 64;

/**
 * Finds every value of a graph that is fixed before the network runs: initializers, `Constant` nodes, whatever
 * is computed from these alone, and graph inputs that only ever serve as weights. A sub-graph also sees the
 * constants of the graph around it (`outer`).
 */
export function findConstants(
  graph: Graph,
  order: readonly Node[],
  budget: WorkBudget,
  outer?: ConstantLookup,
): ConstantLookup {
  const known = new Map<string, ConstantValue>();
  const lookup: ConstantLookup = (name) => known.get(name) ?? outer?.(name) ?? null;
  for (const tensor of graph.initializers.values()) known.set(tensor.name, stored(tensor.name, tensor));
  for (const input of weightInputs(graph)) known.set(input.key, input);
  for (const node of order) {
    const output = node.outputs[0];
    budget.steps(1 + node.inputs.length);
    if (output === undefined || output === '') continue;
    const value = node.opType === 'Constant' ? constantNode(node, output) : derived(node, output, lookup);
    if (value === null) continue;
    budget.steps(value.roots.length);
    known.set(output, value);
  }
  return lookup;
}

function stored(key: string, tensor: Tensor): ConstantValue {
  return {
    key,
    roots: [{ key, elements: tensor.elements, dataType: tensor.dataType }],
    dims: tensor.dims,
    values: tensor.values,
    computed: false,
  };
}

function constantNode(node: Node, output: string): ConstantValue | null {
  const tensor = constantTensor(node);
  return tensor && stored(output, tensor);
}

function derived(node: Node, output: string, lookup: ConstantLookup): ConstantValue | null {
  const inputs: ConstantValue[] = [];
  for (const name of node.inputs) {
    if (name === '') continue;
    const value = lookup(name);
    if (value === null) return null;
    inputs.push(value);
  }
  const first = inputs[0];
  // Operators without inputs (random generators) are not constants.
  if (first === undefined || hasSubgraphs(node)) return null;
  if (node.opType === 'ConstantOfShape') return filled(node, output, first);
  const contributing = contributors(node, inputs);
  const roots = new Map<string, Root>();
  const multiplied = multipliedBy(node, inputs);
  for (const value of contributing) {
    const isWeight = PRODUCTS.has(node.opType) && value === inputs[1];
    const isBias = node.opType === 'Add' && multiplied !== undefined && value.multiplied === undefined;
    const isOfLayer = (isWeight || isBias) && !value.computed;
    for (const given of value.roots) {
      const isCoordinates = isNetworkInput(node, value, given) || roots.get(given.key)?.isCoordinates === true;
      const root = isOfLayer ? { ...given, isOfLayer } : isCoordinates ? { ...given, isCoordinates } : given;
      // What an Identity gives out is a tensor of its own: see `key`. Anything else keeps its sources' keys.
      if (node.opType === 'Identity' && !value.computed) roots.set(output, { ...root, key: output });
      else roots.set(root.key, root);
    }
    if (roots.size > MAX_ROOTS) return null;
  }
  const renamed = RENAMING.has(node.opType);
  return {
    key: output,
    roots: [...roots.values()],
    dims: derivedDims(node, inputs),
    values: renamed ? first.values : shapeValues(node, inputs),
    computed: first.computed || !renamed,
    multiplied,
  };
}

const PRODUCTS = new Set(['MatMul', 'Gemm']);

function multipliedBy(node: Node, inputs: readonly ConstantValue[]): ConstantValue['multiplied'] {
  const before = inputs.find(({ multiplied }) => multiplied !== undefined)?.multiplied;
  const [first] = inputs;
  if (before !== undefined || first === undefined || !PRODUCTS.has(node.opType)) return before;
  return new Map(first.roots.map(({ key }) => [key, first.dims?.at(-1) ?? 0]));
}

/** A point has two or three coordinates; a code that is trained has more. */
const MOST_COORDINATES = 3;

/** What goes in where a matrix product is followed by an activation: that is a network, and its input no weight. */
function isNetworkInput(node: Node, { multiplied }: ConstantValue, root: Root): boolean {
  return HIDDEN_ACTIVATIONS.has(node.opType) && (multiplied?.get(root.key) ?? Infinity) <= MOST_COORDINATES;
}

/** Inputs whose values a node hands on: what is compared or only chooses between others is no part of the result. */
function contributors(node: Node, inputs: readonly ConstantValue[]): readonly ConstantValue[] {
  if (CHOOSING.has(node.opType)) return [];
  // Sines of positions are a code of places (Vaswani et al. 2017); those of what a layer gave are its activation.
  if (CODES.has(node.opType)) return inputs.filter(({ multiplied }) => multiplied !== undefined);
  // What a comparison picks is a mask.
  if (node.opType === 'Where') return inputs[0]?.computed === true ? [] : inputs.slice(1);
  // A number that was computed from tensors, such as a norm, has none of its own.
  if (node.opType === 'Mul' || node.opType === 'Div') {
    const [tensors, numbers] = [inputs.filter((input) => !isNorm(input)), inputs.filter(isNorm)];
    return tensors.some(({ dims }) => dims !== null && productOf(dims) > 1) ? tensors : [...tensors, ...numbers];
  }
  return FIRST_INPUT_ONLY.has(node.opType) ? inputs.slice(0, 1) : inputs;
}

function isNorm({ dims, computed, roots }: ConstantValue): boolean {
  return computed && dims !== null && productOf(dims) === 1 && roots.some(({ elements }) => elements > 1);
}

const CODES = new Set(['Sin', 'Cos']);

const CHOOSING = new Set([
  // Counts places.
  'CumSum',
  'Shape',
  'Equal',
  'Less',
  'LessOrEqual',
  'Greater',
  'GreaterOrEqual',
  'Not',
  'And',
  'Or',
  'Xor',
  'ArgMax',
  'Sign',
]);

function filled(node: Node, output: string, shape: ConstantValue): ConstantValue | null {
  const dims = shape.values ?? (shape.dims?.[0] === 0 ? [] : null);
  const elements = dims === null ? NaN : productOf(dims);
  if (dims === null || !Number.isSafeInteger(elements) || elements < 0) return null;
  const value = tensorOf(node, 'value');
  const dataType = value?.dataType ?? DataType.FLOAT;
  const number = value?.values?.[0] ?? 0;
  const isShape = dataType === DataType.INT64 && elements <= MAX_SHAPE_ENTRIES;
  return {
    key: output,
    roots: [{ key: output, elements, dataType, isFilled: true }],
    dims,
    values: isShape ? new Array<number>(elements).fill(number) : null,
    computed: false,
  };
}

/** Input positions of an operator that take weights; used to tell weight inputs from image inputs. */
const WEIGHT_POSITIONS = new Map<string, readonly number[]>(
  Object.entries({
    Conv: [1, 2],
    ConvTranspose: [1, 2],
    Gemm: [1, 2],
    MatMul: [1],
    Add: [0, 1],
    Mul: [0, 1],
    BatchNormalization: [1, 2, 3, 4],
    InstanceNormalization: [1, 2],
    LayerNormalization: [1, 2],
    PRelu: [1],
    LSTM: [1, 2, 3],
    GRU: [1, 2, 3],
    RNN: [1, 2, 3],
    Transpose: [0],
    Identity: [0],
  }),
);

/** Operators that weights pass through before they meet the data, as a central difference's summed kernel does. */
const DERIVING = new Set([...FIRST_INPUT_ONLY, 'Concat', 'Sigmoid', 'Sub']);

/** Of these, operators that data pass through as well: enough for a weight itself, not for what is derived from one. */
const ARITHMETIC = new Set(['Add', 'Mul']);

/** Numbers such as mixing factors, too few to be data. */
const FEW_ELEMENTS = 16;

const MAX_DERIVATIONS = 16;

/** Graph inputs with a fixed shape that are used as weights only, as `export_params=False` writes them. */
function weightInputs(graph: Graph): ConstantValue[] {
  if (graph.inputs.length < 2) return [];
  const uses = new Map<string, Map<Node, number[]>>();
  for (const node of graph.nodes) {
    node.inputs.forEach((name, position) => {
      const nodes = uses.get(name) ?? new Map<Node, number[]>();
      uses.set(name, nodes);
      const positions = nodes.get(node);
      if (positions === undefined) nodes.set(node, [position]);
      else positions.push(position);
    });
  }
  const answers = new Map<string, boolean>();
  const onlyWeighs = (name: string, few: boolean, derivations: number): boolean => {
    const known = answers.get(`${few} ${name}`);
    if (known !== undefined) return known;
    const nodes = derivations > MAX_DERIVATIONS ? [] : [...(uses.get(name) ?? [])];
    const answer = nodes.length > 0 && nodes.every(([node, positions]) => weighs(node, positions, few, derivations));
    answers.set(`${few} ${name}`, answer);
    return answer;
  };
  const weighs = (node: Node, positions: readonly number[], few: boolean, derivations: number): boolean => {
    const direct = derivations === 0 || few || !ARITHMETIC.has(node.opType);
    if (direct && positions.every((position) => WEIGHT_POSITIONS.get(node.opType)?.includes(position))) return true;
    const first = positions.every((position) => position === 0) || !FIRST_INPUT_ONLY.has(node.opType);
    return DERIVING.has(node.opType) && first && onlyWeighs(node.outputs[0] ?? '', few, derivations + 1);
  };
  const onlyWeights = graph.inputs.filter((input) => {
    const elements = input.shape?.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : NaN), 1);
    return onlyWeighs(input.name, elements !== undefined && elements <= FEW_ELEMENTS, 0);
  });
  // With every input a "weight" (a lone Add of two inputs, say) there is no network to weigh.
  if (onlyWeights.length === graph.inputs.length) return [];
  return onlyWeights.flatMap((input) => {
    const dims = input.shape?.filter((dim): dim is number => typeof dim === 'number');
    if (dims === undefined || dims.length !== input.shape?.length) return [];
    const elements = productOf(dims);
    if (!Number.isSafeInteger(elements)) return [];
    const root: Root = { key: input.name, elements, dataType: input.dataType };
    return [{ key: input.name, roots: [root], dims, values: null, computed: false }];
  });
}
