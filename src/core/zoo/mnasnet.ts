import { t } from '../language';
import { ROWS, roundToEight } from '../profile/families/mnasnet';
import { multiplier, numberSetting, steps, type ZooFamily } from './family';
import { buildGraph } from './graph-builder';
import { invertedResidual } from './inverted-residual';

/** Kernel, expansion, channels and repeats of the row before those that the family is recognised by. */
const firstRow = [3, 1, 16, 1] as const;

/** Strides of all rows: Tan et al. 2019, "MnasNet", Figure 7 (B1). */
const strides = [1, 2, 2, 2, 1, 2, 1];

export const mnasnet: ZooFamily = {
  name: 'MnasNet',
  source: () =>
    t('{0}, B1 as in torchvision', 'Tan et al. 2019, "MnasNet: Platform-Aware Neural Architecture Search for Mobile"'),
  options: [multiplier('alpha', () => t('depth multiplier: scales the channels of all layers'))],
  axes: [steps(0.1, 2, 0.05).map((alpha) => ({ alpha }))],
  build: (settings, size) => {
    const alpha = numberSetting(settings, 'alpha');
    return buildGraph(`MnasNet ${alpha}`, size, (builder, image) => {
      const stem = { outputs: roundToEight(32 * alpha), kernel: 3, stride: 2 };
      let value = builder.relu(builder.convolution(image, stem));
      for (const [row, [kernel, expansion, channels, repeats]] of [firstRow, ...ROWS].entries()) {
        const outputs = roundToEight(channels * alpha);
        for (let index = 0; index < repeats; index++) {
          const stride = index === 0 ? strides[row]! : 1;
          // The separable block of the first row has no shortcut, even where rounding gives it equal channels.
          const block = { outputs, expansion, kernel, stride, activation: 'relu', shortcut: expansion > 1 } as const;
          value = invertedResidual(builder, value, block);
        }
      }
      value = builder.relu(builder.convolution(value, { outputs: 1280, kernel: 1 }));
      return builder.linear(builder.globalAverage(value), size.classes);
    });
  },
};
