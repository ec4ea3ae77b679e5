import { t } from '../../../language';
import { allItems, convolutionsIn, type Item } from '../../structure/items';
import { type BlockTable, blockFamily } from '../block-table';
import type { Family } from '../family';
import { brackets } from '../naming';

/** Self-attention with its projections, written in any of the exporters' ways: it has no branches within branches. */
const ATTENTION = String.raw`(?:s )?(?:L~? )*(?:s )?\{[^()]*\} (?:\{[^()]*\} )?(?:s )?L (?:s )?`;

/** The two linear layers after it. */
const MLP = String.raw`\(n L~ L \+ \) `;

const TRANSFORMER = String.raw`\(n ${ATTENTION}\+ \) ${MLP}`;

const VIT: Readonly<Record<string, string>> = {
  '12×192': 'Ti',
  '12×384': 'S',
  '12×768': 'B',
  '24×1024': 'L',
  '32×1280': 'H',
};

/** Dosovitskiy et al. 2021, "An Image is Worth 16×16 Words"; Touvron et al. 2021, "DeiT", whose network is the same. */
const vit = blockFamily({
  name: 'ViT',
  grammar: {
    stem: String.raw`C(\d+)/\1 (?:s )?(?:n )?`,
    blocks: [{ words: TRANSFORMER }],
    head: String.raw`(?:n )?(?:\{ReduceMean\} |g )?(?:n )?(?:L~? )*(?:\(L \+ L\) )?`,
  },
  unlisted: ({ stem, blocks, widths }) => {
    const patch = convolutionsIn(stem)[0]?.conv.kernel[0] ?? 0;
    if (widths.length !== 1) return null;
    const size = VIT[`${blocks.length}×${widths.join()}`];
    const deit = size === 'Ti' || size === 'S' ? ` (DeiT-${size})` : '';
    return `ViT-${size ?? `custom [${blocks.length}] channels ${brackets(widths)}`}/${patch}${deit}`;
  },
  least: { blocks: 4, stages: 1 },
  blocks: () => t('self-attention and two linear layers, each normalised first and added, on patches of the image'),
  normalisation: 'none',
});

/** Liu et al. 2021, "Swin Transformer", section 3.3. */
const swin = blockFamily({
  name: 'Swin',
  grammar: {
    stem: 'C4/4 n ',
    blocks: [
      { words: String.raw`\(n (?:\[ \| \] \[ \| \] )?${ATTENTION}(?:\[ \| \] \[ \| \] )?\+ \) ${MLP}` },
      { words: String.raw`(?:\{#\}|\[[^\]]*\]) n L `, between: true },
    ],
    head: 'n (?:g )?(?:L )?',
  },
  members: {
    '2×96,2×192,6×384,2×768': 'T',
    '2×96,2×192,18×384,2×768': 'S',
    '2×128,2×256,18×512,2×1024': 'B',
    '2×192,2×384,18×768,2×1536': 'L',
  },
  least: { blocks: 6, stages: 4 },
  blocks: () => t('self-attention within windows, shifted every other time, and two linear layers'),
  normalisation: 'none',
});

const POOL_MIXER = String.raw`\(\{Sub v3 \| \} \+ \) `;

/** Li et al. 2022, "EfficientFormer: Vision Transformers at MobileNet Speed", Table 1. */
const efficientformer = blockFamily({
  name: 'EfficientFormer',
  grammar: {
    stem: 'C3/2~ C3/2~ ',
    blocks: [
      { words: String.raw`${POOL_MIXER}\(P~ P \+ \) ` },
      { words: String.raw`(?:s )?\(n ${ATTENTION}\+ \) ${MLP}` },
      { words: 'C3/2 ', between: true },
    ],
    head: String.raw`n (?:\{ReduceMean\} |g )(?:L |\(L \+ L\) )`,
  },
  members: {
    '3×48,2×96,6×224,4×448': 'L1',
    '4×64,4×128,12×320,6×512': 'L3',
    '6×96,6×192,18×384,8×768': 'L7',
  },
  least: { blocks: 8, stages: 4 },
  blocks: () => t('average pooling or, in the end, self-attention, each with two 1×1 convolutions or linear layers'),
  normalisation: 'beside-bias',
});

/** Mehta and Rastegari 2022, "MobileViT", Table 4. */
const mobilevit = blockFamily({
  name: 'MobileViT',
  grammar: {
    stem: 'C3/2~ ',
    blocks: [
      { words: String.raw`(?:P~ D3(?:/2)?~ P|\(P~ D3~ P \+ \)) ` },
      { words: String.raw`\[ \| C3~ P s (?:${TRANSFORMER})+n s P~\] C3~ ` },
    ],
    head: 'P~ g L ',
  },
  members: { '16,24,48,64,80': 'XXS', '32,48,64,80,96': 'XS', '32,64,96,128,160': 'S' },
  accepts: ({ blocks }) => blocks.filter(({ kind }) => kind === 1).length === 3,
  unlisted: ({ widths }) => `MobileViT-custom channels ${brackets(widths)}`,
  least: { blocks: 6, stages: 4 },
  blocks: () => t('inverted residuals, and 3×3 convolutions around transformers on the positions of a map'),
});

const LINEAR_ATTENTION = String.raw`\(P \[ \| D5 G1\] (?:s )?\{[^()]*\} (?:\{[^()]*\} )?(?:s )?P \+ \) `;

/** Cai et al. 2023, "EfficientViT: Multi-Scale Linear Attention", Table 10 and its code. */
const efficientvit = blockFamily({
  name: 'EfficientViT',
  grammar: {
    stem: 'C3/2(?:~| a) ',
    blocks: [
      { words: String.raw`\(D3(?:~| a) P \+ \) ` },
      { words: String.raw`\((?:C3|P|P(?:~| a) D3)(?:~| a) (?:C3|P) \+ \) ` },
      { words: String.raw`(?:P(?:~| a) D3|C3)/2(?:~| a) P ` },
      { words: LINEAR_ATTENTION },
      { words: String.raw`\(C3(?:~| a) (?:C3|P) \+ \) ` },
    ],
    head: 'P(?:~| a) g L n(?:~| a) L ',
  },
  accepts: ({ blocks }) => blocks.some(({ kind }) => kind === 3),
  unlisted: ({ blocks, widths }) => {
    const size = {
      '8,16,32,64,128': 'B0',
      '16,32,64,128,256': 'B1',
      '24,48,96,192,384': 'B2',
      '32,64,128,256,512': 'B3',
    }[widths.join()];
    // L1 to L3 begin with full convolutions.
    const large = { '32,64,128,256,512': blocks.length > 30 ? 'L2' : 'L1', '64,128,256,512,1024': 'L3' }[widths.join()];
    const fused = blocks.some(({ kind, items }) => kind <= 1 && items.some((item) => firstKernel(item) === 3));
    return `EfficientViT-${(fused ? large : size) ?? `custom channels ${brackets(widths)}`}`;
  },
  least: { blocks: 6, stages: 3 },
  blocks: () => t('inverted residuals and attention without softmax at two scales'),
});

function firstKernel(item: Item): number {
  for (const inner of allItems([item])) {
    if (inner.kind === 'conv') return inner.conv.groups === 1 ? (inner.conv.kernel[0] ?? 0) : 0;
  }
  return 0;
}

/** Vasu et al. 2023, "FastViT: A Fast Hybrid Vision Transformer using Structural Reparameterization", Table 1. */
const FASTVIT: BlockTable['members'] = {
  '2×48,2×96,4×192,2×384': 'T8',
  '2×64,2×128,6×256,2×512': 'T12 or S12',
  '4×64,4×128,12×256,4×512': 'SA24',
  '6×64,6×128,18×256,6×512': 'SA36',
  '6×76,6×152,18×304,6×608': 'MA36',
};

const FAST_MIXER = String.raw`\(\{Sub \(D1 \+ D3 \+ b\) \| b\} \+ \) `;

const fastvit = blockFamily({
  name: 'FastViT',
  grammar: {
    stem: String.raw`\(C3/2 \+ P/2\)~ \(D1/2 \+ D3/2\)~ \(P \+ b\)~ `,
    blocks: [
      { words: String.raw`${FAST_MIXER}\(D7 P~ P \+ \) ` },
      { words: String.raw`\(b s? ?${ATTENTION}\+ \) \(D7 P~ P \+ \) ` },
      { words: String.raw`\(D3/2 \+ D7/2\)~? (?:\(P \+ b\)~ )?`, between: true },
    ],
    head: String.raw`\(D1 \+ D3\) (?:! )?(?:a )?(?:g )?(?:L )?`,
  },
  members: FASTVIT,
  least: { blocks: 6, stages: 4 },
  blocks: () => t('parallel depthwise convolutions minus their input, and a depthwise 7×7 with two 1×1 convolutions'),
});

/** FastViT as it is deployed: each group of branches is one convolution. */
const fastvitDeployed = blockFamily({
  name: 'FastViT',
  grammar: {
    stem: 'C3/2~ D3/2~ P~ ',
    blocks: [{ words: String.raw`D3 \(D7 P~ P \+ \) ` }, { words: 'D7/2~? P~ ', between: true }],
    head: 'D3 (?:! )?(?:a )?(?:g )?(?:L )?',
  },
  members: FASTVIT,
  rename: (variant) => `${variant} deployed`,
  unlisted: () => null,
  least: { blocks: 6, stages: 4 },
  blocks: () => t('a depthwise 3×3, and a depthwise 7×7 with two 1×1 convolutions'),
  normalisation: 'none',
});

export const transformerTables: readonly Family[] = [
  vit,
  swin,
  efficientformer,
  mobilevit,
  efficientvit,
  fastvit,
  fastvitDeployed,
];
