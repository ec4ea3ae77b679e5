/** Messages between the extension and the page of a model. */
import * as v from 'valibot';
import type { Prediction } from '../core/estimate/estimate';
import type { ImageSize } from '../core/image-size';
import type { Runtime } from '../core/landmarks/landmark';
import type { FamilyChart } from '../core/estimate/family-fit/family-chart';
import type { ChangesView } from '../core/present/change-view';
import type { ExportAdvice } from '../core/present/export-advice';
import type { NetworkView } from '../core/present/network-view';
import type { PredictionView } from '../core/present/prediction-view';
import type { ResolutionView } from '../core/present/resolution-view';
import type { TimeBreakdown } from '../core/present/time-breakdown';
import type { ModelProfile } from '../core/profile/profile';
import type { Failure, Result } from '../core/result';
import type { WorkProgress } from '../core/work-progress';
import {
  keptChoice,
  keptSize,
  maxPixels,
  type Page,
  resizeMessage,
  runtimeSchema,
  type ShownChoice,
  type Size,
  text,
  wholeUpTo,
} from './page';

/** The file is being read for the first time. */
export interface ReadingMessage {
  readonly type: 'reading';
  readonly fileName: string;
  /** Null while nothing is known; small files are read before anything is. */
  readonly progress: WorkProgress | null;
}

/** The file cannot be shown as a model, and why. */
export interface FailedMessage {
  readonly type: 'failed';
  readonly fileName: string;
  readonly failure: Failure;
}

/** A runtime on the chosen device with its prediction; null if there are no measurements for it. */
export interface RuntimeAnswer {
  readonly id: Runtime;
  readonly name: string;
  readonly throughputFps: number | null;
}

/** What the file holds and how fast it will run; sent again whenever any of it changes. */
export interface ModelMessage extends ShownChoice {
  readonly type: 'model';
  readonly fileName: string;
  readonly fileBytes: number;
  readonly isWithoutWeights: boolean;
  /** True once the file has been deleted or moved; the rest is what it last held. */
  readonly gone: boolean;
  /** Without `costAt` and `operators`, which JSON does not carry. */
  readonly profile: Omit<ModelProfile, 'costAt' | 'operators'>;
  /** The exporter and its version, e.g. `pytorch 2.4.0`; '' when the file does not say. */
  readonly producer: string;
  /** Warnings of the reader about the file. */
  readonly warnings: readonly string[];
  readonly size: Size;
  /** The model's own size; no image if it states none. */
  readonly ownSize: { readonly image: ImageSize | null; readonly batch: number };
  /** Sizes near the shown one at which the network runs, in its aspect ratio, smallest first. */
  readonly nearbySizes: readonly ImageSize[];
  /** Rises with every such message; results that follow later name the message that they belong to. */
  readonly revision: number;
  readonly targetFps: number | null;
  /** The answer in words, as every surface says it. */
  readonly view: PredictionView;
  /** Commands that fix the model for the board; null if there is nothing to fix or no command that does. */
  readonly advice: ExportAdvice | null;
  /** The figures behind it, for charts. */
  readonly prediction: Prediction;
  readonly chart: FamilyChart | null;
  /** Predicted milliseconds of every fused kernel, or why there are none. */
  readonly time: Result<TimeBreakdown, string>;
  readonly precisions: { readonly runtimes: readonly RuntimeAnswer[]; readonly advice: readonly string[] };
}

/** Throughput at other resolutions, which takes a moment to compute. */
export interface ResolutionsMessage {
  readonly type: 'resolutions';
  readonly revision: number;
  readonly view: ResolutionView;
}

/** What there is to know of a target, which takes a second or two to find out. */
export interface PlansMessage {
  readonly type: 'plans';
  readonly revision: number;
  /** What to change so that the model meets the target; null if it does. */
  readonly changes: ChangesView | null;
  /** Up to which size the model meets the target; null if no size can be planned. */
  readonly resolution: string | null;
}

/** The network after fusion, or why there is none; sent when the page asks for it. */
export interface NetworkMessage {
  readonly type: 'network';
  readonly revision: number;
  readonly network: Result<NetworkView, string>;
}

/** What the page tells the extension. */
export const modelPageMessages = v.variant('type', [
  resizeMessage,
  /** The page's choice becomes the setting. */
  v.object({ type: v.literal('useAsDefault') }),
  /** Copies the prediction as Markdown, or a command that the page shows. */
  v.object({ type: v.literal('copy') }),
  /** Creates a published network, by its name among `publishedMembers`, at this resolution. */
  v.object({ type: v.literal('create'), member: text(100), resolution: v.nullable(wholeUpTo(maxPixels)) }),
  /** The user looks at the network. */
  v.object({ type: v.literal('network') }),
  /** Writes a script that exports the model so that the board reads it. */
  v.object({ type: v.literal('reexport') }),
  /** Opens the page that compares boards for this model. */
  v.object({ type: v.literal('compareBoards') }),
  /** Opens a benchmark of the model with this runtime. */
  v.object({ type: v.literal('measure'), runtime: runtimeSchema }),
]);

/** What the page keeps over a reload. */
export const modelPageState = v.object({
  choice: keptChoice,
  size: keptSize,
  grouping: v.fallback(v.picklist(['kernel', 'kind', 'stage']), 'kind'),
  showsAll: v.fallback(v.boolean(), false),
  scrollTop: v.fallback(v.pipe(v.number(), v.finite()), 0),
});

export type ModelPage = Page<
  typeof modelPageMessages,
  typeof modelPageState,
  ReadingMessage | FailedMessage | ModelMessage | ResolutionsMessage | PlansMessage | NetworkMessage
>;
