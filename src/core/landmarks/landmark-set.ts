import { bundledCampaigns } from './campaigns';

/** Whether Framecast brings this campaign along. */
export function isBundledCampaign(campaign: string): boolean {
  return bundledIds.has(campaign);
}

const bundledIds: ReadonlySet<string> = new Set(bundledCampaigns.map(({ id }) => id));

/** Whether a list begins with all items of another, the same objects in the same order. */
export function beginsWith<T>(items: readonly T[], others: readonly T[]): boolean {
  if (others.length > items.length) return false;
  for (let index = 0; index < others.length; index += 1) if (others[index] !== items[index]) return false;
  return true;
}
