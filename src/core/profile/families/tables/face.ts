import { t } from '../../../language';
import { largestOf } from '../../../extremes';
import { convolutionsIn } from '../../structure/items';
import { blockFamily, customName } from '../block-table';
import type { Family } from '../family';
import { brackets, decimal } from '../naming';
import { multiplierOf } from '../../structure/mobile';
import type { Block, BlockReading } from '../../structure/blocks';

/** Output channels of the 16 blocks: Han et al. 2020, "GhostNet", Table 7. */
export const GHOST_CHANNELS = [16, 24, 24, 40, 40, 80, 80, 80, 80, 112, 112, 160, 160, 160, 160, 160];

const GHOST_MODULE = String.raw`P~ \[ \| D3~\] `;

/** Such a module times an attention of a row and a column each, at half the size: Tang et al. 2022, "GhostNetV2". */
const ATTENDED_MODULE = String.raw`\(v2/2 P D1x5 D5x1(?:~ \{(?:Resize|Upsample)\}| \{(?:Resize|Upsample)\} a) \* P~ \[ \| D3~\]\) `;

/** Han et al. 2020, "GhostNet"; Alansari et al. 2023, "GhostFaceNets", with a global depthwise convolution in the end. */
const ghostnet = blockFamily({
  name: 'GhostNet',
  grammar: {
    stem: 'C3(?:/2)?~ ',
    blocks: [
      {
        words: String.raw`\((?:${GHOST_MODULE}|${ATTENDED_MODULE})(?:D[35]/2 )?(?:! )?P \[ \| D3\] \+ (?:D[35](?:/2)? P)?\) `,
      },
    ],
    head: String.raw`P~ (?:g (?:P~ )?|D\d+~? )(?:[LPbn]~? )*`,
  },
  unlisted: (reading) => {
    const { blocks, head } = reading;
    if (blocks.length !== GHOST_CHANNELS.length) return null;
    const channels = blocks.map((block) => block.channels);
    const width = multiplierOf(channels, GHOST_CHANNELS, 4);
    const isFace = head[1]?.kind === 'conv';
    const size =
      width === null ? ` custom channels ${brackets(channels)}` : width === 1 ? '' : ` width ${decimal(width)}`;
    const version = blocks.some(isAttended) ? 'V2' : '';
    return `${isFace ? 'GhostFaceNet' : 'GhostNet'}${version}${size}`;
  },
  least: { blocks: 16, stages: 6 },
  blocks: () =>
    t('ghost modules (half of the channels by a 1×1, the other half from these by a depthwise 3×3 convolution)'),
  // An exporter folds what directly follows a convolution; what it left, behind a reshape, is beside a bias.
  authoredBias: ({ head }) => head.flatMap((item) => (item.kind === 'conv' && item.norm !== null ? [item.layer] : [])),
});

function isAttended({ items: [sum] }: Block): boolean {
  return sum?.kind === 'sum' && sum.branches.some((branch) => branch.some(({ kind }) => kind === 'product'));
}

const LINEAR = '[LP]';

/** Maaz et al. 2022, "EdgeNeXt", Table 1; George et al. 2023, "EdgeFace", whose linear layers are pairs of low rank. */
const edgenext = blockFamily({
  name: 'EdgeNeXt',
  grammar: {
    stem: 'C4/4 n ',
    blocks: [
      { words: String.raw`\(D[3579] n (?:${LINEAR} )?${LINEAR}~ ${LINEAR}(?: ${LINEAR})? \+ \) ` },
      {
        words:
          String.raw`\((?:\[[^\]]*\]|\{#\}) s \(n (?:L )?L (?:s )?\{[^()]*\} (?:s )?(?:L )?L \+ \) ` +
          String.raw`\(n (?:L )?L~ L(?: L)? \+ \) (?:s )?\+ \) `,
      },
      { words: 'n C2/2 ', between: true },
    ],
    head: 'g n L(?: L)? ',
  },
  members: {
    '2×24,2×48,6×88,2×168': 'XX-Small',
    '3×32,3×64,9×100,3×192': 'X-Small',
    '3×48,3×96,9×160,3×304': 'Small',
    '3×80,3×160,9×288,3×584': 'Base',
  },
  prefix: 'EdgeNeXt ',
  unlisted: (reading) => (reading.blocks.some(({ kind }) => kind === 1) ? customName('EdgeNeXt', reading) : null),
  rename: (variant, reading) => {
    if (!isLowRank(reading)) return variant;
    const short: Readonly<Record<string, string>> = { 'XX-Small': 'XXS', 'X-Small': 'XS', Small: 'S' };
    const size = variant.replace('EdgeNeXt ', '');
    return `EdgeFace-${Object.hasOwn(short, size) ? short[size] : size}`;
  },
  least: { blocks: 8, stages: 4 },
  blocks: () =>
    t('depthwise convolutions with linear layers, or split depthwise convolutions with attention across channels'),
  normalisation: 'none',
  notes: (reading) => (isLowRank(reading) ? [t('The linear layers are pairs of low rank.')] : []),
});

function isLowRank({ head }: BlockReading): boolean {
  return head.filter((item) => item.kind === 'linear').length === 2;
}

/** Guo et al. 2019, "PFLD: A Practical Facial Landmark Detector", Table 1, and the widths of its code. */
const pfld = blockFamily({
  name: 'PFLD',
  grammar: {
    // Its second convolution is depthwise in the paper, and full in code that many use.
    stem: 'C3/2~ [CD]3~ (?:P~? )??',
    blocks: [{ words: String.raw`P~ D3(?:/2)?~ P ` }, { words: String.raw`\(P~ D3~ P \+ \) ` }],
    // The last maps at three scales, pooled or convolved, together.
    head: String.raw`(?:\{#\}|\[.*\]) L `,
  },
  unlisted: (reading) => {
    const width = pfldWidth(reading);
    const answer = reading.head.at(-1);
    if (width === null || answer?.kind !== 'linear' || answer.linear.outputFeatures % 2 !== 0) return null;
    const size = width === 1 ? '' : ` width ${decimal(width)}`;
    return `PFLD${size} with ${answer.linear.outputFeatures / 2} landmarks`;
  },
  least: { blocks: 13, stages: 3 },
  blocks: () => t('1×1, depthwise 3×3 and linear 1×1 convolutions'),
  notes: () => [t('One linear layer reads the last map at three scales.')],
  // The last convolution has a kernel as large as the map and nothing to normalise.
  authoredBias: ({ head }) =>
    head.flatMap((item) =>
      item.kind === 'other' ? item.layers.filter(({ conv }) => conv !== null && largestOf(conv.kernel) > 3) : [],
    ),
});

function pfldWidth({ counts, widths: [first, second, third] }: BlockReading): number | null {
  if (counts.join() !== '5,7,1') return null;
  const width = (first ?? 0) / 64;
  return second === 128 * width && third === 16 * width ? width : null;
}

/** The parallel convolutions of a block, joined, and the 1×1 convolution with a bias that brings them back to its width. */
const inceptionBlock = (...branches: readonly string[]): { readonly words: string } => ({
  words: String.raw`\(\[P~ \| ${branches.join(String.raw` \| `)}\] P \+ \)~? `,
});

/** Szegedy et al. 2016, "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning". */
const inceptionResnet = blockFamily({
  name: 'Inception-ResNet',
  grammar: {
    stem: String.raw`C3/2~ C3~ C3~ m3/2 P~ C3~ (?:C3/2~ |m3/2 \[[^\]]*\] )`,
    blocks: [
      inceptionBlock('P~ C3~', 'P~ C3~ C3~'),
      inceptionBlock('P~ C1x7~ C7x1~'),
      inceptionBlock('P~ C1x3~ C3x1~'),
      { words: String.raw`\[(?:[PCm\d/~ ]+ \| )+[PCm\d/~ ]+\] `, between: true },
    ],
    head: '(?:P~ )?g (?:[Lb]~? )*',
  },
  // The first is also the network of FaceNet's widespread implementations.
  members: { '5×256,10×896,6×1792': 'v1', '10×320,20×1088,10×2080': 'v2' },
  least: { blocks: 6, stages: 3 },
  blocks: () => t('parallel convolutions that a 1×1 convolution with a bias adds to their input'),
  authoredBias: ({ blocks }) =>
    blocks.flatMap(({ items: [sum] }) =>
      sum?.kind === 'sum'
        ? sum.branches.flatMap((branch) => {
            const last = branch.at(-1);
            return last?.kind === 'conv' ? [last.layer] : [];
          })
        : [],
    ),
});

/** The larger of two halves of the channels. */
const LARGER = String.raw`\{Max  \| \} `;

const LIGHT_POOL = String.raw`(?:m2/2 |\(m2/2 \+ v2/2\) )`;

/** Wu et al. 2018, "A Light CNN for Deep Face Representation with Noisy Labels", Tables 1 and 2. */
const lightcnn = blockFamily({
  name: 'LightCNN',
  grammar: {
    stem: `C5 ${LARGER}${LIGHT_POOL}`,
    blocks: [
      { words: String.raw`\(C3 ${LARGER}C3 ${LARGER}\+ \) ` },
      { words: `P ${LARGER}C3 ${LARGER}(?:${LIGHT_POOL})?` },
    ],
    head: `(?:L (?:${LARGER})?)*`,
  },
  unlisted: ({ blocks, stem, head }) => {
    const groups = blocks.filter(({ kind }) => kind === 1);
    const residual = blocks.length - groups.length;
    const widths = groups.map(({ channels }) => channels);
    if (widths.join() !== '192,384,256,256' || (residual !== 0 && residual !== 10))
      return `LightCNN custom [${residual}] channels ${brackets(widths)}`;
    const isSecond = stem.at(-1)?.kind === 'sum' && !head.some(({ kind }) => kind === 'other');
    return `LightCNN-${residual === 0 ? 9 : 29}${isSecond ? ' v2' : ''}`;
  },
  least: { blocks: 4, stages: 1 },
  blocks: () => t('convolutions of which the larger half of each pair of channels goes on'),
  normalisation: 'none',
});

/** Liu et al. 2017, "SphereFace: Deep Hypersphere Embedding for Face Recognition", Table 2. */
const sphereface = blockFamily({
  name: 'SphereFace',
  grammar: {
    stem: '',
    blocks: [{ words: 'C3/2~ ' }, { words: String.raw`\(C3~ C3~ \+ \) ` }],
    head: '(?:s )?(?:L )+',
  },
  members: {
    '1×64,1×128,1×256,1×512': '4',
    '1×64,2×128,3×256,1×512': '10',
    '2×64,3×128,5×256,2×512': '20',
    '3×64,5×128,9×256,3×512': '36',
    '4×64,9×128,17×256,4×512': '64',
  },
  // Rows of strided convolutions are many networks' beginning.
  accepts: ({ blocks }) => blocks.every(({ items }) => convolutionsIn(items).every(({ act }) => act === 'prelu')),
  unlisted: (reading) => (reading.blocks.some(({ kind }) => kind === 1) ? customName('SphereFace', reading) : null),
  least: { blocks: 6, stages: 4 },
  blocks: () => t('a strided 3×3 convolution, or two with a shortcut, all with a PReLU'),
  normalisation: 'none',
});

/** Channels of the stages; the published network has 1.25 times as many. */
const VARG_CHANNELS = [32, 64, 128, 256];

/**
 * Yan et al. 2019, "VarGFaceNet: An Efficient Variable Group Convolutional Neural Network for Lightweight Face
 * Recognition", section 3: groups of as many channels each, however many channels there are.
 */
const vargfacenet = blockFamily({
  name: 'VarGFaceNet',
  grammar: {
    stem: 'C3(?:/2)?~ ',
    blocks: [
      { words: String.raw`\(G3(?:/2)?~ P~ G3~ P (?:! )?\+ (?:G3/2~ P)?\)~ ` },
      { words: String.raw`\(\(G3/2~ P \+ G3/2~ P\)~ G3~ P \+ G3/2~ P\)~ ` },
    ],
    head: 'P~ G7 P~ L (?:b )?',
  },
  accepts: ({ blocks }) => {
    const grouped = blocks.flatMap(({ items }) => convolutionsIn(items)).filter(({ conv }) => conv.groups > 1);
    return new Set(grouped.map(({ conv }) => conv.inputChannels / conv.groups)).size === 1;
  },
  unlisted: (reading) => {
    const width = reading.counts.join() === '1,3,7,4' ? multiplierOf(reading.widths, VARG_CHANNELS) : null;
    if (width === null) return customName('VarGFaceNet', reading);
    return width === 1.25 ? 'VarGFaceNet' : `VarGFaceNet width ${decimal(width)}`;
  },
  least: { blocks: 6, stages: 3 },
  blocks: () => t('3×3 convolutions in groups of as many channels each, every one before a 1×1 convolution'),
});

export const faceTables: readonly Family[] = [
  ghostnet,
  edgenext,
  pfld,
  inceptionResnet,
  lightcnn,
  sphereface,
  vargfacenet,
];
