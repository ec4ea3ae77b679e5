import { smallestOf } from '../../extremes';
import { t } from '../../language';
import { type ConcatItem, type ConvItem, hasKernel, isDepthwise, type Item, strideOf } from '../structure/items';
import type { Family } from './family';
import { brackets } from './naming';

/** Stage widths of the published scales: Ma et al. 2018, "ShuffleNet V2", Table 5. */
const SCALES: Readonly<Record<string, string>> = {
  '48,96,192': 'x0.5',
  '116,232,464': 'x1',
  '176,352,704': 'x1.5',
  '244,488,976': 'x2',
};

/**
 * Ma et al. 2018, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design"; Martínez-Díaz et al. 2019,
 * "ShuffleFaceNet", with a depthwise convolution over the whole of the last map in the place of pooling.
 */
export const shufflenetV2: Family = {
  name: 'ShuffleNetV2',
  recognise: (network) => {
    const { items } = network;
    const units = items.map(readUnit);
    if (!items.some((item) => item.kind === 'shuffle')) return null;
    const stages: { width: number; repeats: number }[] = [];
    let isFace = false;
    for (const [index, item] of items.entries()) {
      const unit = units[index];
      if (item.kind === 'concat') {
        if (unit === null || unit === undefined) return null;
        const stage = stages.at(-1);
        if (unit.stride > 1) stages.push({ width: unit.width, repeats: 1 });
        else if (stage?.width === unit.width) stage.repeats++;
        else return null;
      } else if (item.kind === 'sum' || item.kind === 'gate' || item.kind === 'product') return null;
      else if (item.kind === 'conv' && item.conv.groups > 1) {
        if (stages.length < 3 || !isDepthwise(item.conv) || smallestOf(item.conv.kernel) <= 3) return null;
        isFace = true;
      }
    }
    if (stages.length !== 3) return null;
    const widths = stages.map((stage) => stage.width);
    const layout = stages.map((stage) => stage.repeats);
    const scale = layout.join(',') === '4,8,4' ? SCALES[widths.join(',')] : undefined;
    return {
      variant: `${isFace ? 'ShuffleFaceNet' : 'ShuffleNetV2'} ${scale ?? `custom ${brackets(layout)} channels ${brackets(widths)}`}`,
      evidence: [
        t(
          'Stages of {0} units with {1} channels that split or double the channels, convolve one half (1×1, depthwise 3×3, 1×1), concatenate and shuffle.',
          layout.join(', '),
          widths.join(', '),
        ),
      ],
    };
  },
};

function readUnit(item: Item): { width: number; stride: number } | null {
  if (item.kind !== 'concat' || item.branches.length !== 2) return null;
  const branches = unitBranches(item);
  if (branches === null) return null;
  const [short, long] = branches;
  const [first, middle, last] = long;
  if (long.length !== 3 || first === undefined || middle === undefined || last === undefined) return null;
  if (!hasKernel(first.conv, 1) || !isDepthwise(middle.conv) || !hasKernel(last.conv, 1)) return null;
  const stride = strideOf(middle.conv);
  if (short.length === 0) return stride === 1 ? { width: 2 * last.conv.outputChannels, stride } : null;
  const [depthwise, pointwise] = short;
  if (short.length !== 2 || depthwise === undefined || pointwise === undefined) return null;
  if (!isDepthwise(depthwise.conv) || !hasKernel(pointwise.conv, 1) || strideOf(depthwise.conv) !== stride) return null;
  return { width: last.conv.outputChannels + pointwise.conv.outputChannels, stride };
}

function unitBranches(item: ConcatItem): [ConvItem[], ConvItem[]] | null {
  const lists = item.branches.map((branch) => branch.filter((part): part is ConvItem => part.kind === 'conv'));
  if (item.branches.some((branch) => branch.some((part) => part.kind !== 'conv' && part.kind !== 'shuffle')))
    return null;
  const [a, b] = lists;
  if (a === undefined || b === undefined) return null;
  return a.length <= b.length ? [a, b] : [b, a];
}
