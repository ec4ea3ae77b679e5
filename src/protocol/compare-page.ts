/** Messages between the extension and the page that puts models side by side. */
import * as v from 'valibot';
import type { ComparedModel, UnreadFile } from '../core/present/compare';
import { keptChoice, keptSize, list, type Page, resizeMessage, type ShownChoice, type Size, text } from './page';

/** Models that are compared at most. */
export const maxCompared = 2000;

const maxUri = 20_000;

/** Files and folders by their URIs; none means the whole workspace. */
const rootsSchema = v.fallback(list(text(maxUri), maxCompared), []);

const sortSchema = v.object({
  column: v.picklist([
    'file',
    'model',
    'throughput',
    'latency',
    'parameters',
    'macs',
    'memory',
    'bytes',
    'accuracy',
    'target',
  ]),
  descending: v.boolean(),
});

/** A model that could be read; `id` is its URI. */
export type ComparisonRow = ComparedModel & { readonly id: string };
export type UnreadRow = UnreadFile & { readonly id: string };

/** How far the models of a comparison are read. */
export interface ReadingProgress {
  readonly isSearching: boolean;
  readonly found: number;
  readonly read: number;
  /** How much of those that are being read is done: 0.5 for half of one. */
  readonly underWay: number;
}

/** What is known so far; sent again as models are read and whenever something changes. */
export interface ComparisonMessage extends ShownChoice {
  readonly type: 'comparison';
  /** What is compared, in words: `3 files`, `folder nets`, `the workspace`. */
  readonly what: string;
  readonly roots: readonly string[];
  readonly size: Size;
  readonly targetFps: number | null;
  /** Fastest first. */
  readonly models: readonly ComparisonRow[];
  readonly unreadable: readonly UnreadRow[];
  readonly progress: ReadingProgress;
  /** Whether there are more models than are compared. */
  readonly isTruncated: boolean;
}

/** The table is wanted as text, in the order that it has on the page. */
const exportMessage = v.object({
  type: v.literal('export'),
  format: v.picklist(['csv', 'markdown']),
  to: v.picklist(['clipboard', 'file']),
  sort: sortSchema,
  isGrouped: v.boolean(),
});

/** What the page tells the extension. */
export const comparePageMessages = v.variant('type', [
  resizeMessage,
  /** The user wants a model's own page. */
  v.object({ type: v.literal('open'), id: text(maxUri) }),
  exportMessage,
]);

/** What a page keeps over a reload of the window. */
export const comparePageState = v.object({
  roots: rootsSchema,
  choice: keptChoice,
  size: keptSize,
  sort: v.fallback(sortSchema, { column: 'throughput', descending: true }),
  /** Whether the table sets models for different input sizes apart. */
  isGrouped: v.fallback(v.boolean(), true),
});

export type ComparisonSort = v.InferOutput<typeof sortSchema>;
export type CompareExport = v.InferOutput<typeof exportMessage>;

export type ComparePage = Page<typeof comparePageMessages, typeof comparePageState, ComparisonMessage>;
