import { t } from '../../language';
import { type ConcatItem, type ConvItem, hasKernel, type Item } from '../structure/items';
import type { Family } from './family';

/** Iandola et al. 2016, "SqueezeNet". */
export const squeezenet: Family = {
  name: 'SqueezeNet',
  recognise: (network) => {
    const { items } = network;
    const fires: Item[] = [];
    let bypassed = false;
    let before: Item | undefined;
    for (const item of items) {
      const expansion = item.kind === 'sum' ? item.branches.find((branch) => branch.length > 0)?.at(-1) : item;
      const squeeze = item.kind === 'sum' ? item.branches.find((branch) => branch.length > 0)?.at(-2) : before;
      if (expansion?.kind === 'concat') {
        if (!isFire(squeeze, expansion)) return null;
        fires.push(item);
        bypassed ||= item.kind === 'sum';
      }
      before = item;
    }
    const [stem] = items;
    if (fires.length < 6 || stem?.kind !== 'conv') return null;
    const simple = items.every((item) => item.kind !== 'other' && item.kind !== 'gate' && item.kind !== 'product');
    if (!simple) return null;
    const version = hasKernel(stem.conv, 7) ? '1.0' : hasKernel(stem.conv, 3) ? '1.1' : null;
    const usual = version !== null && fires.length === 8 && !bypassed;
    return {
      variant: usual ? `SqueezeNet ${version}` : `SqueezeNet custom (${fires.length} Fire modules)`,
      evidence: [
        t(
          '{0} Fire modules (a 1×1 squeeze, then 1×1 and 3×3 in parallel); the first convolution is {1}.',
          fires.length,
          stem.conv.kernel.join('×'),
        ),
      ],
      normalisation: 'none',
    };
  },
};

function isFire(squeeze: Item | undefined, expansion: ConcatItem): boolean {
  const [left, right] = expansion.branches;
  if (squeeze?.kind !== 'conv' || !hasKernel(squeeze.conv, 1) || expansion.branches.length !== 2) return false;
  const [first, second] = [onlyConv(left), onlyConv(right)];
  if (first === null || second === null) return false;
  const kernels = [first.conv.kernel[0], second.conv.kernel[0]].sort();
  return kernels[0] === 1 && kernels[1] === 3;
}

function onlyConv(branch: readonly Item[] | undefined): ConvItem | null {
  const [only] = branch ?? [];
  return branch?.length === 1 && only?.kind === 'conv' ? only : null;
}
