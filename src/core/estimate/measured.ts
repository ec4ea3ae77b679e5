import { findMode, gpuClockOf, modesOf } from '../landmarks/devices';
import { inputSize, isInFits, type Landmark } from '../landmarks/landmark';
import { kernelsOfLandmark, kernelWork, type KernelWork } from '../landmarks/model-costs';
import type { ModelProfile } from '../profile/profile';
import type { MeasuredThroughput, Query } from './estimate';
import type { Deployment } from './deployment';
import { operatingPoint } from './operating-point';

/**
 * What was measured of this very network at this size, batch, board and runtime: by the user's own board, newest first, if
 * it measured the network, else by everybody. Two networks are the same if they have as many parameters and do the same
 * work in convolutions and matrix products; where a landmark's kernels are not recorded, its family decides instead.
 */
export function measuredThroughputs(
  profile: ModelProfile,
  query: Query,
  { landmarks, parameters, home }: Pick<Deployment, 'landmarks' | 'parameters' | 'home'>,
): readonly MeasuredThroughput[] {
  const alike: Landmark[] = [];
  for (let index = 0; index < parameters.length; index += 1) {
    if (parameters[index] !== profile.parameters) continue;
    const landmark = landmarks[index]!;
    if (isInFits(landmark) && isInMode(landmark, query, home)) alike.push(landmark);
  }
  if (alike.length === 0) return [];
  const point = operatingPoint(profile, query);
  if (!point.ok) return [];
  const { height, width, batch } = point.value;
  const cost = profile.costAt({ height, width, batch });
  const own = cost.ok ? heavyKernels(kernelWork(cost.value.layers)) : null;
  const isSame = (landmark: Landmark): boolean => {
    const size = inputSize(landmark);
    if (size.height !== height || size.width !== width || landmark.batch !== batch) return false;
    const kernels = kernelsOfLandmark(landmark);
    if (kernels === null || own === null) return landmark.family !== null && landmark.family === profile.family;
    return heavyKernels(kernels) === own;
  };
  const same = alike.filter(isSame);
  const atHome = same.filter(({ campaign }) => campaign === home);
  return (atHome.length > 0 ? atHome.reverse() : same).map(({ throughputFps, campaign, source }) => ({
    throughputFps,
    campaign,
    source,
  }));
}

/**
 * Whether a landmark was measured in the power mode that is asked for, by its name or else its GPU clock; one that says
 * neither is taken to be of the fastest mode. Where no mode is asked for, the user's own board counts in whatever mode it is.
 */
function isInMode(landmark: Landmark, { device, powerMode }: Query, home: string | null): boolean {
  const asked = findMode(device, powerMode);
  if (asked === undefined || (powerMode === undefined && landmark.campaign === home)) return true;
  const name = landmark.powerMode ?? landmark.measurement?.before.powerMode ?? null;
  const named = name === null ? undefined : findMode(device, name);
  if (named !== undefined) return named === asked;
  const clock = gpuClockOf(landmark);
  return clock === null ? asked === modesOf(device)[0] : Math.abs(clock / asked.gpuMHz - 1) < 0.05;
}

/** The kernels that have weights to multiply with, as text; what stands between them differs from exporter to exporter. */
function heavyKernels(kernels: readonly KernelWork[]): string {
  const counts = new Map<string, number>();
  for (const { count, kind, macs, weightElements, windowTaps, stride, groups, outputChannels } of kernels) {
    if (macs === 0) continue;
    const key = JSON.stringify([kind, macs, weightElements, windowTaps, stride, groups, outputChannels]);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return JSON.stringify([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}
