import type { Query } from '../core/estimate/estimate';
import type { Landmark } from '../core/landmarks/landmark';
import { collectLandmarks, problemSentence, type LandmarkCollection } from '../core/landmarks/landmark-collection';
import { isOfUse } from '../core/landmarks/known-family';
import { success, type Result } from '../core/result';
import { openLandmarkStore } from '../files/landmark-store';
import { defaultLandmarksFile } from '../files/landmark-store-path';
import { readLandmarkBytes } from '../files/landmark-store-read';

export interface LoadedLandmarks extends Pick<LandmarkCollection, 'entries'> {
  /** The file with the user's own. */
  readonly file: string;
  /** What fits learn from. */
  readonly landmarks: readonly Landmark[];
  /** A sentence for each line that was left out. */
  readonly problems: readonly string[];
  /** A sentence for each line that is used although something about it is odd. */
  readonly remarks: readonly string[];
  /** Whether lines that were left out make the answer incomplete: those of a file that was asked for do. */
  readonly isIncomplete: boolean;
}

/**
 * The bundled landmarks with the user's own beside them: those of the file that is named, which must exist, else of the
 * store that the extension uses too. Failure codes: unreadable, too-large.
 *
 * @param toBeWritten the same, of a file that may yet have to be made
 */
export async function loadLandmarks(named: string | undefined, toBeWritten?: string): Promise<Result<LoadedLandmarks>> {
  const file = named ?? toBeWritten ?? defaultLandmarksFile();
  if (named !== undefined) {
    const present = await readLandmarkBytes(named);
    if (!present.ok) return present;
  }
  const content = await openLandmarkStore(file).read();
  if (!content.ok) return content;
  const { entries, landmarks, problems } = collectLandmarks([{ origin: 'own', file, ...content.value }]);
  const leftOut = problems.filter(({ isUsed }) => !isUsed).map(problemSentence);
  return success({
    ...{ file, entries, landmarks },
    problems: leftOut,
    remarks: problems.filter(({ isUsed }) => isUsed).map(problemSentence),
    isIncomplete: named !== undefined && leftOut.length > 0,
  });
}

/** That own landmarks are behind predictions for a device and runtime; null where none is. */
export function ownLandmarksSentence({ entries, file }: LoadedLandmarks, query: Query): string | null {
  const own = entries.filter(
    ({ origin, isInFits, landmark }) =>
      origin !== 'bundled' &&
      isInFits &&
      isOfUse(landmark) &&
      landmark.device === query.device &&
      landmark.runtime === query.runtime,
  ).length;
  if (own === 0) return null;
  return `${own} ${own === 1 ? 'landmark' : 'landmarks'} of your own took part (${file}).`;
}
