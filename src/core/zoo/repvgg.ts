import { t } from '../language';
import { repvgg as published, stagesOfLayout } from '../profile/families/tables/layouts';
import { choice, textSetting, type ZooFamily } from './family';
import { buildGraph } from './graph-builder';

const layouts = new Map(Object.entries(published).map(([layout, size]) => [size.toLowerCase(), layout]));

export const repvgg: ZooFamily = {
  name: 'RepVGG',
  source: () =>
    t('{0}, in the form that is deployed', 'Ding et al. 2021, "RepVGG: Making VGG-style ConvNets Great Again"'),
  options: [choice('member', () => t('published member'), 'a0', [...layouts.keys()])],
  axes: [[...layouts.keys()].map((member) => ({ member }))],
  build: (settings, size) => {
    const member = textSetting(settings, 'member');
    const stages = stagesOfLayout(layouts.get(member)!);
    return buildGraph(`RepVGG-${member.toUpperCase()}`, size, (builder, image) => {
      // The stem is as wide as the first stage, but no wider than 64 channels (section 3.4).
      const stem = { blocks: 1, channels: Math.min(64, stages[0]!.channels) };
      let value = image;
      for (const { blocks, channels } of [stem, ...stages]) {
        for (let index = 0; index < blocks; index++) {
          const stride = index === 0 ? 2 : 1;
          value = builder.relu(builder.convolution(value, { outputs: channels, kernel: 3, stride }));
        }
      }
      return builder.linear(builder.globalAverage(value), size.classes);
    });
  },
};
