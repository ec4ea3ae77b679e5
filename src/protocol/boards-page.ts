/** Messages between the extension and the page that compares boards for one model. */
import * as v from 'valibot';
import type { BoardRow } from '../core/present/boards-view';
import { keptSize, type Page, runtimeSchema, text } from './page';

/** A model on every board and power mode, those that are enough first. */
export interface BoardsMessage {
  readonly type: 'boards';
  readonly fileName: string;
  readonly runtime: string;
  /** `224×224, batch 1`. */
  readonly operatingPoint: string;
  readonly targetFps: number | null;
  readonly rows: readonly BoardRow[];
}

/** The model cannot be read, and why. */
export interface BoardsFailedMessage {
  readonly type: 'failed';
  readonly fileName: string;
  readonly message: string;
}

export const boardsPageMessages = v.variant('type', [
  /** Opens the model. */
  v.object({ type: v.literal('openModel') }),
]);

/** The page is of this model; the runtime and size are those that its page showed. */
export const boardsPageState = v.object({
  uri: v.fallback(text(4096), ''),
  runtime: v.fallback(v.nullable(runtimeSchema), null),
  size: keptSize,
});

export type BoardsPage = Page<typeof boardsPageMessages, typeof boardsPageState, BoardsMessage | BoardsFailedMessage>;
