/** Messages between the extension and the page that compares precisions. */
import * as v from 'valibot';
import type { PrecisionComparison, PrecisionPair, PrecisionView } from '../core/present/precision-chart';
import { keptChoice, type Page, type ShownChoice } from './page';

export interface PrecisionMessage extends PrecisionView, ShownChoice {
  readonly type: 'precision';
  readonly comparison: PrecisionComparison;
  /** Standard backbones that are not among the measured pairs. */
  readonly predicted: readonly PrecisionPair[];
  /** What the paper says of FP16, which prints no numbers; empty for INT8. */
  readonly advice: readonly string[];
}

const comparisons: Readonly<Record<PrecisionComparison, true>> = { 'fp16-fp32': true, 'int8-fp16': true };
const comparisonSchema = v.picklist(Object.keys(comparisons) as PrecisionComparison[]);

export const precisionPageMessages = v.variant('type', [
  v.object({ type: v.literal('compare'), comparison: comparisonSchema }),
  /** The user wants to measure. */
  v.object({ type: v.literal('benchmark') }),
]);

/** What the page keeps over a reload. */
export const precisionPageState = v.object({
  choice: keptChoice,
  comparison: v.fallback(comparisonSchema, 'fp16-fp32'),
});

export type PrecisionPage = Page<typeof precisionPageMessages, typeof precisionPageState, PrecisionMessage>;
