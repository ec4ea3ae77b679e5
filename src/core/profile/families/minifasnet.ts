import { t } from '../../language';
import { type Bottleneck, readBottlenecks } from '../structure/bottlenecks';
import { wordsOf } from '../structure/words';
import type { Family } from './family';

/**
 * Inner widths of the 15 bottlenecks of Minivision's Silent-Face-Anti-Spoofing, which prunes MobileFaceNet; its
 * squeeze-and-excitation has BatchNormalization after its 1×1 convolutions.
 */
const INNER: Readonly<Record<string, readonly number[]>> = {
  MiniFASNetV1: [103, 13, 26, 13, 52, 231, 154, 52, 26, 52, 26, 26, 308, 26, 26],
  MiniFASNetV2: [103, 13, 13, 13, 13, 231, 231, 52, 26, 77, 26, 26, 308, 26, 26],
};

/** Minivision 2020, Silent-Face-Anti-Spoofing: MobileFaceNet pruned channel by channel, with classes in the end. */
export const minifasnet: Family = {
  name: 'MiniFASNet',
  recognise: (network) => {
    const chain = readBottlenecks(network.items);
    const name = chain === null ? undefined : memberName(chain.bottlenecks);
    if (chain === null || name === undefined) return null;
    if (!/^C3\/2~ [DG]3~$/.test(wordsOf(chain.before)) || !/^P~ D\d+(?: [LPbna]~?)*$/.test(wordsOf(chain.after)))
      return null;
    const gated = chain.bottlenecks.some(({ gate }) => gate !== null);
    return {
      variant: `${name}${gated ? 'SE' : ''}`,
      evidence: [
        t(
          '15 bottlenecks (1×1, depthwise 3×3, linear 1×1) in the stages of MobileFaceNet, their inner widths pruned to those of {0}, then a global depthwise convolution and linear layers.',
          name,
        ),
        ...(gated ? [t('With squeeze-and-excitation.')] : []),
      ],
      normalisedGates: true,
    };
  },
};

/** Whether bottlenecks are those of a MiniFASNet rather than of another pruned MobileFaceNet. */
export function isMiniFasNet(bottlenecks: readonly Bottleneck[]): boolean {
  return memberName(bottlenecks) !== undefined;
}

function memberName(bottlenecks: readonly Bottleneck[]): string | undefined {
  const inner = bottlenecks.map(({ innerChannels }) => innerChannels).join();
  return Object.entries(INNER).find(([, channels]) => channels.join() === inner)?.[0];
}
