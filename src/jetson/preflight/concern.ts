import type { Runtime, SizeFields } from '../../core/landmarks/landmark';
import type { Backend } from '../../core/landmarks/backends';
import type { ImportFacts } from '../../core/profile/import-facts';
import type { ModelProfile } from '../../core/profile/profile';

/** Something about a board, or about a run on it, that would spoil or break a benchmark. */
export interface Concern {
  /**
   * `error`: there would be no result. `warning`: there would be one, but it may not be the board's own speed.
   * `information`: what is done so that there is one.
   */
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  /** What is wrong and what to do about it, in sentences for the user. */
  readonly message: string;
}

export function error(code: string, message: string): Concern {
  return { severity: 'error', code, message };
}

export function warning(code: string, message: string): Concern {
  return { severity: 'warning', code, message };
}

/** A run as it would be made. */
export interface PlannedRun extends SizeFields {
  /** For people, e.g. the file's name. */
  readonly modelName: string;
  readonly profile: ModelProfile;
  /** What decides whether the board can read the network as it would be sent. */
  readonly facts: ImportFacts;
  /** What Framecast does to the model before it is sent, a phrase each. */
  readonly rewrites: readonly string[];
  /** Bytes of the ONNX file and of its external data. */
  readonly modelBytes: number;
  /** Whether there is a TorchScript file of the model next to it. */
  readonly torchscript: boolean;
  readonly runtime: Runtime;
  readonly backend: Backend | 'auto';
  readonly batch: number;
  readonly workspaceMiB: number;
  /** Of the file's own types. */
  readonly precision: 'fp32' | 'fp16' | 'int8';
  /** Whether PyTorch may run on the CPU. */
  readonly allowCpu?: boolean;
}
