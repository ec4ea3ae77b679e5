import { t } from '../../language';
import { isDepthwise, isPointwise } from '../structure/items';
import type { Layer } from '../structure/layers';
import type { Family } from './family';

/** Channels of the depthwise convolutions of both streams. */
const STREAMS = [3, 16, 32, 32, 64, 64, 128].flatMap((channels) => [channels, channels]).join();

/** Stages after which the streams are multiplied. */
const STAGES = 3;

/**
 * Yang et al. 2019, "FSA-Net: Learning Fine-Grained Structure Aggregation for Head Pose Estimation from a Single Image":
 * two streams of separable convolutions, one of rectifiers and one of tanh, and capsules on what they have in common.
 */
export const fsanet: Family = {
  name: 'FSA-Net',
  recognise: ({ graph: { layers }, weighted }) => {
    const depthwise = weighted.filter(({ conv }) => conv !== null && isDepthwise(conv));
    const channels = depthwise.map(({ conv }) => conv?.inputChannels ?? 0).sort((one, other) => one - other);
    if (channels.join() !== STREAMS) return null;
    const activations = (layer: Layer): string =>
      layer.inputs
        .map((input) => layers[input]?.activation ?? '')
        .sort()
        .join();
    const products = layers.filter((layer) => layer.role === 'mul' && activations(layer) === 'relu,tanh');
    if (products.length !== STAGES) return null;
    const separable = new Set(depthwise.map(({ index }) => index));
    const isNormalised = ({ conv, inputs: [input] }: Layer): boolean =>
      conv !== null && isPointwise(conv) && input !== undefined && separable.has(input);
    const scored = weighted.some(({ conv }) => conv !== null && isPointwise(conv) && conv.outputChannels === 1);
    return {
      variant: `FSA-Net ${scored ? '1×1' : 'variance'}`,
      evidence: [
        t(
          'Two streams of separable convolutions, one with ReLU and one with tanh, multiplied after {0} stages.',
          STAGES,
        ),
        scored
          ? t('A 1×1 convolution scores the places of a map.')
          : t('The variance of the channels scores the places of a map.'),
      ],
      explained: new Set(weighted),
      normalisation: 'beside-bias',
      authoredBias: new Set(weighted.filter((layer) => !isNormalised(layer))),
      trained: [{ layers: layers.filter(isRouted), parameters: 0 }],
    };
  },
};

/** Where capsules are routed by what begins as zeros, which exporters store. */
function isRouted({ node, role, inputs, linear, constant }: Layer): boolean {
  if (inputs.length !== 1 || linear !== null) return false;
  return node.opType === 'MatMul' || (role === 'shift' && (constant?.elements ?? 0) > 1);
}
