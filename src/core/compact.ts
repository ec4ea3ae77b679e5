/** The list without its gaps, which conditions have left in it: `compact([always, isWanted && sometimes])`. */
export function compact<Item>(items: readonly (Item | false | null | undefined)[]): Item[] {
  return items.filter((item): item is Item => item !== false && item !== null && item !== undefined);
}
