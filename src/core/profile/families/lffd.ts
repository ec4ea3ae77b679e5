import { t } from '../../language';
import { readDetection, towerWords } from '../structure/detection';
import { wordsOf } from '../structure/words';
import type { Family } from './family';

/** Pairs of 3×3 convolutions that are added before they are activated, and the way to the last answer. */
const WORDS = /^C3\/2~ (?:C3\/2 (?:\(a C3~ C3 \+ \)~? )+){2,}P~ P~ P~?$/;

/**
 * He et al. 2019, "LFFD: A Light and Fast Face Detector for Edge Devices": no anchors, and answers after several pairs of
 * convolutions, also on maps of one size. Members are named after the convolutions on the way, 20 or 25.
 */
export const lffd: Family = {
  name: 'LFFD',
  recognise: (network) => {
    const predictions = readDetection(network)?.levels.flatMap((level) => level.predictions) ?? [];
    if (predictions.length < 4 || !predictions.every((each) => towerWords(each) === 'P P > P')) return null;
    const boxes = predictions.filter(({ conv }) => conv.outputChannels === 4);
    const scores = predictions.filter(({ conv }) => conv.outputChannels <= 2);
    const isPaired = boxes.length === scores.length && 2 * boxes.length === predictions.length;
    const words = wordsOf(network.items);
    if (!isPaired || !WORDS.test(words)) return null;
    const depth = words.match(/C3/g)?.length ?? 0;
    return {
      variant: `LFFD-${depth}`,
      evidence: [
        t(
          '{0} convolutions, most of them in residual pairs, with boxes and scores at {1} scales.',
          depth,
          boxes.length,
        ),
      ],
      explained: new Set(network.weighted),
      normalisation: 'none',
    };
  },
};
