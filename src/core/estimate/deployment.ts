import { userCampaign } from '../landmarks/user-campaign';
import type { Landmark } from '../landmarks/landmark';
import type { Calibration } from './calibration';
import type { GraphCostFit, GraphCostKey, GraphCostOutcome } from './graph-cost/fit-types';
import type { LandmarkFitOutcome } from './family-fit/landmark-fit';

/** One device with one runtime: what was measured there, and the fits that have been made of it so far. */
export interface Deployment {
  readonly landmarks: readonly Landmark[];
  /** The campaign whose board predictions are for; null where there are published ones alone. */
  readonly home: string | null;
  readonly familyFits: Map<string, LandmarkFitOutcome>;
  readonly graphFits: Map<string, GraphCostOutcome>;
  readonly calibrations: Map<string, Calibration | null>;
  /** The fit over the graph before the landmarks changed; undefined where there was none. */
  readonly earlier?: (key: GraphCostKey) => GraphCostFit | undefined;
}

/** Where nothing was measured. */
export const emptyPlace: Deployment = makePlace([], null);

export function placeName({ device, runtime }: GraphCostKey): string {
  return JSON.stringify([device, runtime]);
}

/** A name for a fit over the graph, of which a device and runtime have one for each power mode. */
export function fitName({ device, runtime, powerMode }: GraphCostKey): string {
  return JSON.stringify([device, runtime, powerMode ?? null]);
}

/**
 * The places of a set of landmarks. One whose landmarks are those of `before`, the same objects in the same order, is
 * that one, with its fits.
 *
 * @param own the campaigns that the user has measured; all that are not published where undefined
 */
export function placesOf(
  landmarks: readonly Landmark[],
  own: ReadonlySet<string> | undefined,
  before: ReadonlyMap<string, Deployment> | undefined,
): ReadonlyMap<string, Deployment> {
  const byDevice = new Map<string, Map<string, Landmark[]>>();
  for (const landmark of landmarks) {
    let byRuntime = byDevice.get(landmark.device);
    if (byRuntime === undefined) byDevice.set(landmark.device, (byRuntime = new Map<string, Landmark[]>()));
    const here = byRuntime.get(landmark.runtime);
    if (here === undefined) byRuntime.set(landmark.runtime, [landmark]);
    else here.push(landmark);
  }
  const places = new Map<string, Deployment>();
  for (const byRuntime of byDevice.values()) {
    for (const here of byRuntime.values()) {
      const { device, runtime } = here[0]!;
      const name = placeName({ device, runtime });
      const home = userCampaign(here, own);
      const known = before?.get(name);
      const isSame =
        known?.home === home &&
        known.landmarks.length === here.length &&
        known.landmarks.every((landmark, index) => landmark === here[index]);
      places.set(name, known !== undefined && isSame ? known : makePlace(here, home, known));
    }
  }
  return places;
}

function makePlace(landmarks: readonly Landmark[], home: string | null, before?: Deployment): Deployment {
  const fits = { familyFits: new Map(), graphFits: new Map(), calibrations: new Map() };
  if (before === undefined) return { landmarks, home, ...fits };
  // Only the fits, as a chain of all earlier places would never be let go.
  const { graphFits } = before;
  return {
    landmarks,
    home,
    ...fits,
    earlier: (key) => {
      const outcome = graphFits.get(fitName(key));
      return outcome?.ok ? outcome.value : undefined;
    },
  };
}
