import { t } from '../../language';
import { convolutionsIn, type ConvItem, hasKernel, type Item, strideOf } from '../structure/items';
import { type Layer, SOURCE } from '../structure/layers';
import type { Network } from '../structure/network';
import { withAncestors, withDescendants } from '../structure/walk';
import type { Family, Recognition, TrainedBehind } from './family';
import { brackets, decimal } from './naming';

/** Yu et al. 2020, "Searching Central Difference Convolutional Networks for Face Anti-Spoofing", Tables 1 and 2. */
const PUBLISHED: Readonly<Record<string, readonly (readonly number[])[]>> = {
  CDCN: [[64], [128, 196, 128], [128, 196, 128], [128, 196, 128]],
  CDCNpp: [[64], [128, 204, 128], [153, 128, 179, 128], [128, 153, 128]],
};

/** CDCN, CDCN++ and, of the same authors, C-CDN and DC-CDN (2021, "Dual-Cross Central Difference Network"). */
export const cdcn: Family = {
  name: 'CDCN',
  recognise: (network) => {
    const joins: Layer[] = [];
    const levels: Levels[] = [];
    for (const layer of network.graph.layers) {
      const reading = joinsLevels(layer) ? readLevels(layer, network) : null;
      if (reading === null) continue;
      joins.push(layer);
      levels.push(reading);
    }
    const [first] = levels;
    // DC-CDN reads its mixed streams twice; a network for several modalities has a plain stream for each.
    if (first === undefined || levels.length > 3) return null;
    if (!levels.every(({ streams }) => streams.length === first.streams.length)) return null;
    const member = memberOf(levels, network);
    return member === null ? null : recognition(member, joins, network);
  },
};

/** Three levels of features, resized to one size and concatenated. */
interface Levels {
  /** One, or the two that DC-CDN mixes at each level. */
  readonly streams: readonly Stream[];
  readonly attention: readonly ConvItem[];
  /** What scales the streams where they are mixed. */
  readonly mixing: readonly Layer[];
}

/** The 3×3 convolutions from the input to the coarsest level. */
interface Stream {
  readonly convs: readonly ConvItem[];
  /** Widths of the convolutions before, between and after the pools; the stem's is the first. */
  readonly widths: readonly (readonly number[])[];
  readonly poolKernel: number;
}

interface Member {
  readonly name: 'CDCN' | 'CDCNpp' | 'C-CDN' | 'DC-CDN';
  readonly suffix: string;
  readonly levels: readonly Levels[];
  readonly evidence: readonly string[];
  /** Trained elements over those of the 3×3 kernels that are applied. */
  readonly share: number;
}

function joinsLevels(layer: Layer): boolean {
  return layer.role === 'concat' && layer.inputs.length === 3;
}

function isResize(item: Item): boolean {
  return item.kind === 'other' && (item.op === 'Resize' || item.op === 'Upsample') && item.branches.length === 0;
}

function readLevels(join: Layer, network: Network): Levels | null {
  const chains = join.inputs.map((input) => network.itemsBetween(SOURCE, input));
  if (!chains.some((chain) => chain.some(isResize))) return null;
  const byDepth = [...chains].sort((a, b) => convolutionsIn(a).length - convolutionsIn(b).length);
  const parts = byDepth.map(readChain);
  const [fine, middle, coarse] = parts;
  if (fine == null || middle == null || coarse == null) return null;
  // Each level continues the finer one.
  for (const [shorter, longer] of [[fine, middle] as const, [middle, coarse] as const]) {
    if (shorter.streams.length !== longer.streams.length) return null;
    const continues = shorter.streams.every((stream) =>
      longer.streams.some((other) => stream.convs.every(({ layer }, index) => layer === other.convs[index]?.layer)),
    );
    if (!continues) return null;
  }
  if (!coarse.streams.every(({ widths }) => widths.length === 4)) return null;
  const all = [fine, middle, coarse];
  return {
    streams: coarse.streams,
    attention: all.flatMap(({ attention }) => attention),
    mixing: mixingLayers(join, network),
  };
}

interface Chain {
  readonly streams: readonly Stream[];
  readonly attention: readonly ConvItem[];
}

/** A level: convolutions and pools, or two such series mixed, then attention where there is some, then resizing. */
function readChain(items: readonly Item[]): Chain | null {
  const [first] = items;
  if (first?.kind === 'sum' && first.branches.length === 2) {
    const streams = first.branches.map(readStream);
    const [one, other] = streams;
    if (one == null || other == null || !items.slice(1).every(isResize)) return null;
    return { streams: [one, other], attention: [] };
  }
  const end = items.findIndex((item) => item.kind === 'product' || isResize(item));
  const stream = readStream(end < 0 ? items : items.slice(0, end));
  const rest = end < 0 ? [] : items.slice(end);
  if (stream === null) return null;
  const attention = rest.filter((item) => !isResize(item));
  if (attention.length === 0) return { streams: [stream], attention: [] };
  const convs = convolutionsIn(attention);
  const [conv] = convs;
  const spatial = conv?.conv.inputChannels === 2 && conv.conv.outputChannels === 1 && conv.act === 'sigmoid';
  return attention.length === 1 && convs.length === 1 && spatial ? { streams: [stream], attention: convs } : null;
}

function readStream(items: readonly Item[]): Stream | null {
  const convs: ConvItem[] = [];
  const widths: number[][] = [[]];
  let poolKernel = 0;
  for (const item of items) {
    if (item.kind === 'conv') {
      if (!hasKernel(item.conv, 3) || item.conv.groups !== 1 || strideOf(item.conv) !== 1) return null;
      convs.push(item);
      // The stem stands alone before the first block.
      if (convs.length === 2) widths.push([]);
      widths.at(-1)?.push(item.conv.outputChannels);
    } else if (item.kind === 'pool' && item.pool === 'max') {
      poolKernel = item.kernel[0] ?? 0;
      widths.push([]);
    } else return null;
  }
  return { convs, widths: widths.filter((block) => block.length > 0), poolKernel };
}

/** The multiplications of a mix: σ(a)·x + (1 − σ(a))·y before each resizing. */
function mixingLayers(join: Layer, network: Network): Layer[] {
  const { layers } = network.graph;
  const found: Layer[] = [];
  for (const input of join.inputs) {
    const resize = layers[input];
    const sum = resize?.role === 'add' ? resize : layers[resize?.inputs[0] ?? SOURCE];
    if (sum?.role !== 'add') continue;
    for (const term of sum.inputs) {
      const layer = layers[term];
      if (layer?.role === 'scale') found.push(layer);
    }
  }
  return found;
}

function memberOf(levels: readonly Levels[], network: Network): Member | null {
  const streams = levels.flatMap((level) => level.streams);
  const [stream] = streams;
  if (stream === undefined) return null;
  const convs = streams.flatMap((each) => each.convs);
  const differences = convs.filter(({ centralDifference }) => centralDifference).length;
  const attention = levels.some((level) => level.attention.length > 0);
  const searched = PUBLISHED[attention ? 'CDCNpp' : 'CDCN'] ?? [];
  const exact = JSON.stringify(stream.widths) === JSON.stringify(searched);
  // Merged into their 3×3 kernels, the differences cannot be seen; then the published widths must speak.
  const merged = differences === 0;
  if (merged ? !exact : differences !== convs.length) return null;
  const mixed = levels.some((level) => level.streams.length === 2);
  const share = trainedShare(network, stream);
  const suffix =
    suffixOf(stream.widths, searched, exact) + (!mixed && levels.length > 1 ? ` ${levels.length} modalities` : '');
  const crossed = share < 1;
  const name = mixed ? 'DC-CDN' : crossed ? 'C-CDN' : attention ? 'CDCNpp' : 'CDCN';
  const blocks = stream.widths
    .slice(1)
    .map((block) => block.join('-'))
    .join(', ');
  const evidence = [
    merged
      ? t(
          'Three blocks of 3×3 convolutions with the published widths ({0}); a central difference, if there is one, is merged into the kernels, and without one it is the depth network of Liu et al. (2018) that CDCN follows.',
          blocks,
        )
      : t(
          'Three blocks of 3×3 central-difference convolutions ({0} channels), pooled, resized to one size and concatenated.',
          blocks,
        ),
    ...(attention ? [t('Each block has spatial attention.')] : []),
    ...(mixed ? [t('Two streams of them are mixed at every level.')] : []),
    crossed ? t('The kernels are crosses of five trained weights.') : t('The kernels are full 3×3 ones.'),
    seenShare(network) === null
      ? t(
          'That follows from the {0}×{0} pooling: the file has the finished kernels, and only their values would show zeros.',
          stream.poolKernel,
        )
      : t('That follows from the tensors that the kernels are computed from.'),
  ];
  return { name, suffix, levels, evidence, share };
}

/** What the graph shows of how many weights a kernel has; null where it shows nothing. */
function seenShare(network: Network): number | null {
  return network.centralDifferences.find(({ trainedShare }) => trainedShare !== null)?.trainedShare ?? null;
}

const CROSS_SHARE = 5 / 9;

/** Where it shows nothing: the networks of crosses pool by 2×2, the others by overlapping 3×3. */
function trainedShare(network: Network, stream: Stream): number {
  return seenShare(network) ?? (stream.poolKernel === 2 ? CROSS_SHARE : 1);
}

function suffixOf(
  widths: readonly (readonly number[])[],
  published: readonly (readonly number[])[],
  exact: boolean,
): string {
  if (exact) return '';
  const width = (widths[0]?.[0] ?? 0) / 64;
  const scaled = published.map((block) => block.map((channels) => Math.trunc(channels * width)));
  const ends = (blocks: readonly (readonly number[])[]): string =>
    blocks.map((block) => `${block.length}:${block.at(-1)}`).join(' ');
  if (ends(widths) === ends(scaled)) return ` width ${decimal(width)}`;
  return ` custom ${widths.slice(1).map(brackets).join('')}`;
}

function recognition(member: Member, joins: readonly Layer[], network: Network): Recognition {
  const { layers } = network.graph;
  const indices = joins.map((join) => join.index);
  const part = new Set([...withAncestors(layers, indices), ...withDescendants(layers, indices)]);
  const differences = network.centralDifferences.filter(({ kernel }) => part.has(kernel.index));
  const trained: TrainedBehind[] = differences.map((difference) => ({
    layers: [difference.kernel, difference.centre],
    parameters:
      difference.trainedShare === null ? Math.round(difference.parameters * member.share) : difference.parameters,
  }));
  const mixing = member.levels.flatMap((level) => level.mixing);
  // One trained number for each of two scales.
  if (member.name === 'DC-CDN' && mixing.length > 0) trained.push({ layers: mixing, parameters: mixing.length / 2 });
  return {
    variant: `${member.name}${member.suffix}`,
    evidence: member.evidence,
    explained: new Set(network.weighted.filter((layer) => part.has(layer.index))),
    trained,
  };
}
