import { t } from '../../language';
import type { Layer } from '../structure/layers';
import { wordsOf } from '../structure/words';
import type { Family } from './family';

/** What leads to the answers of each network, in the words of `wordOf`, and the channels of it. */
const NETWORKS: Readonly<Record<string, readonly [words: RegExp, channels: string]>> = {
  'P-Net': [/^C3~ m[23]\/2 C3~ C3~ P~?$/, '10,16,32'],
  'R-Net': [/^C3~ m3\/2 C3~ m3\/2 C2~ (?:s )?(?:L~ L~?|(?:C3|P)~ P~?)$/, '28,48,64,128'],
  'O-Net': [/^C3~ m3\/2 C3~ m3\/2 C3~ m2\/2 C2~ (?:s )?(?:L~ L~?|(?:C3|P)~ P~?)$/, '32,64,64,128,256'],
};

/** Weighted layers of the largest with all answers. */
const MOST_LAYERS = 8;

/** Scores of one class or two, a box, and optionally five landmarks. */
const ANSWERS = /^[12],4(?:,10)?$/;

/**
 * Zhang et al. 2016, "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks", Figure 2: each
 * of the three networks is a model of its own. Fully connected layers may be convolutions over the whole map.
 */
export const mtcnn: Family = {
  name: 'MTCNN',
  recognise: ({ items, weighted }) => {
    if (weighted.length > MOST_LAYERS) return null;
    const words = wordsOf(items);
    for (const [name, [pattern, channels]] of Object.entries(NETWORKS)) {
      const trunk = channels.split(',').length;
      if (!pattern.test(words) || weighted.slice(0, trunk).map(widthOf).join() !== channels) continue;
      const heads = weighted.slice(trunk);
      const [features] = heads[0]?.inputs ?? [];
      if (!heads.every(({ inputs: [input] }) => input === features)) continue;
      const answers = heads.map(widthOf).sort((one, other) => one - other);
      if (!ANSWERS.test(answers.join())) continue;
      return {
        variant: `MTCNN ${name}`,
        evidence: [
          t(
            'Convolutions and linear layers with {0} channels, as in {1}, whose result {2} layers read for a score, a box and perhaps landmarks.',
            channels.replaceAll(',', ', '),
            name,
            heads.length,
          ),
        ],
        explained: new Set(weighted),
        normalisation: 'none',
      };
    }
    return null;
  },
};

function widthOf({ conv, linear }: Layer): number {
  return conv?.outputChannels ?? linear?.outputFeatures ?? 0;
}
