import { type ConvItem, hasKernel, type Item, weightedLayers } from '../structure/items';
import type { Network } from '../structure/network';
import { splitHead } from '../structure/head';
import { residualBlock, type ResidualBlock, type Stage, stagesOf } from '../structure/residual';
import type { Family, Recognition } from './family';
import { brackets, decimal } from './naming';

/** He et al. 2016, "Deep Residual Learning"; Zagoruyko and Komodakis 2016 for the wide ones. */
export const resnet: Family = {
  name: 'ResNet',
  recognise: (network) => {
    const trunk = readTrunk(network);
    if (trunk === null || trunk.groups !== 1) return null;
    const { layout, depth } = trunk;
    const kind = trunk.bottleneck ? 'bottleneck' : 'basic';
    const wide = trunk.widening > 1;
    const name = wide ? `Wide ResNet-${depth}-${decimal(trunk.widening)}` : `ResNet-${depth}`;
    const details = [`${name} ${brackets(layout)} ${kind}`];
    if (trunk.width !== 1) details.push(`width ${decimal(trunk.width)}`);
    if (trunk.preActivation) details.push('pre-activation');
    return recognition(trunk, details.join(' '), network);
  },
};

/** Xie et al. 2017, "Aggregated Residual Transformations". */
export const resnext: Family = {
  name: 'ResNeXt',
  recognise: (network) => {
    const trunk = readTrunk(network);
    // A RegNet has a fixed width of its groups and a growing number; a ResNeXt the other way round.
    if (trunk === null || trunk.groups <= 1 || !trunk.bottleneck) return null;
    const variant = `ResNeXt-${trunk.depth} ${trunk.groups}x${decimal(trunk.groupWidth)}d ${brackets(trunk.layout)}`;
    return recognition(trunk, variant, network);
  },
};

/** Hu et al. 2018, "Squeeze-and-Excitation Networks": either of them with a gate in every block. */
export const seResnet: Family = {
  name: 'SE-ResNet',
  recognise: (network) => {
    const trunk = readTrunk(network, true);
    if (trunk === null) return null;
    const { layout, depth, groups, groupWidth, bottleneck } = trunk;
    const variant =
      groups > 1
        ? `SE-ResNeXt-${depth} ${groups}x${decimal(groupWidth)}d ${brackets(layout)}`
        : `SE-ResNet-${depth} ${brackets(layout)} ${bottleneck ? 'bottleneck' : 'basic'}`;
    return recognition(trunk, variant, network);
  },
};

interface Trunk {
  readonly stem: readonly Item[];
  readonly blocks: readonly ResidualBlock[];
  readonly body: readonly Item[];
  readonly head: readonly Item[];
  readonly layout: readonly number[];
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

function recognition(trunk: Trunk, variant: string, network: Network): Recognition {
  const { blocks, layout } = trunk;
  const kind = trunk.bottleneck ? 'bottleneck blocks (1×1, 3×3, 1×1)' : 'basic blocks (3×3, 3×3)';
  const grouped = trunk.groups > 1 ? `, its 3×3 convolutions in ${trunk.groups} groups` : '';
  const widths = stagesOf(blocks).map((stage) => stage.outputChannels);
  return {
    variant,
    evidence: [
      `${blocks.length} residual ${kind} in ${layout.length} stages of ${layout.join(', ')} with ` +
        `${widths.join(', ')} channels${grouped}.`,
    ],
    explained: weightedLayers(network.items),
    normalisation: 'instead-of-bias',
  };
}

function readTrunk(network: Network, gated = false): Trunk | null {
  const { body, head } = splitHead(network.items);
  const first = body.findIndex((item) => item.kind === 'sum');
  if (first < 0) return null;
  const stem = body.slice(0, first);
  const blocks: ResidualBlock[] = [];
  for (const item of body.slice(first)) {
    const block = residualBlock(item);
    if (block !== null) blocks.push(block);
    // After the blocks a pre-activation network normalises once more; anything else is no ResNet.
    else if (item.kind !== 'norm' && item.kind !== 'act') return null;
  }
  const stages = stagesOf(blocks);
  const shape = readBlocks(blocks, stages, gated);
  if (shape === null || !isStem(stem, shape.inputWidth) || !isClassifierHead(head)) return null;
  const layout = stages.map((stage) => stage.blocks.length);
  const convsPerBlock = shape.bottleneck ? 3 : 2;
  const depth = convsPerBlock * blocks.length + 2;
  return { stem, blocks, body, head, layout, depth, ...shape };
}

type Shape = Pick<Trunk, 'bottleneck' | 'preActivation' | 'groups' | 'groupWidth' | 'width' | 'widening'> & {
  readonly inputWidth: number;
};

/** What all blocks have in common; null where they differ or are no blocks of a ResNet. */
function readBlocks(blocks: readonly ResidualBlock[], stages: readonly Stage[], gated: boolean): Shape | null {
  const [first] = blocks;
  const [firstStage] = stages;
  if (first === undefined || firstStage === undefined || stages.length < 3) return null;
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
  const doubling = stages.every((stage, index) => stage.outputChannels === firstStage.outputChannels * 2 ** index);
  if (!doubling) return null;
  const base = bottleneck ? firstStage.outputChannels / 4 : firstStage.outputChannels;
  return {
    bottleneck,
    preActivation,
    groups,
    groupWidth: middle(first) / groups,
    width: stages.length === 4 ? base / 64 : 1,
    widening: bottleneck ? middle(first) / base : 1,
    inputWidth: first.inputChannels,
  };
}

function usesRelu(item: ConvItem): boolean {
  return item.act === null || item.act === 'relu' || item.act === 'leaky-relu' || item.act === 'prelu';
}

/** 7×7 and a pool as published; a 3×3 for small inputs; three 3×3 instead of the 7×7. */
function isStem(stem: readonly Item[], width: number): boolean {
  const convs = stem.filter((item) => item.kind === 'conv');
  const rest = stem.every(
    (item) => item.kind === 'conv' || item.kind === 'pool' || item.kind === 'norm' || item.kind === 'act',
  );
  const last = convs.at(-1);
  return (
    rest &&
    (convs.length === 1 || convs.length === 3) &&
    last?.conv.outputChannels === width &&
    convs.every(({ conv }) => conv.groups === 1 && !hasKernel(conv, 1))
  );
}

function isClassifierHead(head: readonly Item[]): boolean {
  return head.every(
    (item) =>
      item.kind === 'pool' ||
      item.kind === 'linear' ||
      item.kind === 'act' ||
      item.kind === 'norm' ||
      item.kind === 'conv',
  );
}
