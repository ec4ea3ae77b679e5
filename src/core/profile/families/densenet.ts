import { t } from '../../language';
import { type ConcatItem, hasKernel, type Item, strideOf } from '../structure/items';
import type { Convolution, Layer } from '../structure/layers';
import { splitHead } from '../structure/head';
import { wordsOf } from '../structure/words';
import type { Family } from './family';
import { brackets } from './naming';

/** Huang et al. 2017, "Densely Connected Convolutional Networks", the bottleneck form (DenseNet-BC). */
export const densenet: Family = {
  name: 'DenseNet',
  recognise: (network) => {
    const body = readDense(splitHead(network.items).body);
    if (body === null || body.layout.length < 3) return null;
    const { layout, growth } = body;
    const depth = 2 * layout.reduce((sum, count) => sum + count, 0) + layout.length + 1;
    return {
      variant: `DenseNet-${depth} ${brackets(layout)} growth ${growth}`,
      evidence: [
        t(
          '{0} dense blocks of {1} layers; each layer adds {2} channels to all before.',
          layout.length,
          layout.join(', '),
          growth,
        ),
      ],
    };
  },
};

/** The head of the family below: the last transition's pooling, one map of scores, and perhaps one score of them all. */
const PIXELWISE = /^v2\/2 P~?(?: L~?)?$/;

/**
 * George and Marcel 2019, "Deep Pixel-wise Binary Supervision for Face Presentation Attack Detection": the first two blocks
 * of DenseNet-161 and a map that says of each place whether it is of a living face.
 */
export const deeppixbis: Family = {
  name: 'DeepPixBiS',
  recognise: ({ items }) => {
    const { body: features, head } = splitHead(items);
    const body = readDense(features);
    const score = head.find((item) => item.kind === 'conv');
    if (body?.layout.join() !== '6,12' || body.growth !== 48) return null;
    if (score?.conv.outputChannels !== 1 || !PIXELWISE.test(wordsOf(head))) return null;
    return {
      variant: 'DeepPixBiS',
      evidence: [t('The first two dense blocks of DenseNet-161, and a 1×1 convolution to one map of scores.')],
      authoredBias: new Set([score.layer]),
    };
  },
};

/** Dense blocks of one growth after a stem, with transitions between; null for another series. */
function readDense(body: readonly Item[]): { readonly layout: readonly number[]; readonly growth: number } | null {
  const layout: number[] = [];
  let growth: number | null = null;
  let stem = 0;
  for (const item of body) {
    const block = denseBlock(item);
    if (block !== null) {
      if (growth !== null && growth !== block.growth) return null;
      growth = block.growth;
      layout.push(block.layers);
    } else if (item.kind === 'conv') {
      // Before the first block the stem; between blocks transitions, 1×1 with pooling.
      if (layout.length === 0) stem++;
      else if (!hasKernel(item.conv, 1)) return null;
    } else if (item.kind !== 'pool' && item.kind !== 'norm' && item.kind !== 'act') return null;
  }
  return growth === null || stem === 0 || stem > 3 ? null : { layout, growth };
}

/** A part in which each 1×1, 3×3 pair reads what all pairs before it wrote: its input grows by one constant. */
function denseBlock(item: Item): { layers: number; growth: number } | null {
  const convs = item.kind === 'concat' ? singleLayer(item) : chainedLayers(item);
  if (convs === null || convs.length === 0 || convs.length % 2 !== 0) return null;
  const growth = convs[1]?.outputChannels ?? 0;
  const start = convs[0]?.inputChannels ?? 0;
  const regular = convs.every((conv: Convolution, index) => {
    if (strideOf(conv) !== 1 || conv.groups !== 1) return false;
    if (index % 2 === 0) return hasKernel(conv, 1) && conv.inputChannels === start + (growth * index) / 2;
    return hasKernel(conv, 3) && conv.outputChannels === growth;
  });
  return regular ? { layers: convs.length / 2, growth } : null;
}

function chainedLayers(item: Item): readonly Convolution[] | null {
  const layers = item.kind === 'other' ? item.layers : [];
  const convs = layers.flatMap((layer: Layer) => (layer.conv === null ? [] : [layer.conv]));
  return layers.at(-1)?.role === 'concat' && convs.length >= 4 ? convs : null;
}

/** A block of one layer is what it reads and what the layer adds, side by side. */
function singleLayer({ branches }: ConcatItem): readonly Convolution[] | null {
  const [layer, ...others] = branches.filter((branch) => branch.length > 0);
  if (branches.length !== 2 || layer === undefined || others.length > 0) return null;
  const isPlain = layer.every(({ kind }) => kind === 'conv' || kind === 'norm' || kind === 'act');
  const convs = layer.flatMap((item) => (item.kind === 'conv' ? [item.conv] : []));
  return isPlain && convs.length === 2 ? convs : null;
}
