import { t } from '../../../language';
import { allItems, convolutionsIn, type Item, isDepthwise } from '../../structure/items';
import type { BlockReading } from '../../structure/blocks';
import { blockFamily } from '../block-table';
import type { Family } from '../family';
import { brackets } from '../naming';

/** Networks that are told by how they mix what lies around a place: on a share of the channels, by pooling, by products. */

/** What a residual block adds to its input. */
function longestBranch([block]: readonly Item[]): readonly Item[] {
  const branches = block?.kind === 'sum' ? block.branches : [];
  return [...branches].sort((one, other) => other.length - one.length)[0] ?? [];
}

/** Chen et al. 2023, "Run, Don't Walk": a 3×3 on a quarter of the channels. */
const fasternet = blockFamily({
  name: 'FasterNet',
  grammar: {
    stem: 'C4/4 ',
    blocks: [{ words: String.raw`\(\[C3 \| \] P~ P \+ \) ` }, { words: 'C2/2 ', between: true }],
    head: 'g (?:P~ )?(?:[LP] )?',
  },
  members: {
    '1×40,2×80,8×160,2×320': 'T0',
    '1×64,2×128,8×256,2×512': 'T1',
    '1×96,2×192,8×384,2×768': 'T2',
    '1×128,2×256,13×512,2×1024': 'S',
    '3×144,4×288,18×576,3×1152': 'M',
    '3×192,4×384,18×768,3×1536': 'L',
  },
  least: { blocks: 4, stages: 3 },
  blocks: () => t('a 3×3 convolution on a part of the channels and two 1×1 convolutions'),
  // The widening 1×1 alone is normalised, and the stem and what lies between stages.
  authoredBias: ({ head }) => head.flatMap((item) => (item.kind === 'conv' ? [item.layer] : [])),
});

/** Ma et al. 2024, "Rewrite the Stars": two 1×1 convolutions are multiplied. */
const starnet = blockFamily({
  name: 'StarNet',
  grammar: {
    stem: 'C3/2~ ',
    blocks: [{ words: String.raw`\(D7 \(P~ \* P\) P D7 \+ \) ` }, { words: 'C3/2 ', between: true }],
    head: '(?:b )?g (?:L )?',
  },
  members: {
    '1×16,1×32,3×64,1×128': 'S050',
    '1×20,2×40,4×80,1×160': 'S100',
    '1×24,2×48,4×96,2×192': 'S150',
    '2×24,2×48,8×96,3×192': 'S1',
    '1×32,2×64,6×128,2×256': 'S2',
    '2×32,2×64,8×128,4×256': 'S3',
    '3×32,3×64,12×128,5×256': 'S4',
  },
  least: { blocks: 4, stages: 3 },
  blocks: () => t('depthwise 7×7 convolutions around the product of two 1×1 convolutions'),
  normalisation: 'beside-bias',
  // The two that are multiplied and the last depthwise one are not normalised.
  authoredBias: ({ blocks }) =>
    blocks.flatMap(({ items }) => {
      const [, product, , last] = longestBranch(items);
      return [product, last]
        .flatMap((item) => (item === undefined ? [] : convolutionsIn([item])))
        .map(({ layer }) => layer);
    }),
});

/** Yu et al. 2022, "MetaFormer Is Actually What You Need for Vision", Table 1. */
const poolformer = blockFamily({
  name: 'PoolFormer',
  grammar: {
    stem: 'C7/4 ',
    blocks: [{ words: String.raw`\(n \{Sub v3 \| \} \+ \) \(n P~ P \+ \) ` }, { words: 'C3/2 ', between: true }],
    head: '(?:n )?g (?:n )?(?:L )?',
  },
  members: {
    '2×64,2×128,6×320,2×512': 'S12',
    '4×64,4×128,12×320,4×512': 'S24',
    '6×64,6×128,18×320,6×512': 'S36',
    '6×96,6×192,18×384,6×768': 'M36',
    '8×96,8×192,24×384,8×768': 'M48',
  },
  least: { blocks: 4, stages: 3 },
  blocks: () => t('average pooling minus the value itself, and two 1×1 convolutions'),
  normalisation: 'none',
});

/** A 1×1 convolution in one or two groups with a kernel each. */
const POINTWISE = String.raw`(?:P|\[P \| P\])`;
const DEPTHWISE = String.raw`(?:D\d+(?:/2)?|\[D\d+(?:/2)?(?: \| D\d+(?:/2)?)+\])`;

/** Tan and Le 2019, "MixConv: Mixed Depthwise Convolutional Kernels": kernels of several sizes side by side. */
const mixnet = blockFamily({
  name: 'MixNet',
  grammar: {
    stem: 'C3/2~ ',
    blocks: [
      { words: String.raw`\((?:${POINTWISE}~ )?${DEPTHWISE}~ (?:! )?${POINTWISE} \+ \) ` },
      { words: `(?:${POINTWISE}~ )?${DEPTHWISE}~ (?:! )?${POINTWISE} ` },
    ],
    head: 'P~ g (?:L )?',
  },
  members: { '16,24,40,80,120,200': 'S', '24,32,40,80,120,200': 'M', '32,40,56,104,160,264': 'L' },
  accepts: mixesKernels,
  least: { blocks: 6, stages: 4 },
  blocks: () => t('inverted residuals whose depthwise convolutions have kernels of several sizes'),
});

/** Boutros et al. 2021, "MixFaceNets: Extremely Efficient Face Recognition Networks": shuffled in one half of them. */
const mixfacenet = blockFamily({
  name: 'MixFaceNet',
  grammar: {
    stem: 'C3/2~ ',
    blocks: [
      { words: String.raw`\((?:${POINTWISE}~ )?${DEPTHWISE}~ (?:! )?${POINTWISE} \+ \) (?:s )?` },
      { words: `${POINTWISE}~ ${DEPTHWISE}~ (?:! )?${POINTWISE} (?:s )?` },
    ],
    head: String.raw`P~ D\d+ P (?:b )?`,
  },
  members: {
    '1×8,2×16,4×24,3×40,3×64,3×104': 'XS',
    '1×16,2×24,4×40,3×80,3×120,3×200': 'S',
    '1×24,2×32,4×40,4×80,4×120,4×200': 'M',
  },
  accepts: mixesKernels,
  rename: (variant, { blocks }) =>
    blocks.some(({ items }) => items.some(({ kind }) => kind === 'shuffle')) ? `Shuffle${variant}` : variant,
  least: { blocks: 6, stages: 4 },
  blocks: () => t('inverted residuals whose depthwise convolutions have kernels of several sizes'),
});

function mixesKernels({ blocks }: BlockReading): boolean {
  const mixes = (item: Item): boolean =>
    item.kind === 'concat' && item.branches.every(([first]) => first?.kind === 'conv' && isDepthwise(first.conv));
  return blocks.some(({ items }) => allItems(items).some(mixes));
}

const SPLIT_ATTENTION = String.raw`\(\{ReduceSum\} g P~ P (?:s )?a \* \) \{ReduceSum\} `;

/** Zhang et al. 2020, "ResNeSt: Split-Attention Networks". */
const resnest = blockFamily({
  name: 'ResNeSt',
  grammar: {
    stem: '(?:C7/2~|C3/2~ C3~ C3~) m3/2 ',
    blocks: [{ words: String.raw`\(P~ (?:v3/2 )?G3~ ${SPLIT_ATTENTION}(?:v3/2 )?P \+ (?:(?:v2(?:/2)? )?P)?\)~ ` }],
    head: 'g (?:L )?',
  },
  unlisted: ({ blocks, counts }) => `ResNeSt-${3 * blocks.length + 2} ${brackets(counts)}`,
  least: { blocks: 4, stages: 4 },
  blocks: () => t('1×1, grouped 3×3 with groups weighted by split attention, and 1×1 convolutions'),
  normalisesPooled: true,
  biasedBeforeNorm: ({ blocks }) =>
    blocks.flatMap(({ items }) => {
      const attention = longestBranch(items).find(({ kind }) => kind === 'product');
      const [first] = attention === undefined ? [] : convolutionsIn([attention]);
      return first === undefined ? [] : [first.layer];
    }),
});

/** Szegedy et al. 2016, "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning", figure 9. */
const inceptionV4 = blockFamily({
  name: 'Inception',
  grammar: {
    stem: String.raw`C3/2~ C3~ C3~ \[m3/2 \| C3/2~\] \[P~ C3~ \| P~ C1x7~ C7x1~ C3~\] \[C3/2~ \| m3/2\] `,
    blocks: [
      { words: String.raw`\[P~ \| P~ C3~ \| P~ C3~ C3~ \| v3 P~\] ` },
      { words: String.raw`\[P~ \| P~ C1x7~ C7x1~ \| P~ C7x1~ C1x7~ C7x1~ C1x7~ \| v3 P~\] ` },
      { words: String.raw`(?:\{#\}|\[P~ \| P~ \[C1x3~ \| C3x1~\] \| P~ C3x1~ C1x3~ \[C1x3~ \| C3x1~\] \| v3 P~\]) ` },
      { words: String.raw`\[(?:P~ )?C3/2~ \| P~ (?:C3~|C1x7~ C7x1~) C3/2~ \| m3/2\] `, between: true },
    ],
    head: 'g (?:L )?',
  },
  unlisted: ({ blocks }) => {
    const counts = [0, 1, 2].map((kind) => blocks.filter((block) => block.kind === kind).length);
    return `Inception-v4${counts.join() === '4,7,3' ? '' : ` custom ${brackets(counts)}`}`;
  },
  least: { blocks: 3, stages: 3 },
  blocks: () => t('concatenated branches of 1×1, 3×3, 1×7 and 7×1 convolutions and average pooling'),
});

const ATTENTION = String.raw`\(n L \{Einsum [^+]* L \+ \) \(n L~ L \+ \) `;

/** Tu et al. 2022, "MaxViT: Multi-Axis Vision Transformer": an inverted residual, then attention in windows and on a grid. */
const maxvit = blockFamily({
  name: 'MaxViT',
  grammar: {
    stem: 'C3/2~ C3 ',
    blocks: [
      {
        words: String.raw`\(b P~ D3(?:/2)?~ ! P \+ (?:(?:v\d/2 )?P|v\d/2)?\) (?:s )*${ATTENTION}(?:s )*${ATTENTION}(?:s )*`,
      },
    ],
    head: 'g n (?:L~ )?(?:L )?',
  },
  members: {
    '2×64,2×128,5×256,2×512': 'T',
    '2×96,2×192,5×384,2×768': 'S',
    '2×96,6×192,14×384,2×768': 'B',
    '2×128,6×256,14×512,2×1024': 'L',
    '2×192,6×384,14×768,2×1536': 'XL',
  },
  least: { blocks: 4, stages: 3 },
  blocks: () => t('an inverted residual with squeeze-and-excitation, and attention in windows and on a grid'),
  authoredBias: ({ blocks, stem }) => [
    ...stem.slice(-1).flatMap((item) => (item.kind === 'conv' ? [item.layer] : [])),
    // The last 1×1 of the inverted residual and the shortcut are not normalised.
    ...blocks
      .flatMap(({ items: [first] }) =>
        first?.kind === 'sum' ? first.branches.flatMap((branch) => branch.slice(-1)) : [],
      )
      .flatMap((item) => (item.kind === 'conv' ? [item.layer] : [])),
  ],
});

export const mixerTables: readonly Family[] = [
  fasternet,
  starnet,
  poolformer,
  mixnet,
  mixfacenet,
  resnest,
  inceptionV4,
  maxvit,
];
