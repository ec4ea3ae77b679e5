import * as vscode from 'vscode';
import type { Query } from '../../../core/estimate/estimate';
import { comparedModel, type ComparedModel, type UnreadFile } from '../../../core/present/compare';
import { t } from '../../../core/language';
import { failure } from '../../../core/result';
import type { OnWorkProgress } from '../../../core/work-progress';
import { createYielder } from '../../services/yield-to-event-loop';
import { findComparedModels } from './compare-files';
import type { Estimators } from '../../../core/estimate/estimators';
import { describeExternalFiles, externalBytes, missingWeights } from '../../../files/model-file';
import { profileOfSummary, type ModelSummary } from '../../../files/reading/model-summary';
import type { ReadingProgress } from '../../../protocol/compare-page';
import type { WorkspaceSummaries } from '../../models/reading/workspace-summaries';
import { isOnDisk } from '../../services/on-disk';

/** A file of a comparison; `id` is its URI. */
export type ComparedEntry =
  | { readonly ok: true; readonly row: ComparedModel & { readonly id: string } }
  | { readonly ok: false; readonly row: UnreadFile & { readonly id: string } };

/** What is known of a selection while it is read. */
export interface ComparedSoFar {
  /** By URI; without those that are not read yet. */
  readonly entries: ReadonlyMap<string, ComparedEntry>;
  readonly progress: ReadingProgress;
  readonly isTruncated: boolean;
}

export interface ComparedReading {
  readonly roots: readonly vscode.Uri[];
  readonly query: Query;
  readonly targetFps: number | null;
  readonly summaries: WorkspaceSummaries;
  readonly estimators: Estimators;
  readonly signal: AbortSignal;
  /** Called as results come, not more often than people can follow, and with the whole at the end. */
  readonly onProgress: (soFar: ComparedSoFar) => void;
}

/** A few models are all there before anything is shown; many come in strides. */
const strideMs = 400;

/** Finds and reads the models of a selection and predicts each. Ends early, without an error, when the signal aborts. */
export async function readCompared(reading: ComparedReading): Promise<void> {
  const { roots, summaries, signal, onProgress } = reading;
  const entries = new Map<string, ComparedEntry>();
  /** How much of the files that are being read is done. */
  const shares = new Map<string, number>();
  let found: readonly vscode.Uri[] = [];
  let isSearching = true;
  let isTruncated = false;
  let last = performance.now();
  const report = (): void => {
    last = performance.now();
    const underWay = [...shares.values()].reduce((sum, share) => sum + share, 0);
    const progress = { isSearching, found: found.length, read: entries.size, underWay };
    onProgress({ entries: new Map(entries), progress, isTruncated });
  };
  const searching = setTimeout(report, strideMs);
  try {
    ({ files: found, isTruncated } = await findComparedModels(roots, signal));
    signal.throwIfAborted();
    clearTimeout(searching);
    isSearching = false;
    const yieldToEventLoop = createYielder(signal);
    const left = found.values();
    await Promise.all(
      Array.from({ length: summaries.width }, async () => {
        for (const uri of left) {
          const id = uri.toString();
          const entry = await entryOf(uri, reading, ({ share }) => {
            shares.set(id, share);
            if (performance.now() - last >= strideMs) report();
          });
          shares.delete(id);
          entries.set(id, entry);
          if (performance.now() - last >= strideMs) report();
          await yieldToEventLoop();
        }
      }),
    );
    signal.throwIfAborted();
    report();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearTimeout(searching);
  }
}

async function entryOf(
  uri: vscode.Uri,
  { query, targetFps, summaries, estimators, signal }: ComparedReading,
  onProgress: OnWorkProgress,
): Promise<ComparedEntry> {
  const id = uri.toString();
  const file = vscode.workspace.asRelativePath(uri);
  const summary =
    (await summaries.of(uri, query, signal, onProgress)) ??
    failure<ModelSummary>('unreadable', t('There is no file at {0}. Check the path.', uri.fsPath));
  signal.throwIfAborted();
  if (!summary.ok) return { ok: false, row: { id, file, ...summary.error } };
  const profile = profileOfSummary(summary.value);
  await estimators.prepare(query, createYielder(signal), profile);
  const prediction = estimators.predict(profile, query);
  const dataFiles = isOnDisk(uri) ? summary.value.dataFiles : [];
  const external = await describeExternalFiles(uri.fsPath, dataFiles);
  const fileBytes = summary.value.fileBytes + externalBytes(external);
  const compared = {
    file,
    ok: true,
    fileBytes,
    missingWeights: missingWeights(external),
    profile,
    prediction,
  } as const;
  return {
    ok: true,
    row: { id, ...comparedModel(compared, query, targetFps) },
  };
}
