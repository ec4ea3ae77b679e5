import { t } from '../language';
import { regnetX, stagesOfLayout } from '../profile/families/tables/layouts';
import { choice, textSetting, type ZooFamily } from './family';
import { buildGraph, type GraphBuilder, type Value } from './graph-builder';

/** Channels of a group of the 3×3 convolutions, by size: Radosavovic et al. 2020, Table 8. */
const groupWidths: Readonly<Record<string, number>> = {
  '400mf': 16,
  '800mf': 16,
  '1.6gf': 24,
  '3.2gf': 48,
  '8gf': 120,
  '16gf': 128,
  '32gf': 168,
};

const layouts = new Map(Object.entries(regnetX).map(([layout, size]) => [size.toLowerCase(), layout]));

export const regnet: ZooFamily = {
  name: 'RegNet',
  source: () => t('{0}, RegNetX as in torchvision', 'Radosavovic et al. 2020, "Designing Network Design Spaces"'),
  options: [choice('member', () => t('published member, by its work'), '400mf', [...layouts.keys()])],
  axes: [[...layouts.keys()].map((member) => ({ member }))],
  build: (settings, size) => {
    const member = textSetting(settings, 'member');
    return buildGraph(`RegNetX-${member.toUpperCase()}`, size, (builder, image) => {
      let value = builder.relu(builder.convolution(image, { outputs: 32, kernel: 3, stride: 2 }));
      for (const { blocks, channels } of stagesOfLayout(layouts.get(member)!)) {
        for (let index = 0; index < blocks; index++) {
          value = block(builder, value, { channels, stride: index === 0 ? 2 : 1, groupWidth: groupWidths[member]! });
        }
      }
      return builder.linear(builder.globalAverage(value), size.classes);
    });
  },
};

interface BlockSettings {
  readonly channels: number;
  readonly stride: number;
  readonly groupWidth: number;
}

/** 1×1, grouped 3×3 and 1×1 convolution of one width, with the input or its projection added. */
function block(builder: GraphBuilder, input: Value, { channels, stride, groupWidth }: BlockSettings): Value {
  const groups = channels / Math.min(groupWidth, channels);
  const first = builder.relu(builder.convolution(input, { outputs: channels, kernel: 1 }));
  const second = builder.relu(builder.convolution(first, { outputs: channels, kernel: 3, stride, groups }));
  // Keeps the sum of many residual branches finite in FP16.
  const third = builder.convolution(second, { outputs: channels, kernel: 1, gain: 0.25 });
  const isProjected = stride > 1 || input.channels !== channels;
  const shortcut = isProjected ? builder.convolution(input, { outputs: channels, kernel: 1, stride, gain: 1 }) : input;
  return builder.relu(builder.add(third, shortcut));
}
