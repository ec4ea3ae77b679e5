import { t } from '../../language';
import { isUpsampling } from '../structure/detection';
import { isPointwise } from '../structure/items';
import { type Layer, SOURCE } from '../structure/layers';
import { wordsOf } from '../structure/words';
import { backboneName } from './backbone';
import { landmarksSuffix } from './detector';
import type { Family } from './family';

/** The pyramid: each enlarged map and a 1×1 convolution of the backbone's next finer one, summed; then the last map. */
const PYRAMID = / P~ (?:(?:T\d\/2~|\{(?:Resize|Upsample)\}) \+ P~\)~? ){2,} *C3~$/;

/** Answers of the last map for each of its places: heat, two numbers each for size and offset, and landmarks. */
const ANSWERS = /^1,2,2(?:,(\d*[02468]))?$/;

/** Xu et al. 2020, "CenterFace: Joint Face Detection and Alignment Using Face as Point": one level and no anchors. */
export const centerface: Family = {
  name: 'CenterFace',
  recognise: (network) => {
    const { layers, outputs } = network.graph;
    const heads = network.weighted.slice(-4).filter(({ conv }) => conv !== null && isPointwise(conv));
    const features = heads.at(-1)?.inputs[0] ?? SOURCE;
    const answering = heads.filter(({ inputs: [input] }) => input === features);
    const channels = answering.map(widthOf).sort((one, other) => one - other);
    const answers = ANSWERS.exec(channels.join());
    if (answers === null || outputs.length < answering.length) return null;
    if (!PYRAMID.test(wordsOf(network.itemsBetween(SOURCE, features)))) return null;
    const backbone = backboneName(network, layers.find(isUpsampling)?.inputs[0] ?? SOURCE);
    if (backbone === null) return null;
    const landmarks = Number(answers[1] ?? 0) / 2;
    return {
      variant: `CenterFace${backbone === 'MobileNetV2 1' ? '' : ` ${backbone}`}${landmarksSuffix(landmarks, 5)}`,
      evidence: [
        landmarks === 0
          ? t('On the last map of a pyramid with sums, 1×1 convolutions predict a heat map, sizes and offsets.')
          : t(
              'On the last map of a pyramid with sums, 1×1 convolutions predict a heat map, sizes, offsets and {0} facial landmarks.',
              landmarks,
            ),
        t('The backbone is {0}.', backbone),
      ],
      explained: new Set(network.weighted),
      authoredBias: new Set(answering),
    };
  },
};

function widthOf({ conv }: Layer): number {
  return conv?.outputChannels ?? 0;
}
