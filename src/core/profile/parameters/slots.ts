import { productOf } from '../../onnx/numbers';
import { intOf, subgraphsOf } from '../../onnx/attributes';
import { DataType, isFloat } from '../../onnx/data-types';
import type { Graph, Node } from '../../onnx/model';
import { hasSubgraphs } from '../../onnx/shapes/order';
import type { WorkBudget } from '../../work-budget';
import { type ConstantLookup, type ConstantValue, hasSeveralAxes, type Root } from '../structure/constant-value';
import { findConstants } from '../structure/constants';
import type { LayerGraph } from '../structure/layers';
import { topologicalOrder } from '../structure/order';
import { trainedInputs } from '../structure/trained-inputs';
import { type Doubt, doubtAbout, isWritten } from './doubts';
import { fittedTables, shapeArithmetic } from './fitted-tables';
import { isFoldedName } from './folded-names';
import { cutsWindows, isCoordinates, relativePositions, type Spread } from './position-tables';

/** One place where an operator takes a trained tensor. */
export interface Slot {
  readonly node: Node;
  readonly role: SlotRole;
  readonly value: ConstantValue;
  /** The trained tensors it is made from; never empty. */
  readonly roots: readonly Root[];
  /** What the exporter spread a table of positions from, where two kinds of tables give the same. */
  readonly spread?: Spread;
}

export type SlotRole =
  /** Kernels, matrices, tables: two uses of one are one shared tensor. */
  | 'weight'
  /** Biases, scales, shifts and slopes: small, and often equal without being shared. */
  | 'vector'
  /** The slope of a PRelu. */
  | 'slope'
  /** A tensor that is added, multiplied or concatenated: position embeddings, class tokens, layer scales. */
  | 'free';

export interface Slots {
  readonly slots: readonly Slot[];
  /** Constants that decode a detector's answer and are not trained: anchors, prior boxes, grids and strides. */
  readonly tables: readonly ConstantValue[];
  /** Maps of coordinates that are joined to features. */
  readonly coordinates: readonly ConstantValue[];
  /** What the file does not tell of some of them. */
  readonly doubts: readonly Doubt[];
}

interface Found {
  readonly slots: Slot[];
  readonly tables: ConstantValue[];
  readonly coordinates: ConstantValue[];
  readonly doubts: Doubt[];
}

/** Every slot of a graph and of its sub-graphs, in execution order. */
export function findSlots(graph: Graph, { order, constants }: LayerGraph, budget: WorkBudget): Slots {
  const found: Found = { slots: [], tables: [], coordinates: [], doubts: [] };
  collectSlots(graph, order, constants, found, budget);
  return found;
}

function collectSlots(
  graph: Graph,
  order: readonly Node[],
  constants: ConstantLookup,
  found: Found,
  budget: WorkBudget,
): void {
  const inside = (inner: Graph): void => {
    const innerOrder = topologicalOrder(inner);
    collectSlots(inner, innerOrder, findConstants(inner, innerOrder, budget, constants), found, budget);
  };
  // Of thousands of nested branches most hold nothing but the next ones.
  const takesConstants = (node: Node): boolean =>
    !hasSubgraphs(node) && node.inputs.some((name) => constants(name) !== null);
  if (!order.some(takesConstants)) {
    for (const node of order) subgraphsOf(node).forEach(inside);
    return;
  }
  const inputNames = new Set(graph.inputs.map((input) => input.name));
  const producers = new Map<string, Node>();
  for (const node of order) for (const output of node.outputs) producers.set(output, node);
  const stores = graph.initializers.size > 0 || graph.inputs.some((input) => constants(input.name) !== null);
  let leads: ReadonlySet<Node> | null = null;
  const leadsToWeights = (node: Node): boolean => (leads ??= leadingToWeights(order, constants)).has(node);
  const raw = rawInputs(graph, order, constants);
  const fitted = fittedTables(order, constants);
  const valueOf: ConstantLookup = (name) => constants(name) ?? fitted.get(name) ?? null;
  const surroundings: Surroundings = { constants: valueOf, producers, inputNames, raw, stores };
  const states = initialStates(order);
  const shapes = shapeArithmetic(order, constants, fitted);
  const hasWindows = cutsWindows(order);
  const doubts = doubtAbout({ order, constants: valueOf, producers, stores });
  const hasPaths = [...graph.initializers.keys()].some((name) => /\w\.(weight|bias)$/.test(name) || isFoldedName(name));
  for (const node of order) {
    subgraphsOf(node).forEach(inside);
    if (!node.inputs.some((name) => valueOf(name) !== null)) continue;
    // What is computed from constants alone counts where it meets the data.
    if (constants(node.outputs[0] ?? '') !== null || states.has(node.outputs[0] ?? '')) continue;
    if (shapes.has(node.outputs[0] ?? '')) continue;
    const decodes =
      (DECODING.has(node.opType) || averages(node, producers)) &&
      !leadsToWeights(node) &&
      !followsDeviation(node, surroundings);
    const before = decodes ? weightsBefore(node, surroundings) : [];
    for (const [position, role] of positionsOf(node, surroundings)) {
      const value = valueOf(node.inputs[position] ?? '');
      if (value === null) continue;
      if (decodes && isTable(value) && !isVectorOf(value, before)) {
        found.tables.push(value);
        continue;
      }
      if (isCoordinates(node, value)) {
        found.coordinates.push(value);
        continue;
      }
      const spread = doubts.isMask(node, value) ? null : relativePositions(node, value, producers, hasWindows);
      const trained = spread?.roots ?? trainedRoots(value, role, ARITHMETIC_OF_TWO.has(node.opType), hasPaths);
      const doubt = spread === null && trained.length > 0 ? doubts.of(node, position, value, role, trained) : null;
      if (doubt !== null) found.doubts.push(doubt);
      const roots = doubt?.roots ?? trained;
      if (roots.length > 0)
        found.slots.push({
          node,
          role,
          value,
          roots: packedRoots(node, roots),
          ...(spread?.spread && { spread: spread.spread }),
        });
    }
  }
}

/** Operators that apply anchors, priors, grids and strides to what a detector's heads give. */
const DECODING = new Set(['Add', 'Sub', 'Mul', 'Div', 'Concat', 'Expand']);

/** A mean of places or distances, weighed by their probabilities (Li et al. 2020, "Generalized Focal Loss"). */
function averages(node: Node, producers: ReadonlyMap<string, Node>): boolean {
  if (node.opType !== 'MatMul' && node.opType !== 'Gemm') return false;
  let before = producers.get(node.inputs[0] ?? '');
  for (let steps = 0; steps < 3 && /^(Reshape|Transpose)$/.test(before?.opType ?? ''); steps++)
    before = producers.get(before?.inputs[0] ?? '');
  return before?.opType === 'Softmax';
}

/** Nodes after which a trained layer follows on some way. */
function leadingToWeights(order: readonly Node[], constants: ConstantLookup): Set<Node> {
  const read = new Set<string>();
  const leading = new Set<Node>();
  for (const node of [...order].reverse()) {
    const leads = node.outputs.some((name) => read.has(name));
    if (leads) leading.add(node);
    if (!leads && !isTrained(node, constants)) continue;
    for (const name of node.inputs) read.add(name);
  }
  return leading;
}

function isTrained(node: Node, constants: ConstantLookup): boolean {
  return positionsBy(node.opType).some(([position]) => constants(node.inputs[position] ?? '') !== null);
}

/** Whether it scales or shifts what was divided by its own deviation, as exporters write a LayerNormalization out. */
function followsDeviation(node: Node, { constants, producers }: Surroundings): boolean {
  const before = (of: Node | undefined): Node | undefined =>
    producers.get(of?.inputs.find((name) => constants(name) === null) ?? '');
  const given = before(node);
  const quotient = given?.opType === 'Mul' ? before(given) : given;
  return quotient?.opType === 'Div' && producers.get(quotient.inputs[1] ?? '')?.opType === 'Sqrt';
}

const LAYOUT_CHANGES = new Set(['Cast', 'Flatten', 'Identity', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze']);

/** What the trained layer takes that a node comes right after; its constant may then be that layer's bias or scale. */
function weightsBefore(node: Node, { constants, producers }: Surroundings): readonly ConstantValue[] {
  let name = node.inputs.find((input) => input !== '' && constants(input) === null) ?? '';
  for (let steps = 0; steps < 4; steps++) {
    const before = producers.get(name);
    if (before === undefined) return [];
    if (isTrained(before, constants)) return before.inputs.flatMap((input) => constants(input) ?? []);
    if (!LAYOUT_CHANGES.has(before.opType) && !ARITHMETIC_OF_TWO.has(before.opType)) return [];
    name = before.inputs.find((input) => input !== '' && constants(input) === null) ?? '';
  }
  return [];
}

/** A number for each channel that a layer with such weights gives. */
function isVectorOf(value: ConstantValue, weights: readonly ConstantValue[]): boolean {
  const [length, ...others] = (value.dims ?? []).filter((dim) => dim > 1);
  if (length === undefined || others.length > 0) return false;
  return weights.some(({ dims }) => dims?.includes(length) === true);
}

/** More numbers than one. */
function isTable({ dims, roots }: ConstantValue): boolean {
  const [elements, ...others] = roots.map((root) => root.elements);
  return others.length > 0 || (elements ?? 0) > 1 || (dims ?? []).some((dim) => dim > 1);
}

/** A weight of which several numbers share a byte has as many as the operator states. */
function packedRoots(node: Node, roots: readonly Root[]): readonly Root[] {
  const [inner, outer] = [intOf(node, 'K'), intOf(node, 'N')];
  if (node.opType !== 'MatMulNBits' || inner === null || outer === null) return roots;
  return roots.map((root) => ({ ...root, elements: inner * outer }));
}

/** What a node is judged by besides itself. */
interface Surroundings {
  readonly constants: ConstantLookup;
  readonly producers: ReadonlyMap<string, Node>;
  readonly inputNames: ReadonlySet<string>;
  /** Inputs of the network and what is computed from them without trained operators. */
  readonly raw: ReadonlySet<string>;
  /** False where the weights are Constant nodes too, so that standing among the nodes says nothing. */
  readonly stores: boolean;
}

/** Positions of trained tensors of an operator, in order; running statistics and quantisation arguments are none. */
function positionsBy(opType: string): readonly (readonly [number, SlotRole])[] {
  return positions.get(opType) ?? [];
}

const positions = new Map(
  [...trainedInputs].map(([name, { weights = [], vectors = [] }]) => [
    name,
    [
      ...weights.map((position) => [position, 'weight'] as const),
      ...vectors.map((position) => [position, name === 'PRelu' ? 'slope' : 'vector'] as const),
    ].sort(([one], [other]) => one - other),
  ]),
);

function positionsOf(node: Node, around: Surroundings): readonly (readonly [number, SlotRole])[] {
  switch (node.opType) {
    case 'InstanceNormalization':
      return isBareInstanceNorm(node, around) ? [] : positionsBy('LayerNormalization');
    case 'BatchNormalization':
      return isBareBatchNorm(node, around) ? [] : positionsBy('BatchNormalization');
    case 'Add':
    case 'Mul': {
      // Arithmetic on the input itself is preprocessing with fixed means and deviations.
      if (node.inputs.some((name) => around.inputNames.has(name) && around.constants(name) === null)) return [];
      if (node.inputs.some((name) => around.raw.has(name)) && isForColours(node, around)) return [];
      // Vectors after a product or a normalisation are its bias or scale; anything larger stands on its own.
      return node.inputs.map((name, position) => [position, isVector(around.constants(name)) ? 'vector' : 'free']);
    }
    case 'Sub':
      // Centres that features are compared with; what is less than a table is arithmetic of normalisation.
      return node.inputs.flatMap((name, position) =>
        !around.raw.has(name) && hasSeveralAxes(around.constants(name) ?? { dims: null })
          ? [[position, 'free'] as const]
          : [],
      );
    case 'Concat':
    case 'Expand':
      return node.inputs.slice(0, node.opType === 'Expand' ? 1 : undefined).map((_, position) => [position, 'free']);
    default:
      return positionsBy(node.opType);
  }
}

const CONVERSIONS = new Set([
  'Add',
  'Cast',
  'Div',
  'Gather',
  'Identity',
  'Mul',
  'Pad',
  'Reshape',
  'Resize',
  'Slice',
  'Squeeze',
  'Sub',
  'Transpose',
  'Unsqueeze',
  'Upsample',
]);

/** Values that are a network's input in another form: converted, cropped, resized, normalised with constants. */
function rawInputs(graph: Graph, order: readonly Node[], constants: ConstantLookup): Set<string> {
  const raw = new Set(graph.inputs.map(({ name }) => name).filter((name) => constants(name) === null));
  for (const node of order) {
    if (!CONVERSIONS.has(node.opType)) continue;
    const variable = node.inputs.filter((name) => name !== '' && constants(name) === null);
    const data = ARITHMETIC_OF_TWO.has(node.opType) ? variable : variable.slice(0, 1);
    if (data.length === 1 && raw.has(data[0] as string)) for (const output of node.outputs) raw.add(output);
  }
  return raw;
}

const ARITHMETIC_OF_TWO = new Set(['Add', 'Div', 'Mul', 'Sub']);

/** No image has more channels than this; a trained vector of features has. */
const MOST_COLOURS = 16;

function isForColours(node: Node, around: Surroundings): boolean {
  return node.inputs.every((name) => {
    const dims = around.constants(name)?.dims ?? null;
    return dims === null || productOf(dims) <= MOST_COLOURS;
  });
}

function isVector(value: ConstantValue | null): boolean {
  return (value?.dims ?? []).filter((dim) => dim > 1).length === 1;
}

/** Exporters write GroupNorm, and InstanceNorm without scale, as an InstanceNormalization with ones and zeros. */
function isBareInstanceNorm(node: Node, around: Surroundings): boolean {
  if (around.producers.get(node.inputs[0] ?? '')?.opType === 'Reshape') return true;
  return writtenOut(node, 1, around) && writtenOut(node, 2, around);
}

/** torch writes the scale and shift that BatchNorm(affine=False) does not have as Constant nodes beside its statistics. */
function isBareBatchNorm(node: Node, around: Surroundings): boolean {
  const written = (position: number): boolean => writtenOut(node, position, around);
  return written(1) && written(2) && !written(3) && !written(4);
}

/** True for a constant that stands among the nodes; trained tensors are initializers. */
function writtenOut(node: Node, position: number, around: Surroundings): boolean {
  const value = around.constants(node.inputs[position] ?? '');
  return around.stores && value !== null && isWritten(value.key, around);
}

const RECURRENT = new Set(['LSTM', 'GRU', 'RNN']);

/** Values that recurrent operators start from: zeros that an exporter spreads over the batch. */
function initialStates(order: readonly Node[]): Set<string> {
  return new Set(order.flatMap((node) => (RECURRENT.has(node.opType) ? node.inputs.slice(5, 7) : [])));
}

function trainedRoots(value: ConstantValue, role: SlotRole, isArithmetic: boolean, hasPaths: boolean): Root[] {
  // What the exporter computed from a tensor and stored beside it, such as its norm, was not trained on its own.
  const original = value.roots.some((root) => root.elements > 1 && !isFoldedName(root.key));
  return value.roots.filter((root) => {
    if (root.isCoordinates === true) return false;
    if (original && isFoldedName(root.key) && root.isOfLayer !== true) return false;
    // Numbers that the graph fills in stand for weights only where an operator needs some.
    if (root.isFilled === true && (role === 'free' || isArithmetic)) return false;
    if (root.dataType === DataType.INT64 || root.dataType === DataType.BOOL || root.dataType === DataType.STRING)
      return false;
    // Lone numbers are factors and offsets that the author wrote into the code; a slope for all channels is trained.
    if (root.elements <= 1 && role !== 'slope' && (value.computed || role === 'free' || role === 'vector'))
      return isLoneVector(value, role) || isModulePath(root, hasPaths);
    return role !== 'free' || isFloat(root.dataType);
  });
}

/**
 * A number that is stored under the path of a module's attribute, such as `heads.0.scale`, is one of its parameters; in a
 * file with such paths also one under a name that no exporter makes up, such as `logit_scale`.
 */
function isModulePath({ key, dataType }: Root, hasPaths: boolean): boolean {
  // Paddle's exporter calls the numbers that it writes itself p2o.helper.constant.1 and so on.
  if (!isFloat(dataType) || /\b(constant|helper)\b/i.test(key)) return false;
  if (/^[A-Za-z_]\w*(\.\w+)+$/.test(key)) return true;
  return hasPaths && /^[A-Za-z_]\w*$/.test(key) && !/const|scalar|clone|lifted|_\d+$/i.test(key);
}

/** A bias of a layer with a single output is one number, and trained; in arithmetic its dims are those of a scalar. */
function isLoneVector(value: ConstantValue, role: SlotRole): boolean {
  return role === 'vector' && !value.computed && value.dims?.length === 1;
}
