/** Messages between the extension and the page of all fits on a device and runtime. */
import * as v from 'valibot';
import type { FitChart } from '../core/present/fit-chart';
import { type Choice, choiceSchema, type Page, text } from './page';

const deploymentSchema = v.object({ ...choiceSchema.entries, family: v.nullable(text(200)) });

/** What is measured on a device and runtime and the fits through it; sent again whenever landmarks change. */
export interface FitMessage {
  readonly type: 'fit';
  readonly deployment: FitDeployment;
  /** Every device and runtime with landmarks. */
  readonly deployments: readonly (Choice & { readonly deviceName: string; readonly runtimeName: string })[];
  /** Null if nothing is measured there. */
  readonly chart: FitChart | null;
  /** What grouping by family gains; null if that cannot be said. */
  readonly grouping: string | null;
  /** Sentences on the fits and their errors. */
  readonly report: readonly string[];
}

/** The user wants another device, runtime or family. */
export const fitPageMessages = v.variant('type', [
  v.object({ type: v.literal('choose'), deployment: deploymentSchema }),
]);

/** What the page keeps over a reload; `deployment` is null for what the settings say. */
export const fitPageState = v.object({
  deployment: v.fallback(v.nullable(deploymentSchema), null),
  shown: v.fallback(v.picklist(['grouped', 'naive']), 'grouped'),
});

export type FitDeployment = Readonly<v.InferOutput<typeof deploymentSchema>>;

export type FitPage = Page<typeof fitPageMessages, typeof fitPageState, FitMessage>;
