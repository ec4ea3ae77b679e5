/** Messages between the extension and the page that compares two models part by part. */
import * as v from 'valibot';
import type { DiffView } from '../core/present/diff-view';
import { type Page, text } from './page';

/** URIs of the two models, which the page keeps over a reload. */
export const diffPageState = v.object({
  before: v.fallback(text(4096), ''),
  after: v.fallback(text(4096), ''),
});

export interface DiffMessage extends DiffView {
  readonly type: 'diff';
  /** What is compared, which the page keeps. */
  readonly models: DiffPage['state'];
  /** Names of the files. */
  readonly beforeName: string;
  readonly afterName: string;
}

/** The user wants to see one of the models, or the two the other way round. */
export const diffPageMessages = v.variant('type', [
  v.object({ type: v.literal('open'), which: v.picklist(['before', 'after']) }),
  v.object({ type: v.literal('swap') }),
]);

export type DiffPage = Page<typeof diffPageMessages, typeof diffPageState, DiffMessage>;
