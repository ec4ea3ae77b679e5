import { productOf } from '../../onnx/numbers';
import { allItems, hasWeights, isPointwise, type Item, weightedLayers } from '../structure/items';
import type { Network } from '../structure/network';
import { wordOf } from '../structure/words';

/** What two networks of one member have in common, whatever they read and answer. */
export interface Body {
  /**
   * Numbers in the kernels and matrices on the main way. Of the first convolution one input channel counts, and the head does
   * not: trailing linear layers, and the 1×1 convolution beside the pooling.
   */
  readonly kernelElements: number;
  /** Kinds of activations outside gates, sorted and joined by a plus sign. */
  readonly activations: string;
  /** Numbers that the last linear layer or 1×1 convolution of the head answers with; null without one. */
  readonly answers: number | null;
}

/** The body of a network. Takes time in proportion to its items. */
export function bodyOf({ items }: Network): Body {
  const begins = headBegins(items);
  const body = items.slice(0, begins);
  const [first, ...others] = weightedLayers(body);
  let kernelElements = 0;
  for (const { conv, linear } of first === undefined ? [] : [first, ...others]) {
    const isFirst = conv !== null && conv === first?.conv;
    if (conv !== null)
      kernelElements +=
        (conv.outputChannels * productOf(conv.kernel) * (isFirst ? 1 : conv.inputChannels)) / conv.groups;
    if (linear !== null) kernelElements += linear.inputFeatures * linear.outputFeatures;
  }
  return {
    kernelElements,
    activations: [...activationsIn(body)].sort().join('+'),
    answers: answersOf(items.slice(begins)),
  };
}

function activationsIn(items: readonly Item[]): Set<string> {
  const within = new Set<Item>();
  const kinds = new Set<string>();
  // An item comes before what is inside it.
  for (const item of allItems(items)) {
    if (item.kind === 'gate') allItems(item.items).forEach((inner) => within.add(inner));
    if (item.kind === 'product' && wordOf(item) === 'a') {
      allItems([item]).forEach((inner) => within.add(inner));
      kinds.add('gelu');
    }
    const act = within.has(item) || !('act' in item) ? null : item.act;
    // Members are published with ReLU and ReLU6; softmax and bounds of a norm are no choices of an author.
    if (act !== null && act !== 'softmax' && act !== 'clip') kinds.add(act === 'relu6' ? 'relu' : act);
  }
  return kinds;
}

function answersOf(head: readonly Item[]): number | null {
  const last = head.filter((item) => item.kind === 'linear' || item.kind === 'conv').at(-1);
  if (last === undefined) return null;
  return last.kind === 'linear' ? last.linear.outputFeatures : last.conv.outputChannels;
}

/** Index of the first item of the head. */
function headBegins(items: readonly Item[]): number {
  let end = items.length;
  const dropBare = (): void => {
    for (let item = items[end - 1]; item !== undefined && isBare(item); item = items[end - 1]) end--;
  };
  dropBare();
  const last = items[end - 1];
  if (last?.kind === 'conv' && isPointwise(last.conv)) end--;
  dropBare();
  return end;
}

/** Linear layers, several of which may answer together, and what has no weights. */
function isBare(item: Item): boolean {
  if (item.kind === 'linear' || !hasWeights(item)) return true;
  return (
    item.kind === 'sum' && item.branches.every(([only, ...others]) => only?.kind === 'linear' && others.length === 0)
  );
}
