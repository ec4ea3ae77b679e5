import type { Runtime } from '../landmarks/landmark';

/** One network of a pipeline and how often it runs. */
export interface PipelineStage {
  readonly name: string;
  /** Path of the model as the file has it, relative to the file. */
  readonly model: string;
  /** Input size in pixels; the model's own where null. */
  readonly input: { readonly height: number; readonly width: number } | null;
  /** Runs per frame: a positive number, or once for each face. */
  readonly runs: number | 'faces';
  /** The stage takes part in every n-th frame only; 1 for every frame. */
  readonly every: number;
  /** Whether the faces of one frame go through the network together, as one batch. */
  readonly batch: boolean;
  /** Where the stage, its model and its input size stand in the file, for marks in an editor. */
  readonly range: TextRange;
  readonly modelRange: TextRange;
  readonly inputRange: TextRange;
}

/** A chain of networks that each frame of a camera goes through. */
export interface Pipeline {
  /** null where the file leaves it to the user's settings. */
  readonly device: string | null;
  readonly runtime: Runtime | null;
  readonly powerMode: string | null;
  /** Frames per second that have to be kept up with; null where the file does not say. */
  readonly cameraFps: number | null;
  /** Faces in a frame; 1 where the file does not say. */
  readonly faces: number;
  readonly stages: readonly PipelineStage[];
}

/** Offsets in the text, in UTF-16 code units; `end` is not part of it. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Something in a pipeline file that cannot be taken as it is. */
export interface PipelineProblem {
  readonly severity: 'error' | 'warning';
  /** What is wrong and what to write instead. */
  readonly message: string;
  readonly range: TextRange;
}

/** Bounds of what a pipeline may ask for. */
export const pipelineBounds = { stages: 64, faces: 1000, every: 1000, runs: 1000, cameraFps: 10_000 };
