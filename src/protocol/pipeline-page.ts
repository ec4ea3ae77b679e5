/** Messages between the extension and the page of a pipeline. */
import * as v from 'valibot';
import type { FacesPoint } from '../core/pipeline/pipeline-budget';
import type { PipelineView } from '../core/present/pipeline-view';
import { keptChoice, type Page, type ShownChoice, text } from './page';

export interface PipelineMessage extends ShownChoice {
  readonly type: 'pipeline';
  /** Name of the file, and its path as the user knows it. */
  readonly file: string;
  readonly path: string;
  /** Faces in a frame. */
  readonly faces: number;
  readonly cameraFps: number | null;
  readonly view: PipelineView;
  readonly byFaces: readonly FacesPoint[];
  /** What is wrong with the file, with the line, counted from 1. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** The file is gone or holds no pipeline. */
export interface NoPipelineMessage {
  readonly type: 'none';
  readonly file: string;
  readonly sentences: readonly string[];
}

const stageIndex = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(63));

export const pipelinePageMessages = v.variant('type', [
  /** The user wants to see the file, at a line counted from 1. */
  v.object({ type: v.literal('openFile'), line: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))) }),
  /** The user wants to see the model of a stage. */
  v.object({ type: v.literal('openModel'), stage: stageIndex }),
  /** The user wants a proposed change written into the file; by its position in the list. */
  v.object({ type: v.literal('apply'), change: stageIndex }),
]);

/** The file, and the board chosen on the page instead of the file's. */
export const pipelinePageState = v.object({ uri: v.fallback(text(8192), ''), choice: keptChoice });

export type PipelinePage = Page<
  typeof pipelinePageMessages,
  typeof pipelinePageState,
  PipelineMessage | NoPipelineMessage
>;
