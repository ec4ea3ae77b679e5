import { t } from '../../language';
import { type Bottleneck, readBottlenecks } from '../structure/bottlenecks';
import { hasKernel, isDepthwise, isHeadItem, type Item, weightedLayers } from '../structure/items';
import { wordsOf } from '../structure/words';
import type { Family, Recognition } from './family';
import { isMiniFasNet } from './minifasnet';
import { brackets, decimal } from './naming';

/** Inner widths against the first bottleneck's, by stage: expansion 2 of 64, 4 of 64 then 2 of 128, 4 of 128 then 2. */
const INNER: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 2],
  [4, 2],
];

/** Channels that the first bottleneck expands to in the published network. */
const INNER_CHANNELS = 128;

/** Chen et al. 2018, "MobileFaceNets: Efficient CNNs for Accurate Real-Time Face Verification on Mobile Devices". */
export const mobilefacenet: Family = {
  name: 'MobileFaceNet',
  recognise: (network) => {
    const chain = readBottlenecks(network.items);
    if (chain === null) return null;
    const { before, bottlenecks, after } = chain;
    const body = readBody(bottlenecks);
    if (body === null || !isOpening(before, body.leading > 0)) return null;
    if (isMiniFasNet(bottlenecks)) return null;
    const [widen, global, ...head] = after;
    if (widen?.kind !== 'conv' || !hasKernel(widen.conv, 1) || widen.act === null) return null;
    if (global?.kind !== 'conv' || !isDepthwise(global.conv) || global.act !== null) return null;
    if (!head.every(isHeadItem)) return null;
    return recognition(body, bottlenecks, head, weightedLayers(network.items));
  },
};

interface Body {
  /** Bottlenecks before the first strided one; the published network has a lone depthwise convolution there. */
  readonly leading: number;
  /** Residual bottlenecks after each of the three that are not. */
  readonly repeats: readonly number[];
  readonly widths: readonly number[];
  /** Inner widths over the published ones; null where they were pruned. */
  readonly width: number | null;
  readonly gated: boolean;
}

function recognition(
  body: Body,
  bottlenecks: readonly Bottleneck[],
  head: readonly Item[],
  explained: Recognition['explained'],
): Recognition {
  const { leading, repeats, widths, width, gated } = body;
  const layout = [leading === 0 ? 1 : leading, ...repeats];
  const details = [
    'MobileFaceNet',
    ...(layout.join(',') === '1,4,6,2' ? [] : [brackets(layout)]),
    ...(width === null ? ['pruned'] : width === 1 ? [] : [`width ${decimal(width)}`]),
    ...(gated ? ['SE'] : []),
  ];
  const embedding = head.find((item) => item.kind === 'linear' || item.kind === 'conv');
  const size =
    embedding?.kind === 'linear'
      ? embedding.linear.outputFeatures
      : embedding?.kind === 'conv'
        ? embedding.conv.outputChannels
        : null;
  return {
    variant: details.join(' '),
    evidence: [
      t(
        '{0} bottlenecks (1×1, depthwise 3×3, linear 1×1) with {1} channels, residual but for the first of each stage, then a global depthwise convolution instead of pooling.',
        bottlenecks.length,
        widths.join(', '),
      ),
      ...(size === null ? [] : [t('The embedding has {0} numbers.', size)]),
      ...(width === null ? [t('The inner widths are pruned.')] : []),
    ],
    explained,
  };
}

function readBody(bottlenecks: readonly Bottleneck[]): Body | null {
  const leading = bottlenecks.findIndex(({ shortcut }) => shortcut === 'none');
  if (leading < 0) return null;
  const stages: Bottleneck[][] = [];
  for (const bottleneck of bottlenecks.slice(leading)) {
    if (bottleneck.expand === null || bottleneck.shortcut === 'pooled') return null;
    if (bottleneck.shortcut === 'none') stages.push([bottleneck]);
    else if (bottleneck.stride === 1) stages.at(-1)?.push(bottleneck);
    else return null;
  }
  const widths = stages.map((stage) => stage[0]?.outputChannels ?? 0);
  const [narrow, middle, wide] = widths;
  if (stages.length !== 3 || narrow === undefined || middle !== 2 * narrow || wide !== middle) return null;
  // Three strided openings; a network for small faces may keep the resolution in one of them.
  if (stages.filter((stage) => (stage[0]?.stride ?? 1) > 1).length < 2) return null;
  if (stages.some((stage) => stage.length < 2)) return null;
  const unit = stages[0]?.[0]?.innerChannels ?? 0;
  const regular = stages.every((stage, index) =>
    stage.every(
      ({ innerChannels }, position) => innerChannels === unit * (INNER[index]?.[position === 0 ? 0 : 1] ?? 0),
    ),
  );
  return {
    leading,
    repeats: stages.map((stage) => stage.length - 1),
    widths,
    width: regular ? unit / INNER_CHANNELS : null,
    gated: bottlenecks.some(({ gate }) => gate !== null),
  };
}

/** A 3×3 convolution and, where no residual bottlenecks follow it, a grouped 3×3, with or without a 1×1 after it. */
function isOpening(items: readonly Item[], hasLeading: boolean): boolean {
  const words = wordsOf(items.filter((item) => item.kind !== 'norm'));
  return hasLeading ? /^C3(?:\/2)?~?$/.test(words) : /^C3(?:\/2)?~? [DG]3~?(?: P~?)?$/.test(words);
}
