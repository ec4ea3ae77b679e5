import { t } from '../../core/language';
import type { Estimators } from '../../core/estimate/estimators';
import { modeOfLandmark, modeOfState } from '../../core/landmarks/devices';
import type { Landmark, Runtime } from '../../core/landmarks/landmark';
import { chooseLadder, type Ladder, type LadderQuestion } from '../../core/ladder/choose-ladder';
import type { ImageSize } from '../../core/image-size';
import { failure, success, type Result } from '../../core/result';
import type { Destination } from '../connection/destination';
import { connect, type ConnectionPrompts } from '../connection/session';
import { type BoardReport, probeBoard } from '../probe/probe';

/** What a ladder is for, in addition to the board. */
export interface LadderWish {
  readonly runtime: Runtime;
  readonly length: number;
  /** Families that are to get a fit of Equation 2 of their own. */
  readonly families: readonly string[];
  readonly maxWeightBytes: number;
  /** Input sizes of the models; those of `ladderSizes` where undefined. */
  readonly sizes?: readonly ImageSize[] | undefined;
  /** Of the user's landmarks: those of this campaign count as measured already, on this very board. */
  readonly campaign: string;
  readonly estimators: Estimators;
}

export interface LadderPlan extends Ladder {
  /** The landmarks' device id. */
  readonly device: string;
  /** The mode that the board is in, as its `powerModes` name it; undefined in the fastest, or where it is not known. */
  readonly powerMode?: string | undefined;
}

/**
 * Asks a board what it is, and chooses the reference models to measure on it, less what was measured on this very
 * board. Failure codes: those of `connect`, `probeBoard`, `ladderQuestion` and `chooseLadder`.
 */
export async function planLadder(
  { destination, ...wish }: LadderWish & { readonly destination: Destination },
  { prompts, signal }: { readonly prompts: ConnectionPrompts; readonly signal: AbortSignal },
): Promise<Result<LadderPlan>> {
  const session = await connect(destination, { prompts, signal });
  if (!session.ok) return session;
  const probed = await probeBoard(session.value, { signal });
  session.value.close();
  if (!probed.ok) return probed;
  const question = ladderQuestion(probed.value, wish);
  if (!question.ok) return question;
  const ladder = chooseLadder(question.value);
  const { device, powerMode } = question.value;
  return ladder.ok ? success({ ...ladder.value, device, powerMode }) : ladder;
}

/**
 * What to choose reference models for on a board that says this of itself: beyond what is known of its kind in the power
 * mode that it is in, less what was measured on this very board in that mode. Failure code: not-ready if the board does not say what it is.
 */
export function ladderQuestion(report: BoardReport, wish: LadderWish): Result<LadderQuestion> {
  const { device } = report;
  if (device === null) {
    return failure(
      'not-ready',
      t('The board does not say what it is, so its landmarks could not be filed under a device.'),
    );
  }
  const { runtime, estimators, campaign, length, families, maxWeightBytes, sizes } = wish;
  const { powerMode } = modeOfState(device, report.powerMode.name, report.state.gpuMaxMHz);
  const isHere = (landmark: Landmark): boolean =>
    landmark.campaign === campaign && modeOfLandmark(landmark).powerMode === powerMode;
  const ofKind = estimators.landmarks.filter((landmark) => landmark.device === device && landmark.runtime === runtime);
  const measured = ofKind.filter(isHere);
  const elsewhere = ofKind.filter((landmark) => !isHere(landmark));
  const fit = estimators.graphCostFit({ device, runtime, powerMode });
  const coefficients = fit.ok ? fit.value.fit.coefficients : null;
  return success({
    device,
    runtime,
    powerMode,
    measured,
    elsewhere,
    length,
    families,
    maxWeightBytes,
    sizes,
    coefficients,
  });
}
