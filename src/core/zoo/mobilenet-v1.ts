import { t } from '../language';
import { CHANNELS, STRIDES } from '../profile/families/mobilenet-v1';
import { multiplier, numberSetting, steps, type ZooFamily } from './family';
import { buildGraph } from './graph-builder';

export const mobilenetV1: ZooFamily = {
  name: 'MobileNetV1',
  source: () => t('{0}, Table 1, with channels rounded down to whole numbers', 'Howard et al. 2017, "MobileNets"'),
  options: [multiplier('width', () => t('width multiplier of all layers'))],
  axes: [steps(0.1, 2, 0.05).map((width) => ({ width }))],
  build: (settings, size) => {
    const width = numberSetting(settings, 'width');
    // Products such as 0.15 × 64 must not fall below the whole number they mean.
    const scaled = (channels: number) => Math.max(1, Math.floor(Number((channels * width).toFixed(6))));
    return buildGraph(`MobileNetV1 width ${width}`, size, (builder, image) => {
      let value = builder.relu(builder.convolution(image, { outputs: scaled(32), kernel: 3, stride: 2 }));
      for (const [index, channels] of CHANNELS.slice(1).entries()) {
        const stride = STRIDES[index] ?? 1;
        const depthwise = { outputs: value.channels, kernel: 3, stride, groups: value.channels };
        value = builder.relu(builder.convolution(value, depthwise));
        value = builder.relu(builder.convolution(value, { outputs: scaled(channels), kernel: 1 }));
      }
      return builder.linear(builder.globalAverage(value), size.classes);
    });
  },
};
