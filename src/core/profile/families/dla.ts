import { t } from '../../language';
import { hasKernel } from '../structure/items';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { isUpsampling } from '../structure/detection';
import { runsOf } from '../structure/runs';
import { wordsOf } from '../structure/words';
import type { Family } from './family';

/** Yu et al. 2018, "Deep Layer Aggregation", Table 1: aggregation nodes and their channels, merged where these are equal. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  ['1×64,2×128,2×256,1×512 basic', 'DLA-34'],
  ['3×64,2×128,1×256 bottleneck', 'DLA-46-C'],
  ['3×64,2×128,1×256 grouped', 'DLA-X-46-C'],
  ['3×64,4×128,1×256 grouped', 'DLA-X-60-C'],
  ['1×128,2×256,4×512,1×1024 bottleneck', 'DLA-60'],
  ['1×128,2×256,4×512,1×1024 grouped', 'DLA-X-60'],
  ['1×128,4×256,8×512,1×1024 bottleneck', 'DLA-102'],
  ['1×128,4×256,8×512,1×1024 grouped', 'DLA-X-102'],
  ['2×128,4×256,16×512,1×1024 bottleneck', 'DLA-169'],
  // Gao et al. 2019, "Res2Net", Table 4.
  ['1×128,2×256,4×512,1×1024 split', 'DLA-60 of Res2Net blocks'],
  ['1×128,2×256,4×512,1×1024 split grouped', 'DLA-60 of Res2NeXt blocks'],
]);

/** The same: residual blocks whose results are aggregated by trees of 1×1 convolutions over concatenations. */
export const dla: Family = {
  name: 'DLA',
  recognise: (network) => {
    if (!/^C7~ C3~ C3\/2~ /.test(`${wordsOf(network.items.slice(0, 4))} `)) return null;
    const nodes = aggregationNodes(network);
    if (nodes === null) return null;
    const stages = runsOf(nodes, ([channels], next) => channels === next);
    const key = `${stages.map((stage) => `${stage.length}×${stage[0]}`).join()} ${blockKind(network, nodes.at(-1) ?? 0)}`;
    const variant = MEMBERS.get(key);
    if (variant === undefined) return null;
    const last = network.items.at(-1);
    return {
      variant,
      evidence: [
        t(
          '{0} aggregation nodes (1×1 convolutions over what earlier blocks and nodes give) with {1} channels.',
          nodes.length,
          stages.map(([channels]) => channels).join(', '),
        ),
      ],
      // The classifier is a convolution.
      authoredBias: new Set(last?.kind === 'conv' ? [last.layer] : []),
    };
  },
};

/** Channels of the aggregation nodes in order; null where a concatenation is read by anything but one 1×1 convolution. */
function aggregationNodes({ graph: { layers } }: Network): readonly number[] | null {
  if (layers.some(isUpsampling)) return null;
  const channels: number[] = [];
  for (const concat of layers) {
    if (concat.role !== 'concat' || isSplit(concat, layers)) continue;
    const readers = layers.filter((layer) => layer.inputs.includes(concat.index));
    const [node] = readers;
    if (readers.length !== 1 || node?.conv == null || !hasKernel(node.conv, 1)) return null;
    channels.push(node.conv.outputChannels);
  }
  return channels;
}

/** Puts together the shares of a Res2Net block's channels, the last of which nothing was done to but pooling. */
function isSplit(concat: Layer, layers: readonly Layer[]): boolean {
  return concat.inputs.some((input) => ['move', 'average-pool'].includes(layers[input]?.role ?? ''));
}

/** A basic block has a 3×3 convolution that gives what its aggregation node gives. */
function blockKind({ weighted, graph: { layers } }: Network, channels: number): string {
  const spatial = weighted.flatMap(({ conv }) => (conv !== null && hasKernel(conv, 3) ? [conv] : []));
  const isGrouped = spatial.some(({ groups }) => groups > 1);
  if (layers.some((layer) => layer.role === 'concat' && isSplit(layer, layers)))
    return `split${isGrouped ? ' grouped' : ''}`;
  if (isGrouped) return 'grouped';
  return spatial.some(({ outputChannels }) => outputChannels === channels) ? 'basic' : 'bottleneck';
}
