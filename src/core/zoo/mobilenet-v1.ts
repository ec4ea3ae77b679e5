import { t } from '../language';
import { multiplier, numberSetting, steps, type ZooFamily } from './family';
import { buildGraph, convolution, globalAverage, linear, relu } from './graph-builder';

/** Channels and stride of the blocks: Howard et al. 2017, "MobileNets", Table 1 (the last stride is a misprint of 1). */
const blocks: readonly (readonly [number, number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

export const mobilenetV1: ZooFamily = {
  name: 'MobileNetV1',
  get source() {
    return t('{0}, Table 1, with channels rounded down to whole numbers', 'Howard et al. 2017, "MobileNets"');
  },
  options: [multiplier('width', () => t('width multiplier of all layers'))],
  axes: [steps(0.1, 2, 0.05).map((width) => ({ width }))],
  build: (settings, size) => {
    const width = numberSetting(settings, 'width');
    // Products such as 0.15 × 64 must not fall below the whole number they mean.
    const scaled = (channels: number) => Math.max(1, Math.floor(Number((channels * width).toFixed(6))));
    return buildGraph(`MobileNetV1 width ${width}`, size, (builder, image) => {
      let value = relu(builder, convolution(builder, image, { outputs: scaled(32), kernel: 3, stride: 2 }));
      for (const [channels, stride] of blocks) {
        const depthwise = { outputs: value.channels, kernel: 3, stride, groups: value.channels };
        value = relu(builder, convolution(builder, value, depthwise));
        value = relu(builder, convolution(builder, value, { outputs: scaled(channels), kernel: 1 }));
      }
      return linear(builder, globalAverage(builder, value), size.classes);
    });
  },
};
