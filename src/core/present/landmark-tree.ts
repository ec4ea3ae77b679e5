import { capitalised } from '../text';
import type { FitDistance } from '../estimate/residuals';
import { deviceName } from '../landmarks/devices';
import { defaultResolution, type Landmark, runtimeName } from '../landmarks/landmark';
import type { LandmarkEntry } from '../landmarks/landmark-collection';
import { trialStatistics } from '../landmarks/measurement';
import { formatCount, formatThroughput, inputSizeText } from '../figures';
import { t, withDecimalMark } from '../language';
import { groupBy } from '../group-by';

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
    label: family === '' ? t('No known family') : family,
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
export function landmarkFacts(entry: LandmarkEntry, far: FitDistance | null): readonly string[] {
  const { landmark } = entry;
  const { measurement, comment, batch } = landmark;
  const statistics = measurement === undefined ? null : trialStatistics(measurement.trialTimesMs, batch);
  return [
    t('{0} at {1}, batch {2}', formatThroughput(landmark.throughputFps, batch), inputSizeText(landmark), batch),
    t('{0} parameters', formatCount(landmark.parameters)),
    t('Campaign {0}', landmark.campaign),
    t('Source: {0}', landmark.source),
    whereKept(entry),
    far === null
      ? t('Not covered by any fit yet')
      : `${capitalised(distanceText(far))} (${far.method === 'landmark-fit' ? t('Equation 2') : t('what its kernels cost')}: ${formatThroughput(far.predictedFps, batch)})`,
    ...(measurement === undefined || statistics === null
      ? []
      : [
          t(
            '{0} trials after {1} warm-up runs with {2}, p99 {3} ms',
            statistics.trials,
            measurement.warmupRuns,
            measurement.way,
            withDecimalMark(statistics.p99Ms.toPrecision(3)),
          ),
          `${measurement.boardModel ?? t('Board')}, ${[measurement.before.powerMode, clocks(measurement.clocksLocked), measurement.headless === true ? t('headless') : null].filter((part) => part !== null).join(', ')}`,
          ...(measurement.disturbances.length === 0 ? [] : [t('Disturbed: {0}', measurement.disturbances.join(', '))]),
        ]),
    ...(comment === undefined ? [] : [t('Comment: {0}', comment)]),
  ];
}

function whereKept({ origin, file, line }: LandmarkEntry): string {
  if (file === null || line === null) return t('Published; comes with Framecast');
  return origin === 'team' ? t('Shared: {0}, line {1}', file, line) : t('Own: {0}, line {1}', file, line);
}

/** Why fits do not learn from a landmark. */
export function whyNotInFits({ verdict }: Landmark): string {
  if (verdict === 'outlier') return t('outlier');
  return verdict === 'off' ? t('switched off') : t('disturbed, not accepted');
}

function clocks(locked: boolean | null): string | null {
  if (locked === null) return null;
  return locked ? t('clocks locked') : t('clocks not locked');
}

function distanceText({ deviation }: FitDistance): string {
  const size = 100 * Math.abs(deviation);
  if (size < 0.05) return t('on its fit');
  const percent = withDecimalMark(size < 10 ? size.toFixed(1) : size.toFixed(0));
  return deviation > 0 ? t('{0}% above its fit', percent) : t('{0}% below its fit', percent);
}

function grouped(
  entries: readonly LandmarkEntry[],
  keyOf: (entry: LandmarkEntry) => string,
): readonly (readonly [string, readonly LandmarkEntry[]])[] {
  return [...groupBy(entries, keyOf)].sort(([one], [other]) => one.localeCompare(other));
}
