import { t } from '../../language';
import { largestOf } from '../../extremes';
import { type ConvItem, hasKernel, type Item, strideOf } from '../structure/items';
import { makeDivisible, readMobileNetwork } from '../structure/mobile';
import { runsOf } from '../structure/runs';
import { splitHead } from '../structure/head';
import type { Family } from './family';

/** Kernel, expansion, channels and repeats of each row: Tan and Le 2019, "EfficientNet", Table 1. */
export const ROWS: readonly (readonly [number, number, number, number])[] = [
  [3, 1, 16, 1],
  [3, 6, 24, 2],
  [5, 6, 40, 2],
  [3, 6, 80, 3],
  [5, 6, 112, 3],
  [5, 6, 192, 4],
  [3, 6, 320, 1],
];

/** Width and depth coefficients of B0 to B8, from the reference implementation. */
const SCALES: readonly (readonly [number, number])[] = [
  [1.0, 1.0],
  [1.0, 1.1],
  [1.1, 1.2],
  [1.2, 1.4],
  [1.4, 1.8],
  [1.6, 2.2],
  [1.8, 2.6],
  [2.0, 3.1],
  [2.2, 3.6],
];

/** Width and depth of A to E: Han et al. 2020, "Model Rubik's Cube: Twisting Resolution, Depth and Width for TinyNets". */
const TINY_SCALES: readonly (readonly [number, number])[] = [
  [1.0, 1.2],
  [0.75, 1.1],
  [0.54, 0.85],
  [0.54, 0.695],
  [0.51, 0.6],
];

/** Blocks and channels per stage: Tan and Le 2021, "EfficientNetV2", Table 4, and the reference code for M and L. */
const SECOND: Readonly<Record<string, string>> = {
  '2x24,4x48,4x64,6x128,9x160,15x256': 'S',
  '3x24,5x48,5x80,7x160,14x176,18x304,5x512': 'M',
  '4x32,7x64,7x96,10x192,19x224,25x384,7x640': 'L',
};

/** Tan and Le 2019 and 2021: both versions, told apart by the variant. */
export const efficientnet: Family = {
  name: 'EfficientNet',
  recognise: (network) => first(network.items) ?? second(network.items),
};

function first(items: readonly Item[]): ReturnType<Family['recognise']> {
  const mobile = readMobileNetwork(items);
  if (mobile === null || mobile.stem.length !== 1 || mobile.last.length !== 1) return null;
  const { blocks } = mobile;
  const matches = blocks.every((block) => block.gate !== null && block.depthwise.act === 'swish');
  if (!matches) return null;
  const observed = blocks.map((block) => `${block.kernel}x${block.outputChannels}x${block.expansion}`).join();
  const scale = SCALES.findIndex(([width, depth]) => expectedBlocks(width, depth, Math.ceil) === observed);
  const tiny = TINY_SCALES.findIndex(([width, depth]) => expectedBlocks(width, depth, Math.round) === observed);
  const member = scale >= 0 ? `EfficientNet-B${scale}` : tiny >= 0 ? `TinyNet-${'ABCDE'.charAt(tiny)}` : null;
  if (member === null && blocks.length < 16) return null;
  return {
    variant: member ?? `EfficientNet custom (${blocks.length} blocks)`,
    evidence: [
      t('{0} inverted residual blocks with swish and squeeze-and-excitation.', blocks.length),
      ...(member === null ? [] : [t('Kernels, widths and depths are those of {0}.', member)]),
    ],
  };
}

function expectedBlocks(width: number, depth: number, round: (repeats: number) => number): string {
  return ROWS.flatMap(([kernel, expansion, channels, repeats]) =>
    new Array<string>(Math.max(1, round(repeats * depth))).fill(
      `${kernel}x${makeDivisible(channels * width)}x${expansion}`,
    ),
  ).join();
}

/** Version 2 begins with fused blocks: a 3×3 convolution that widens, then a 1×1. */
function second(items: readonly Item[]): ReturnType<Family['recognise']> {
  const { body } = splitHead(items);
  const blocks: { width: number; stride: number }[] = [];
  let gates = 0;
  const [stem, ...rest] = body;
  if (stem?.kind !== 'conv' || !hasKernel(stem.conv, 3) || stem.act !== 'swish') return null;
  // Blocks end where a linear 1×1, or the only convolution of a block without expansion, gives the next width.
  let pending: ConvItem[] = [];
  const finish = (): void => {
    const last = pending.at(-1);
    if (last === undefined) return;
    blocks.push({ width: last.conv.outputChannels, stride: largestOf(pending.map(({ conv }) => strideOf(conv))) });
    pending = [];
  };
  for (const item of rest) {
    const residual = item.kind === 'sum';
    const parts = residual ? (item.branches.find((branch) => branch.length > 0) ?? []) : [item];
    for (const part of parts) {
      if (part.kind === 'gate') gates++;
      else if (part.kind !== 'conv') return null;
      else {
        pending.push(part);
        if (part.act === null) finish();
      }
    }
    if (residual) finish();
  }
  const [head] = pending;
  if (pending.length !== 1 || head === undefined || !hasKernel(head.conv, 1) || gates === 0) return null;
  const stages = runsOf(blocks, ([{ width }], block) => block.width === width && block.stride === 1);
  const size = SECOND[stages.map((stage) => `${stage.length}x${stage[0].width}`).join()];
  if (size === undefined) return null;
  return {
    variant: `EfficientNetV2-${size}`,
    evidence: [
      t(
        'Stages of {0} blocks with swish, the first ones with a full 3×3 convolution instead of 1×1 and depthwise; {1} squeeze-and-excitation gates.',
        stages.map(({ length }) => length).join(', '),
        gates,
      ),
    ],
  };
}
