import { families } from './families/all';
import type { Family, Normalisation, Recognition } from './families/family';
import { weightedLayers } from './structure/items';
import type { Layer } from './structure/layers';
import type { Network } from './structure/network';

/** A recognised architecture family. */
export interface Recognised extends Recognition {
  readonly explained: ReadonlySet<Layer>;
  readonly normalisation: Normalisation;
  readonly family: string;
  /** 0 to 1: the share of the network's weighted layers that the family explains, lowered by what is odd. */
  readonly confidence: number;
}

/** Below this share of explained layers a network only contains a family and is no member of it. */
const LEAST_SHARE = 0.8;

/** Asks every family, or those of `among`; the one that explains most wins. null when none does. */
export function recogniseFamily(network: Network, among: readonly Family[] = families): Recognised | null {
  let best: Recognised | null = null;
  const total = network.weighted.length;
  if (total === 0) return null;
  const onMainWay = weightedLayers(network.items);
  for (const family of among) {
    const recognition = family.recognise(network);
    if (recognition === null) continue;
    const { explained = onMainWay, normalisation = 'instead-of-bias' } = recognition;
    const share = explained.size / total;
    if (share < LEAST_SHARE) continue;
    const confidence = 0.99 * Math.min(1, share);
    if (best === null || confidence > best.confidence)
      best = { ...recognition, explained, normalisation, family: family.name, confidence };
  }
  return best;
}
