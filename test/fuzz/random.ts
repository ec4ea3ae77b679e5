/** Random numbers that a seed repeats, so that a case can be named by its seed. */
export interface Random {
  /** From 0 to below `bound`, whole. */
  below(bound: number): number;
  /** Whole, from 1 to `most`, small ones as likely as large ones (log-uniform). */
  size(most: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
}

/** Mulberry32, by Tommy Ettinger: 32 bits of state, in the public domain. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (bound) => Math.floor(next() * bound),
    size: (most) => Math.floor(Math.exp(next() * Math.log(most + 1))),
    pick: (items) => items[Math.floor(next() * items.length)]!,
    chance: (probability) => next() < probability,
  };
}
