import { t } from '../../../language';
import { hasKernel } from '../../structure/items';
import { makeDivisible, multiplierOf, readMobileNetwork } from '../../structure/mobile';
import { runsOf } from '../../structure/runs';
import { ROWS as efficientnetRows } from '../efficientnet';
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
    rows: efficientnetRows.map(([kernel, expansion, channels, repeats], index) => [
      kernel,
      expansion,
      makeDivisible(channels * width),
      index === 0 || index === efficientnetRows.length - 1 ? repeats : Math.ceil(repeats * depth),
      false,
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
      if (!matches) return null;
      const width = multiplierOf(
        blocks.map((block) => block.outputChannels),
        expected.map(([, , channels]) => channels),
      );
      // One member is another's width: the member of its own width is meant.
      if (width === null || (width !== 1 && family === 'EfficientNet')) return null;
      const variant = `${member}${width === 1 ? '' : ` width ${decimal(width)}`}`;
      return {
        variant,
        evidence: [
          t('{0} inverted residual blocks with the kernels, expansions and gates of {1}.', blocks.length, variant),
        ],
      };
    },
  };
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
      const stages = runsOf(mobile.blocks, ([first], block) => first.outputChannels === block.outputChannels);
      const [final] = mobile.last;
      const isSearched =
        stages.map(([first]) => first.outputChannels).join() === widths.join() &&
        final?.kind === 'conv' &&
        hasKernel(final.conv, 1) &&
        final.conv.outputChannels === last &&
        mobile.blocks.some(({ gate }) => gate !== null) === gates &&
        mobile.blocks.every(({ kernel }) => kernel === 3 || kernel === 5);
      if (!isSearched) return null;
      return {
        variant: `${name} ${brackets(stages.map(({ length }) => length))}`,
        evidence: [
          t(
            '{0} inverted residual blocks in stages of {1} channels and a last 1×1 convolution with {2}, as in {3}; kernels, expansions and gates were searched.',
            mobile.blocks.length,
            widths.join(', '),
            last,
            name,
          ),
        ],
      };
    },
  };
}

export const mobileTables: readonly Family[] = [...TABLES.map(tableFamily), ...SEARCHED.map(searchedFamily)];
