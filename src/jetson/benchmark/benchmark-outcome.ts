import type { Landmark, Runtime } from '../../core/landmarks/landmark';
import type { Failure } from '../../core/result';

/** What became of one run. */
export type RunOutcome =
  | {
      readonly run: number;
      readonly modelPath: string;
      readonly modelName: string;
      readonly runtime: Runtime;
      readonly ok: true;
      readonly landmark: Landmark;
    }
  | {
      readonly run: number;
      readonly modelPath: string;
      readonly modelName: string;
      readonly runtime: Runtime;
      readonly ok: false;
      readonly error: Failure;
      /** The end of the board's log of this run, without control characters; '' if there is none. */
      readonly logTail: string;
    };

export interface BenchmarkOutcome {
  /** Null if it ended before there was a job. */
  readonly jobId: string | null;
  /** One per requested run, in that order; empty if the job was left to itself. */
  readonly runs: readonly RunOutcome[];
  /** True if the job goes on on the board without this client. */
  readonly left: boolean;
}
