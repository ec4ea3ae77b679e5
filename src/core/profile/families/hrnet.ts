import { t } from '../../language';
import { hasKernel, type Item, strideOf } from '../structure/items';
import { type Convolution, type Layer, SOURCE } from '../structure/layers';
import type { Network } from '../structure/network';
import { isUpsampling } from '../structure/detection';
import { passBack } from '../structure/walk';
import { wordsOf } from '../structure/words';
import type { Family } from './family';

/** Two strided 3×3 convolutions and bottlenecks at a quarter of the image. */
const OPENING = /^C3\/2~ C3\/2~ (?:\(P~ C3~ P \+ P?\)~ )+/;

/** The small ones of the authors' code for image classification: channels and maps that are enlarged. */
const SMALL: ReadonlyMap<string, string> = new Map([
  ['16 10', 'HRNet-W18-C-Small-v1'],
  ['18 22', 'HRNet-W18-C-Small-v2'],
]);

/** Fewest maps that are enlarged: one, three and six in the three stages of two, three and four resolutions. */
const LEAST_UPSAMPLINGS = 6;

/** Wang et al. 2020, "Deep High-Resolution Representation Learning for Visual Recognition", section 3. */
export const hrnet: Family = {
  name: 'HRNet',
  recognise: (network) => {
    if (!OPENING.test(openingWords(network.items))) return null;
    const upsamplings = network.graph.layers.filter(isUpsampling);
    if (upsamplings.length < LEAST_UPSAMPLINGS) return null;
    const width = narrowest(upsamplings, network);
    if (width === null) return null;
    const counts = [1, 2, 4, 8].map((factor) => residualConvolutions(network, factor * width));
    if (counts.includes(0)) return null;
    const exchanged = upsamplings.filter((layer) => isExchange(layer, network, width));
    if (exchanged.length < LEAST_UPSAMPLINGS || exchanged.length + 3 < upsamplings.length) return null;
    const last = upsamplings.at(-1)?.index ?? 0;
    return {
      variant: SMALL.get(`${width} ${exchanged.length}`) ?? `HRNet-W${width}`,
      evidence: [
        t(
          'Four parallel resolutions with {0} channels and {1} residual 3×3 convolutions exchange their maps: {2} times upwards by a 1×1 convolution and upsampling, and downwards by strided 3×3 convolutions.',
          [1, 2, 4, 8].map((factor) => factor * width).join(', '),
          counts.join(', '),
          exchanged.length,
        ),
      ],
      explained: new Set(network.weighted),
      // What leads from the four resolutions to the classifier.
      biasedBeforeNorm: new Set(
        network.weighted.filter((layer) => layer.index > last && leadsToClassifier(layer, network)),
      ),
    };
  },
};

/** The words up to where the network parts into resolutions. */
function openingWords(items: readonly Item[]): string {
  const parts = items.findIndex((item) => item.kind === 'other' || item.kind === 'concat');
  return `${wordsOf(parts < 0 ? items : items.slice(0, parts))} `;
}

/** Channels of the finest resolution: the narrowest map that anything is enlarged to. */
function narrowest(upsamplings: readonly Layer[], network: Network): number | null {
  const widths = upsamplings.flatMap((layer) => exchangeOf(layer, network)?.outputChannels ?? []);
  return widths.length === 0 ? null : widths.reduce((least, width) => Math.min(least, width));
}

/** The 1×1 convolution whose result is enlarged. */
function exchangeOf(upsampling: Layer, network: Network): Convolution | null {
  const before = passBack(
    network.graph.layers,
    upsampling.inputs[0] ?? SOURCE,
    ({ role }) => role === 'batch-norm' || role === 'move',
  );
  return before?.conv != null && hasKernel(before.conv, 1) ? before.conv : null;
}

function isExchange(upsampling: Layer, network: Network, width: number): boolean {
  const conv = exchangeOf(upsampling, network);
  const factors = [conv?.inputChannels ?? 0, conv?.outputChannels ?? 0].map((channels) => channels / width);
  return factors.every((factor) => [1, 2, 4, 8].includes(factor)) && (factors[0] ?? 0) > (factors[1] ?? 0);
}

function residualConvolutions({ weighted }: Network, channels: number): number {
  return weighted.filter(
    ({ conv }) =>
      conv !== null &&
      hasKernel(conv, 3) &&
      conv.groups === 1 &&
      strideOf(conv) === 1 &&
      conv.inputChannels === channels &&
      conv.outputChannels === channels,
  ).length;
}

/** An exchange downwards has no activation, and the way to the classifier has one after each convolution. */
function leadsToClassifier({ index, conv }: Layer, { graph }: Network): boolean {
  if (conv === null) return false;
  const doubles = hasKernel(conv, 3) && strideOf(conv) === 2 && conv.outputChannels === 2 * conv.inputChannels;
  if (!doubles && !(hasKernel(conv, 1) && conv.outputChannels === 2048)) return false;
  return graph.layers.some(({ role, inputs }) => role === 'activation' && inputs.includes(index));
}
