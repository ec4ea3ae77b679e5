/** Messages between the extension and the page of accuracy against throughput and parameters. */
import * as v from 'valibot';
import type { KnownThroughput, PlacedBackbone } from '../core/present/accuracy';
import { keptChoice, list, type Page, type ShownChoice, text } from './page';

/** Models of the user's own that the page can have. */
export const maxOwnModels = 40;

/** Own models with what was typed in as their accuracy. */
export const keptModels = v.fallback(
  list(v.object({ file: text(4096), typed: v.fallback(text(12), '') }), maxOwnModels),
  [],
);

/** An own model, or why its file cannot be shown. */
export interface OwnModel {
  /** Absolute path. */
  readonly file: string;
  readonly name: string;
  readonly family: string | null;
  readonly parameters: number | null;
  readonly throughput: KnownThroughput | null;
  /** Why there is no throughput, or no model. */
  readonly reason: string | null;
}

export interface AccuracyMessage extends ShownChoice {
  readonly type: 'accuracy';
  readonly backbones: readonly PlacedBackbone[];
  readonly own: readonly OwnModel[];
  /** The models that an earlier page had, for one that is new. */
  readonly kept: KeptModels;
  readonly targetFps: number | null;
  readonly source: string;
  /** What the paper says about it. */
  readonly sentences: readonly string[];
}

/** Files that the user has chosen; the page adds them to its own. */
export interface PickedMessage {
  readonly type: 'picked';
  readonly files: readonly string[];
}

/** What the page tells the extension. */
export const accuracyPageMessages = v.variant('type', [
  /** The own models of the page from now on. */
  v.object({ type: v.literal('keep'), models: keptModels }),
  /** Files are to be chosen. */
  v.object({ type: v.literal('pick') }),
]);

/** What the page keeps over a reload. */
export const accuracyPageState = v.object({
  choice: keptChoice,
  weights: v.fallback(v.picklist(['first', 'best']), 'best'),
  models: keptModels,
});

export type KeptModels = v.InferOutput<typeof keptModels>;

export type AccuracyPage = Page<typeof accuracyPageMessages, typeof accuracyPageState, AccuracyMessage | PickedMessage>;
