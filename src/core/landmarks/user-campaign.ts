import { bundledCampaigns } from './campaigns';
import type { Landmark } from './landmark';
import { isBundledCampaign } from './landmark-set';

/** The user's newest campaign among some landmarks, and what decides whether a further landmark's is newer. */
export interface NewestCampaign {
  /** null where there are published ones alone. */
  readonly campaign: string | null;
  readonly isOwn: boolean;
  /** When its last landmark was measured, in ms; −∞ where none says. */
  readonly measuredAt: number;
}

const noCampaign: NewestCampaign = { campaign: null, isOwn: false, measuredAt: -Infinity };

/**
 * The campaign whose board predictions are for, among landmarks of one device and runtime: the user's newest, by when
 * its last landmark was measured; landmarks entered by hand, which do not say when, count as older than measured ones
 * and among each other by their order. Campaigns that are shared come after the user's own.
 *
 * @param own the campaigns that the user has measured; all that are not published where left out
 * @param known what was found among the landmarks before `from`
 */
export function newestCampaign(
  landmarks: readonly Landmark[],
  own?: ReadonlySet<string>,
  known = noCampaign,
  from = 0,
): NewestCampaign {
  let { campaign: home, isOwn: isHomeOwn, measuredAt: newest } = known;
  // By index: thousands may be looked through.
  for (let index = from; index < landmarks.length; index += 1) {
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
  return { campaign: home, isOwn: isHomeOwn, measuredAt: newest };
}

/** See {@link newestCampaign}; null where there are published ones alone. */
export function userCampaign(landmarks: readonly Landmark[], own?: ReadonlySet<string>): string | null {
  return newestCampaign(landmarks, own).campaign;
}

/** Whether two sets of the user's campaigns are the same. */
export function isSameCampaigns(one: ReadonlySet<string> | undefined, other: ReadonlySet<string> | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.size === other.size && [...one].every((campaign) => other.has(campaign));
}

/** The published campaign that others are related to, among those that measured there: the first bundled one. */
export function publishedReference(landmarks: readonly Landmark[]): string | null {
  const present = new Set<string>();
  for (let index = 0; index < landmarks.length; index += 1) present.add(landmarks[index]!.campaign);
  return publishedIn(present);
}

/** The same among some campaigns. */
export function publishedIn(present: { has(campaign: string): boolean }): string | null {
  return bundledCampaigns.find(({ id }) => present.has(id))?.id ?? null;
}
