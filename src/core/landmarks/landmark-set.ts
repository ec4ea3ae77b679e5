import { bundledCampaigns, bundledLandmarks } from './campaigns';
import type { Landmark } from './landmark';

export interface LandmarkSet {
  /** The bundled landmarks and the user's own, each once. */
  readonly landmarks: readonly Landmark[];
  /** Own landmarks left out because they carry a published campaign's name with figures that are not in it. */
  readonly foreign: readonly Landmark[];
}

/**
 * Puts the user's own landmarks beside the bundled ones. An exact repetition is dropped. A landmark that claims to be
 * of a published campaign but is not among its rows is left out: fits never mix campaigns, so a campaign's name must
 * keep meaning what it means.
 */
export function withOwnLandmarks(own: readonly Landmark[]): LandmarkSet {
  const seen = new Set(bundledLandmarks.map(identity));
  const landmarks = [...bundledLandmarks];
  const foreign: Landmark[] = [];
  for (const landmark of own) {
    const key = identity(landmark);
    if (seen.has(key)) continue;
    seen.add(key);
    if (isBundledCampaign(landmark.campaign)) foreign.push(landmark);
    else landmarks.push(landmark);
  }
  return { landmarks, foreign };
}

/** Whether Framecast brings this campaign along. */
export function isBundledCampaign(campaign: string): boolean {
  return bundledCampaigns.some((bundled) => bundled.id === campaign);
}

function identity(landmark: Landmark): string {
  const { model, parameters, device, runtime, resolution, batch, throughputFps, campaign } = landmark;
  return JSON.stringify([model, parameters, device, runtime, resolution, batch, throughputFps, campaign]);
}
