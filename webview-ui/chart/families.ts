import type { LegendEntry } from './legend';
import { seriesColours } from './palette';

const marks = ['circle', 'triangle', 'square', 'diamond'] as const;

/** How one family is drawn among others: colours and shapes both tell families apart. */
export interface FamilyStyle {
  readonly mark: (typeof marks)[number];
  /** A CSS variable. */
  readonly colour: string;
}

/** A style for each family, in the order in which they are given; the same order gives the same styles. */
export function familyStyles(families: readonly string[]): ReadonlyMap<string, FamilyStyle> {
  return new Map(
    families.map((family, index) => [
      family,
      {
        mark: marks[(index + Math.floor(index / seriesColours.length)) % marks.length]!,
        colour: seriesColours[index % seriesColours.length]!,
      },
    ]),
  );
}

/** The lines of a key that name the families. */
export function familyLegend(styles: ReadonlyMap<string, FamilyStyle>): readonly LegendEntry[] {
  return [...styles].map(([label, { mark, colour }]) => ({ label, mark, colour, filled: true }));
}
