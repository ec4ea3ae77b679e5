import { t } from '../../../language';
import { largestOf } from '../../../extremes';
import { blockFamily, customName } from '../block-table';
import type { Family } from '../family';
import { brackets, decimal } from '../naming';
import { multiplierOf } from '../../structure/mobile';
import type { BlockReading } from '../../structure/blocks';

/** Output channels of the 16 blocks: Han et al. 2020, "GhostNet", Table 7. */
export const GHOST_CHANNELS = [16, 24, 24, 40, 40, 80, 80, 80, 80, 112, 112, 160, 160, 160, 160, 160];

const GHOST_MODULE = String.raw`P~ \[ \| D3~\] `;

/** Han et al. 2020, "GhostNet"; Alansari et al. 2023, "GhostFaceNets", with a global depthwise convolution in the end. */
const ghostnet = blockFamily({
  name: 'GhostNet',
  grammar: {
    stem: 'C3(?:/2)?~ ',
    blocks: [
      {
        words: String.raw`\(${GHOST_MODULE}(?:D[35]/2 )?(?:! )?P \[ \| D3\] \+ (?:D[35](?:/2)? P)?\) `,
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
    return `${isFace ? 'GhostFaceNet' : 'GhostNet'}${size}`;
  },
  least: { blocks: 16, stages: 6 },
  blocks: () =>
    t('ghost modules (half of the channels by a 1×1, the other half from these by a depthwise 3×3 convolution)'),
  // An exporter folds what directly follows a convolution; what it left, behind a reshape, is beside a bias.
  authoredBias: ({ head }) => head.flatMap((item) => (item.kind === 'conv' && item.norm !== null ? [item.layer] : [])),
});

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

export const faceTables: readonly Family[] = [ghostnet, edgenext, pfld];
