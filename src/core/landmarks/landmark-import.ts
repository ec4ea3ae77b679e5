import { t } from '../language';
import { unclearModeRemark } from './devices';
import { isInFits, type Landmark } from './landmark';
import { rejectionReason, type LandmarkEntry } from './landmark-collection';
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
  /** What is odd about lines that would be added, and what known ones say that is not taken over. */
  readonly remarks: readonly BrokenLine[];
}

/** Sorts a file's landmarks into new ones, ones that are known by content, and ones that cannot be true. */
export function planImport(
  file: LandmarkFile,
  entries: readonly Pick<LandmarkEntry, 'key' | 'landmark'>[],
): ImportPlan {
  const known = new Map(entries.map(({ key, landmark }) => [key, landmark]));
  const fresh: LandmarkLine[] = [];
  const repeated: LandmarkLine[] = [];
  const refused: BrokenLine[] = [...file.broken];
  const remarks: BrokenLine[] = [];
  for (const line of file.lines) {
    const identity = landmarkIdentity(line.landmark);
    const same = known.get(identity);
    if (same !== undefined) {
      repeated.push(line);
      const reason = judgementRemark(line.landmark, same);
      if (reason !== null) remarks.push({ line: line.line, reason });
      continue;
    }
    const reason = rejectionReason(line.landmark);
    if (reason !== null) {
      refused.push({ line: line.line, reason });
      continue;
    }
    known.set(identity, line.landmark);
    fresh.push(line);
  }
  const devices = new Set(entries.map(({ landmark }) => landmark.device));
  const unclear = new Set<string>();
  for (const { line, landmark } of fresh) {
    const mode = unclear.has(landmark.device) ? null : unclearModeRemark(landmark);
    if (mode !== null) unclear.add(landmark.device);
    for (const reason of [unknownFamilyRemark(landmark), unknownDeviceRemark(landmark.device, devices), mode]) {
      if (reason !== null) remarks.push({ line, reason });
    }
    // A file of one board says it on every line; once is enough.
    devices.add(landmark.device);
  }
  return { fresh, repeated, refused: refused.sort(byLine), remarks: remarks.sort(byLine) };
}

function byLine(one: BrokenLine, other: BrokenLine): number {
  return one.line - other.line;
}

/** What a line says of a known landmark that the user has not said: somebody else's judgement changes nothing here. */
function judgementRemark(line: Landmark, known: Landmark): string | null {
  const verdict =
    line.verdict !== undefined && isInFits(line) !== isInFits(known) ? [t('verdict {0}', line.verdict)] : [];
  const comment = line.comment !== undefined && line.comment !== known.comment ? [t('comment')] : [];
  const said = [...verdict, ...comment];
  return said.length === 0
    ? null
    : t(
        '{0} is there already; not taken over from this file: {1}. Judge it yourself if you agree.',
        known.model,
        said.join(', '),
      );
}

/** The landmarks of a plan that would be added. */
export function freshLandmarks(plan: ImportPlan): readonly Landmark[] {
  return plan.fresh.map(({ landmark }) => landmark);
}
