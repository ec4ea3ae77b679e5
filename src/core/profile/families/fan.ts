import { t } from '../../language';
import { hasKernel } from '../structure/items';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { wordsOf } from '../structure/words';
import { landmarksSuffix } from './detector';
import type { Family } from './family';

/** What each of three convolutions gives is kept: Bulat and Tzimiropoulos 2017, "Binarized Convolutional Landmark Localizers". */
const KEPT = String.raw`b~ C3 \{#\}`;
const BLOCK = String.raw`\(${KEPT} \+ (?:b~ P)?\) `;

/** Halved, through such blocks and enlarged again beside a block at full size; within it the same at half the size. */
const hourglass = (depth: number): string =>
  String.raw`\(m2/2 ${BLOCK}${depth > 1 ? hourglass(depth - 1) : BLOCK}${BLOCK}\{(?:Resize|Upsample)\} \+ ${KEPT} \+ \) `;

/** Stacks before the last one answer too, which makes each a part of its own. */
const WORDS = new RegExp(String.raw`^C7/2~ ${BLOCK}[mv]2/2 ${BLOCK}${BLOCK}((?:\{#\} )*)${hourglass(4)}${BLOCK}P~ P $`);

/** Weighted layers of a stack with its answer and what joins it to the next, and of all before the first less such a joint. */
const LAYERS = { stack: 46, stem: 10 };

/**
 * Bulat and Tzimiropoulos 2017, "How far are we from solving the 2D & 3D Face Alignment problem?": stacked hourglasses
 * with a heat map for each landmark.
 */
export const fan: Family = {
  name: 'FAN',
  recognise: (network) => {
    const { items, weighted } = network;
    const stacks = (weighted.length - LAYERS.stem) / LAYERS.stack;
    if (!Number.isInteger(stacks) || stacks < 1) return null;
    const stacked = WORDS.exec(`${wordsOf(items)} `)?.[1];
    const answer = items.at(-1);
    if (stacked !== '{#} '.repeat(stacks - 1) || answer?.kind !== 'conv') return null;
    const landmarks = answer.conv.outputChannels;
    return {
      variant: `FAN-${stacks}${landmarksSuffix(landmarks, 68)}`,
      evidence: [
        t(
          '{0, plural, one {An hourglass} other {# hourglasses}} of blocks that keep what each of three 3×3 convolutions gives, with {1} heat maps.',
          stacks,
          landmarks,
        ),
      ],
      explained: new Set(weighted),
      normalisation: 'beside-bias',
      authoredBias: unnormalised(network),
    };
  },
};

/** 1×1 convolutions whose result goes on as it is. */
function unnormalised({ graph: { layers }, weighted }: Network): Set<Layer> {
  const found = new Set(weighted.filter(({ conv }) => conv !== null && hasKernel(conv, 1)));
  for (const { role, inputs } of layers) {
    const [input] = inputs;
    const before = input === undefined ? undefined : layers[input];
    if (before !== undefined && (role === 'activation' || role === 'batch-norm')) found.delete(before);
  }
  return found;
}
