import { t, wholeNumber } from '../../language';
import { productOf } from '../../onnx/numbers';
import { intOf } from '../../onnx/attributes';
import type { Node } from '../../onnx/model';
import { type ConstantLookup, type ConstantValue, hasSeveralAxes, type Root } from '../structure/constant-value';
import { isFoldedName } from './folded-names';

/** Constants of which a file does not say whether, or how far, they are trained: each is counted one way and named. */

export interface Doubt {
  readonly kind: DoubtKind;
  /** The tensor in question. */
  readonly key: string;
  /** What is counted of it; empty for nothing. */
  readonly roots: readonly Root[];
  /** Elements that would be counted the other way. */
  readonly otherwise: number;
}

export type DoubtKind =
  /** Added or multiplied under a name of its own: a trained table, or a buffer such as sinusoids. */
  | 'table'
  /** The same under a name that the exporter made up for what it computed. */
  | 'computed'
  /** Written among the operators, where an exporter puts what it computes: grids, sinusoids. */
  | 'written'
  /** A mask of attention. */
  | 'mask'
  /** Cosines and sines that turn queries and keys (Su et al. 2021, "RoFormer"). */
  | 'rotary'
  /** A depthwise kernel without bias and normalisation: trained, or a blur or an edge filter. */
  | 'filter'
  /** One kernel for all channels. */
  | 'spread-filter'
  /** A single number: a gain or a temperature. */
  | 'number'
  /** The bias of queries, keys and values, joined from parts. */
  | 'joined-bias';

interface Surroundings {
  readonly order: readonly Node[];
  readonly constants: ConstantLookup;
  readonly producers: ReadonlyMap<string, Node>;
  /** The weights are initializers, so that a Constant node is no place for them. */
  readonly stores: boolean;
}

export interface DoubtJudge {
  readonly isMask: (node: Node, value: ConstantValue) => boolean;
  /** @param trained what is counted of the value where nothing is in doubt */
  readonly of: (
    node: Node,
    position: number,
    value: ConstantValue,
    role: string,
    trained: readonly Root[],
  ) => Doubt | null;
}

export function doubtAbout(around: Surroundings): DoubtJudge {
  const { order, constants, producers } = around;
  let consumers: ReadonlyMap<string, readonly Node[]> | null = null;
  const next = (node: Node): readonly Node[] => (consumers ??= consumersIn(order)).get(node.outputs[0] ?? '') ?? [];
  const rotary = rotaryTables(order, constants, producers, next);
  const attends = order.some(({ opType }) => opType === 'Softmax' || opType === 'Attention');
  const stores =
    around.stores && !order.some((node) => node.opType === 'Conv' && isWritten(node.inputs[1] ?? '', around));

  const isMask = (node: Node, { dims }: ConstantValue): boolean => {
    const [rows, columns] = dims?.slice(-2) ?? [];
    if (node.opType !== 'Add' || dims === null || rows === undefined || rows < 2 || rows !== columns) return false;
    // One mask for all heads; windows that a shift cut have one each, before the axis of heads.
    const others = dims.slice(0, -2).filter((dim) => dim > 1);
    return (others.length === 0 || (dims.length > 4 && dims.at(-3) === 1)) && leadsToSoftmax(node, next);
  };

  const of: DoubtJudge['of'] = (node, position, value, role, trained) => {
    const [root] = trained;
    if (root === undefined) return null;
    const doubt = (kind: DoubtKind, roots: readonly Root[], otherwise: number): Doubt => ({
      kind,
      key: trained.map(({ key }) => key).join(' '),
      roots,
      otherwise,
    });
    const all = trained.reduce((sum, { elements }) => sum + elements, 0);
    if (node.opType === 'Conv' && position === 1) {
      if (!isDepthwiseAlone(node, value, next)) return null;
      const elements = value.dims === null ? all : productOf(value.dims);
      return elements > all ? doubt('spread-filter', [], all) : doubt('filter', trained, 0);
    }
    if (!ARITHMETIC.has(node.opType)) return null;
    if (isMask(node, value)) return doubt('mask', [], all);
    if (trained.some(({ key }) => rotary.has(key))) return doubt('rotary', [], all);
    if (stores && all > 1 && trained.every(({ key }) => isWritten(key, around))) return doubt('written', [], all);
    if (all === trained.length && trained.every(({ elements }) => elements === 1)) return doubt('number', trained, 0);
    if (node.opType === 'Add' && attends) {
      const joined = joinedBias(node, value, trained, around);
      if (joined !== null) return doubt('joined-bias', joined, all === 0 ? 0 : (value.dims?.at(-1) ?? all));
    }
    if (role !== 'free' || !hasSeveralAxes(value) || node.opType === 'Concat') return null;
    return doubt(trained.some(({ key }) => isFoldedName(key)) ? 'computed' : 'table', trained, 0);
  };
  return { isMask, of };
}

/** The nodes that read each value, each once. */
function consumersIn(order: readonly Node[]): Map<string, Node[]> {
  const consumers = new Map<string, Node[]>();
  for (const node of order) {
    for (const name of node.inputs) {
      const list = consumers.get(name);
      if (list === undefined) consumers.set(name, [node]);
      else if (list[list.length - 1] !== node) list.push(node);
    }
  }
  return consumers;
}

const ARITHMETIC = new Set(['Add', 'Mul', 'Sub', 'Concat']);

/** Whether a constant stands, or stood before a tool moved it, among the operators; trained tensors are initializers. */
export function isWritten(key: string, { producers }: Pick<Surroundings, 'producers'>): boolean {
  return producers.get(key)?.opType === 'Constant' || /(^|\/)Constant(_\d+)?_output_0$/.test(key);
}

/** Between scores and their Softmax: more that is added, and reshapes between windows and batch. */
const ON_SCORES = new Set(['Add', 'Reshape', 'Cast', 'Unsqueeze', 'Squeeze']);

function leadsToSoftmax(node: Node, next: (node: Node) => readonly Node[]): boolean {
  let reached = node;
  for (let steps = 0; steps < 5; steps++) {
    const [follower, ...others] = next(reached);
    if (follower === undefined || others.some(({ opType }) => opType !== 'Shape')) return false;
    if (follower.opType === 'Softmax') return true;
    if (!ON_SCORES.has(follower.opType)) return false;
    reached = follower;
  }
  return false;
}

const MOVES = new Set(['Reshape', 'Unsqueeze', 'Squeeze', 'Slice', 'Cast', 'Flatten', 'Transpose']);

/** x·cos + turned(x)·sin, where the turned half is negated and joined to the other. */
function rotaryTables(
  order: readonly Node[],
  constants: ConstantLookup,
  producers: ReadonlyMap<string, Node>,
  next: (node: Node) => readonly Node[],
): Set<string> {
  const before = (name: string): Node | undefined => {
    let node = producers.get(name);
    for (let steps = 0; steps < 3 && node !== undefined && MOVES.has(node.opType); steps++)
      node = producers.get(node.inputs[0] ?? '');
    return node;
  };
  const tableOf = (node: Node): ConstantValue | null =>
    node.opType === 'Mul' ? (constants(node.inputs[1] ?? '') ?? constants(node.inputs[0] ?? '')) : null;
  const keys = new Set<string>();
  for (const node of order) {
    if (node.opType !== 'Mul') continue;
    const table = tableOf(node);
    const data = node.inputs.find((name) => constants(name) === null);
    const joined = table === null || data === undefined ? undefined : before(data);
    if (table === null || joined?.opType !== 'Concat') continue;
    if (!joined.inputs.some((name) => before(name)?.opType === 'Neg')) continue;
    const sums = next(node).filter(({ opType }) => opType === 'Add');
    const others = sums.flatMap(({ inputs }) => inputs.flatMap((name) => tableOf(producers.get(name) ?? node) ?? []));
    for (const { roots } of [table, ...others]) for (const root of roots) keys.add(root.key);
  }
  return keys;
}

/** A kernel for each channel, without a bias and without a normalisation of its own. */
function isDepthwiseAlone(node: Node, { dims }: ConstantValue, next: (node: Node) => readonly Node[]): boolean {
  const [channels = 0, perGroup = 0, ...kernel] = dims ?? [];
  const groups = intOf(node, 'group') ?? 1;
  if (perGroup !== 1 || groups < 2 || channels % groups !== 0 || kernel.every((side) => side < 2)) return false;
  return (node.inputs[2] ?? '') === '' && !next(node).some(({ opType }) => /Norm/.test(opType));
}

/**
 * What is trained of a bias of queries, keys and values that was joined from three parts, of which the keys' is zero and
 * no parameter (Bao et al. 2021, "BEiT"; Liu et al. 2022, "Swin Transformer V2"). Such a bias is computed, so that the
 * exporter makes up its name, which it leaves to the bias of a linear layer.
 */
function joinedBias(
  node: Node,
  value: ConstantValue,
  trained: readonly Root[],
  { constants, producers }: Surroundings,
): readonly Root[] | null {
  const product = node.inputs.map((name) => producers.get(name)).find((before) => before?.opType === 'MatMul');
  const [features = 0, outputs = 0] = constants(product?.inputs[1] ?? '')?.dims ?? [];
  const length = value.dims?.length === 1 ? value.dims[0] : undefined;
  const part = outputs / 3;
  if (length !== outputs || outputs === 0 || !Number.isInteger(part) || features < 1) return null;
  const [first, middle, last] = trained;
  if (first === undefined) return null;
  if (middle === undefined) return isFoldedName(first.key) ? [{ ...first, elements: 2 * part }] : null;
  const isInThree = trained.length === 3 && trained.every(({ elements }) => elements === part);
  return isInThree && last !== undefined ? [first, last] : null;
}

/** Sentences about them; `parameters` is the whole count. */
export function explainDoubts(doubts: readonly Doubt[], parameters: number): string[] {
  const kinds = new Map<DoubtKind, Map<string, Doubt>>();
  for (const doubt of doubts) {
    const ofKind = kinds.get(doubt.kind) ?? new Map<string, Doubt>();
    kinds.set(doubt.kind, ofKind.set(doubt.key, doubt));
  }
  return [...kinds].map(([kind, ofKind]) => {
    let [counted, otherwise] = [0, 0];
    for (const { roots, otherwise: other } of ofKind.values()) {
      for (const { elements } of roots) counted += elements;
      otherwise += other;
    }
    const numbers = wholeNumber(Math.max(counted, otherwise));
    return SENTENCES[kind](numbers, wholeNumber(parameters - counted + otherwise), ofKind.size);
  });
}

/** @param count of parameters if what is counted were not, or the other way round */
type Sentence = (numbers: string, count: string, tensors: number) => string;

const SENTENCES: Record<DoubtKind, Sentence> = {
  table: (numbers, count, tensors) =>
    t(
      '{0} numbers of {1, plural, one {a table} other {# tables}} that features are combined with are counted as trained; the file does not tell them from a buffer, such as fixed positions. With buffers, the network would have {2} parameters.',
      numbers,
      tensors,
      count,
    ),
  computed: (numbers, count) =>
    t(
      '{0} numbers that the exporter computed from others are counted as if they were trained. If they come from buffers, the network has {1} parameters; if from weights that the file no longer holds, more.',
      numbers,
      count,
    ),
  written: (numbers, count) =>
    t(
      '{0} numbers that are written among the operators, where exporters put what they compute, are not counted. Were they trained, the network would have {1} parameters.',
      numbers,
      count,
    ),
  mask: (numbers, count) =>
    t(
      '{0} numbers of attention masks are not counted. Were they trained, as positions of a single head may be, the network would have {1} parameters.',
      numbers,
      count,
    ),
  rotary: (numbers, count) =>
    t(
      '{0} cosines and sines of rotary positions are not counted, as they are computed. Were they trained, the network would have {1} parameters.',
      numbers,
      count,
    ),
  filter: (numbers, count, tensors) =>
    t(
      '{0, plural, one {A depthwise kernel} other {# depthwise kernels}} without bias and normalisation ({1} numbers), counted as trained. If they were fixed filters, such as blur, the network would have {2} parameters.',
      tensors,
      numbers,
      count,
    ),
  'spread-filter': (numbers, count) =>
    t(
      '{0} numbers of kernels that are the same for all channels, as for blur, are not counted. Were they trained, the network would have {1} parameters.',
      numbers,
      count,
    ),
  number: (_, count, tensors) =>
    t(
      '{0, plural, one {A single number is} other {# single numbers are}} counted as trained, such as gains or temperatures, by the names they are stored under. If fixed, the network would have {1} parameters.',
      tensors,
      count,
    ),
  'joined-bias': (_, count, tensors) =>
    t(
      '{0, plural, one {A bias} other {# biases}} of queries, keys and values that the exporter joined from parts: those of keys are counted as zeros that are not trained, as in BEiT and Swin V2. Were they trained too, the network would have {1} parameters.',
      tensors,
      count,
    ),
};
