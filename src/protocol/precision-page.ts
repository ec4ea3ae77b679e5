/** Messages between the extension and the page of FP16 against FP32. */
import * as v from 'valibot';
import type { PrecisionView } from '../core/present/precision-chart';
import type { ErrorMessage } from './page';

export interface PrecisionMessage extends PrecisionView {
  readonly type: 'precision';
  /** What the paper says, which prints no numbers. */
  readonly advice: readonly string[];
}

export type PrecisionHostMessage = PrecisionMessage | ErrorMessage;

/** The user wants to measure. */
export const precisionPageMessages = v.variant('type', [v.object({ type: v.literal('benchmark') })]);

export type PrecisionPageMessage = v.InferOutput<typeof precisionPageMessages>;
