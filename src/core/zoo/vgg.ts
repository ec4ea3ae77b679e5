import { t } from '../language';
import { choice, textSetting, type ZooFamily } from './family';
import { buildGraph } from './graph-builder';

/** Convolutions per stage: Simonyan and Zisserman 2015, Table 1 (A, B, D, E). */
const layouts: Readonly<Record<string, readonly number[]>> = {
  '11': [1, 1, 2, 2, 2],
  '13': [2, 2, 2, 2, 2],
  '16': [2, 2, 3, 3, 3],
  '19': [2, 2, 4, 4, 4],
};

export const vgg: ZooFamily = {
  name: 'VGG',
  source: () =>
    t(
      '{0}, as in torchvision, without normalisation',
      'Simonyan and Zisserman 2015, "Very Deep Convolutional Networks"',
    ),
  options: [choice('depth', () => t('published configuration'), '16', Object.keys(layouts))],
  axes: [Object.keys(layouts).map((depth) => ({ depth }))],
  build: (settings, size) => {
    const depth = textSetting(settings, 'depth');
    return buildGraph(`VGG-${depth}`, size, (builder, image) => {
      let value = image;
      for (const [stage, count] of layouts[depth]!.entries()) {
        const outputs = 64 * Math.min(8, 2 ** stage);
        for (let index = 0; index < count; index++) {
          value = builder.relu(builder.convolution(value, { outputs, kernel: 3 }));
        }
        value = builder.maxPool(value, { kernel: 2, stride: 2 });
      }
      const features = builder.flatten(builder.averagePoolTo(value, 7));
      const hidden = builder.relu(builder.linear(features, 4096, Math.SQRT2));
      return builder.linear(builder.relu(builder.linear(hidden, 4096, Math.SQRT2)), size.classes);
    });
  },
};
