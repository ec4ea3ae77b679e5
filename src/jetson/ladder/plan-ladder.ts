import type { Estimators } from '../../core/estimate/predict';
import type { Runtime } from '../../core/landmarks/landmark';
import { chooseLadder, type Ladder } from '../../core/ladder/choose-ladder';
import { failure, success, type Result } from '../../core/result';
import type { Destination } from '../connection/destination';
import { connect, type ConnectionPrompts } from '../connection/session';
import { type BoardReport, probeBoard } from '../probe/probe';

export interface LadderPlanRequest {
  readonly destination: Destination;
  readonly runtime: Runtime;
  readonly length: number;
  /** Families that are to get a fit of Equation 2 of their own. */
  readonly families: readonly string[];
  readonly maxWeightBytes: number;
  /** Of the user's landmarks: those of this campaign count as measured already, on this very board. */
  readonly campaign: string;
  readonly estimators: Estimators;
}

export interface LadderPlan extends Ladder {
  readonly report: BoardReport;
  /** The landmarks' device id. */
  readonly device: string;
}

/**
 * Asks a board what it is, and chooses the reference models to measure on it: around what is known of its kind, less
 * what was measured on this very board. Failure codes: those of `connect`, `probeBoard` and `chooseLadder`; not-ready
 * where the board does not say what it is.
 */
export async function planLadder(
  request: LadderPlanRequest,
  { prompts, signal }: { readonly prompts: ConnectionPrompts; readonly signal: AbortSignal },
): Promise<Result<LadderPlan>> {
  const session = await connect(request.destination, { prompts, signal });
  if (!session.ok) return session;
  const probed = await probeBoard(session.value, { signal });
  session.value.close();
  if (!probed.ok) return probed;
  const { device } = probed.value;
  if (device === null) {
    return failure('not-ready', 'The board does not say what it is, so its landmarks would belong to no device.');
  }
  const { runtime, estimators, campaign } = request;
  const measured = estimators.landmarks.filter(
    (landmark) => landmark.device === device && landmark.runtime === runtime && landmark.campaign === campaign,
  );
  const ladder = chooseLadder({
    ...{ device, runtime, measured, length: request.length, families: request.families },
    maxWeightBytes: request.maxWeightBytes,
    fit: estimators.graphCostFit({ device, runtime }),
  });
  return ladder.ok ? success({ ...ladder.value, report: probed.value, device }) : ladder;
}
