import { t } from '../language';
import { embeddingOption, layoutOption, listSetting, numberSetting, type ZooFamily } from './family';
import { buildGraph, type GraphBuilder, type Value } from './graph-builder';

/** Blocks per stage of the members that InsightFace publishes: iresnet18, 34, 50 and 100. */
const publishedLayouts = [
  [2, 2, 2, 2],
  [3, 4, 6, 3],
  [3, 4, 14, 3],
  [3, 13, 30, 3],
] as const;

export const arcfaceResnet: ZooFamily = {
  name: 'ArcFace ResNet',
  source: () => t('{0}, as the iresnet of InsightFace', 'Deng et al. 2019, "ArcFace: Additive Angular Margin Loss"'),
  resolution: 112,
  options: [layoutOption(() => t('blocks in each of the four stages'), [2, 2, 2, 2]), embeddingOption],
  axes: [publishedLayouts.map((layout) => ({ layout }))],
  build: (settings, size) => {
    const layout = listSetting(settings, 'layout');
    const depth = 2 * layout.reduce((sum, count) => sum + count, 0) + 2;
    return buildGraph(`ArcFace ResNet-${depth}`, size, (builder, image) => {
      let value = builder.prelu(builder.convolution(image, { outputs: 64, kernel: 3 }));
      for (const [stage, count] of layout.entries()) {
        for (let index = 0; index < count; index++) {
          value = block(builder, value, 64 * 2 ** stage, index === 0 ? 2 : 1);
        }
      }
      const vector = builder.flatten(builder.batchNormalization(value));
      return builder.batchNormalization(builder.linear(vector, numberSetting(settings, 'embedding')));
    });
  },
};

/** BN–Conv–BN–PReLU–Conv–BN with the stride in the second convolution, and nothing after the sum. */
function block(builder: GraphBuilder, input: Value, outputs: number, stride: number): Value {
  const first = builder.prelu(builder.convolution(builder.batchNormalization(input), { outputs, kernel: 3 }));
  // A small gain keeps the sum of many residual branches finite in FP16.
  const second = builder.convolution(first, { outputs, kernel: 3, stride, gain: 0.25 });
  const isSame = stride === 1 && input.channels === outputs;
  return builder.add(second, isSame ? input : builder.convolution(input, { outputs, kernel: 1, stride, gain: 1 }));
}
