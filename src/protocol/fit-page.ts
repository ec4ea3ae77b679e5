/** Messages between the extension and the page of all fits on a device and runtime. */
import * as v from 'valibot';
import type { FitChart } from '../core/present/fit-chart';
import { type Choice, choiceSchema, type Page, text } from './page';

const placeSchema = v.object({ ...choiceSchema.entries, family: v.nullable(text(200)) });

/** What is measured on a device and runtime and the fits through it; sent again whenever landmarks change. */
export interface FitMessage {
  readonly type: 'fit';
  readonly place: FitPlaceChoice;
  /** Every device and runtime with landmarks. */
  readonly places: readonly (Choice & { readonly deviceName: string; readonly runtimeName: string })[];
  /** Null if nothing is measured there. */
  readonly chart: FitChart | null;
  /** What grouping by family gains; null if that cannot be said. */
  readonly grouping: string | null;
  /** Sentences on the fits and their errors. */
  readonly report: readonly string[];
}

/** The user wants another device, runtime or family. */
export const fitPageMessages = v.variant('type', [v.object({ type: v.literal('choose'), place: placeSchema })]);

/** What the page keeps over a reload; `place` is null for what the settings say. */
export const fitPageState = v.object({
  place: v.fallback(v.nullable(placeSchema), null),
  shown: v.fallback(v.picklist(['grouped', 'naive']), 'grouped'),
});

export type FitPlaceChoice = Readonly<v.InferOutput<typeof placeSchema>>;

export type FitPage = Page<typeof fitPageMessages, typeof fitPageState, FitMessage>;
