import { t } from '../../language';
import { hasKernel, isDepthwise, strideOf } from '../structure/items';
import { type Bottleneck, readBottlenecks } from '../structure/bottlenecks';
import { findWidth } from '../structure/mobile';
import type { Family } from './family';
import { decimal } from './naming';

/** Expansion, channels and repeats of the rows, each with stride 2: Zhang et al. 2019, "FeatherNets", Table 3. */
const ROWS: readonly (readonly [number, number, number])[] = [
  [1, 16, 1],
  [6, 32, 2],
  [6, 48, 6],
  [6, 64, 3],
];

const STEM_CHANNELS = 32;

/** Zhang et al. 2019, "FeatherNets: Convolutional Neural Networks as Light as Feather for Face Anti-spoofing". */
export const feathernet: Family = {
  name: 'FeatherNet',
  recognise: (network) => {
    const chain = readBottlenecks(network.items);
    if (chain === null) return null;
    const { before, bottlenecks, after } = chain;
    const [stem] = before;
    if (before.length !== 1 || stem?.kind !== 'conv' || !hasKernel(stem.conv, 3) || stem.conv.groups !== 1) return null;
    const width = readWidth(stem.conv.outputChannels, bottlenecks);
    if (width === null) return null;
    // The streaming module: a strided depthwise convolution whose result is flattened as it is.
    const [streaming, ...rest] = after;
    if (streaming?.kind !== 'conv' || !isDepthwise(streaming.conv) || strideOf(streaming.conv) < 2) return null;
    if (!rest.every((item) => item.kind === 'linear' || item.kind === 'act' || item.kind === 'norm')) return null;

    const averaged = bottlenecks.some(({ shortcut }) => shortcut === 'pooled');
    const gated = bottlenecks.some(({ gate }) => gate !== null);
    return {
      variant:
        `FeatherNet${averaged ? 'B' : 'A'}` +
        (width === 1 ? '' : ` width ${decimal(width)}`) +
        (gated ? '' : ' without squeeze-and-excitation'),
      evidence: [
        t(
          '12 inverted residual blocks in four strided rows of {0} channels, and a strided depthwise convolution in place of pooling.',
          ROWS.map(([, channels]) => Math.trunc(channels * width)).join(', '),
        ),
        ...(gated ? [t('Each row ends with squeeze-and-excitation.')] : []),
        averaged
          ? t('Strided blocks add the average pool of their input through a 1×1 convolution: FeatherNetB.')
          : t('Strided blocks have no shortcut: FeatherNetA.'),
      ],
    };
  },
};

/** The width multiplier; null where the blocks are not those of the table. */
function readWidth(stem: number, bottlenecks: readonly Bottleneck[]): number | null {
  const expected = ROWS.flatMap(([expansion, channels, repeats]) =>
    Array.from({ length: repeats }, (_, index) => ({ expansion, channels, first: index === 0 })),
  );
  if (bottlenecks.length !== expected.length) return null;
  for (const [index, block] of bottlenecks.entries()) {
    const row = expected[index];
    if (row === undefined || block.innerChannels !== block.inputChannels * row.expansion) return null;
    if (block.stride !== (row.first ? 2 : 1) || (block.shortcut === 'identity') === row.first) return null;
  }
  return findWidth([stem, ...bottlenecks.map(({ outputChannels }) => outputChannels)], (width) =>
    [STEM_CHANNELS, ...expected.map(({ channels }) => channels)].map((channels) =>
      Math.trunc(Number((channels * width).toFixed(6))),
    ),
  );
}
