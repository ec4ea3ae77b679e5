import { t } from '../language';
import { multiplier, numberSetting, steps, type ZooFamily } from './family';
import { buildGraph, convolution, globalAverage, linear, relu } from './graph-builder';
import { invertedResidual } from './inverted-residual';

/** Kernel, expansion, channels, repeats and stride of each row: Tan et al. 2019, "MnasNet", Figure 7 (B1). */
const rows: readonly (readonly [number, number, number, number, number])[] = [
  [3, 1, 16, 1, 1],
  [3, 3, 24, 3, 2],
  [5, 3, 40, 3, 2],
  [5, 6, 80, 3, 2],
  [3, 6, 96, 2, 1],
  [5, 6, 192, 4, 2],
  [3, 6, 320, 1, 1],
];

export const mnasnet: ZooFamily = {
  name: 'MnasNet',
  get source() {
    return t(
      '{0}, B1 as in torchvision',
      'Tan et al. 2019, "MnasNet: Platform-Aware Neural Architecture Search for Mobile"',
    );
  },
  options: [multiplier('alpha', () => t('depth multiplier: scales the channels of all layers'))],
  axes: [steps(0.1, 2, 0.05).map((alpha) => ({ alpha }))],
  build: (settings, size) => {
    const alpha = numberSetting(settings, 'alpha');
    return buildGraph(`MnasNet ${alpha}`, size, (builder, image) => {
      const stem = { outputs: roundToEight(32 * alpha), kernel: 3, stride: 2 };
      let value = relu(builder, convolution(builder, image, stem));
      for (const [kernel, expansion, channels, repeats, rowStride] of rows) {
        const outputs = roundToEight(channels * alpha);
        for (let index = 0; index < repeats; index++) {
          const stride = index === 0 ? rowStride : 1;
          // The separable block of the first row has no shortcut, even where rounding gives it equal channels.
          const block = { outputs, expansion, kernel, stride, activation: relu, shortcut: expansion > 1 };
          value = invertedResidual(builder, value, block);
        }
      }
      value = relu(builder, convolution(builder, value, { outputs: 1280, kernel: 1 }));
      return linear(builder, globalAverage(builder, value), size.classes);
    });
  },
};

/** Rounds to a multiple of 8, up unless that adds over a tenth, as torchvision does here and nowhere else. */
function roundToEight(width: number): number {
  const rounded = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return rounded >= 0.9 * width ? rounded : rounded + 8;
}
