import { t } from '../language';
import {
  choice,
  layoutOption,
  multiplier,
  listSetting,
  numberSetting,
  type Settings,
  steps,
  textSetting,
  type ZooFamily,
} from './family';
import { buildGraph, type GraphBuilder, Unbuildable, type Value } from './graph-builder';

export const resnet: ZooFamily = {
  name: 'ResNet',
  source: () => t('{0}, as in torchvision', 'He et al. 2016, "Deep Residual Learning for Image Recognition"'),
  options: [
    layoutOption(() => t('blocks in each of the four stages'), [2, 2, 2, 2]),
    choice('block', () => t('basic (3×3, 3×3) or bottleneck (1×1, 3×3, 1×1)'), 'basic', ['basic', 'bottleneck']),
    multiplier('width', () => t('width multiplier of all layers'), 0.0625, 4),
    multiplier(
      'widening',
      () => t('width multiplier of the 3×3 convolutions in bottlenecks alone (2 for Wide ResNet)'),
      1,
      8,
    ),
  ],
  // Published depths, and between them those that differ in the third stage, as the published ones mostly do.
  axes: [
    [
      ...[[1, 1, 1, 1], [2, 2, 2, 2], ...thirdStages([3, 4], steps(3, 11, 1))].map((layout) => member(layout, 'basic')),
      ...[...thirdStages([3, 4], steps(4, 22, 2)), [3, 4, 23, 3], ...thirdStages([3, 8], steps(24, 36, 3))].map(
        (layout) => member(layout, 'bottleneck'),
      ),
    ],
    [0.25, 0.5, 0.75, 1].map((width) => ({ width })),
  ],
  build: (settings, size) => {
    const layout = listSetting(settings, 'layout');
    const bottleneck = textSetting(settings, 'block') === 'bottleneck';
    const width = numberSetting(settings, 'width');
    const widening = numberSetting(settings, 'widening');
    if (!bottleneck && widening !== 1)
      throw new Unbuildable(t('only bottleneck blocks have an inner width of their own'));
    const perBlock = bottleneck ? 3 : 2;
    const depth = perBlock * layout.reduce((sum, count) => sum + count, 0) + 2;
    return buildGraph(`ResNet-${depth}`, size, (builder, image) => {
      const base = Math.max(1, Math.floor(64 * width));
      const stem = builder.relu(builder.convolution(image, { outputs: base, kernel: 7, stride: 2 }));
      let value = builder.maxPool(stem, { kernel: 3, stride: 2, padding: 1 });
      for (const [stage, count] of layout.entries()) {
        const channels = base * 2 ** stage;
        for (let index = 0; index < count; index++) {
          const stride = stage > 0 && index === 0 ? 2 : 1;
          value = bottleneck
            ? bottleneckBlock(builder, value, { channels, stride, inner: Math.floor(channels * widening) })
            : basicBlock(builder, value, { channels, stride });
        }
      }
      return builder.linear(builder.globalAverage(value), size.classes);
    });
  },
};

/** Keeps the sum of many residual branches finite in FP16. */
const branchGain = 0.25;

interface BlockSettings {
  readonly channels: number;
  readonly stride: number;
}

function basicBlock(builder: GraphBuilder, input: Value, { channels, stride }: BlockSettings): Value {
  const first = builder.relu(builder.convolution(input, { outputs: channels, kernel: 3, stride }));
  const second = builder.convolution(first, { outputs: channels, kernel: 3, gain: branchGain });
  return builder.relu(builder.add(second, shortcut(builder, input, { channels, stride })));
}

/** The stride is in the 3×3 convolution, as in torchvision ("ResNet v1.5"). */
function bottleneckBlock(builder: GraphBuilder, input: Value, settings: BlockSettings & { inner: number }): Value {
  const { channels, stride, inner } = settings;
  const outputs = 4 * channels;
  const first = builder.relu(builder.convolution(input, { outputs: inner, kernel: 1 }));
  const second = builder.relu(builder.convolution(first, { outputs: inner, kernel: 3, stride }));
  const third = builder.convolution(second, { outputs, kernel: 1, gain: branchGain });
  return builder.relu(builder.add(third, shortcut(builder, input, { channels: outputs, stride })));
}

/** The input itself, or its projection where a block changes the shape. */
function shortcut(builder: GraphBuilder, input: Value, { channels, stride }: BlockSettings): Value {
  if (stride === 1 && input.channels === channels) return input;
  return builder.convolution(input, { outputs: channels, kernel: 1, stride, gain: 1 });
}

function member(layout: readonly number[], block: string): Settings {
  return { layout, block };
}

function thirdStages([first, second]: readonly [number, number], counts: readonly number[]): number[][] {
  return counts.map((count) => [first, second, count, 3]);
}
