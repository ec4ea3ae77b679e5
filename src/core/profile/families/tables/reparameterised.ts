import { t } from '../../../language';
import { largestOf } from '../../../extremes';
import { multiplierOf } from '../../structure/mobile';
import type { BlockReading } from '../../structure/blocks';
import { convolutionsIn, hasKernel, isDepthwise } from '../../structure/items';
import { blockFamily, type BlockTable } from '../block-table';
import type { Family } from '../family';
import { brackets, decimal } from '../naming';
import { GHOST_CHANNELS } from './face';
import { repvgg as repvggLayouts } from './layouts';

const A = '(?:~| a)';
const HEAD = '(?:g (?:L )?)?';

const MOBILEONE = {
  '2×48,8×128,10×256,1×1024': 'S0',
  '2×96,8×192,10×512,1×1280': 'S1',
  '2×96,8×256,10×640,1×2048': 'S2',
  '2×128,8×320,10×768,1×2048': 'S3',
  '2×192,8×448,10×896,1×2048': 'S4',
};

/** A table for the form that is trained and one for the form that is deployed, whose branches are one convolution. */
function bothForms(
  shared: Pick<BlockTable, 'name' | 'members' | 'least' | 'rename'>,
  trained: Pick<BlockTable, 'grammar' | 'blocks'>,
  deployed: Pick<BlockTable, 'grammar' | 'blocks'>,
): Family[] {
  return [
    blockFamily({ ...shared, ...trained }),
    blockFamily({
      ...shared,
      ...deployed,
      rename: (variant, reading) => `${shared.rename?.(variant, reading) ?? variant} deployed`,
      // A plain row of convolutions is many a network; only the published layouts tell.
      unlisted: () => null,
      normalisation: 'none',
    }),
  ];
}

/** Ding et al. 2021, "RepVGG: Making VGG-style ConvNets Great Again", Table 2. */
const repvgg = bothForms(
  {
    name: 'RepVGG',
    // D2se, of the authors' code, has squeeze-and-excitation before each activation.
    members: { ...repvggLayouts, '8×160,14×320,24×640,1×2560': 'D2se' },
    least: { blocks: 10, stages: 4 },
    rename: (variant, { blocks }) => {
      const groups = largestOf(blocks.flatMap(({ items }) => convolutionsIn(items).map(({ conv }) => conv.groups)));
      return groups > 1 ? `${variant}g${groups}` : variant;
    },
  },
  {
    grammar: {
      stem: String.raw`\(C3/2 \+ P/2\)(?: !)?${A} `,
      blocks: [{ words: String.raw`\((?:C3(?:/2)? \+ P(?:/2)?|G1(?:/2)? \+ G3(?:/2)?)(?: \+ b)?\)(?: !)?${A} ` }],
      head: HEAD,
    },
    blocks: () => t('a 3×3 and a 1×1 convolution in parallel, and a BatchNormalization where the shape stays'),
  },
  {
    grammar: { stem: `C3/2(?: !)?${A} `, blocks: [{ words: `[CG]3(?:/2)?(?: !)?${A} ` }], head: 'g L ' },
    blocks: () => t('one 3×3 convolution'),
  },
);

/** Vasu et al. 2023, "MobileOne: An Improved One Millisecond Mobile Backbone", Table 2. */
const mobileone = bothForms(
  { name: 'MobileOne', members: MOBILEONE, least: { blocks: 10, stages: 4 } },
  {
    grammar: {
      stem: String.raw`\(C3/2 \+ P/2\)${A} `,
      blocks: [
        {
          words:
            String.raw`\(D1(?:/2)?(?: \+ D3(?:/2)?)+(?: \+ b)?\)(?: !)?${A} ` +
            String.raw`(?:\(P(?: \+ P)*(?: \+ b)?\)|P)(?: !)?${A} `,
        },
      ],
      head: HEAD,
    },
    blocks: () => t('parallel depthwise convolutions and then parallel 1×1 convolutions'),
  },
  {
    grammar: { stem: 'C3/2~ ', blocks: [{ words: `D3(?:/2)?(?: !)?${A} P(?: !)?${A} ` }], head: 'g L ' },
    blocks: () => t('a depthwise 3×3 and a 1×1 convolution'),
  },
);

/**
 * Chen et al. 2022, "RepGhost: A Hardware-Efficient Ghost Module via Re-parameterization", Table 3: GhostNet's blocks with
 * a depthwise convolution beside a BatchNormalization for the concatenation. Activations, the place of the strided
 * convolution, the shortcut and the head differ between authors.
 */
function repghost(cheap: string, form: Pick<BlockTable, 'least' | 'rename' | 'authoredBias'>): Family {
  return blockFamily({
    ...form,
    name: 'RepGhost',
    grammar: {
      stem: 'C3(?:/2)?~? ',
      blocks: [
        {
          words:
            String.raw`\(P~? ${cheap}~? (?:D[35]/2 )?(?:! )?(?:D[35]/2 )?P~? ${cheap}~? ` +
            String.raw`\+ (?:(?:D[35](?:/2)?~? )?P(?:/2)?)?\)~? `,
        },
      ],
      head: String.raw`(?:P~ )?(?:(?:g|D\d+~?) (?:[LPb]~? )*)?`,
    },
    unlisted: ({ blocks }) => {
      const channels = blocks.map((block) => block.channels);
      const width = multiplierOf(channels, GHOST_CHANNELS, 4);
      return width === null ? `RepGhost custom channels ${brackets(channels)}` : `RepGhost width ${decimal(width)}`;
    },
    blocks: () => t('two modules of a 1×1 and a depthwise 3×3 convolution, which replaces a concatenation'),
  });
}

/** What merging made, after the 1×1 of each module, has a bias that was not folded from one BatchNormalization. */
function mergedDepthwise({ blocks }: BlockReading): ReturnType<NonNullable<BlockTable['authoredBias']>> {
  return blocks.flatMap(({ items }) => {
    const convolutions = convolutionsIn(items);
    return convolutions.flatMap(({ conv, layer }, index) => {
      const before = convolutions[index - 1]?.conv;
      return before !== undefined && hasKernel(before, 1) && isDepthwise(conv) ? [layer] : [];
    });
  });
}

export const reparameterisedTables: readonly Family[] = [
  ...repvgg,
  ...mobileone,
  repghost(String.raw`\(D3 \+ b\)`, { least: { blocks: 4, stages: 2 } }),
  // Merged, it is made of common parts: a network of a few such blocks may be another.
  repghost('D3', {
    least: { blocks: 6, stages: 3 },
    rename: (variant) => `${variant} deployed`,
    authoredBias: mergedDepthwise,
  }),
];
