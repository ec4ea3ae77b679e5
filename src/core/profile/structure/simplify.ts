import { intsOf } from '../../onnx/attributes';
import { operatorName } from '../../onnx/shapes/order';
import type { Activation } from './activation';
import { areDifference } from './central-difference';
import type { Layer } from './layers';
import type { ConvItem, Item } from './items';
import type { Series, Step } from './series';

/** Says a series of layers in the words of `Item`. */
export function simplify(series: Series): Item[] {
  return withoutArithmetic(draftOf(series));
}

function withoutArithmetic(draft: Draft): Item[] {
  return draft.filter((item): item is Item => item.kind !== 'arithmetic');
}

/** Element-wise arithmetic with a constant; it matters only as a part of a composed activation or norm. */
interface Arithmetic {
  readonly kind: 'arithmetic';
  readonly layer: Layer;
}

type Draft = (Item | Arithmetic)[];

function addLayer(steps: Draft, layer: Layer): void {
  const last = steps.at(-1);
  switch (layer.role) {
    case 'conv':
      if (layer.conv !== null) steps.push(convItem(layer, layer.conv, null));
      return;
    case 'linear':
      if (layer.linear !== null)
        steps.push({ kind: 'linear', layer, linear: layer.linear, norm: null, act: layer.activation });
      return;
    case 'batch-norm':
    case 'other-norm':
      attachNorm(steps, layer, layer.role === 'batch-norm');
      return;
    case 'activation':
      if (layer.activation !== null) addActivation(steps, layer.activation);
      return;
    case 'max-pool':
    case 'average-pool':
    case 'global-pool':
      steps.push({
        kind: 'pool',
        layer,
        pool: layer.role === 'max-pool' ? 'max' : layer.role === 'average-pool' ? 'average' : 'global',
        kernel: intsOf(layer.node, 'kernel_shape') ?? [],
        strides: intsOf(layer.node, 'strides') ?? [],
      });
      return;
    case 'scale':
    case 'shift':
      addArithmetic(steps, layer);
      return;
    case 'transpose':
      if (last?.kind !== 'shuffle') steps.push({ kind: 'shuffle' });
      return;
    case 'move':
      return;
    default:
      steps.push({ kind: 'other', op: operatorName(layer.node), layers: [layer], branches: [] });
  }
}

function convItem(layer: Layer, conv: ConvItem['conv'], centre: Layer | null): ConvItem {
  return { kind: 'conv', layer, conv, norm: null, act: layer.activation, centralDifference: centre !== null, centre };
}

function attachNorm(steps: Draft, layer: Layer, batch: boolean): void {
  const last = steps.at(-1);
  const direct = last?.kind === 'conv' || last?.kind === 'linear' || last?.kind === 'concat';
  if (direct && batch && last.norm === null && last.act === null) last.norm = layer;
  else steps.push({ kind: 'norm', layer, batch, act: null });
}

function addActivation(steps: Draft, activation: Activation): void {
  const last = steps.at(-1);
  const before = last !== undefined && 'act' in last && last.kind !== 'act' ? last : null;
  // max(x, 0) and then min(x, 6), or the other way round.
  if (before?.act === 'relu6' && activation === 'relu') return;
  if (before?.act === null || (before?.act === 'relu' && activation === 'relu6')) before.act = activation;
  else steps.push({ kind: 'act', act: activation });
}

/** A vector multiplied and a vector added per channel are a BatchNormalization that a converter wrote out. */
function addArithmetic(steps: Draft, layer: Layer): void {
  const last = steps.at(-1);
  const vector = (layer.constant?.elements ?? 1) > 1;
  if (last?.kind === 'conv' && vector && layer.role === 'scale' && last.norm === null && last.act === null) {
    last.norm = layer;
    return;
  }
  if (last?.kind === 'act' && !vector && steps.at(-2)?.kind === 'arithmetic') {
    // (x + 3) clipped to 0…6, divided by 6.
    if (last.act === 'relu6' && layer.role === 'scale') {
      steps.splice(-2, 2);
      addActivation(steps, 'hard-sigmoid');
      return;
    }
  }
  steps.push({ kind: 'arithmetic', layer });
}

function addJoin(steps: Draft, step: Exclude<Step, { kind: 'layer' }>): void {
  const { join } = step;
  if (step.kind === 'region') {
    steps.push({ kind: 'other', op: operatorName(join.node), layers: [...step.layers, join], branches: [] });
    return;
  }
  const drafts = step.branches.map(draftOf);
  const branches = drafts.map(withoutArithmetic);
  const rectifier = writtenOutRectifier(join, drafts);
  if (rectifier !== null) {
    addActivation(steps, rectifier);
    return;
  }
  switch (join.role) {
    case 'add':
      steps.push({ kind: 'sum', layer: join, branches, act: null });
      return;
    case 'concat':
      steps.push({ kind: 'concat', layer: join, branches, act: null, norm: null });
      return;
    case 'mul':
      addProduct(steps, join, drafts, branches);
      return;
    case 'sub': {
      const difference = centralDifference(drafts);
      if (difference !== null) steps.push(difference);
      else steps.push({ kind: 'other', op: operatorName(join.node), layers: [join], branches });
      return;
    }
    default:
      if (isWrittenOutLayerNorm(steps, join, branches)) {
        steps.pop();
        attachNorm(steps, join, false);
      } else steps.push({ kind: 'other', op: operatorName(join.node), layers: [join], branches });
  }
}

/** x − mean, over the root of its mean square: LayerNormalization as it was written before opset 17. */
function isWrittenOutLayerNorm(steps: Draft, join: Layer, branches: readonly Item[][]): boolean {
  const centred = steps.at(-1);
  if (join.node.opType !== 'Div' || centred?.kind !== 'other' || centred.op !== 'Sub') return false;
  const operators = (items: readonly Item[]): string =>
    items.map((item) => (item.kind === 'other' && item.branches.length === 0 ? item.op : '?')).join(' ');
  const [mean, spread] = [centred.branches, branches].map((pair) => pair.map(operators).join('|'));
  return mean === '|ReduceMean' && spread === '|Pow ReduceMean Sqrt';
}

function draftOf(series: Series): Draft {
  const steps: Draft = [];
  for (const step of series) {
    if (step.kind === 'layer') addLayer(steps, step.layer);
    else addJoin(steps, step);
  }
  return steps;
}

function addProduct(steps: Draft, join: Layer, drafts: readonly Draft[], branches: readonly Item[][]): void {
  const identity = drafts.findIndex((draft) => draft.every((item) => item.kind === 'arithmetic'));
  const other = drafts.length === 2 && identity >= 0 ? (branches[1 - identity] ?? []) : [];
  const composed = composedActivation(other);
  const [first] = other;
  if (composed !== null) addActivation(steps, composed);
  else if (first?.kind === 'pool' && first.pool === 'global' && other.some(isWeighted))
    steps.push({ kind: 'gate', items: other });
  else steps.push({ kind: 'product', layer: join, branches });
}

function isWeighted(item: Item): boolean {
  return item.kind === 'conv' || item.kind === 'linear';
}

/** x·σ(x) and its relatives: what `gate` computes is multiplied with what it reads. */
function composedActivation(gate: readonly Item[]): Activation | null {
  const acts = gate.map((item) => (item.kind === 'act' ? item.act : null));
  if (acts.includes(null)) return null;
  switch (acts.join(' ')) {
    case 'sigmoid':
      return 'swish';
    case 'hard-sigmoid':
    case 'relu6':
      return 'hard-swish';
    case 'erf':
      return 'gelu';
    case 'softplus tanh':
      return 'mish';
    default:
      return null;
  }
}

/** max(x, a·x), or max(x, 0) and a scaled rest such as a·(x − |x|) or −a·max(−x, 0): LeakyReLU, or PReLU for a vector. */
function writtenOutRectifier(join: Layer, drafts: readonly Draft[]): Activation | null {
  const [first, second] = drafts;
  if (drafts.length !== 2 || first === undefined || second === undefined) return null;
  const positive = (draft: Draft): boolean =>
    join.node.opType === 'Max'
      ? draft.length === 0
      : draft.length === 1 && draft[0]?.kind === 'act' && draft[0].act === 'relu';
  if (join.node.opType !== 'Max' && join.role !== 'add' && join.role !== 'sub') return null;
  const rest = positive(first) ? second : positive(second) ? first : null;
  const scales = rest?.filter((item) => item.kind === 'arithmetic') ?? [];
  if (rest === null || scales.length === 0) return null;
  const others = withoutArithmetic(rest);
  if (!others.every(isPartOfRectifier) || (join.node.opType === 'Max') !== (others.length === 0)) return null;
  return scales.some(({ layer }) => (layer.constant?.elements ?? 1) > 1) ? 'prelu' : 'leaky-relu';
}

function isPartOfRectifier(item: Item): boolean {
  if (item.kind === 'act') return item.act === 'relu';
  if (item.kind !== 'other' || !['Neg', 'Abs', 'Sub', 'Min'].includes(item.op)) return false;
  return item.branches.every((branch) => branch.every(isPartOfRectifier));
}

/** conv(x, W) − θ·conv(x, ΣW), where the second kernel is 1×1. */
function centralDifference(drafts: readonly Draft[]): ConvItem | null {
  const [normal, centre] = drafts.map(withoutArithmetic);
  const [first, second] = [normal?.[0], centre?.[0]];
  if (normal?.length !== 1 || centre?.length !== 1 || first?.kind !== 'conv' || second?.kind !== 'conv') return null;
  const matches = areDifference(first.conv, second.conv);
  return matches && first.act === null ? convItem(first.layer, first.conv, second.layer) : null;
}
