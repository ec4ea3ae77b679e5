import { t } from '../../language';
import { findWidth, makeDivisible, type MobileBlock, readMobileNetwork } from '../structure/mobile';
import type { Family, Recognition } from './family';
import { decimal } from './naming';

interface Edition {
  readonly name: string;
  /** Kernel, expanded channels, output channels, gate, stride of each block. */
  readonly blocks: readonly (readonly [number, number, number, boolean, number])[];
}

/** Howard et al. 2019, "Searching for MobileNetV3", Tables 1 and 2. */
const EDITIONS: readonly Edition[] = [
  {
    name: 'large',
    blocks: [
      [3, 16, 16, false, 1],
      [3, 64, 24, false, 2],
      [3, 72, 24, false, 1],
      [5, 72, 40, true, 2],
      [5, 120, 40, true, 1],
      [5, 120, 40, true, 1],
      [3, 240, 80, false, 2],
      [3, 200, 80, false, 1],
      [3, 184, 80, false, 1],
      [3, 184, 80, false, 1],
      [3, 480, 112, true, 1],
      [3, 672, 112, true, 1],
      [5, 672, 160, true, 2],
      [5, 960, 160, true, 1],
      [5, 960, 160, true, 1],
    ],
  },
  {
    name: 'small',
    blocks: [
      [3, 16, 16, true, 2],
      [3, 72, 24, false, 2],
      [3, 88, 24, false, 1],
      [5, 96, 40, true, 2],
      [5, 240, 40, true, 1],
      [5, 240, 40, true, 1],
      [5, 120, 48, true, 1],
      [5, 144, 48, true, 1],
      [5, 288, 96, true, 2],
      [5, 576, 96, true, 1],
      [5, 576, 96, true, 1],
    ],
  },
];

/** The last three blocks with half of their channels, for detection and segmentation: section 6.4 of the same paper. */
const REDUCED: readonly Edition[] = EDITIONS.map(({ name, blocks }) => ({
  name: `${name} reduced tail`,
  blocks: blocks.map(([kernel, expanded, output, gated, stride], index) => {
    const fromEnd = blocks.length - index;
    return [kernel, fromEnd < 3 ? expanded / 2 : expanded, fromEnd <= 3 ? output / 2 : output, gated, stride] as const;
  }),
}));

/** Howard et al. 2019, "Searching for MobileNetV3". */
export const mobilenetV3: Family = {
  name: 'MobileNetV3',
  recognise: (network) => {
    const mobile = readMobileNetwork(network.items);
    if (mobile === null) return null;
    const { blocks } = mobile;
    // The output and the expanded channels of every block; some exports stride less at the end, which is allowed.
    const observed = blocks.flatMap((block) => [block.depthwise.conv.outputChannels, block.outputChannels]);
    for (const edition of [...EDITIONS, ...REDUCED]) {
      const same =
        edition.blocks.length === blocks.length &&
        edition.blocks.every(([kernel, , , gated], index) => {
          const block = blocks[index];
          return block?.kernel === kernel && (block.gate !== null) === gated;
        });
      const width = same ? widthOf(edition, observed) : null;
      if (width !== null) return recognition(edition, width, blocks);
    }
    return null;
  },
};

function widthOf(edition: Edition, observed: readonly number[]): number | null {
  const inputs = [16, ...edition.blocks.map(([, , output]) => output)];
  const scaled = (candidate: number, expand: (expanded: number, input: number) => number): readonly number[] =>
    edition.blocks.flatMap(([, expanded, output], index) => [
      expand(expanded, inputs[index] ?? 0),
      makeDivisible(output * candidate),
    ]);
  return (
    findWidth(observed, (candidate) => scaled(candidate, (expanded) => makeDivisible(expanded * candidate))) ??
    // timm rounds the input's channels before it expands them, and leaves those of the stem as they are.
    findWidth(observed.slice(1), (candidate) =>
      scaled(candidate, (expanded, input) =>
        makeDivisible((makeDivisible(input * candidate) * expanded) / input),
      ).slice(1),
    )
  );
}

function recognition(edition: Edition, width: number, blocks: readonly MobileBlock[]): Recognition {
  return {
    variant: `MobileNetV3 ${edition.name}${width === 1 ? '' : ` width ${decimal(width)}`}`,
    evidence: [
      t(
        '{0} inverted residual blocks in the order of MobileNetV3 {1}, {2} of them with squeeze-and-excitation.',
        blocks.length,
        edition.name,
        blocks.filter((block) => block.gate !== null).length,
      ),
    ],
  };
}
