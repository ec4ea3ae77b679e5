import type { Landmark, Runtime, SizeFields } from '../../core/landmarks/landmark';
import type { Backend } from '../../core/landmarks/backends';
import type { Result } from '../../core/result';
import type { Destination } from '../connection/destination';
import type { ConnectionPrompts } from '../connection/session';
import type { Concern } from '../preflight/concern';
import type { BenchmarkEvent } from './benchmark-event';
import type { PendingJob } from './pending-job';

/** One model on one runtime, as the user asks for it; what is left out is the model's own or the protocol's. */
export interface RequestedRun extends Partial<SizeFields> {
  /** Absolute path of the ONNX file. */
  readonly modelPath: string;
  readonly runtime: Runtime;
  /** `auto` takes TensorRT's Python module if the board has it, else trtexec. */
  readonly backend?: Backend | 'auto';
  readonly batch?: number;
  readonly trials?: number;
  readonly warmupRuns?: number;
  /** What TensorRT may use as scratch memory while it builds and runs. */
  readonly workspaceMiB?: number;
  /** Whether the times of the layers are measured too, in a second pass that the figure knows nothing of. */
  readonly layers?: boolean;
}

/** What a run takes if the request says nothing: the paper's protocol (Figure 2) with trials enough for percentiles. */
export const defaultTrials = 50;
export const defaultWarmupRuns = 10;
export const defaultWorkspaceMiB = 256;

/** How long each stage of a run may take on the board before it is ended. */
export const defaultLimits = { buildSeconds: 3600, timeSeconds: 900 } as const;

export interface BenchmarkRequest {
  readonly destination: Destination;
  /** The user's name for the board; it becomes the campaign of the landmarks. */
  readonly deviceLabel: string;
  /** In the order in which they run; at least one. */
  readonly runs: readonly RequestedRun[];
  /** Who asks, for others who find the board busy, e.g. `framecast 0.1.0 on laptop`. */
  readonly client: string;
  /** Whether to queue behind a job that runs on the board already, or to give up. */
  readonly whenBusy: 'wait' | 'refuse';
  /** Whether PyTorch may run on the CPU of a board without CUDA. */
  readonly allowCpu?: boolean;
  readonly limits?: { readonly buildSeconds: number; readonly timeSeconds: number };
}

/** What a benchmark needs from the surface that starts it. */
export interface BenchmarkContext {
  readonly prompts: ConnectionPrompts;
  /** Aborting it cancels: the job on the board is ended, what was measured before is kept. */
  readonly signal: AbortSignal;
  /** Aborting it leaves the job on the board to itself; `resumeBenchmark` finds it again. */
  readonly leave?: AbortSignal;
  /** Called for everything that happens, in order; must not throw. */
  onEvent(event: BenchmarkEvent): void;
  /** Asked once if the preflight has warnings and no errors; false gives up before a byte is uploaded. */
  acceptWarnings(concerns: readonly Concern[]): Promise<boolean>;
  /** Stores a landmark. Called again for one that is stored already where a collection was interrupted: see `source`. */
  saveLandmark(landmark: Landmark): Promise<Result<void>>;
  /** Remembers jobs that are not yet collected, so that they are found after a restart; keyed by `PendingJob.jobId`. */
  readonly pendingJobs: {
    save(job: PendingJob): Promise<void>;
    forget(jobId: string): Promise<void>;
  };
  /** The wall clock of this machine. */
  now(): Date;
}
