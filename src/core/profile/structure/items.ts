import { largestOf } from '../../extremes';
import type { Activation } from './activation';
import type { Convolution, Layer, Linear } from './layers';

/** A network in the words that architectures are described in; what families are recognised by. */
export type Item =
  | ConvItem
  | LinearItem
  | NormItem
  | ActivationItem
  | PoolItem
  | SumItem
  | ProductItem
  | GateItem
  | ConcatItem
  | ShuffleItem
  | OtherItem;

/** A convolution with the normalisation and the activation that directly follow it. */
export interface ConvItem {
  readonly kind: 'conv';
  readonly layer: Layer;
  readonly conv: Convolution;
  norm: Layer | null;
  act: Activation | null;
  /** Central difference: a 1×1 convolution with the summed kernel is subtracted (CDCN, Yu et al. 2020, eq. 3). */
  readonly centralDifference: boolean;
  /** The 1×1 convolution that is subtracted then; its kernel is computed, not trained. */
  readonly centre: Layer | null;
}

export interface LinearItem {
  readonly kind: 'linear';
  readonly layer: Layer;
  readonly linear: Linear;
  norm: Layer | null;
  act: Activation | null;
}

/** A normalisation that does not directly follow a convolution or linear layer. */
export interface NormItem {
  readonly kind: 'norm';
  readonly layer: Layer;
  readonly batch: boolean;
  act: Activation | null;
}

export interface ActivationItem {
  readonly kind: 'act';
  act: Activation;
}

export interface PoolItem {
  readonly kind: 'pool';
  readonly layer: Layer;
  readonly pool: 'max' | 'average' | 'global';
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
}

/** Element-wise sum of branches that start at one value: a residual connection when one of them is short. */
export interface SumItem {
  readonly kind: 'sum';
  readonly layer: Layer;
  readonly branches: readonly (readonly Item[])[];
  act: Activation | null;
}

export interface ProductItem {
  readonly kind: 'product';
  readonly layer: Layer;
  readonly branches: readonly (readonly Item[])[];
}

/** Squeeze-and-excitation: the value times a gate computed from its global average. */
export interface GateItem {
  readonly kind: 'gate';
  readonly items: readonly Item[];
}

export interface ConcatItem {
  readonly kind: 'concat';
  readonly layer: Layer;
  readonly branches: readonly (readonly Item[])[];
  act: Activation | null;
  norm: Layer | null;
}

/** Channel shuffle: reshape, transpose, reshape. */
export interface ShuffleItem {
  readonly kind: 'shuffle';
}

/** Anything else; `layers` holds what is inside when it is a part that cannot be taken apart. */
export interface OtherItem {
  readonly kind: 'other';
  readonly op: string;
  readonly layers: readonly Layer[];
  readonly branches: readonly (readonly Item[])[];
}

/** All items of a network, those inside branches included, each before what is inside it. */
export function allItems(items: readonly Item[]): readonly Item[] {
  const all: Item[] = [];
  // By a stack of its own: branches may be nested as deep as a model has nodes.
  const waiting: { readonly items: readonly Item[]; next: number }[] = [{ items, next: 0 }];
  for (let list = waiting.at(-1); list !== undefined; list = waiting.at(-1)) {
    const item = list.items[list.next++];
    if (item === undefined) {
      waiting.pop();
      continue;
    }
    all.push(item);
    if ('branches' in item) {
      for (const branch of [...item.branches].reverse()) waiting.push({ items: branch, next: 0 });
    }
    if (item.kind === 'gate') waiting.push({ items: item.items, next: 0 });
  }
  return all;
}

/** Convolutions of a list of items, those inside branches included. */
export function convolutionsIn(items: readonly Item[]): readonly ConvItem[] {
  return allItems(items).filter((item) => item.kind === 'conv');
}

export function isDepthwise(conv: Convolution): boolean {
  return conv.groups > 1 && conv.groups === conv.inputChannels && conv.outputChannels % conv.groups === 0;
}

/** True for a square kernel of the given size. */
export function hasKernel(conv: Convolution, size: number): boolean {
  return conv.kernel.length === 2 && conv.kernel.every((side) => side === size);
}

/** True for a 1×1 convolution of all channels. */
export function isPointwise(conv: Convolution): boolean {
  return hasKernel(conv, 1) && conv.groups === 1;
}

/** The stride of a convolution that strides equally in both directions. */
export function strideOf(conv: Convolution): number {
  return largestOf(conv.strides);
}

/** The weighted layers in a list of items, those inside branches and gates included. */
export function weightedLayers(items: readonly Item[]): Set<Layer> {
  const found = new Set<Layer>();
  for (const item of allItems(items)) {
    if (item.kind === 'conv' || item.kind === 'linear') found.add(item.layer);
    if (item.kind === 'conv' && item.centre !== null) found.add(item.centre);
    if (item.kind === 'other') item.layers.filter((layer) => layer.conv ?? layer.linear).forEach((l) => found.add(l));
  }
  return found;
}

/** Whether a weighted layer is in an item, inside branches and gates included. */
export function hasWeights(item: Item): boolean {
  return allItems([item]).some(
    (inner) =>
      inner.kind === 'conv' ||
      inner.kind === 'linear' ||
      (inner.kind === 'other' && inner.layers.some((layer) => layer.conv ?? layer.linear)),
  );
}

/** Embedding and classifier layers, or arithmetic without weights such as the embedding's norm. */
export function isHeadItem(item: Item): boolean {
  if ('branches' in item) return !hasWeights(item);
  return item.kind !== 'gate' && item.kind !== 'shuffle';
}
