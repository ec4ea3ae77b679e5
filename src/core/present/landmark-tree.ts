import { capitalised } from '../text';
import type { FitDistance } from '../estimate/residuals';
import { deviceName } from '../landmarks/devices';
import { defaultResolution, type Landmark, runtimeName } from '../landmarks/landmark';
import type { LandmarkEntry } from '../landmarks/landmark-collection';
import { trialStatistics } from '../landmarks/measurement';
import { formatCount, formatThroughput, inputSizeText } from '../figures';

/** A device, a runtime on it, or a family measured there. */
export interface LandmarkBranch {
  readonly kind: 'device' | 'runtime' | 'family';
  /** Unlike all others, and the same after a change. */
  readonly id: string;
  readonly label: string;
  readonly entries: readonly LandmarkEntry[];
  /** What all entries have in common; null where that level is not reached or, for the family, where there is none. */
  readonly device: string;
  readonly runtime: Landmark['runtime'] | null;
  readonly family: string | null;
}

/** The devices that landmarks are of, by name. */
export function deviceBranches(entries: readonly LandmarkEntry[]): readonly LandmarkBranch[] {
  return grouped(entries, ({ landmark }) => landmark.device).map(([device, group]) => ({
    kind: 'device',
    id: `device:${device}`,
    label: deviceName(device),
    entries: group,
    device,
    runtime: null,
    family: null,
  }));
}

/** The runtimes of a device, or the families of a runtime; none below a family, which has the landmarks themselves. */
export function branchesBelow(branch: LandmarkBranch): readonly LandmarkBranch[] {
  if (branch.kind === 'device') {
    return grouped(branch.entries, ({ landmark }) => landmark.runtime).map(([name, group]) => {
      const { runtime } = group[0]!.landmark;
      return {
        ...branch,
        kind: 'runtime',
        id: `${branch.id}/${name}`,
        label: runtimeName(runtime),
        entries: group,
        runtime,
      };
    });
  }
  if (branch.kind === 'family') return [];
  return grouped(branch.entries, ({ landmark }) => landmark.family ?? '').map(([family, group]) => ({
    ...branch,
    kind: 'family',
    id: `${branch.id}/${family}`,
    label: family === '' ? 'No known family' : family,
    entries: group,
    family: family === '' ? null : family,
  }));
}

/** The landmarks of a family, by rising parameters. */
export function entriesOf({ entries }: LandmarkBranch): readonly LandmarkEntry[] {
  return [...entries].sort(
    ({ landmark: one }, { landmark: other }) =>
      one.parameters - other.parameters || one.resolution - other.resolution || one.batch - other.batch,
  );
}

/** `86.4 FPS · paper · 1.2% above its fit · switched off`. */
export function landmarkLine({ landmark, isInFits }: LandmarkEntry, far: FitDistance | null): string {
  const { resolution, batch } = landmark;
  return [
    formatThroughput(landmark.throughputFps, batch),
    ...(resolution === defaultResolution ? [] : [inputSizeText(landmark)]),
    landmark.campaign,
    ...(far === null ? [] : [distanceText(far)]),
    ...(isInFits ? [] : [whyNotInFits(landmark)]),
  ].join(' · ');
}

/** Everything about a landmark, a line each. */
export function landmarkFacts(
  { landmark, origin, file, line }: LandmarkEntry,
  far: FitDistance | null,
): readonly string[] {
  const { measurement, comment, batch } = landmark;
  const statistics = measurement === undefined ? null : trialStatistics(measurement.trialTimesMs, batch);
  return [
    `${formatThroughput(landmark.throughputFps, batch)} at ${inputSizeText(landmark)}, batch ${batch}`,
    `${formatCount(landmark.parameters)} parameters`,
    `Campaign ${landmark.campaign}`,
    `Source: ${landmark.source}`,
    origin === 'bundled'
      ? 'Published; comes with Framecast'
      : `${origin === 'team' ? 'Shared' : 'Own'}: ${file}, line ${line}`,
    ...(far === null
      ? ['Not covered by any fit yet']
      : [
          `${capitalised(distanceText(far))} (${far.method === 'landmark-fit' ? 'Equation 2' : 'what its kernels cost'}: ${formatThroughput(far.predictedFps, batch)})`,
        ]),
    ...(measurement === undefined || statistics === null
      ? []
      : [
          `${statistics.trials} trials after ${measurement.warmupRuns} warm-up runs with ${measurement.way}, p99 ${statistics.p99Ms.toPrecision(3)} ms`,
          `${measurement.boardModel ?? 'Board'}, ${[measurement.before.powerMode, clocks(measurement.clocksLocked), measurement.headless === true ? 'headless' : null].filter((part) => part !== null).join(', ')}`,
          ...(measurement.disturbances.length === 0 ? [] : [`Disturbed: ${measurement.disturbances.join(', ')}`]),
        ]),
    ...(comment === undefined ? [] : [`Comment: ${comment}`]),
  ];
}

/** Why fits do not learn from a landmark. */
export function whyNotInFits({ verdict }: Landmark): string {
  if (verdict === 'outlier') return 'outlier';
  return verdict === 'off' ? 'switched off' : 'disturbed, not accepted';
}

function clocks(locked: boolean | null): string | null {
  if (locked === null) return null;
  return locked ? 'clocks locked' : 'clocks not locked';
}

function distanceText({ deviation }: FitDistance): string {
  const size = 100 * Math.abs(deviation);
  if (size < 0.05) return 'on its fit';
  return `${size < 10 ? size.toFixed(1) : size.toFixed(0)}% ${deviation > 0 ? 'above' : 'below'} its fit`;
}

function grouped(
  entries: readonly LandmarkEntry[],
  keyOf: (entry: LandmarkEntry) => string,
): readonly (readonly [string, readonly LandmarkEntry[]])[] {
  const groups = new Map<string, LandmarkEntry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups].sort(([one], [other]) => one.localeCompare(other));
}
