import { t } from '../language';
import type { ZooFamily } from './family';
import { buildGraph } from './graph-builder';

/** Channels, kernel, stride and padding, and whether a pool follows: Krizhevsky 2014, "One weird trick". */
const layers: readonly (readonly [number, number, number, number, boolean])[] = [
  [64, 11, 4, 2, true],
  [192, 5, 1, 2, true],
  [384, 3, 1, 1, false],
  [256, 3, 1, 1, false],
  [256, 3, 1, 1, true],
];

export const alexnet: ZooFamily = {
  name: 'AlexNet',
  source: () =>
    t('{0}, as in torchvision', 'Krizhevsky 2014, "One weird trick for parallelizing convolutional neural networks"'),
  options: [],
  axes: [],
  build: (_, size) =>
    buildGraph('AlexNet', size, (builder, image) => {
      let value = image;
      for (const [outputs, kernel, stride, padding, pooled] of layers) {
        value = builder.relu(builder.convolution(value, { outputs, kernel, stride, padding }));
        if (pooled) value = builder.maxPool(value, { kernel: 3, stride: 2 });
      }
      const features = builder.flatten(builder.averagePoolTo(value, 6));
      const hidden = builder.relu(builder.linear(features, 4096, Math.SQRT2));
      return builder.linear(builder.relu(builder.linear(hidden, 4096, Math.SQRT2)), size.classes);
    }),
};
