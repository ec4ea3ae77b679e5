import type { Landmark, Runtime } from '../../landmarks/landmark';
import type { PowerMode } from '../../landmarks/devices';
import type { Pause } from '../../pieces';
import type { Result } from '../../result';
import type { Calibration } from '../calibration';
import type { RawInterval } from '../family-fit/jackknife';
import type { PreparedLandmark } from './costed-landmark';
import type { CostedDeployment } from './costed-deployment';
import type { LandmarkRows } from './landmark-rows';
import type { Belief, KnownSolution, LatencyFit } from './latency-fit';
import type { Solution } from './latency-problem';
import type { LatencyFunction, LatencyModel, TermName } from './latency-model';
import type { CoefficientPrior } from './priors';

/** What one fit over the graph is for; families, resolutions and batches share it. */
export interface GraphCostKey {
  readonly device: string;
  readonly runtime: Runtime;
  /** As the board's `powerModes` name it; the fastest where undefined. */
  readonly powerMode?: string | undefined;
}

/** A landmark with what a fit said of it that had not seen its model, nor one with the same kernels. */
export interface GraphCostFold {
  readonly landmark: Landmark;
  /** Of the logarithm of latency in ms. */
  readonly predicted: Belief;
  readonly predictedFps: number;
  /** log(measured latency) − predicted. */
  readonly error: number;
  /** The same error where the user's board is taken for the published reference's; null where there is none. */
  readonly plainError: number | null;
}

/** A latency model fitted to the landmarks of one device and runtime. */
export interface GraphCostFit {
  readonly key: GraphCostKey;
  readonly model: LatencyModel<TermName>;
  readonly prior: CoefficientPrior;
  /** The campaign that predictions relate to: its board, its clocks; null without landmarks. */
  readonly reference: string | null;
  /** The power mode that figures are for; null for a board whose modes are not known. */
  readonly powerMode: PowerMode | null;
  /** Whether the clock of some landmarks is not known, on a board of which that leaves much open. */
  readonly hasUnknownModes: boolean;
  /** How the user's board relates to the published one; null where either has not been measured. */
  readonly calibration: Calibration | null;
  /** Repeated measurements stand as their median. */
  readonly landmarks: readonly PreparedLandmark[];
  /** The same in columns. */
  readonly rows: LandmarkRows;
  /** What it was fitted to before anything was left out, from which a later fit goes on. */
  readonly deployment?: CostedDeployment;
  readonly fit: LatencyFit;
  /** Where the search for it ended, from which one with further landmarks begins. */
  readonly search: Solution;
  /** The share of its time that nine of ten landmarks spend on overheads at the most; infinite where too few tell. */
  readonly overheadReach: number;
  /** Leaving each model out, with every landmark of it and of models with the same kernels. */
  readonly leaveOneOut: readonly GraphCostFold[];
  /** What the search found, to be shipped for published landmarks. */
  solution(): KnownSolution;
  /** Leaving each family out; made when first asked for. */
  leaveFamilyOut(): readonly GraphCostFold[];
  /** Makes what that answers, in pieces. */
  prepareFamilies(pause: Pause): Promise<void>;
  /**
   * Interval of the logarithm of latency in ms on the reference board: CV+ (Barber et al. 2021) over the
   * leave-one-out fits, or over the leave-family-out ones for a family without landmarks, with errors in units of
   * the standard deviation that each fit expects. Fewer than nine landmarks are too few for that; then it
   * is as wide as boards left out called for.
   *
   * @param isOfAnother whether it is to hold on a board, or for a way of measuring, that no landmark is of
   */
  intervalAt(
    latencyOf: LatencyFunction,
    family: string | null,
    level: number,
    isOfAnother?: boolean,
  ): RawInterval | null;
  /**
   * Standard deviation that a prediction's logarithm would have after one more benchmark: of the reference model, of a
   * few usual ones, that tells most of this network.
   */
  deviationAfterBenchmark(latencyOf: LatencyFunction, family: string | null): number;
}

export type GraphCostOutcome = Result<GraphCostFit, string>;
