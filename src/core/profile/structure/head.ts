import { convolutionsIn, hasKernel, type Item } from './items';

/** A network in two: what extracts features, and what makes an answer of them. */
export interface Halves {
  readonly body: readonly Item[];
  /** Pooling, flattening, linear layers; from the first of these after the last spatial convolution. */
  readonly head: readonly Item[];
}

/** Cuts a network where its head begins. The head is empty for a network that answers with feature maps. */
export function splitHead(items: readonly Item[]): Halves {
  let last = items.length - 1;
  while (last >= 0 && !isSpatial(items[last] as Item)) last--;
  const offset = items.slice(last + 1).findIndex((item) => item.kind === 'pool' || item.kind === 'linear');
  const start = offset < 0 ? items.length : last + 1 + offset;
  return { body: items.slice(0, start), head: items.slice(start) };
}

function isSpatial(item: Item): boolean {
  if (item.kind === 'conv') return !hasKernel(item.conv, 1);
  if (item.kind === 'pool') return item.pool === 'max';
  if (item.kind === 'gate') return true;
  if (item.kind === 'other' && item.layers.some((layer) => layer.conv !== null)) return true;
  // Branches of linear layers, and a vector over its own norm, belong to the head.
  return 'branches' in item && convolutionsIn([item]).length > 0;
}
