import type { Landmark, Runtime } from '../../core/landmarks/landmark';
import type { Failure } from '../../core/result';

/** Which of the requested runs it is. */
export interface RunName {
  /** Its place in the request, from 0. */
  readonly run: number;
  readonly modelPath: string;
  /** The landmark's `model`: the file's name without its ending. */
  readonly modelName: string;
  readonly runtime: Runtime;
}

/** A run that was measured. */
export interface GoodRun extends RunName {
  readonly ok: true;
  readonly landmark: Landmark;
}

/** A run that was not. */
export interface FailedRun extends RunName {
  readonly ok: false;
  readonly error: Failure;
  /** The end of the board's log of this run, without control characters; '' if there is none. */
  readonly logTail: string;
}

/** What became of one run. */
export type RunOutcome = GoodRun | FailedRun;

export interface BenchmarkOutcome {
  /** Null if it ended before there was a job. */
  readonly jobId: string | null;
  /** One per requested run, in that order; empty if the job was left to itself. */
  readonly runs: readonly RunOutcome[];
  /** True if the job goes on on the board without this client. */
  readonly left: boolean;
}

/** A run that is not tried, and why. */
export function refusedRun({ run, modelPath, modelName, runtime }: RunName, error: Failure): FailedRun {
  return { run, modelPath, modelName, runtime, ok: false, error, logTail: '' };
}
