import { t } from '../../language';
import { type ConvItem, hasKernel, isDepthwise, type Item, strideOf } from '../structure/items';
import type { Family } from './family';
import { brackets, decimal } from './naming';

/** Width of the first stage by number of groups: Zhang et al. 2018, "ShuffleNet", Table 1. The others double. */
const FIRST_STAGE: Readonly<Record<number, number>> = { 2: 200, 3: 240, 4: 272, 8: 384 };

/** Zhang et al. 2018, "ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile Devices". */
export const shufflenetV1: Family = {
  name: 'ShuffleNetV1',
  recognise: (network) => {
    const { items } = network;
    const stages: { width: number; repeats: number }[] = [];
    let groups = 0;
    for (const item of items) {
      if (item.kind !== 'concat' && item.kind !== 'sum') {
        if (item.kind === 'gate' || item.kind === 'product' || item.kind === 'shuffle') return null;
        if (item.kind === 'conv' && item.conv.groups > 1) return null;
        continue;
      }
      const unit = readUnit(item);
      const stage = stages.at(-1);
      if (unit === null) return null;
      if (groups !== 0 && unit.groups !== groups) return null;
      groups = unit.groups;
      if (item.kind === 'concat') stages.push({ width: unit.width, repeats: 1 });
      else if (stage?.width === unit.width) stage.repeats++;
      else return null;
    }
    const widths = stages.map((stage) => stage.width);
    const [first] = widths;
    if (first === undefined || stages.length < 2) return null;
    const layout = stages.map((stage) => stage.repeats);
    const published = FIRST_STAGE[groups];
    const standard =
      published !== undefined &&
      layout.join(',') === '4,8,4' &&
      widths.every((width, index) => width === first * 2 ** index) &&
      Number.isInteger((first / published) * 20);
    const scale = standard
      ? `x${decimal(first / published)}`
      : `custom ${brackets(layout)} channels ${brackets(widths)}`;
    return {
      variant: `ShuffleNetV1 ${scale} groups ${groups}`,
      evidence: [
        t(
          'Stages of {0} units with {1} channels: 1×1 convolutions in {2} groups, a channel shuffle and a depthwise 3×3, added to their input or concatenated with its average pool.',
          layout.join(', '),
          widths.join(', '),
          groups,
        ),
      ],
    };
  },
};

/** A unit keeps its input by a sum (stride 1), or pools and concatenates it (stride 2). */
function readUnit(item: Item & { kind: 'sum' | 'concat' }): { width: number; groups: number } | null {
  const [a, b] = item.branches;
  if (item.branches.length !== 2 || a === undefined || b === undefined) return null;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (!long.every((part) => part.kind === 'conv' || part.kind === 'shuffle')) return null;
  if (!long.some((part) => part.kind === 'shuffle')) return null;
  const convs = long.filter((part): part is ConvItem => part.kind === 'conv');
  const [mix, depthwise, project] = convs;
  if (convs.length !== 3 || mix === undefined || depthwise === undefined || project === undefined) return null;
  if (!hasKernel(mix.conv, 1) || !isDepthwise(depthwise.conv) || !hasKernel(project.conv, 1)) return null;
  const groups = project.conv.groups;
  // The very first 1×1 has too few input channels to be worth grouping.
  if (groups <= 1 || (mix.conv.groups !== groups && mix.conv.groups !== 1)) return null;
  const produced = project.conv.outputChannels;
  if (item.kind === 'sum') {
    return short.length === 0 && strideOf(depthwise.conv) === 1 ? { width: produced, groups } : null;
  }
  const pooled = short.length === 1 && short[0]?.kind === 'pool' && short[0].pool !== 'global';
  return pooled && strideOf(depthwise.conv) > 1 ? { width: mix.conv.inputChannels + produced, groups } : null;
}
