import { randomBytes } from 'node:crypto';
import type { Runtime, SizeFields } from '../../core/landmarks/landmark';
import type { Backend } from '../../core/landmarks/backends';

/** One input of a network for the runner. */
export interface SpecInput {
  readonly name: string;
  readonly shape: readonly number[];
  /** NumPy's name, e.g. `float32`. */
  readonly dataType: string;
  /** Whether the file leaves any of its dims open, so that TensorRT needs a profile for it. */
  readonly dynamic: boolean;
}

/** One run as the runner reads it; paths are relative to Framecast's folder on the board. */
export interface SpecRun extends SizeFields {
  readonly model: {
    readonly name: string;
    readonly sha256: string;
    readonly path: string;
    readonly torchscript: string | null;
  };
  readonly runtime: Runtime;
  readonly way: Backend | 'auto';
  readonly inputs: readonly SpecInput[];
  readonly batch: number;
  readonly warmupRuns: number;
  readonly trials: number;
  readonly workspaceMiB: number;
  /** What the model's own types are; left out for FP32. From TensorRT 11 on, an engine computes in them. */
  readonly precision?: 'fp16' | 'int8';
  /** Whether the times of the layers are measured after the trials, in a pass of their own. */
  readonly layers?: true;
  /** What Framecast did to the model before it was sent, for people who look into the job. */
  readonly rewrites?: readonly string[];
}

/** A job as the runner reads it: jobs/<jobId>/spec.json. */
export interface JobSpec {
  readonly schema: 1;
  readonly jobId: string;
  readonly createdAt: string;
  readonly client: string;
  readonly runs: readonly SpecRun[];
  readonly limits: { readonly buildSeconds: number; readonly timeSeconds: number };
  readonly allowCpu: boolean;
}

/** What jobs are called on the board: `20261124T003000Z-0123abcd`. */
export const jobIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** A new job's id: when it was made, by this machine's clock, and a random part. */
export function newJobId(now: Date): string {
  const [day, time] = now.toISOString().slice(0, 19).split('T') as [string, string];
  return `${day.replaceAll('-', '')}T${time.replaceAll(':', '')}Z-${randomBytes(4).toString('hex')}`;
}
