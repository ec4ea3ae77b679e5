import { t } from '../../language';
import { hasKernel } from '../structure/items';
import { splitHead } from '../structure/head';
import type { Family } from './family';
import { brackets, decimal } from './naming';

/** Convolutions per stage of the published configurations: Simonyan and Zisserman 2015, Table 1 (A, B, D, E). */
const CONFIGURATIONS: Readonly<Record<string, number>> = {
  '1,1,2,2,2': 11,
  '2,2,2,2,2': 13,
  '2,2,3,3,3': 16,
  '2,2,4,4,4': 19,
};

/** Simonyan and Zisserman 2015, "Very Deep Convolutional Networks". */
export const vgg: Family = {
  name: 'VGG',
  recognise: (network) => {
    const { body, head } = splitHead(network.items);
    const stages: { count: number; channels: number }[] = [{ count: 0, channels: 0 }];
    let normalised = 0;
    for (const item of body) {
      const stage = stages.at(-1);
      if (stage === undefined) return null;
      if (item.kind === 'pool') {
        if (item.pool !== 'max' || stage.count === 0) return null;
        stages.push({ count: 0, channels: 0 });
      } else if (item.kind === 'conv') {
        if (!hasKernel(item.conv, 3) || item.conv.groups !== 1 || item.act === null) return null;
        if (item.conv.strides.some((stride) => stride !== 1)) return null;
        if (stage.count > 0 && stage.channels !== item.conv.outputChannels) return null;
        stage.count++;
        stage.channels = item.conv.outputChannels;
        if (item.norm !== null) normalised++;
      } else return null;
    }
    if (stages.at(-1)?.count === 0) stages.pop();
    const [first] = stages;
    if (first === undefined || stages.length !== 5) return null;
    const growing = stages.every((stage, index) => stage.channels === first.channels * Math.min(8, 2 ** index));
    if (!growing || !head.some((item) => item.kind === 'linear')) return null;

    const layout = stages.map((stage) => stage.count);
    const convolutions = layout.reduce((sum, count) => sum + count, 0);
    const depth = CONFIGURATIONS[layout.join(',')];
    const width = first.channels / 64;
    const name = depth === undefined ? `VGG custom ${brackets(layout)}` : `VGG-${depth}`;
    const plain = name + (width === 1 ? '' : ` width ${decimal(width)}`);
    const normalisedVariant = `${plain} with BatchNormalization`;
    return {
      variant: normalised > 0 ? normalisedVariant : plain,
      normalisedVariant,
      evidence: [
        t('{0} plain 3×3 convolutions in stages of {1} with max pooling between.', convolutions, layout.join(', ')),
      ],
      normalisation: 'optional-beside-bias',
    };
  },
};
