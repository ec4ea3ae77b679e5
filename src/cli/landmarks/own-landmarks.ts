import { calibrationSentence, type Calibration } from '../../core/estimate/calibration';
import { isEstimate, type Estimate, type Query, type Refusal } from '../../core/estimate/estimate';
import type { Estimators } from '../../core/estimate/estimators';
import type { Landmark } from '../../core/landmarks/landmark';
import { collectLandmarks, problemSentence, type LandmarkCollection } from '../../core/landmarks/landmark-collection';
import { canEnterFits } from '../../core/landmarks/known-family';
import { kernelsOfLandmark } from '../../core/landmarks/model-costs';
import { success, type Result } from '../../core/result';
import { readLines } from '../../files/jsonl/read-bytes';
import { defaultLandmarksFile, landmarksKind, openLandmarkStore } from '../../files/landmarks';

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
    const present = await readLines(named, landmarksKind);
    if (!present.ok) return present;
  }
  const content = await openLandmarkStore(file).read();
  if (!content.ok) return content;
  const { entries, landmarks, problems } = collectLandmarks([{ origin: 'own', file, ...content.value }]);
  const leftOut = problems.filter(({ isUsed }) => !isUsed).map(problemSentence);
  return success({
    file,
    entries,
    landmarks,
    problems: leftOut,
    remarks: problems.filter(({ isUsed }) => isUsed).map(problemSentence),
    isIncomplete: named !== undefined && leftOut.length > 0,
  });
}

/**
 * The same for predictions, which the bundled landmarks suffice for: a store that nobody has named and that cannot be read
 * is left out, with a sentence.
 */
export async function landmarksForPredictions(named: string | undefined): Promise<Result<LoadedLandmarks>> {
  const loaded = await loadLandmarks(named);
  if (loaded.ok || named !== undefined) return loaded;
  const { entries, landmarks } = collectLandmarks([]);
  const problems = [`${loaded.error.message} Predictions are made without your own landmarks.`];
  return success({ file: defaultLandmarksFile(), entries, landmarks, problems, remarks: [], isIncomplete: false });
}

/**
 * That own landmarks are behind what was predicted for a device and runtime, or that those which are there are not;
 * null where there are none.
 *
 * @param answers everything that any method answered; refusals among them do not count
 */
export function ownLandmarksSentence(
  { entries, file }: LoadedLandmarks,
  query: Query,
  estimators: Estimators,
  answers: readonly (Estimate | Refusal)[],
): string | null {
  const own = entries
    .filter(({ origin, isInFits, landmark }) => origin !== 'bundled' && isInFits && canEnterFits(landmark))
    .map(({ landmark }) => landmark)
    .filter(({ device, runtime }) => device === query.device && runtime === query.runtime);
  if (own.length === 0) return null;
  const used = new Set(answers.flatMap((answer) => (isEstimate(answer) ? answer.campaigns : [])));
  const calibration = calibrationAt(estimators, query);
  if (used.size > 0 && calibration?.isApplied) used.add(calibration.campaign);
  const partaking = own.filter(({ campaign }) => used.has(campaign));
  if (partaking.length > 0) return `Uses ${counted(partaking.length)} of your own (${file}).`;
  const none = `Uses ${own.length === 1 ? 'none of your landmarks' : `none of your ${own.length} landmarks`} (${file})`;
  if (own.some((landmark) => kernelsOfLandmark(landmark) !== null)) return `${none}.`;
  return `${none}: without the layers, which CSV does not keep, only fits over a family can use ${own.length === 1 ? 'it' : 'them'}. Import JSON Lines, or add ${own.length === 1 ? 'it' : 'them'} from the model file.`;
}

/** How the user's board differs from the published one, for tables, which have no place for notes; null where unknown. */
export function ownBoardSentence(estimators: Estimators, query: Query): string | null {
  const calibration = calibrationAt(estimators, query);
  return calibration && calibrationSentence(calibration);
}

function calibrationAt(estimators: Estimators, { device, runtime }: Query): Calibration | null {
  const fit = estimators.graphCostFit({ device, runtime });
  return fit.ok ? fit.value.calibration : null;
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'landmark' : 'landmarks'}`;
}
