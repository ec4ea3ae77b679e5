import { bundledCampaigns } from './campaigns';

/** Whether Framecast brings this campaign along. */
export function isBundledCampaign(campaign: string): boolean {
  return bundledIds.has(campaign);
}

const bundledIds: ReadonlySet<string> = new Set(bundledCampaigns.map(({ id }) => id));
