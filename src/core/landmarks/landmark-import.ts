import type { Landmark } from './landmark';
import { whyLeftOut, type LandmarkEntry } from './landmark-collection';
import { landmarkIdentity } from './landmark-identity';
import { unknownDeviceRemark } from './known-device';
import { unknownFamilyRemark } from './known-family';
import type { BrokenLine, LandmarkFile, LandmarkLine } from './landmark-lines';

/** What an import would do, line by line: every line of the file is in exactly one of the first three lists. */
export interface ImportPlan {
  /** Lines that would be added. */
  readonly fresh: readonly LandmarkLine[];
  /** Lines whose landmark is already there, or stands earlier in the file. */
  readonly repeated: readonly LandmarkLine[];
  /** Lines that cannot be taken, by rising number. */
  readonly refused: readonly BrokenLine[];
  /** What is odd about lines that would be added. */
  readonly remarks: readonly BrokenLine[];
}

/** Sorts a file's landmarks into new ones, ones that are known by content, and ones that cannot be true. */
export function planImport(
  file: LandmarkFile,
  entries: readonly Pick<LandmarkEntry, 'key' | 'landmark'>[],
): ImportPlan {
  const known = new Set(entries.map(({ key }) => key));
  const fresh: LandmarkLine[] = [];
  const repeated: LandmarkLine[] = [];
  const refused: BrokenLine[] = [...file.broken];
  for (const line of file.lines) {
    const identity = landmarkIdentity(line.landmark);
    const reason = known.has(identity) ? null : whyLeftOut(line.landmark);
    if (reason !== null) refused.push({ line: line.line, reason });
    else if (known.has(identity)) repeated.push(line);
    else fresh.push(line);
    if (reason === null) known.add(identity);
  }
  const devices = new Set(entries.map(({ landmark }) => landmark.device));
  const remarks = fresh.flatMap(({ line, landmark }): BrokenLine[] => {
    const reasons = [unknownFamilyRemark(landmark.family), unknownDeviceRemark(landmark.device, devices)];
    // A file of one board says it on every line; once is enough.
    devices.add(landmark.device);
    return reasons.flatMap((reason) => (reason === null ? [] : [{ line, reason }]));
  });
  return { fresh, repeated, refused: refused.sort((a, b) => a.line - b.line), remarks };
}

/** The landmarks of a plan that would be added. */
export function freshLandmarks(plan: ImportPlan): readonly Landmark[] {
  return plan.fresh.map(({ landmark }) => landmark);
}
