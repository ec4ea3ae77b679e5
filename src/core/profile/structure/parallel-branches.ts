import { productOf } from '../../onnx/numbers';
import { allItems, type ConvItem, type Item, strideOf } from './items';
import type { Layer } from './layers';

/**
 * Convolutions and normalisations side by side on one value whose results are summed and nothing else: linear all of
 * them, so that one convolution can do their work (Ding et al. 2021, "RepVGG", section 3.3).
 */
export interface ParallelBranches {
  /** The convolution with the largest kernel, into which the others go. */
  readonly kept: Layer;
  /** Everything that becomes one convolution: `kept`, the other convolutions, normalisations and sums. */
  readonly layers: readonly Layer[];
}

/** All groups of such branches in a network; empty for one without, or in the form that is deployed. */
export function parallelBranches(items: readonly Item[]): readonly ParallelBranches[] {
  const groups: ParallelBranches[] = [];
  const inside = new Set<Item>();
  for (const item of allItems(items)) {
    if (item.kind !== 'sum' || inside.has(item)) continue;
    const group = groupOf(item, inside);
    if (group !== null) groups.push(group);
  }
  return groups;
}

function groupOf(sum: Item, inside: Set<Item>): ParallelBranches | null {
  const convs: ConvItem[] = [];
  const layers: Layer[] = [];
  const sums: Item[] = [];
  let norms = 0;
  const collect = (item: Item): boolean => {
    if (item.kind === 'sum') {
      layers.push(item.layer);
      sums.push(item);
      return item.branches.every(
        ([only, ...others]) =>
          only !== undefined && others.length === 0 && (only.kind !== 'sum' || only.act === null) && collect(only),
      );
    }
    if (item.kind === 'conv' && item.act === null) {
      convs.push(item);
      layers.push(item.layer);
      if (item.norm !== null) layers.push(item.norm);
      return true;
    }
    if (item.kind === 'norm' && item.batch && item.act === null) {
      norms++;
      layers.push(item.layer);
      return true;
    }
    return false;
  };
  if (!collect(sum)) return null;
  const [first] = convs;
  if (first === undefined || convs.length + norms < 2) return null;
  // A shortcut that is projected is a block's own; branches of one group work alike.
  const alike = convs.every(
    ({ conv }) =>
      conv.groups === first.conv.groups &&
      conv.inputChannels === first.conv.inputChannels &&
      conv.outputChannels === first.conv.outputChannels &&
      strideOf(conv) === strideOf(first.conv) &&
      !conv.transposed &&
      conv.dilations.every((dilation) => dilation === 1),
  );
  if (!alike || (norms > 0 && strideOf(first.conv) > 1)) return null;
  for (const part of sums) inside.add(part);
  const area = ({ conv }: ConvItem): number => productOf(conv.kernel);
  const kept = convs.reduce((largest, other) => (area(other) > area(largest) ? other : largest));
  return { kept: kept.layer, layers };
}
