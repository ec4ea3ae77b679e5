import { t } from '../../language';
import { hasKernel } from '../structure/items';
import type { Layer } from '../structure/layers';
import { backboneName } from './backbone';
import type { Family } from './family';

/** Numbers of neighbours whose places each landmark predicts as well, in ten maps each way. */
const FEWEST_NEIGHBOURS = 2;

const HEADS = 5;

/**
 * Jin et al. 2021, "Pixel-in-Pixel Net: Towards Efficient Facial Landmark Detection in the Wild": on the last map of a
 * backbone, a 1×1 convolution each for the scores of landmarks, for their offsets both ways, and for those of neighbours.
 */
export const pipnet: Family = {
  name: 'PIPNet',
  recognise: (network) => {
    if (network.outputCount < HEADS) return null;
    const heads = new Map<number, Layer[]>();
    for (const layer of network.weighted) {
      const [input] = layer.inputs;
      if (input === undefined || layer.conv === null || !hasKernel(layer.conv, 1) || layer.conv.bias === null) continue;
      const of = heads.get(input);
      if (of === undefined) heads.set(input, [layer]);
      else of.push(layer);
    }
    const answers = new Set(network.graph.outputs);
    for (const [features, of] of heads) {
      if (of.length !== HEADS || !of.every(({ index }) => answers.has(index))) continue;
      const channels = of.map(({ conv }) => conv?.outputChannels ?? 0).sort((one, other) => one - other);
      const [landmarks = 0, ...others] = channels;
      const neighbours = (others[3] ?? 0) / landmarks;
      const isRead =
        others[0] === landmarks &&
        others[1] === landmarks &&
        others[2] === others[3] &&
        neighbours >= FEWEST_NEIGHBOURS;
      if (!isRead || !Number.isInteger(neighbours)) continue;
      const backbone = backboneName(network, features);
      return {
        variant: `PIPNet ${backbone ?? 'custom backbone'} with ${landmarks} landmarks`,
        evidence: [
          t(
            'Five 1×1 convolutions on the last map: scores and offsets of {0} landmarks, and the offsets of {1} neighbours of each.',
            landmarks,
            neighbours,
          ),
          backbone === null ? t('The backbone is not a known one.') : t('The backbone is {0}.', backbone),
        ],
        explained: new Set(network.weighted),
        authoredBias: new Set(of),
      };
    }
    return null;
  },
};
