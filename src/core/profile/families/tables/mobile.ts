import { type ConvItem, hasKernel, type Item, weightedLayers } from '../../structure/items';
import { findWidth, makeDivisible, type MobileBlock, readMobileNetwork } from '../../structure/mobile';
import type { Family } from '../family';
import { brackets, decimal } from '../naming';

/** Kernel, expansion, channels, repeats and whether the blocks have squeeze-and-excitation. */
type Row = readonly [kernel: number, expansion: number, channels: number, repeats: number, gated: boolean];

/** A family of inverted residuals as a table of rows, any width of which is a member. */
interface MobileTable {
  readonly family: string;
  readonly member: string;
  readonly rows: readonly Row[];
}

const EFFICIENTNET_ROWS: readonly Row[] = [
  [3, 1, 16, 1, false],
  [3, 6, 24, 2, false],
  [5, 6, 40, 2, false],
  [3, 6, 80, 3, false],
  [5, 6, 112, 3, false],
  [5, 6, 192, 4, false],
  [3, 6, 320, 1, false],
];

/** Depth and width of EfficientNet-Lite 0 to 4: the reference code's efficientnet_lite_builder. */
const LITE_SCALES: readonly (readonly [width: number, depth: number])[] = [
  [1, 1],
  [1, 1.1],
  [1.1, 1.2],
  [1.2, 1.4],
  [1.4, 1.8],
];

const TABLES: readonly MobileTable[] = [
  ...LITE_SCALES.map(([width, depth], number): MobileTable => ({
    family: 'EfficientNet',
    member: `EfficientNet-Lite${number}`,
    // The first and the last row keep their depth.
    rows: EFFICIENTNET_ROWS.map(([kernel, expansion, channels, repeats, gated], index) => [
      kernel,
      expansion,
      makeDivisible(channels * width),
      index === 0 || index === EFFICIENTNET_ROWS.length - 1 ? repeats : Math.ceil(repeats * depth),
      gated,
    ]),
  })),
  {
    // Tan et al. 2019, "MnasNet", Figure 7 (A1).
    family: 'MnasNet',
    member: 'MnasNet-A1',
    rows: [
      [3, 1, 16, 1, false],
      [3, 6, 24, 2, false],
      [5, 3, 40, 3, true],
      [3, 6, 80, 4, false],
      [3, 6, 112, 2, true],
      [5, 6, 160, 3, true],
      [3, 6, 320, 1, false],
    ],
  },
];

function tableFamily({ family, member, rows }: MobileTable): Family {
  const expected = rows.flatMap(([kernel, expansion, channels, repeats, gated]) =>
    new Array<readonly [number, number, number, boolean]>(repeats).fill([kernel, expansion, channels, gated]),
  );
  return {
    name: family,
    recognise: ({ items }) => {
      const mobile = readMobileNetwork(items);
      if (mobile === null || mobile.stem.length !== 1 || mobile.blocks.length !== expected.length) return null;
      const { blocks } = mobile;
      const matches = blocks.every((block, index) => {
        const [kernel, expansion, , gated] = expected[index] ?? [];
        return block.kernel === kernel && block.expansion === expansion && (block.gate !== null) === gated;
      });
      const width = matches
        ? widthOf(
            blocks,
            expected.map(([, , channels]) => channels),
          )
        : null;
      // One member is another's width: the member of its own width is meant.
      if (width === null || (width !== 1 && family === 'EfficientNet')) return null;
      const variant = `${member}${width === 1 ? '' : ` width ${decimal(width)}`}`;
      return {
        variant,
        evidence: [`${blocks.length} inverted residual blocks with the kernels, expansions and gates of ${variant}.`],
        explained: weightedLayers(items),
        normalisation: 'instead-of-bias',
      };
    },
  };
}

function widthOf(blocks: readonly MobileBlock[], channels: readonly number[]): number | null {
  return findWidth(
    blocks.map((block) => block.outputChannels),
    (width) => channels.map((count) => makeDivisible(count * width)),
  );
}

/** A searched network, of which only the widths of its stages and of the last convolution are told in advance. */
interface SearchedNetwork {
  readonly name: string;
  readonly widths: readonly number[];
  readonly last: number;
  readonly gates: boolean;
}

const SEARCHED: readonly SearchedNetwork[] = [
  // Nayman et al. 2021, "HardCoRe-NAS", Table 6.
  { name: 'HardCoRe-NAS', widths: [16, 24, 40, 80, 112, 192], last: 960, gates: true },
  // Wu et al. 2019, "FBNet", Table 1.
  { name: 'FBNet', widths: [16, 24, 32, 64, 112, 184, 352], last: 1984, gates: false },
];

function searchedFamily({ name, widths, last, gates }: SearchedNetwork): Family {
  return {
    name,
    recognise: ({ items }) => {
      const mobile = readMobileNetwork(items);
      if (mobile === null || mobile.stem.length !== 1 || mobile.last.length !== 1) return null;
      const stages = stagesOf(mobile.blocks);
      const isSearched =
        stages.map(({ width }) => width).join() === widths.join() &&
        lastWidth(mobile.last) === last &&
        mobile.blocks.some(({ gate }) => gate !== null) === gates &&
        mobile.blocks.every(({ kernel }) => kernel === 3 || kernel === 5);
      if (!isSearched) return null;
      return {
        variant: `${name} ${brackets(stages.map(({ count }) => count))}`,
        evidence: [
          `${mobile.blocks.length} inverted residual blocks in stages of ${widths.join(', ')} channels and a last 1×1 of ` +
            `${last}, as in ${name}; kernels, expansions and gates were searched.`,
        ],
        explained: weightedLayers(items),
        normalisation: 'instead-of-bias',
      };
    },
  };
}

function stagesOf(blocks: readonly MobileBlock[]): readonly { width: number; count: number }[] {
  const stages: { width: number; count: number }[] = [];
  for (const { outputChannels } of blocks) {
    const stage = stages.at(-1);
    if (stage?.width === outputChannels) stage.count++;
    else stages.push({ width: outputChannels, count: 1 });
  }
  return stages;
}

function lastWidth([item]: readonly Item[]): number {
  return isPointwise(item) ? item.conv.outputChannels : 0;
}

function isPointwise(item: Item | undefined): item is ConvItem {
  return item?.kind === 'conv' && hasKernel(item.conv, 1);
}

export const mobileTables: readonly Family[] = [...TABLES.map(tableFamily), ...SEARCHED.map(searchedFamily)];
