import { t, withDecimalMark } from '../../language';
import { isDepthwise, type Item } from '../structure/items';
import { findWidth, makeDivisible, type MobileBlock, type MobileNetwork, readMobileNetwork } from '../structure/mobile';
import type { Network } from '../structure/network';
import type { Family } from './family';
import { brackets, decimal } from './naming';

/** Channels of the first convolution and of the 13 blocks: Howard et al. 2017, "MobileNets", Table 1. */
export const CHANNELS = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];

/** Strides of the 13 blocks in the same table; the last is 2 there, and 1 in every implementation. */
export const STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2];

/** How implementations round a scaled width. */
const ROUNDINGS: readonly ((channels: number) => number)[] = [
  Math.floor,
  Math.round,
  (channels) => Math.max(8, Math.floor(channels)),
  (channels) => makeDivisible(channels),
];

/** Howard et al. 2017, "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications". */
export const mobilenetV1: Family = {
  name: 'MobileNetV1',
  recognise: (network) => {
    const mobile = readSeparableNetwork(network);
    if (mobile === null) return null;
    const observed = [mobile.stem[0]?.conv.outputChannels ?? 0, ...mobile.blocks.map((block) => block.outputChannels)];
    const described = t('13 depthwise-separable blocks (depthwise 3×3, then 1×1, both activated, no shortcuts).');
    const width = widthOf(observed);
    if (width !== null) {
      const channels = t('The channels are those of width multiplier {0}.', withDecimalMark(decimal(width)));
      return { variant: `MobileNetV1 width ${decimal(width)}`, evidence: [described, channels] };
    }
    // Pruned channels leave the strides where they were.
    if (!STRIDES.every((stride, index) => mobile.blocks[index]?.stride === stride)) return null;
    const strides = t('The strides are the published ones, but no width multiplier gives the channels.');
    return { variant: `MobileNetV1 custom channels ${brackets(observed)}`, evidence: [described, strides] };
  },
};

function readSeparableNetwork(network: Network): MobileNetwork | null {
  const mobile = readMobileNetwork(network.items);
  if (mobile === null || mobile.stem.length !== 1) return null;
  const count = CHANNELS.length - 1;
  const blocks = mobile.blocks.slice(0, count);
  // Face recognition replaces the pooling by a depthwise convolution as large as the map, and a linear 1×1.
  const embedding = mobile.blocks.slice(count);
  if (blocks.length !== count || !blocks.every(isSeparable)) return null;
  if (embedding.length > 1 || !embedding.every(({ project, residual }) => project.act === null && !residual))
    return null;
  return mobile.last.every(isEmbeddingLayer) ? { ...mobile, blocks } : null;
}

function isSeparable(block: MobileBlock): boolean {
  return (
    block.expand === null &&
    block.gate === null &&
    !block.residual &&
    block.kernel === 3 &&
    block.expansion === 1 &&
    block.stride <= 2 &&
    block.project.act !== null
  );
}

function isEmbeddingLayer(item: Item): boolean {
  return item.kind === 'conv' && (isDepthwise(item.conv) || item.conv.kernel.every((side) => side === 1));
}

function widthOf(observed: readonly number[]): number | null {
  for (const round of ROUNDINGS) {
    const width = findWidth(observed, (candidate) =>
      // Products such as 0.15 × 64 must not fall below the whole number they mean.
      CHANNELS.map((channels) => round(Number((channels * candidate).toFixed(6)))),
    );
    if (width !== null) return width;
  }
  return null;
}
