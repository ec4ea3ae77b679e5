import { t } from '../../language';
import { type BlockGrammar, type BlockReading, readBlocks } from '../structure/blocks';
import { weightedLayers } from '../structure/items';
import type { Layer } from '../structure/layers';
import type { Family, Recognition } from './family';
import { brackets } from './naming';

/** A family as a table: what its networks are made of, and the published layouts. */
export interface BlockTable {
  readonly name: string;
  readonly grammar: BlockGrammar;
  /** Sizes of the published members by their stages, `blocks×channels` each, `2×64,2×128`, or by their channels alone. */
  readonly members?: Readonly<Record<string, string>>;
  /** What comes before a size in the name of a member; left out, the family's name and a hyphen. */
  readonly prefix?: string;
  /** What else must hold of a member. */
  readonly accepts?: (reading: BlockReading) => boolean;
  /** The name of a member without an entry; null where there is none. Left out, it is named after its layout. */
  readonly unlisted?: (reading: BlockReading) => string | null;
  /** What a member is called that is more than its layout. */
  readonly rename?: (variant: string, reading: BlockReading) => string;
  /** Fewest blocks and stages of a member that is not listed. */
  readonly least: { readonly blocks: number; readonly stages: number };
  /** What its blocks are, as the object of "Blocks of …". */
  readonly blocks: () => string;
  readonly normalisation?: Recognition['normalisation'];
  /** True where BatchNormalization follows convolutions of pooled values too. */
  readonly normalisesPooled?: true;
  readonly authoredBias?: (reading: BlockReading) => readonly Layer[];
  /** Convolutions with a bias of their own beside BatchNormalization, in a family that has none elsewhere. */
  readonly biasedBeforeNorm?: (reading: BlockReading) => readonly Layer[];
  /** More sentences. */
  readonly notes?: (reading: BlockReading) => readonly string[];
}

/** The family that a table describes. */
export function blockFamily(table: BlockTable): Family {
  const members = new Map(Object.entries(table.members ?? {}));
  const { prefix = `${table.name}-`, unlisted = (reading) => customName(prefix.slice(0, -1), reading) } = table;
  return {
    name: table.name,
    recognise: (network) => {
      const reading = readBlocks(network.items, table.grammar);
      if (reading === null || table.accepts?.(reading) === false) return null;
      const { blocks, counts, widths } = reading;
      const isLarge = blocks.length >= table.least.blocks && counts.length >= table.least.stages;
      const layout = counts.map((count, index) => `${count}×${widths[index]}`).join();
      const size = members.get(layout) ?? (isLarge ? members.get(widths.join()) : undefined);
      const plain = size === undefined ? (isLarge ? unlisted(reading) : null) : prefix + size;
      if (plain === null) return null;
      const variant = table.rename?.(plain, reading) ?? plain;
      return {
        variant,
        evidence: [
          t(
            '{0} blocks of {1}, in stages of {2} with {3} channels.',
            blocks.length,
            table.blocks(),
            counts.join(', '),
            widths.join(', '),
          ),
          ...(table.notes?.(reading) ?? []),
        ],
        explained: weightedLayers(network.items),
        normalisation: table.normalisation,
        normalisedGates: table.normalisesPooled === true,
        authoredBias: table.authoredBias && new Set(table.authoredBias(reading)),
        biasedBeforeNorm: table.biasedBeforeNorm && new Set(table.biasedBeforeNorm(reading)),
      };
    },
  };
}

/** The name of a network with another layout than the published ones. */
export function customName(name: string, { counts, widths }: BlockReading): string {
  return `${name} custom ${brackets(counts)} channels ${brackets(widths)}`;
}
