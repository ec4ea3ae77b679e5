import type { BenchmarkStage } from '../../core/benchmark-stage';
import type { SizeFields } from '../../core/landmarks/landmark';
import type { Concern } from '../preflight/concern';
import type { BoardReport } from '../probe/probe';
import type { UploadProgress } from '../upload/upload';
import type { RunName, RunOutcome } from './benchmark-outcome';

/** A run as it will be made, with everything that was left open filled in. */
export interface ReadyRun extends RunName, SizeFields {
  readonly batch: number;
  readonly trials: number;
  readonly warmupRuns: number;
}

/** What happens during a benchmark. Text from the board comes without control characters and escape sequences. */
export type BenchmarkEvent =
  /** `run` counts from 0; null for stages of the whole job. `message` is a sentence for people. */
  | { readonly kind: 'stage'; readonly stage: BenchmarkStage; readonly run: number | null; readonly message: string }
  /** The models are read: what will be run. */
  | { readonly kind: 'runs'; readonly runs: readonly ReadyRun[] }
  | { readonly kind: 'probed'; readonly report: BoardReport }
  | { readonly kind: 'concerns'; readonly concerns: readonly Concern[] }
  | ({ readonly kind: 'upload' } & UploadProgress)
  /** From here on the job lives on the board by itself. */
  | { readonly kind: 'job'; readonly jobId: string }
  /** Trials done of the run that is being timed. */
  | { readonly kind: 'trials'; readonly run: number; readonly done: number; readonly of: number }
  /** More of the board's log. */
  | { readonly kind: 'log'; readonly text: string }
  /** The link is gone; nothing is lost. Ends with `reconnected`, or with the whole benchmark. */
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly inSeconds: number; readonly message: string }
  | { readonly kind: 'reconnected' }
  /** Something worth telling that stops nothing. */
  | { readonly kind: 'note'; readonly message: string }
  /** A run is over; for a good one, its landmark is stored. */
  | { readonly kind: 'run-finished'; readonly outcome: RunOutcome };
