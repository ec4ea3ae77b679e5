import { weightedLayers } from '../structure/items';
import { findWidth, makeDivisible, readMobileNetwork } from '../structure/mobile';
import type { Family } from './family';
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

/** Howard et al. 2019, "Searching for MobileNetV3". */
export const mobilenetV3: Family = {
  name: 'MobileNetV3',
  recognise: (network) => {
    const mobile = readMobileNetwork(network.items);
    if (mobile === null) return null;
    const { blocks } = mobile;
    const edition = EDITIONS.find(
      (candidate) =>
        candidate.blocks.length === blocks.length &&
        candidate.blocks.every(([kernel, , , gated], index) => {
          const block = blocks[index];
          return block?.kernel === kernel && (block.gate !== null) === gated;
        }),
    );
    if (edition === undefined) return null;
    // The output and the expanded channels of every block; some exports stride less at the end, which is allowed.
    const observed = blocks.flatMap((block) => [block.depthwise.conv.outputChannels, block.outputChannels]);
    const width = findWidth(observed, (candidate) =>
      edition.blocks.flatMap(([, expanded, output]) => [
        makeDivisible(expanded * candidate),
        makeDivisible(output * candidate),
      ]),
    );
    if (width === null) return null;
    return {
      variant: `MobileNetV3 ${edition.name}${width === 1 ? '' : ` width ${decimal(width)}`}`,
      evidence: [
        `${blocks.length} inverted residual blocks, ${blocks.filter((block) => block.gate !== null).length} of them with ` +
          `squeeze-and-excitation, in the order of MobileNetV3 ${edition.name}.`,
      ],
      explained: weightedLayers(network.items),
      normalisation: 'instead-of-bias',
    };
  },
};
