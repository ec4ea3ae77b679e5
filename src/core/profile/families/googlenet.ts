import { t } from '../../language';
import { type ConvItem, hasKernel, type Item, weightedLayers } from '../structure/items';
import type { Convolution } from '../structure/layers';
import type { Network } from '../structure/network';
import { splitHead } from '../structure/head';
import type { Family, Recognition } from './family';

/** Szegedy et al. 2015, "Going Deeper with Convolutions". */
export const googlenet: Family = {
  name: 'GoogLeNet',
  recognise: (network) => {
    const modules = readModules(network);
    if (modules === null || modules.length !== 9 || !modules.every(isOriginalModule)) return null;
    return recognition(
      network,
      'GoogLeNet',
      t('Nine inception modules of four branches: 1×1; 1×1, 3×3; 1×1, 3×3 or 5×5; pool, 1×1.'),
    );
  },
};

/** Szegedy et al. 2016, "Rethinking the Inception Architecture". */
export const inception: Family = {
  name: 'Inception',
  recognise: (network) => {
    const modules = readModules(network);
    if (modules === null || modules.length < 9 || modules.every(isOriginalModule)) return null;
    const convolutions = [...weightedLayers(modules)].flatMap((layer) => (layer.conv === null ? [] : [layer.conv]));
    const factorised = convolutions.filter(isLong).length;
    if (factorised < 8) return null;
    const third = modules.length === 11 && convolutions.some((conv) => conv.outputChannels === 448);
    return recognition(
      network,
      third ? 'Inception-v3' : `Inception custom (${modules.length} modules)`,
      t(
        '{0} inception modules; {1} of their convolutions are factorised into 1×n and n×1.',
        modules.length,
        factorised,
      ),
    );
  },
};

/** Concatenations of branches; where branches branch again and all end in one concatenation, it is a region. */
function readModules(network: Network): Item[] | null {
  const { body } = splitHead(network.items);
  const modules = body.filter(
    (item) =>
      (item.kind === 'concat' && item.branches.length >= 3) ||
      (item.kind === 'other' && item.layers.at(-1)?.role === 'concat'),
  );
  const others = body.filter((item) => !modules.includes(item));
  const simple = others.every((item) => item.kind === 'conv' || item.kind === 'pool' || item.kind === 'norm');
  return simple && body[0]?.kind === 'conv' ? modules : null;
}

function isOriginalModule(module: Item): boolean {
  if (module.kind !== 'concat') return false;
  const branches = module.branches.map((branch) => branch.filter((item): item is ConvItem => item.kind === 'conv'));
  const [single, ...rest] = [...branches].sort((a, b) => a.length - b.length);
  return (
    module.branches.length === 4 &&
    single?.length === 1 &&
    rest.filter((branch) => branch.length === 2).length === 2 &&
    branches.flat().every(({ conv }) => hasKernel(conv, 1) || hasKernel(conv, 3) || hasKernel(conv, 5))
  );
}

function isLong(conv: Convolution): boolean {
  const [height, width] = conv.kernel;
  return height !== width && (height === 1 || width === 1);
}

function recognition(network: Network, variant: string, seen: string): Recognition {
  const explained = weightedLayers(network.items);
  const evidence = [seen];
  // In a file exported in training mode the auxiliary classifiers are outputs of their own.
  const auxiliary = network.outputCount - 1;
  if (auxiliary > 0) {
    for (const layer of network.weighted) explained.add(layer);
    evidence.push(
      t('{0, plural, one {# auxiliary classifier} other {# auxiliary classifiers}} besides the main one.', auxiliary),
    );
  }
  const local = network.items.some((item) => item.kind === 'norm' && !item.batch);
  return { variant, evidence, explained, normalisation: local ? 'none' : 'instead-of-bias' };
}
