import { beginsWith } from '../landmarks/landmark-set';
import { isSameCampaigns, newestCampaign, type NewestCampaign } from '../landmarks/user-campaign';
import type { Landmark } from '../landmarks/landmark';
import type { OnceInPieces } from '../pieces';
import type { Calibration } from './calibration';
import type { GraphCostFit, GraphCostKey, GraphCostOutcome } from './graph-cost/fit-types';
import type { LandmarkFitOutcome } from './family-fit/landmark-fit';

/** One device with one runtime: what was measured there, and the fits that have been made of it so far. */
export interface Deployment {
  readonly landmarks: readonly Landmark[];
  /** The campaign whose board predictions are for; null where there are published ones alone. */
  readonly home: string | null;
  /** The landmarks of each family, in their order. */
  readonly families: ReadonlyMap<string | null, FamilyLandmarks>;
  /** Number of parameters of each landmark. */
  readonly parameters: Float64Array;
  readonly graphFits: Map<string, OnceInPieces<GraphCostOutcome>>;
  readonly calibrations: Map<string, Calibration | null>;
  /** The fit over the graph before the landmarks changed; undefined where there was none. */
  readonly earlier?: ((key: GraphCostKey) => GraphCostFit | undefined) | undefined;
  /** Whose campaigns {@link home} was chosen among, and how. */
  readonly own: ReadonlySet<string> | undefined;
  readonly newest: NewestCampaign;
}

/** One family's landmarks on a device and runtime, with the fits that have been made of them so far. */
export interface FamilyLandmarks {
  readonly landmarks: readonly Landmark[];
  readonly fits: Map<string, LandmarkFitOutcome>;
}

/** Where nothing was measured. */
export const emptyDeployment: Deployment = makeDeployment([], undefined);

/** Of a family of which nothing was measured. */
export const emptyFamily: FamilyLandmarks = { landmarks: [], fits: new Map() };

/** Landmarks, apart by device and runtime. */
export interface Deployments {
  readonly landmarks: readonly Landmark[];
  readonly byName: ReadonlyMap<string, Deployment>;
}

export function deploymentName({ device, runtime }: GraphCostKey): string {
  return JSON.stringify([device, runtime]);
}

/** A name for a fit over the graph, of which a device and runtime have one for each power mode. */
export function fitName({ device, runtime, powerMode }: GraphCostKey): string {
  return JSON.stringify([device, runtime, powerMode ?? null]);
}

/**
 * The deployments of a set of landmarks. One whose landmarks are those of `before`, the same objects in the same order, is
 * that one, with its fits; one that has new landmarks after them is made from it, so that a landmark among thousands
 * costs what it changes.
 *
 * @param own the campaigns that the user has measured; all that are not published where undefined
 */
export function deploymentsOf(
  landmarks: readonly Landmark[],
  own: ReadonlySet<string> | undefined,
  before: Deployments | undefined,
): Deployments {
  if (before !== undefined && beginsWith(landmarks, before.landmarks)) {
    const byName = new Map(before.byName);
    const added = grouped(landmarks, before.landmarks.length);
    for (const [name, deployment] of before.byName) {
      const here = added.get(name);
      const isSame =
        here === undefined && (isSameCampaigns(deployment.own, own) || homeOf(deployment, own) === deployment.home);
      if (!isSame) byName.set(name, makeDeployment(deployment.landmarks.concat(here ?? []), own, deployment));
    }
    for (const [name, here] of added) if (!before.byName.has(name)) byName.set(name, makeDeployment(here, own));
    return { landmarks, byName };
  }
  const byName = new Map<string, Deployment>();
  for (const [name, here] of grouped(landmarks, 0)) {
    const known = before?.byName.get(name);
    const isSame =
      known?.landmarks.length === here.length &&
      beginsWith(here, known.landmarks) &&
      newestCampaign(here, own).campaign === known.home;
    byName.set(name, known !== undefined && isSame ? known : makeDeployment(here, own, known));
  }
  return { landmarks, byName };
}

/** Landmarks from an index on, by the name of their deployment. */
function grouped(landmarks: readonly Landmark[], from: number): ReadonlyMap<string, readonly Landmark[]> {
  const byDevice = new Map<string, Map<string, Landmark[]>>();
  for (let index = from; index < landmarks.length; index += 1) {
    const landmark = landmarks[index]!;
    let byRuntime = byDevice.get(landmark.device);
    if (byRuntime === undefined) byDevice.set(landmark.device, (byRuntime = new Map<string, Landmark[]>()));
    const here = byRuntime.get(landmark.runtime);
    if (here === undefined) byRuntime.set(landmark.runtime, [landmark]);
    else here.push(landmark);
  }
  return new Map(
    [...byDevice.values()].flatMap((byRuntime) =>
      [...byRuntime.values()].map((here) => [deploymentName(here[0]!), here] as const),
    ),
  );
}

function homeOf({ landmarks }: Deployment, own: ReadonlySet<string> | undefined): string | null {
  return newestCampaign(landmarks, own).campaign;
}

function makeDeployment(
  landmarks: readonly Landmark[],
  own: ReadonlySet<string> | undefined,
  before?: Deployment,
): Deployment {
  const known = before !== undefined && beginsWith(landmarks, before.landmarks) ? before : undefined;
  const from = known?.landmarks.length ?? 0;
  const newest =
    known !== undefined && isSameCampaigns(known.own, own)
      ? newestCampaign(landmarks, own, known.newest, from)
      : newestCampaign(landmarks, own);
  const home = newest.campaign;
  const parameters = new Float64Array(landmarks.length);
  if (known !== undefined) parameters.set(known.parameters);
  const added = new Map<string | null, Landmark[]>();
  for (let index = from; index < landmarks.length; index += 1) {
    const landmark = landmarks[index]!;
    parameters[index] = landmark.parameters;
    const members = added.get(landmark.family);
    if (members === undefined) added.set(landmark.family, [landmark]);
    else members.push(landmark);
  }
  const families = new Map<string | null, FamilyLandmarks>();
  for (const [family, { landmarks: members, fits }] of known?.families ?? []) {
    families.set(family, { landmarks: members, fits: known?.home === home ? fits : new Map() });
  }
  for (const [family, members] of added) {
    const earlier = families.get(family)?.landmarks ?? [];
    families.set(family, { landmarks: earlier.concat(members), fits: new Map() });
  }
  // Only the fits, as a chain of all earlier deployments would never be let go.
  const graphFits = before && new Map([...before.graphFits].map(([name, { made }]) => [name, made?.value]));
  return {
    landmarks,
    home,
    families,
    parameters,
    graphFits: new Map(),
    calibrations: new Map(),
    earlier:
      graphFits &&
      ((key) => {
        const outcome = graphFits.get(fitName(key));
        return outcome?.ok ? outcome.value : undefined;
      }),
    own,
    newest,
  };
}
