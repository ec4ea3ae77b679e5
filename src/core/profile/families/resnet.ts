import { t } from '../../language';
import { type ConvItem, hasKernel, type Item } from '../structure/items';
import { splitHead } from '../structure/head';
import { residualBlock, type ResidualBlock, stagesOf } from '../structure/residual';
import type { Family } from './family';
import { brackets, decimal } from './naming';

/** A family of residual blocks, all of them with a gate or none, that is told by its groups and named after its layout. */
function residualFamily(name: string, gated: boolean, variantOf: (trunk: Trunk) => string | null): Family {
  return {
    name,
    recognise: ({ items }) => {
      const trunk = readTrunk(items, gated);
      const variant = trunk && variantOf(trunk);
      if (trunk === null || variant === null) return null;
      const { bottleneck, groups, layout, widths } = trunk;
      return {
        variant: [variant, ...(trunk.deepStem ? ['deep stem'] : [])].join(' '),
        evidence: [
          t(
            '{0} residual blocks ({1}) in stages of {2} with {3} channels.',
            trunk.blocks,
            bottleneck ? '1×1, 3×3, 1×1' : '3×3, 3×3',
            layout.join(', '),
            widths.join(', '),
          ),
          ...(groups > 1 ? [t('The 3×3 convolutions have {0} groups.', groups)] : []),
        ],
      };
    },
  };
}

/** He et al. 2016, "Deep Residual Learning"; Zagoruyko and Komodakis 2016 for the wide ones. */
export const resnet = residualFamily('ResNet', false, (trunk) => {
  const { depth, widening, width } = trunk;
  if (trunk.groups !== 1) return null;
  const name = widening > 1 ? `Wide ResNet-${depth}-${decimal(widening)}` : `ResNet-${depth}`;
  const details = [`${name} ${layoutName(trunk)}`];
  if (width !== 1) details.push(`width ${decimal(width)}`);
  if (trunk.preActivation) details.push('pre-activation');
  return details.join(' ');
});

/**
 * Xie et al. 2017, "Aggregated Residual Transformations". A RegNet has a fixed width of its groups and a growing number; a
 * ResNeXt the other way round.
 */
export const resnext = residualFamily('ResNeXt', false, (trunk) =>
  trunk.groups > 1 && trunk.bottleneck ? groupedName('ResNeXt', trunk) : null,
);

/** Hu et al. 2018, "Squeeze-and-Excitation Networks": either of them with a gate in every block. */
export const seResnet = residualFamily('SE-ResNet', true, (trunk) =>
  trunk.groups > 1 ? groupedName('SE-ResNeXt', trunk) : `SE-ResNet-${trunk.depth} ${layoutName(trunk)}`,
);

function layoutName({ layout, bottleneck }: Trunk): string {
  return `${brackets(layout)} ${bottleneck ? 'bottleneck' : 'basic'}`;
}

function groupedName(name: string, { depth, groups, groupWidth, layout }: Trunk): string {
  return `${name}-${depth} ${groups}x${decimal(groupWidth)}d ${brackets(layout)}`;
}

interface Trunk {
  readonly blocks: number;
  readonly layout: readonly number[];
  /** Three 3×3 convolutions instead of the 7×7 (He et al. 2019, "Bag of Tricks for Image Classification", ResNet-C and -D). */
  readonly deepStem: boolean;
  /** Channels of the stages. */
  readonly widths: readonly number[];
  readonly depth: number;
  readonly bottleneck: boolean;
  readonly preActivation: boolean;
  readonly groups: number;
  /** Channels of one group in the first stage. */
  readonly groupWidth: number;
  /** Width of all layers against the standard 64, 128, 256, 512. */
  readonly width: number;
  /** Width of the bottlenecks' inner convolution against a quarter of their output. */
  readonly widening: number;
}

function readTrunk(items: readonly Item[], gated: boolean): Trunk | null {
  const { body, head } = splitHead(items);
  const start = body.findIndex((item) => item.kind === 'sum');
  if (start < 0) return null;
  const blocks: ResidualBlock[] = [];
  for (const item of body.slice(start)) {
    const block = residualBlock(item);
    if (block !== null) blocks.push(block);
    // After the blocks a pre-activation network normalises once more; anything else is no ResNet.
    else if (item.kind !== 'norm' && item.kind !== 'act') return null;
  }
  const [first] = blocks;
  if (first === undefined || !isStem(body.slice(0, start), first.inputChannels) || !isClassifierHead(head)) return null;
  const trunk = readBlocks(first, blocks, gated);
  return trunk && { ...trunk, deepStem: body.slice(0, start).filter(({ kind }) => kind === 'conv').length > 1 };
}

/** What all blocks have in common; null where they differ or are no blocks of a ResNet. */
function readBlocks(
  first: ResidualBlock,
  blocks: readonly ResidualBlock[],
  gated: boolean,
): Omit<Trunk, 'deepStem'> | null {
  const { layout, widths } = stagesOf(blocks);
  const [narrowest = 0] = widths;
  if (layout.length < 3) return null;
  const bottleneck = first.convs.length === 3;
  const kernels = bottleneck ? [1, 3, 1] : [3, 3];
  const groups = first.convs[1]?.conv.groups ?? 1;
  const preActivation = first.body[0]?.kind === 'norm' || blocks[1]?.body[0]?.kind === 'norm';
  const middle = (block: ResidualBlock): number => block.convs[0]?.conv.outputChannels ?? 0;
  for (const block of blocks) {
    const { convs, outputChannels } = block;
    if (block.gated !== gated || convs.length !== kernels.length) return null;
    if (!convs.every((item, index) => hasKernel(item.conv, kernels[index] as number))) return null;
    if (!convs.every((item, index) => item.conv.groups === (bottleneck && index === 1 ? groups : 1))) return null;
    if (!convs.every(usesRelu)) return null;
    // Blocks that normalise first without activating are those of ArcFace's networks.
    if (block.body[0]?.kind === 'norm' && block.body[0].act === null) return null;
    if (middle(block) * middle(first) === 0) return null;
    // Inner and outer width keep one ratio throughout.
    if (middle(block) * first.outputChannels !== outputChannels * middle(first)) return null;
    if (!bottleneck && middle(block) !== outputChannels) return null;
    if (!preActivation && block.actAfterSum === null) return null;
  }
  if (!widths.every((width, index) => width === narrowest * 2 ** index)) return null;
  const base = bottleneck ? narrowest / 4 : narrowest;
  return {
    blocks: blocks.length,
    layout,
    widths,
    depth: (bottleneck ? 3 : 2) * blocks.length + 2,
    bottleneck,
    preActivation,
    groups,
    groupWidth: middle(first) / groups,
    width: layout.length === 4 ? base / 64 : 1,
    widening: bottleneck ? middle(first) / base : 1,
  };
}

function usesRelu(item: ConvItem): boolean {
  return item.act === null || item.act === 'relu' || item.act === 'leaky-relu' || item.act === 'prelu';
}

/** 7×7 and a pool as published; a 3×3 for small inputs; three 3×3 instead of the 7×7. */
function isStem(stem: readonly Item[], width: number): boolean {
  const convs = stem.filter((item) => item.kind === 'conv');
  return (
    stem.every(({ kind }) => ['conv', 'pool', 'norm', 'act'].includes(kind)) &&
    (convs.length === 1 || convs.length === 3) &&
    convs.at(-1)?.conv.outputChannels === width &&
    convs.every(({ conv }) => conv.groups === 1 && !hasKernel(conv, 1))
  );
}

function isClassifierHead(head: readonly Item[]): boolean {
  return head.every(({ kind }) => ['pool', 'linear', 'act', 'norm', 'conv'].includes(kind));
}
