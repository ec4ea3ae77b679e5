import type { Graph, Node, Tensor } from '../../onnx/model';
import type { WorkBudget } from '../../work-budget';

/** A value that does not depend on the network's input: a weight, or something computed from weights alone. */
export interface ConstantValue {
  /**
   * Identity for counting: two uses with one key are one tensor. An `Identity` output has a key of its own,
   * because exporters merge equal tensors and put an `Identity` where the second one was.
   */
  readonly key: string;
  /** The stored tensors it is made from, without shape arguments and quantisation scales. */
  readonly roots: readonly Root[];
  /** Dims after the operators between store and use; null where they are not followed. */
  readonly dims: readonly number[] | null;
  /** Values of a small constant that reaches its use unchanged or as a part of a shape; otherwise null. */
  readonly values: readonly number[] | null;
  /** True where operators other than renaming lie between the stored tensor and its use. */
  readonly computed: boolean;
}

/** A stored tensor, or a graph input that serves as a weight (exports without weights). */
export interface Root {
  readonly key: string;
  readonly elements: number;
  readonly dataType: number;
  /** True where the graph fills it with one number, as models without their weights do. */
  readonly isFilled?: boolean;
}

/** Looks a value up: null where it depends on the network's input. */
export type ConstantLookup = (valueName: string) => ConstantValue | null;

/** Operators through which only the first input is data; the others are arguments, not weights. */
const FIRST_INPUT_ONLY = new Set([
  // Weight standardisation normalises a kernel by its own mean and deviation.
  'BatchNormalization',
  'InstanceNormalization',
  'LayerNormalization',
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

/** Operators that leave the values as they are and keep the element count. */
const RENAMING = new Set(['Identity', 'Cast', 'CastLike', 'Dropout', 'DequantizeLinear', 'QuantizeLinear']);

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

const FLOAT = 1;
const INT64 = 7;

function constantNode(node: Node, output: string): ConstantValue | null {
  for (const name of ['value', 'sparse_value']) {
    const attribute = node.attributes.get(name);
    if (attribute?.kind === 'tensor') return stored(output, attribute.value);
  }
  const numbers = (values: readonly number[], dims: readonly number[], dataType: number): ConstantValue => ({
    key: output,
    roots: [{ key: output, elements: values.length, dataType }],
    dims,
    values,
    computed: false,
  });
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === 'float') return numbers([attribute.value], [], FLOAT);
    if (attribute.kind === 'int') return numbers([attribute.value], [], INT64);
    if (attribute.kind === 'floats') return numbers(attribute.values, [attribute.values.length], FLOAT);
    if (attribute.kind === 'ints') return numbers(attribute.values, [attribute.values.length], INT64);
  }
  return null;
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
  if (first === undefined || hasSubgraph(node)) return null;
  if (node.opType === 'ConstantOfShape') return filled(node, output, first);
  const contributing = contributors(node, inputs);
  const roots = new Map<string, Root>();
  for (const value of contributing) {
    for (const root of value.roots) {
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
  };
}

/** Inputs whose values a node hands on: what is compared or only chooses between others is no part of the result. */
function contributors(node: Node, inputs: readonly ConstantValue[]): readonly ConstantValue[] {
  if (CHOOSING.has(node.opType)) return [];
  // What a comparison picks is a mask.
  if (node.opType === 'Where') return inputs[0]?.computed === true ? [] : inputs.slice(1);
  return FIRST_INPUT_ONLY.has(node.opType) ? inputs.slice(0, 1) : inputs;
}

const CHOOSING = new Set([
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
  const elements = dims?.reduce((product, dim) => product * dim, 1);
  if (dims === null || elements === undefined || !Number.isSafeInteger(elements) || elements < 0) return null;
  const attribute = node.attributes.get('value');
  const dataType = attribute?.kind === 'tensor' ? attribute.value.dataType : FLOAT;
  return {
    key: output,
    roots: [{ key: output, elements, dataType, isFilled: true }],
    dims,
    values: null,
    computed: false,
  };
}

/** Shapes have few entries; longer tensors are weights. */
const MAX_SHAPE_ENTRIES = 16;

/** What operators that shapes are put together by make of small constants; null for other operators. */
function shapeValues(node: Node, inputs: readonly ConstantValue[]): readonly number[] | null {
  const [first, second] = inputs;
  switch (node.opType) {
    case 'Shape':
      return first?.dims ?? null;
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Reshape':
      return first?.values ?? null;
    case 'Gather': {
      if (first?.dims?.length !== 1 || first.values === null) return null;
      const picked = second?.values?.map((index) => first.values?.at(index));
      return picked?.every((value) => value !== undefined) === true ? picked : null;
    }
    case 'Concat': {
      const joined = inputs.flatMap(({ values, dims }) => (dims !== null && dims.length <= 1 ? (values ?? []) : []));
      const expected = inputs.reduce((sum, { dims }) => sum + (dims?.[0] ?? Infinity), 0);
      return joined.length === expected && expected <= MAX_SHAPE_ENTRIES ? joined : null;
    }
    default:
      return null;
  }
}

function hasSubgraph(node: Node): boolean {
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === 'graph' || attribute.kind === 'graphs') return true;
  }
  return false;
}

const ELEMENTWISE = new Set(['Add', 'Sub', 'Mul', 'Div', 'Sqrt', 'Neg', 'Pow', 'Exp', 'Abs', 'Clip', 'Reciprocal']);

function derivedDims(node: Node, inputs: readonly ConstantValue[]): readonly number[] | null {
  const first = inputs[0];
  if (first === undefined) return null;
  const dims = first.dims;
  if (RENAMING.has(node.opType)) return dims;
  if (ELEMENTWISE.has(node.opType)) return broadcast(inputs);
  if (node.opType === 'Reshape') return reshaped(dims, inputs[1]?.values ?? null);
  if (dims === null) return null;
  switch (node.opType) {
    case 'BatchNormalization':
    case 'InstanceNormalization':
    case 'LayerNormalization':
      return dims;
    case 'MatMul': {
      const other = inputs[1]?.dims ?? [];
      const [rows, columns] = [dims.length > 1 ? dims.slice(0, -1) : [], other.length > 1 ? other.slice(-1) : []];
      return other.length > 2 ? null : [...rows, ...columns];
    }
    case 'Flatten': {
      const axis = intOf(node, 'axis') ?? 1;
      const product = (part: readonly number[]): number => part.reduce((result, dim) => result * dim, 1);
      return [product(dims.slice(0, axis)), product(dims.slice(axis))];
    }
    case 'Shape':
      return [dims.length];
    case 'Concat': {
      const lengths = inputs.map((input) => (input.dims?.length === 1 ? input.dims[0] : undefined));
      return lengths.every((length) => length !== undefined)
        ? [lengths.reduce((sum, length) => sum + length, 0)]
        : null;
    }
    case 'Gather':
      return dims.length === 1 ? (inputs[1]?.dims ?? null) : null;
    case 'Transpose': {
      const perm = ints(node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
      const permuted = perm.map((axis) => dims[axis]);
      return permuted.every((dim): dim is number => dim !== undefined) ? permuted : null;
    }
    case 'Unsqueeze':
      return unsqueezed(dims, ints(node, 'axes') ?? inputs[1]?.values ?? null);
    case 'Squeeze': {
      const axes = (ints(node, 'axes') ?? inputs[1]?.values)?.map((axis) => (axis < 0 ? axis + dims.length : axis));
      return dims.filter((dim, axis) => (axes === undefined ? dim !== 1 : !axes.includes(axis)));
    }
    case 'ReduceL2':
    case 'ReduceSum':
    case 'ReduceMean': {
      const axes = (ints(node, 'axes') ?? inputs[1]?.values)?.map((axis) => (axis < 0 ? axis + dims.length : axis));
      const keep = (intOf(node, 'keepdims') ?? 1) !== 0;
      const reduced = (axis: number): boolean => axes === undefined || axes.includes(axis);
      return keep ? dims.map((dim, axis) => (reduced(axis) ? 1 : dim)) : dims.filter((_, axis) => !reduced(axis));
    }
    default:
      return null;
  }
}

function broadcast(inputs: readonly ConstantValue[]): readonly number[] | null {
  let rank = 0;
  for (const { dims } of inputs) {
    if (dims === null) return null;
    rank = Math.max(rank, dims.length);
  }
  const result = new Array<number>(rank).fill(1);
  for (const { dims } of inputs) {
    dims?.forEach((dim, index) => {
      const axis = index + rank - dims.length;
      result[axis] = Math.max(result[axis] ?? 1, dim);
    });
  }
  return result;
}

function reshaped(dims: readonly number[] | null, target: readonly number[] | null): readonly number[] | null {
  if (target === null) return null;
  if (dims === null) return target.every((dim) => dim > 0) ? target : null;
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const copied = target.map((dim, axis) => (dim === 0 ? (dims[axis] ?? 0) : dim));
  const stated = copied.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  return copied.map((dim) => (dim === -1 && stated > 0 ? elements / stated : dim));
}

function unsqueezed(dims: readonly number[], axes: readonly number[] | null): readonly number[] | null {
  if (axes === null) return null;
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const rest = [...dims];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)));
}

/** The integers of an attribute, or null where it is absent. */
export function ints(node: Node, name: string): readonly number[] | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'ints' ? attribute.values : null;
}

/** The integer of an attribute, or null where it is absent. */
export function intOf(node: Node, name: string): number | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'int' ? attribute.value : null;
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
    for (const [position, name] of node.inputs.entries()) {
      const nodes = uses.get(name) ?? new Map<Node, number[]>();
      uses.set(name, nodes);
      const positions = nodes.get(node);
      if (positions === undefined) nodes.set(node, [position]);
      else positions.push(position);
    }
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
    const elements = dims.reduce((product, dim) => product * dim, 1);
    if (!Number.isSafeInteger(elements)) return [];
    const root: Root = { key: input.name, elements, dataType: input.dataType };
    return [{ key: input.name, roots: [root], dims, values: null, computed: false }];
  });
}
