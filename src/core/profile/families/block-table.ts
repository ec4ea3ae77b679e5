import { type BlockGrammar, type BlockReading, readBlocks } from '../structure/blocks';
import { weightedLayers } from '../structure/items';
import type { Layer } from '../structure/layers';
import type { Family, Recognition } from './family';
import { brackets } from './naming';

/** A family as a table: what its networks are made of, and the published layouts. */
export interface BlockTable {
  readonly name: string;
  readonly grammar: BlockGrammar;
  /** Names of members by their stages, `blocks×channels` each: `2×64,2×128`. */
  readonly members: Readonly<Record<string, string>>;
  /**
   * The name of a member without an entry; null where the family has published ones alone. Left out, it is named after
   * its layout.
   */
  readonly unlisted?: (reading: BlockReading) => string | null;
  /** What a member is called that is more than its layout. */
  readonly rename?: (variant: string, reading: BlockReading) => string;
  /** Fewest blocks and stages of a member that is not listed. */
  readonly least: { readonly blocks: number; readonly stages: number };
  /** What its blocks are, as the object of "Blocks of …". */
  readonly blocks: string;
  readonly normalisation: Recognition['normalisation'];
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
  return {
    name: table.name,
    recognise: (network) => {
      const reading = readBlocks(network.items, table.grammar);
      if (reading === null) return null;
      const { stages, blocks } = reading;
      const listed = Object.hasOwn(table.members, layoutKey(reading)) ? table.members[layoutKey(reading)] : undefined;
      const counts = stages.map(({ count }) => count);
      const widths = stages.map(({ channels }) => channels);
      const isLarge = blocks.length >= table.least.blocks && stages.length >= table.least.stages;
      const unlisted =
        table.unlisted ?? (() => `${table.name} custom ${brackets(counts)} channels ${brackets(widths)}`);
      const plain = listed ?? (isLarge ? unlisted(reading) : null);
      if (plain === null) return null;
      const variant = table.rename?.(plain, reading) ?? plain;
      return {
        variant,
        evidence: [
          `${blocks.length} blocks of ${table.blocks}, in stages of ${counts.join(', ')} with ${widths.join(', ')} channels.`,
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

/** The stages as a key of `members`. */
export function layoutKey({ stages }: BlockReading): string {
  return stages.map(({ count, channels }) => `${count}×${channels}`).join();
}
