import { t } from '../language';
import { layoutOption, listSetting, numberSetting, type ZooFamily } from './family';
import { buildGraph, type GraphBuilder, type Value } from './graph-builder';

/** Width of a layer's 1×1 convolution over the growth rate: Huang et al. 2017, section 3, "Bottleneck layers". */
const bottleneckWidth = 4;

export const densenet: ZooFamily = {
  name: 'DenseNet',
  source: () =>
    t('{0}, as in torchvision', 'Huang et al. 2017, "Densely Connected Convolutional Networks" (DenseNet-BC)'),
  options: [
    layoutOption(() => t('layers in each of the four dense blocks'), [6, 12, 24, 16]),
    {
      kind: 'number',
      name: 'growth',
      description: () => t('channels that each layer adds; the first convolution has twice as many'),
      initial: 32,
      minimum: 2,
      maximum: 128,
      whole: true,
    },
  ],
  axes: [
    [
      [6, 12, 24, 16],
      [6, 12, 32, 32],
      [6, 12, 36, 24],
      [6, 12, 48, 32],
    ].map((layout) => ({ layout })),
    [12, 16, 24, 32, 40, 48].map((growth) => ({ growth })),
  ],
  build: (settings, size) => {
    const layout = listSetting(settings, 'layout');
    const growth = numberSetting(settings, 'growth');
    const depth = 2 * layout.reduce((sum, count) => sum + count, 0) + layout.length + 1;
    return buildGraph(`DenseNet-${depth}`, size, (builder, image) => {
      const stem = builder.relu(builder.convolution(image, { outputs: 2 * growth, kernel: 7, stride: 2 }));
      let value = builder.maxPool(stem, { kernel: 3, stride: 2, padding: 1 });
      for (const [block, layers] of layout.entries()) {
        if (block > 0) value = transition(builder, value);
        value = denseBlock(builder, value, layers, growth);
      }
      value = builder.relu(builder.batchNormalization(value));
      return builder.linear(builder.globalAverage(value), size.classes);
    });
  },
};

function denseBlock(builder: GraphBuilder, input: Value, layers: number, growth: number): Value {
  const features = [input];
  for (let index = 0; index < layers; index++) {
    const normalised = builder.relu(builder.batchNormalization(builder.concatenate(features)));
    const bottleneck = builder.convolution(normalised, { outputs: bottleneckWidth * growth, kernel: 1 });
    const added = { outputs: growth, kernel: 3, bias: false, gain: 1 };
    features.push(builder.convolution(builder.relu(bottleneck), added));
  }
  return builder.concatenate(features);
}

/** Halves the channels and the image. */
function transition(builder: GraphBuilder, input: Value): Value {
  const normalised = builder.relu(builder.batchNormalization(input));
  const outputs = Math.floor(input.channels / 2);
  const halved = builder.convolution(normalised, { outputs, kernel: 1, bias: false, gain: 1 });
  return builder.averagePool(halved, { kernel: 2, stride: 2 });
}
