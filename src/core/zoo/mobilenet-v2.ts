import { t } from '../language';
import { mobilenetV2Rows } from '../profile/families/mobilenet-v2';
import { makeDivisible } from '../profile/structure/mobile';
import { multiplier, numberSetting, steps, type ZooFamily } from './family';
import { buildGraph } from './graph-builder';
import { invertedResidual } from './inverted-residual';

export const mobilenetV2: ZooFamily = {
  name: 'MobileNetV2',
  source: () =>
    t('{0}, as in torchvision', 'Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks"'),
  options: [multiplier('width', () => t('width multiplier of all layers'))],
  axes: [steps(0.1, 2, 0.05).map((width) => ({ width }))],
  build: (settings, size) => {
    const width = numberSetting(settings, 'width');
    return buildGraph(`MobileNetV2 width ${width}`, size, (builder, image) => {
      const channels = makeDivisible(32 * width);
      let value = builder.relu6(builder.convolution(image, { outputs: channels, kernel: 3, stride: 2 }));
      for (const [expansion, rowChannels, repeats, rowStride] of mobilenetV2Rows) {
        const outputs = makeDivisible(rowChannels * width);
        for (let index = 0; index < repeats; index++) {
          const stride = index === 0 ? rowStride : 1;
          value = invertedResidual(builder, value, { outputs, expansion, kernel: 3, stride, activation: 'relu6' });
        }
      }
      // Below width 1 the last convolution stays as wide as it is there (section 5.1).
      const last = makeDivisible(1280 * Math.max(1, width));
      value = builder.relu6(builder.convolution(value, { outputs: last, kernel: 1 }));
      return builder.linear(builder.globalAverage(value), size.classes);
    });
  },
};
