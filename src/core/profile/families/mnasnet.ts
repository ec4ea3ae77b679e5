import { t, withDecimalMark } from '../../language';
import { hasKernel } from '../structure/items';
import { findWidth, readMobileNetwork } from '../structure/mobile';
import type { Family } from './family';
import { decimal } from './naming';

/** Kernel, expansion, channels and repeats of the rows after the first: Tan et al. 2019, Figure 7 (MnasNet-B1). */
export const ROWS: readonly (readonly [number, number, number, number])[] = [
  [3, 3, 24, 3],
  [5, 3, 40, 3],
  [5, 6, 80, 3],
  [3, 6, 96, 2],
  [5, 6, 192, 4],
  [3, 6, 320, 1],
];

/** Tan et al. 2019, "MnasNet: Platform-Aware Neural Architecture Search for Mobile", the B1 network of torchvision. */
export const mnasnet: Family = {
  name: 'MnasNet',
  recognise: (network) => {
    const mobile = readMobileNetwork(network.items);
    if (mobile === null || mobile.stem.length !== 1 || mobile.last.length !== 1) return null;
    const { blocks, last } = mobile;
    const [first, ...inverted] = blocks;
    const [final] = last;
    if (first === undefined || first.expand !== null || first.kernel !== 3) return null;
    if (final?.kind !== 'conv' || !hasKernel(final.conv, 1)) return null;
    const expected = ROWS.flatMap(([kernel, expansion, , count]) =>
      new Array<readonly [number, number]>(count).fill([kernel, expansion]),
    );
    const matches =
      inverted.length === expected.length &&
      inverted.every((block, index) => {
        const [kernel, expansion] = expected[index] as readonly [number, number];
        return block.kernel === kernel && block.expansion === expansion && block.gate === null;
      });
    if (!matches) return null;
    const observed = [first.outputChannels, ...inverted.map((block) => block.outputChannels)];
    const alpha = findWidth(observed, (candidate) => [
      roundToEight(16 * candidate),
      ...ROWS.flatMap(([, , channels, count]) => new Array<number>(count).fill(roundToEight(channels * candidate))),
    ]);
    return {
      variant: alpha === null ? 'MnasNet custom' : `MnasNet ${decimal(alpha)}`,
      evidence: [
        t("{0} inverted residual blocks with kernels and expansions in MnasNet-B1's order.", blocks.length),
        ...(alpha === null
          ? []
          : [t('The channels are those of depth multiplier {0}.', withDecimalMark(decimal(alpha)))]),
      ],
    };
  },
};

/** Rounds to a multiple of 8, up unless that adds over a tenth: `_round_to_multiple_of` of torchvision's MnasNet. */
export function roundToEight(width: number): number {
  const rounded = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return rounded >= 0.9 * width ? rounded : rounded + 8;
}
