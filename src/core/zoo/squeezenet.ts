import { t } from '../language';
import { choice, textSetting, type ZooFamily } from './family';
import { buildGraph, type GraphBuilder, type Value } from './graph-builder';

interface Release {
  readonly stemChannels: number;
  readonly stemKernel: number;
  /** Fire modules before which a pool halves the image, the first being 0. */
  readonly poolsBefore: readonly number[];
}

/** Iandola et al. 2016, Table 1, and the authors' later 1.1, which pools earlier. */
const releases: Readonly<Record<string, Release>> = {
  '1.0': { stemChannels: 96, stemKernel: 7, poolsBefore: [0, 3, 7] },
  '1.1': { stemChannels: 64, stemKernel: 3, poolsBefore: [0, 2, 4] },
};

/** Channels that each Fire module squeezes to; each of its two expansions has four times as many. */
const squeezes = [16, 16, 32, 32, 48, 48, 64, 64];

export const squeezenet: ZooFamily = {
  name: 'SqueezeNet',
  source: () => t('{0}, as in torchvision', 'Iandola et al. 2016, "SqueezeNet"'),
  options: [choice('release', () => t('published release'), '1.1', Object.keys(releases))],
  axes: [Object.keys(releases).map((release) => ({ release }))],
  build: (settings, size) => {
    const release = textSetting(settings, 'release');
    const { stemChannels, stemKernel, poolsBefore } = releases[release]!;
    return buildGraph(`SqueezeNet ${release}`, size, (builder, image) => {
      const stem = { outputs: stemChannels, kernel: stemKernel, stride: 2, padding: 0 };
      let value = builder.relu(builder.convolution(image, stem));
      for (const [index, squeeze] of squeezes.entries()) {
        if (poolsBefore.includes(index)) value = builder.maxPool(value, { kernel: 3, stride: 2, ceiling: true });
        value = fire(builder, value, squeeze);
      }
      return builder.globalAverage(builder.relu(builder.convolution(value, { outputs: size.classes, kernel: 1 })));
    });
  },
};

function fire(builder: GraphBuilder, input: Value, squeeze: number): Value {
  const squeezed = builder.relu(builder.convolution(input, { outputs: squeeze, kernel: 1 }));
  const [narrow, wide] = [1, 3].map((kernel) =>
    builder.relu(builder.convolution(squeezed, { outputs: 4 * squeeze, kernel })),
  ) as [Value, Value];
  return builder.concatenate([narrow, wide]);
}
