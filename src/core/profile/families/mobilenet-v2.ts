import { t, withDecimalMark } from '../../language';
import { largestOf } from '../../extremes';
import { type ConvItem, hasKernel, isDepthwise } from '../structure/items';
import { type MobileBlock, type MobileNetwork, multiplierOf, readMobileNetwork } from '../structure/mobile';
import { runsOf } from '../structure/runs';
import type { Family } from './family';
import { brackets, decimal } from './naming';

/** Expansion, channels, repeats and stride of each row: Sandler et al. 2018, "MobileNetV2", Table 2. */
export const mobilenetV2Rows: readonly (readonly [number, number, number, number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks". */
export const mobilenetV2: Family = {
  name: 'MobileNetV2',
  recognise: (network) => {
    const mobile = readMobileNetwork(network.items);
    if (mobile === null || mobile.stem.length !== 1) return null;
    const { head } = mobile;
    const { blocks, last } = withoutEmbedding(mobile);
    const [first, ...inverted] = blocks;
    const [final, pooling] = last;
    if (first === undefined || first.expand !== null || inverted.length < 6) return null;
    if (final !== undefined && (!hasKernel(final.conv, 1) || isDepthwise(final.conv))) return null;
    if (last.length > 2 || (pooling !== undefined && !poolsGlobally(pooling))) return null;
    if (!blocks.every((block) => block.kernel === 3 && block.gate === null && block.project.act === null)) return null;
    if (!inverted.every((block) => block.expansion === 6 && clipsOrRectifies(block.depthwise.act))) return null;

    // Rows of the table: blocks with one output width.
    const rows = runsOf(
      blocks,
      ([start, ...others], block) =>
        start.outputChannels === block.outputChannels &&
        block.stride === 1 &&
        block.inputChannels === block.outputChannels &&
        (start.expansion === block.expansion || others.length === 0),
    );
    const stem = mobile.stem[0]?.conv.outputChannels ?? 0;
    const observed = [stem, ...blocks.map((block) => block.outputChannels)];
    const published = mobilenetV2Rows.flatMap(([, channels, count]) => new Array<number>(count).fill(channels));
    const width = multiplierOf(observed, [32, ...published]);
    const described = t(
      '{0} inverted residual blocks with 3×3 depthwise convolutions, expansion 6 and linear ends.',
      blocks.length,
    );
    if (width !== null) {
      return {
        variant: `MobileNetV2 width ${decimal(width)}`,
        evidence: [described, t('The channels are those of width multiplier {0}.', withDecimalMark(decimal(width)))],
      };
    }
    // A part of a network is a member by its channels alone.
    if (final === undefined || (pooling === undefined && head.length === 0)) return null;
    return {
      variant: `MobileNetV2 custom ${brackets(rows.map(({ length }) => length))}`,
      evidence: [
        described,
        t(
          'No single width multiplier gives the channels ({0}).',
          rows.map(([start]) => start.outputChannels).join(', '),
        ),
      ],
    };
  },
};

/**
 * Face networks put a global depthwise convolution and a linear 1×1 in the place of pooling (Chen et al. 2018,
 * "MobileFaceNets"). With the last 1×1 before them they look like one more block.
 */
function withoutEmbedding(mobile: MobileNetwork): { blocks: readonly MobileBlock[]; last: readonly ConvItem[] } {
  const end = mobile.blocks.at(-1);
  const last = mobile.last.filter((item) => item.kind === 'conv');
  if (end?.expand == null || end.residual || end.gate !== null || !poolsGlobally(end.depthwise) || last.length > 0)
    return { blocks: mobile.blocks, last: last.length === mobile.last.length ? last : [] };
  return { blocks: mobile.blocks.slice(0, -1), last: [end.expand, end.depthwise] };
}

/** Depthwise, without padding, and larger than the 3×3 of the blocks; its size is that of the last feature map. */
function poolsGlobally({ conv, act }: ConvItem): boolean {
  return isDepthwise(conv) && act === null && largestOf(conv.kernel) > 3;
}

function clipsOrRectifies(act: string | null): boolean {
  return act === 'relu6' || act === 'relu' || act === 'clip' || act === 'leaky-relu' || act === 'prelu';
}
