import { t } from '../../language';
import { type ConvItem, hasKernel } from '../structure/items';
import { splitHead } from '../structure/head';
import type { Family } from './family';

/** Krizhevsky et al. 2012, "ImageNet Classification", in its one-tower form (Krizhevsky 2014) and the grouped one. */
export const alexnet: Family = {
  name: 'AlexNet',
  recognise: (network) => {
    const { body, head } = splitHead(network.items);
    const convs = body.filter((item): item is ConvItem => item.kind === 'conv');
    const others = body.every((item) => item.kind === 'conv' || item.kind === 'pool' || item.kind === 'norm');
    const linears = head.filter((item) => item.kind === 'linear');
    const kernels = [11, 5, 3, 3, 3];
    const matches =
      others &&
      convs.length === kernels.length &&
      convs.every(({ conv }, index) => hasKernel(conv, kernels[index] as number)) &&
      linears.length >= 1;
    if (!matches) return null;
    const grouped = convs.some(({ conv }) => conv.groups === 2);
    return {
      variant: grouped ? 'AlexNet (two towers)' : 'AlexNet',
      evidence: [t('Five convolutions (11×11, 5×5 and three times 3×3), then linear layers.')],
      normalisation: 'none',
    };
  },
};
