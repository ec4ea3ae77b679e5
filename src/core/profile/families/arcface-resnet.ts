import { t } from '../../language';
import { hasKernel, isHeadItem, type Item } from '../structure/items';
import { residualBlock, type ResidualBlock, stagesOf } from '../structure/residual';
import type { Family } from './family';
import { brackets, decimal } from './naming';

/**
 * Names of layouts that are published under another depth than their number of layers: iresnet200 and iresnet2060
 * of InsightFace, IR-152 of face.evoLVe.
 */
const PUBLISHED_DEPTHS: Readonly<Record<string, number>> = {
  '6,26,60,6': 200,
  '3,128,896,3': 2060,
  '3,8,36,3': 152,
};

/** Deng et al. 2019, "ArcFace", section 3.1.2: residual blocks BN–Conv–BN–PReLU–Conv–BN, nothing after the sum. */
export const arcfaceResnet: Family = {
  name: 'ArcFace ResNet',
  recognise: (network) => {
    const first = network.items.findIndex((item) => item.kind === 'sum');
    if (first < 0 || !isStem(network.items.slice(0, first))) return null;
    const blocks: ResidualBlock[] = [];
    let end = first;
    for (; end < network.items.length; end++) {
      const block = residualBlock(network.items[end] as Item);
      if (block === null) break;
      blocks.push(block);
    }
    const head = network.items.slice(end);
    const shape = readBlocks(blocks);
    if (shape === null || !head.every(isHeadItem)) return null;
    const { layout, bottleneck, squeezing, widths } = shape;
    const depth = PUBLISHED_DEPTHS[layout.join(',')] ?? (bottleneck ? 3 : 2) * blocks.length + 2;
    const width = (widths[0] ?? 64) / (bottleneck ? 256 : 64);
    const embedding = head.find((item) => item.kind === 'linear');
    return {
      variant:
        `ArcFace ResNet-${depth} ${brackets(layout)}` +
        (bottleneck ? ' bottleneck' : '') +
        (width === 1 ? '' : ` width ${decimal(width)}`) +
        (squeezing ? ' SE' : ''),
      evidence: [
        t(
          '{0} residual blocks in stages of {1} with {2} channels: each normalises first (no activation), then has convolutions {3}, the last with the stride, and no activation after the sum.',
          blocks.length,
          layout.join(', '),
          widths.join(', '),
          bottleneck ? '1×1, 3×3, 1×1' : '3×3, 3×3',
        ),
        ...(squeezing ? [t('With squeeze-and-excitation.')] : []),
        ...(embedding === undefined ? [] : [t('The embedding has {0} numbers.', embedding.linear.outputFeatures)]),
      ],
    };
  },
};

interface Shape {
  readonly layout: readonly number[];
  readonly widths: readonly number[];
  readonly bottleneck: boolean;
  readonly squeezing: boolean;
}

function readBlocks(blocks: readonly ResidualBlock[]): Shape | null {
  const { layout, widths } = stagesOf(blocks);
  const [first] = blocks;
  if (first === undefined || layout.length !== 4) return null;
  const bottleneck = first.convs.length === 3;
  const squeezing = first.gated;
  const kernels = bottleneck ? [1, 3, 1] : [3, 3];
  for (const { body, convs, actAfterSum, gated } of blocks) {
    const [opening] = body;
    if (opening?.kind !== 'norm' || opening.act !== null || actAfterSum !== null) return null;
    if (convs.length !== kernels.length || gated !== squeezing) return null;
    if (!convs.every(({ conv }, index) => conv.groups === 1 && hasKernel(conv, kernels[index] as number))) return null;
    if (!convs.every(({ act }, index) => (act === null) === (index === convs.length - 1))) return null;
  }
  const [narrowest = 0] = widths;
  return widths.every((width, index) => width === narrowest * 2 ** index)
    ? { layout, widths, bottleneck, squeezing }
    : null;
}

/** One 3×3 convolution; some networks normalise their input before it. */
function isStem(stem: readonly Item[]): boolean {
  const convs = stem.filter((item) => item.kind === 'conv');
  const rest = stem.every((item) => item.kind !== 'linear' && !('branches' in item) && item.kind !== 'gate');
  return rest && convs.length === 1 && convs.every(({ conv }) => conv.groups === 1 && !hasKernel(conv, 1));
}
