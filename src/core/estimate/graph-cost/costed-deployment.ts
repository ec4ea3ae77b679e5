import { median } from '../../statistics';
import { findMode, type PowerMode } from '../../landmarks/devices';
import type { Landmark, Runtime } from '../../landmarks/landmark';
import { beginsWith } from '../../landmarks/landmark-set';
import { isSameCampaigns, newestCampaign, type NewestCampaign } from '../../landmarks/user-campaign';
import { atOnce, type Pieces } from '../../pieces';
import { movedLandmark, pointOf, prepareLandmark, type PreparedLandmark } from './costed-landmark';
import { logRatios } from './priors';
import { boardSpecification, stateOfLandmark, type GpuState } from './specification';

/** What landmarks are of, and the power mode that they are taken to. */
interface DeploymentKey {
  readonly device: string;
  readonly runtime: Runtime;
  /** The fastest where undefined. */
  readonly powerMode?: string | undefined;
}

/** The landmarks of a device and runtime that a fit can learn from, as if all were measured in one power mode. */
export interface CostedDeployment {
  /** What it was made from; other deployments may be among it. */
  readonly from: readonly Landmark[];
  /** How many landmarks are of the deployment, with those whose kernels nobody knows. */
  readonly count: number;
  /** Repeated measurements stand as their median. */
  readonly landmarks: readonly PreparedLandmark[];
  /** The user's campaign among them. */
  readonly newest: NewestCampaign;
  readonly own: ReadonlySet<string> | undefined;
  /** Every measurement of a model at one point, and where it stands in `landmarks`: −1 where its kernels are not known. */
  readonly points: Map<string, { readonly position: number; readonly measured: readonly Landmark[] }>;
}

/** Deployments from which a later one was made, which has their points. */
const outgrown = new WeakSet<CostedDeployment>();

/**
 * @param own the campaigns that the user has measured; all that are not published where left out
 * @param before the same deployment with fewer landmarks: if nothing but new ones after them has changed, these are added
 */
export function* costingDeployment(
  from: readonly Landmark[],
  key: DeploymentKey,
  own?: ReadonlySet<string>,
  before?: CostedDeployment,
): Pieces<CostedDeployment> {
  const known = before !== undefined && !outgrown.has(before) && beginsWith(from, before.from) ? before : undefined;
  if (known !== undefined) outgrown.add(known);
  const points: CostedDeployment['points'] = known?.points ?? new Map();
  const landmarks = known?.landmarks.slice() ?? [];
  const mode = findMode(key.device, key.powerMode);
  let count = known?.count ?? 0;
  const repeated = new Set<string>();
  for (let index = known?.from.length ?? 0; index < from.length; index += 1) {
    const landmark = from[index]!;
    if (landmark.device !== key.device || landmark.runtime !== key.runtime) continue;
    count += 1;
    if (count % perPiece === 0) yield;
    const point = pointOf(landmark);
    const same = points.get(point);
    if (same !== undefined) {
      points.set(point, { position: same.position, measured: [...same.measured, landmark] });
      if (same.position >= 0) repeated.add(point);
      continue;
    }
    const prepared = prepareLandmark(landmark);
    points.set(point, { position: prepared === null ? -1 : landmarks.length, measured: [landmark] });
    if (prepared !== null) landmarks.push(inMode(prepared, key, mode));
  }
  for (const point of repeated) {
    const { position, measured } = points.get(point)!;
    const throughputFps = median(measured.map((landmark) => landmark.throughputFps));
    landmarks[position] = movedLandmark({ ...measured[0]!, throughputFps }, landmarks[position]!);
  }
  const seen = known !== undefined && isSameCampaigns(known.own, own) ? known : undefined;
  const unseen = landmarks.slice(seen?.landmarks.length ?? 0).map(({ landmark }) => landmark);
  const newest = newestCampaign(unseen, own, seen?.newest);
  return { from, count, landmarks, newest, own, points };
}

/** The same in one piece. */
export function costedDeployment(...asked: Parameters<typeof costingDeployment>): CostedDeployment {
  return atOnce(costingDeployment(...asked));
}

/** Landmarks whose kernels are looked at in one piece. */
const perPiece = 16;

/** A landmark as it would be in a power mode; one whose clock is not known is taken for the fastest mode's. */
function inMode(prepared: PreparedLandmark, { device, runtime }: DeploymentKey, mode: PowerMode | undefined) {
  if (mode === undefined) return prepared;
  const { landmark } = prepared;
  const measured = stateOfLandmark(landmark) ?? findMode(device)!;
  if (isSameState(measured, mode)) return prepared;
  const [from, to] = [boardSpecification(device, measured)!, boardSpecification(device, mode)!];
  return movedLandmark(landmark, prepared, logRatios(from, to, runtime));
}

function isSameState(one: GpuState, other: GpuState): boolean {
  return (
    one.gpuMHz === other.gpuMHz &&
    (one.gpuShare ?? 1) === (other.gpuShare ?? 1) &&
    one.memoryBandwidthGBps === other.memoryBandwidthGBps
  );
}
