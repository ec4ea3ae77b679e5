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
export function userCampaign(landmarks: readonly Landmark[], own?: ReadonlySet<string>): string | null {
  let home: string | null = null;
  let isHomeOwn = false;
  let newest = -Infinity;
  // By index: thousands are looked through for every new landmark.
  for (let index = 0; index < landmarks.length; index += 1) {
    const { campaign, measurement } = landmarks[index]!;
    const time = measurement === undefined ? -Infinity : Date.parse(measurement.measuredAt);
    if (campaign !== home) {
      if (isBundledCampaign(campaign)) continue;
      const isOwn = own === undefined || own.has(campaign);
      if (isOwn === isHomeOwn ? time < newest : isHomeOwn) continue;
      home = campaign;
      isHomeOwn = isOwn;
      newest = time;
    } else if (time > newest) newest = time;
  }
  return home;
}

/** The published campaign that others are related to, among those that measured there: the first bundled one. */
export function publishedReference(landmarks: readonly Landmark[]): string | null {
  const present = new Set<string>();
  for (let index = 0; index < landmarks.length; index += 1) present.add(landmarks[index]!.campaign);
  return bundledCampaigns.find(({ id }) => present.has(id))?.id ?? null;
}
