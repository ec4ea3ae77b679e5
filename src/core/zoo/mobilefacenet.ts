import { t } from '../language';
import { embeddingOption, numberSetting, type ZooFamily } from './family';
import { buildGraph, type ConvolutionSettings, type GraphBuilder, type Value } from './graph-builder';

export const mobilefacenet: ZooFamily = {
  name: 'MobileFaceNet',
  source: () => t('{0}; scale 2 is the network of InsightFace', 'Chen et al. 2018, "MobileFaceNets"'),
  resolution: 112,
  options: [
    {
      kind: 'number',
      name: 'scale',
      description: () => t('width of what goes from bottleneck to bottleneck: 1 as in the paper, 2 as in InsightFace'),
      initial: 1,
      minimum: 1,
      maximum: 4,
      whole: true,
    },
    embeddingOption,
  ],
  axes: [[{ scale: 1 }, { scale: 2 }]],
  build: (settings, size) => {
    const scale = numberSetting(settings, 'scale');
    const [narrow, wide] = [64 * scale, 128 * scale];
    return buildGraph('MobileFaceNet', size, (builder, image) => {
      const stem = unit(builder, image, { outputs: narrow, kernel: 3, stride: 2 });
      let value = unit(builder, stem, { outputs: narrow, kernel: 3, groups: 64 });
      value = bottlenecks(builder, value, { outputs: narrow, inner: 128, repeats: 4 });
      value = bottlenecks(builder, value, { outputs: wide, inner: 256, repeats: 6 });
      value = bottlenecks(builder, value, { outputs: wide, inner: 512, repeats: 2 });
      value = unit(builder, value, { outputs: 512, kernel: 1 });
      // The global depthwise convolution of section 3.2, as wide as the map that is left.
      const kernel = value.height;
      const vector = builder.convolution(value, { outputs: 512, kernel, padding: 0, groups: 512, gain: 1 });
      const embedded = builder.linearWithoutBias(builder.flatten(vector), numberSetting(settings, 'embedding'));
      return builder.batchNormalization(embedded);
    });
  },
};

function unit(builder: GraphBuilder, input: Value, settings: ConvolutionSettings): Value {
  return builder.prelu(builder.convolution(input, settings));
}

interface Bottlenecks {
  readonly outputs: number;
  /** Channels that the first, which halves the map, expands to; those after it expand to twice their output at most. */
  readonly inner: number;
  readonly repeats: number;
}

function bottlenecks(builder: GraphBuilder, input: Value, { outputs, inner, repeats }: Bottlenecks): Value {
  let value = bottleneck(builder, input, outputs, inner, 2);
  for (let index = 0; index < repeats; index++) {
    value = builder.add(value, bottleneck(builder, value, outputs, Math.min(inner, 256), 1));
  }
  return value;
}

function bottleneck(builder: GraphBuilder, input: Value, outputs: number, inner: number, stride: number): Value {
  const wide = unit(builder, input, { outputs: inner, kernel: 1 });
  const filtered = unit(builder, wide, { outputs: inner, kernel: 3, stride, groups: inner });
  return builder.convolution(filtered, { outputs, kernel: 1, gain: stride === 1 ? 0.5 : 1 });
}
