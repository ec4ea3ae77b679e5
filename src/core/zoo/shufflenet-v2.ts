import { t } from '../language';
import { choice, textSetting, type ZooFamily } from './family';
import { buildGraph, type GraphBuilder, type Value } from './graph-builder';

/** Channels of the three stages and of the last convolution: Ma et al. 2018, "ShuffleNet V2", Table 5. */
const scales: Readonly<Record<string, readonly [number, number, number, number]>> = {
  '0.5': [48, 96, 192, 1024],
  '1': [116, 232, 464, 1024],
  '1.5': [176, 352, 704, 1024],
  '2': [244, 488, 976, 2048],
};

const repeats = [4, 8, 4];

export const shufflenetV2: ZooFamily = {
  name: 'ShuffleNetV2',
  source: () =>
    t(
      '{0}, as in torchvision',
      'Ma et al. 2018, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design"',
    ),
  options: [
    choice(
      'scale',
      () => t('published complexity; the channels follow no formula, so there are no others'),
      '1',
      Object.keys(scales).sort((a, b) => Number(a) - Number(b)),
    ),
  ],
  axes: [['0.5', '1', '1.5', '2'].map((scale) => ({ scale }))],
  build: (settings, size) => {
    const scale = textSetting(settings, 'scale');
    const [stage2, stage3, stage4, last] = scales[scale]!;
    return buildGraph(`ShuffleNetV2 x${scale}`, size, (builder, image) => {
      const stem = builder.relu(builder.convolution(image, { outputs: 24, kernel: 3, stride: 2 }));
      let value = builder.maxPool(stem, { kernel: 3, stride: 2, padding: 1 });
      for (const [stage, channels] of [stage2, stage3, stage4].entries()) {
        value = reducingUnit(builder, value, channels / 2);
        for (let index = 1; index < repeats[stage]!; index++) value = basicUnit(builder, value, channels / 2);
      }
      value = builder.relu(builder.convolution(value, { outputs: last, kernel: 1 }));
      return builder.linear(builder.globalAverage(value), size.classes);
    });
  },
};

/** One half of the channels passes, the other is convolved: Figure 3 (c). */
function basicUnit(builder: GraphBuilder, input: Value, channels: number): Value {
  const [kept, convolved] = builder.splitHalves(input);
  const branch = mainBranch(builder, convolved, channels, 1);
  return builder.shuffleHalves(builder.concatenate([kept, branch]));
}

/** Both branches see all channels and halve the image: Figure 3 (d). */
function reducingUnit(builder: GraphBuilder, input: Value, channels: number): Value {
  const depthwise = { outputs: input.channels, kernel: 3, stride: 2, groups: input.channels, gain: 1 };
  const reduced = builder.convolution(input, depthwise);
  const side = builder.relu(builder.convolution(reduced, { outputs: channels, kernel: 1 }));
  const branch = mainBranch(builder, input, channels, 2);
  return builder.shuffleHalves(builder.concatenate([side, branch]));
}

function mainBranch(builder: GraphBuilder, input: Value, channels: number, stride: number): Value {
  const first = builder.relu(builder.convolution(input, { outputs: channels, kernel: 1 }));
  const second = builder.convolution(first, { outputs: channels, kernel: 3, stride, groups: channels, gain: 1 });
  return builder.relu(builder.convolution(second, { outputs: channels, kernel: 1 }));
}
