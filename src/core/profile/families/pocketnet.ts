import { t } from '../../language';
import { isDepthwise, strideOf } from '../structure/items';
import { wordsOf } from '../structure/words';
import type { Family } from './family';
import { brackets } from './naming';

/** Cells that halve the map, each twice as wide as those before. */
const REDUCTIONS = 3;

/** Sizes by the number of cells and the channels of the first convolution. */
const SIZES: ReadonlyMap<string, string> = new Map([
  ['18,64', 'S'],
  ['9,128', 'M'],
]);

/**
 * Boutros et al. 2022, "PocketNet: Extreme Lightweight Face Recognition Network using Neural Architecture Search". Cells
 * read the two before them, which no series or branch says; but their depthwise kernels are those that the search found.
 */
export const pocketnet: Family = {
  name: 'PocketNet',
  recognise: ({ items, weighted }) => {
    const [stem] = items;
    const last = items.at(-1);
    if (stem?.kind !== 'conv' || last?.kind !== 'conv' || !/^C3\/2 \{#\} a P~ D7 P$/.test(wordsOf(items))) return null;
    const kernels = new Map<string, number>();
    for (const { conv } of weighted) {
      if (conv === null || !isDepthwise(conv)) continue;
      const kernel = `${conv.kernel.join('x')}/${strideOf(conv)}`;
      kernels.set(kernel, (kernels.get(kernel) ?? 0) + 1);
    }
    const normal = kernels.get('5x5/1') ?? 0;
    // Each cell reads two others through 1×1 kernels; after a reduction, the farther through a strided pair.
    const searched = [
      ['1x1/1', 3 * normal + 2 * REDUCTIONS - (REDUCTIONS - 1)],
      ['1x1/2', 2 * (REDUCTIONS - 1)],
      ['3x3/1', 5 * normal],
      ['3x3/2', REDUCTIONS],
      ['5x5/1', normal],
      ['5x5/2', REDUCTIONS],
      ['7x7/1', 1],
      ['7x7/2', REDUCTIONS],
    ] as const;
    if (kernels.size !== searched.length || searched.some(([kernel, count]) => kernels.get(kernel) !== count))
      return null;
    const cells = normal + REDUCTIONS;
    const width = stem.conv.outputChannels;
    const size = SIZES.get(`${cells},${width}`) ?? ` custom ${brackets([cells])} channels ${brackets([width])}`;
    return {
      variant: `PocketNet${size}-${last.conv.outputChannels}`,
      evidence: [
        t('{0} cells with the depthwise kernels of the published search, and a global depthwise convolution.', cells),
      ],
      explained: new Set(weighted),
    };
  },
};
