import { bundledCampaigns } from './campaigns';
import type { Landmark } from './landmark';
import { isBundledCampaign } from './landmark-set';

/**
 * The campaign whose board predictions are for, among landmarks of one device and runtime: the user's newest, by when
 * its last landmark was measured; landmarks entered by hand, which do not say when, count as older than measured ones
 * and among each other by their order. Campaigns that are shared come after the user's own. Null where there are
 * published ones alone.
 *
 * @param own the campaigns that the user has measured; all that are not published where left out
 */
export function homeCampaign(landmarks: readonly Landmark[], own?: ReadonlySet<string>): string | null {
  let home: string | null = null;
  let best: readonly [isOwn: number, time: number] = [-1, -Infinity];
  for (const { campaign, measurement } of landmarks) {
    if (isBundledCampaign(campaign)) continue;
    const isOwn = own === undefined || own.has(campaign) ? 1 : 0;
    const time = measurement === undefined ? -Infinity : Date.parse(measurement.measuredAt);
    if (isOwn < best[0] || (isOwn === best[0] && time < best[1])) continue;
    home = campaign;
    best = [isOwn, time];
  }
  return home;
}

/** The published campaign that others are related to, among those that measured there: the first bundled one. */
export function publishedReference(landmarks: readonly Landmark[]): string | null {
  const present = new Set(landmarks.map(({ campaign }) => campaign));
  return bundledCampaigns.find(({ id }) => present.has(id))?.id ?? null;
}
