import { t } from '../../../language';
import type { BlockReading } from '../../structure/blocks';
import { allItems, convolutionsIn } from '../../structure/items';
import { blockFamily, customName } from '../block-table';
import type { Family } from '../family';
import { multiplierOf } from '../../structure/mobile';
import { brackets, decimal } from '../naming';
import { regnetX, regnetY } from './layouts';

/** Global pooling and a classifier, or neither. */
const HEAD = '(?:g (?:[LP]~? )?)?';

/** Radosavovic et al. 2020, "Designing Network Design Spaces": X without and Y with squeeze-and-excitation. */
function regnet(letter: 'X' | 'Y', sizes: Readonly<Record<string, string>>): Family {
  const gate = letter === 'Y' ? '! ' : '';
  return blockFamily({
    name: 'RegNet',
    grammar: {
      stem: 'C3/2~ ',
      blocks: [{ words: String.raw`\(P~ [GC]3(?:/2)?~ ${gate}P \+ (?:P(?:/2)?)?\)~ ` }],
      head: HEAD,
    },
    members: sizes,
    prefix: `RegNet${letter}-`,
    least: { blocks: 8, stages: 4 },
    blocks: () => t('1×1, grouped 3×3 and 1×1 convolutions of one width'),
    notes: () => (letter === 'Y' ? [t('With squeeze-and-excitation.')] : []),
  });
}

/** Members of the same tables that torchvision has not. */
const moreRegnetX: Readonly<Record<string, string>> = {
  '1×24,1×56,4×152,7×368': '200MF',
  '1×48,3×96,5×240,7×528': '600MF',
  '2×80,5×240,14×560,2×1360': '4.0GF',
  '2×168,4×392,10×784,1×1624': '6.4GF',
  '2×224,5×448,11×896,1×2240': '12GF',
};

const moreRegnetY: Readonly<Record<string, string>> = {
  '2×128,6×192,12×512,2×1088': '4.0GF',
  '2×144,7×288,14×576,2×1296': '6.4GF',
  '2×224,5×448,11×896,1×2240': '12GF',
};

/** Gao et al. 2019, "Res2Net": the 3×3 of a bottleneck is several, each of which reads the one before it too. */
const res2net = blockFamily({
  name: 'Res2Net',
  grammar: {
    stem: '(?:C7/2~|C3/2~ C3~ C3~) m3/2 ',
    blocks: [
      {
        words: String.raw`\(P~ (?:\{#\}|\[(?:[CG]3(?:/2)?~ \| )+(?:v3(?:/2)?)?\]) P \+ (?:P(?:/2)?|v2/2 P)?\)~ `,
      },
    ],
    head: HEAD,
  },
  unlisted: (reading) => {
    const first = reading.blocks[0]?.items[0];
    const [branches] = first?.kind === 'sum' ? first.branches : [];
    const split = branches?.find((item) => item.kind === 'concat');
    if (split?.kind !== 'concat') return null;
    const width = convolutionsIn([split])[0]?.conv.outputChannels ?? 0;
    return `Res2Net-${3 * reading.blocks.length + 2} ${width}w ${split.branches.length}s ${brackets(reading.counts)}`;
  },
  least: { blocks: 8, stages: 4 },
  blocks: () => t('1×1, several successive 3×3 on a share of the channels, and 1×1 convolutions'),
});

/**
 * Brock et al. 2021, "Characterizing signal propagation to close the performance gap in unnormalized ResNets" and
 * "High-Performance Large-Scale Image Recognition Without Normalization": residual blocks that activate first, whose
 * kernels are standardised.
 */
function normaliserFree(
  name: string,
  { stem, spatial, head }: { readonly stem: string; readonly spatial: string; readonly head: string },
  unlisted: (reading: BlockReading) => string | null,
): Family {
  return blockFamily({
    name,
    grammar: {
      stem,
      blocks: [{ words: String.raw`\((?:a )?P~ ${spatial} P (?:! )?\+ (?:(?:v2/2 )?P(?:/2)?)?\)~? ` }],
      head,
    },
    unlisted,
    least: { blocks: 8, stages: 3 },
    blocks: () => t('an activation, 1×1, 3×3 and 1×1 convolutions without normalisation'),
    normalisation: 'gains',
  });
}

const isGated = ({ blocks }: BlockReading): boolean =>
  blocks.some(({ items }) => allItems(items).some(({ kind }) => kind === 'gate'));

const nfResnet = normaliserFree(
  'NF-ResNet',
  { stem: '(?:C7/2|C3/2~ C3~ C3) m3/2 a ', spatial: 'C3(?:/2)?~', head: HEAD },
  (reading) => `NF-${isGated(reading) ? 'SE-' : ''}ResNet-${3 * reading.blocks.length + 2} ${brackets(reading.counts)}`,
);

const nfRegnet = normaliserFree(
  'NF-RegNet',
  { stem: 'C3/2~ ', spatial: 'G3(?:/2)? ! a', head: 'P~ g L ' },
  ({ counts }) => `NF-RegNet ${brackets(counts)}`,
);

/** Blocks of F0; F1 has twice as many, and so on. */
const NFNET_BLOCKS = 1 + 2 + 6 + 3;

const nfnet = normaliserFree(
  'NFNet',
  { stem: 'C3/2~ C3~ C3~ C3/2~ ', spatial: '[CG]3(?:/2)?~ [CG]3~', head: 'P~ g L ' },
  ({ blocks }) => {
    const grouped = blocks.flatMap(({ items }) => convolutionsIn(items)).find(({ conv }) => conv.groups > 1)?.conv;
    const times = blocks.length / NFNET_BLOCKS;
    if (grouped === undefined || !Number.isInteger(times)) return null;
    // The light ones of timm have groups of half the width.
    const isLight = grouped.outputChannels / grouped.groups === 64;
    return `NFNet-${isLight ? 'L' : 'F'}${times - 1}`;
  },
);

/** Lee and Park 2020, "CenterMask", section 3.3: what every layer of a block gives is kept, with one gate. */
const vovnet = blockFamily({
  name: 'VoVNet',
  grammar: {
    stem: '(?:C3/2~ C3~ C3/2~|C3/2~ D3 P~ D3/2 P~) ',
    blocks: [
      { words: String.raw`(?:m3/2 )?(?:\{#\}|\(\{#\} P~ ! \+ \)) P~ ! ` },
      { words: String.raw`(?:m3/2 )?(?:\{#\}|\[[^\]]*\]) P~ (?:! )?` },
      { words: String.raw`\((?:\{#\}|\[[^\]]*\]) P~ (?:! )?\+ \) ` },
    ],
    head: HEAD,
  },
  members: {
    '1×112,1×256,1×384,1×512': '19b-slim',
    '1×256,1×512,1×768,1×1024': '19b',
    '1×256,1×512,2×768,2×1024': '39b',
    '1×256,1×512,4×768,3×1024': '57b',
    '1×256,3×512,9×768,3×1024': '99b',
  },
  prefix: 'ESE-VoVNet-',
  unlisted: () => null,
  least: { blocks: 4, stages: 4 },
  blocks: () => t('successive convolutions whose results are all concatenated for a 1×1 convolution'),
  // Lee et al. 2019, "An Energy and GPU-Computation Efficient Backbone", without gates and sums.
  rename: (variant, reading) => (isGated(reading) ? variant : variant.replace(/^ESE-(.*)b/, '$1')),
  notes: ({ stem }) => (stem.length === 5 ? [t('The convolutions are depthwise-separable.')] : []),
});

/** Qin et al. 2024, "MobileNetV4": universal inverted bottlenecks with two, one or no depthwise convolutions. */
const mobilenetV4 = blockFamily({
  name: 'MobileNetV4',
  grammar: {
    stem: `C3/2~ `,
    blocks: [
      { words: `C3(?:/2)?~ P~? ` },
      { words: `D[35](?:/2)? P~ (?:D[35](?:/2)?~ )?P ` },
      { words: `P~ D[35](?:/2)?~ P ` },
      { words: String.raw`\((?:D[35] )?P~ (?:D[35]~ )?P \+ \) ` },
    ],
    head: 'P~ g P~ L ',
  },
  members: { '32,64,96,128': 'small', '48,80,160,256': 'medium', '48,96,192,512': 'large' },
  prefix: 'MobileNetV4 conv ',
  unlisted: (reading) => customName('MobileNetV4', reading),
  // What no other inverted residual network has: a depthwise convolution before the widening one.
  accepts: ({ blocks }) => blocks.some(({ kind }) => kind === 1),
  least: { blocks: 10, stages: 4 },
  blocks: () =>
    t('a widening and a narrowing 1×1 convolution, with depthwise ones before, between, in both places or in neither'),
  normalisesPooled: true,
});

/** Liu et al. 2022, "A ConvNet for the 2020s"; Woo et al. 2023, "ConvNeXt V2", with global response normalisation. */
function convnext(version: '' | 'V2', response: string): Family {
  return blockFamily({
    name: 'ConvNeXt',
    grammar: {
      stem: 'C4/4 n ',
      blocks: [{ words: String.raw`\(D7 n [LP]~ ${response}[LP] \+ \) ` }, { words: 'n C2/2 ', between: true }],
      head: '(?:g n |g |n g )?(?:[LP] )?',
    },
    members: {
      '2×40,2×80,6×160,2×320': 'Atto',
      '2×48,2×96,6×192,2×384': 'Femto',
      '2×64,2×128,6×256,2×512': 'Pico',
      '2×80,2×160,8×320,2×640': 'Nano',
      '3×96,3×192,9×384,3×768': 'Tiny',
      '3×96,3×192,27×384,3×768': 'Small',
      '3×128,3×256,27×512,3×1024': 'Base',
      '3×192,3×384,27×768,3×1536': 'Large',
      '3×256,3×512,27×1024,3×2048': 'XLarge',
      '3×352,3×704,27×1408,3×2816': 'Huge',
    },
    prefix: `ConvNeXt${version}-`,
    least: { blocks: 6, stages: 4 },
    blocks: () => t('depthwise 7×7, layer normalisation, and linear layers to four times the width and back'),
    notes: () => (version === '' ? [] : [t('With global response normalisation.')]),
    normalisation: 'none',
  });
}

/** Scales of Cui et al. 2021, "PP-LCNet", and the channels of its blocks. */
const LCNET = [32, 64, 64, 128, 128, 256, 256, 256, 256, 256, 256, 512, 512];

/** Cui et al. 2021, "PP-LCNet: A Lightweight CPU Convolutional Neural Network", Table 1. */
const lcnet = blockFamily({
  name: 'LCNet',
  grammar: { stem: 'C3/2~ ', blocks: [{ words: 'D[35](?:/2)?~ (?:! )?P~ ' }], head: 'g P~ L ' },
  unlisted: ({ blocks }) => {
    const scale = multiplierOf(
      blocks.map(({ channels }) => channels),
      LCNET,
    );
    const gated = blocks.filter(({ items }) => items.some((item) => item.kind === 'gate')).length;
    return scale !== null && gated === 2 ? `LCNet x${decimal(scale)}` : null;
  },
  least: { blocks: 13, stages: 5 },
  blocks: () => t('depthwise 3×3 or 5×5 and 1×1 convolutions, the last two with squeeze-and-excitation'),
});

export const convolutionalTables: readonly Family[] = [
  regnet('X', { ...regnetX, ...moreRegnetX }),
  regnet('Y', { ...regnetY, ...moreRegnetY }),
  res2net,
  nfResnet,
  nfRegnet,
  nfnet,
  vovnet,
  mobilenetV4,
  convnext('', ''),
  convnext('V2', String.raw`\([^+]*\+ \) `),
  lcnet,
];
