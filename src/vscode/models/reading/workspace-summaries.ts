import { currentLanguage } from '../../../core/language';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type * as vscode from 'vscode';
import { createYielder } from '../../services/yield-to-event-loop';
import { entryIdentity, identityOfExternalFiles, openModelSource } from '../../services/model-source';
import { createModelSummaries, type ModelSummaries } from './model-summaries';
import { summariseOpened } from '../../../files/reading/read-summary';
import { createSummaryCache } from './summary-cache';
import type { ModelThreads } from '../../../files/reading/model-threads';
import { isOnDisk } from '../../services/on-disk';

/** Summaries of files wherever VS Code has them, remembered over reloads of the window. */
export interface WorkspaceSummaries extends ModelSummaries<vscode.Uri>, vscode.Disposable {
  /** How many files are read at a time. */
  readonly width: number;
}

/** Changes when what a summary holds does; the built code itself counts, too. */
const summaryForm = 5;

/** @param bundle path of the built model-worker.ts */
export function createWorkspaceSummaries(
  { globalStorageUri }: vscode.ExtensionContext,
  threads: ModelThreads,
  bundle: string,
): WorkspaceSummaries {
  const folder = isOnDisk(globalStorageUri) ? globalStorageUri.fsPath : null;
  // Never ended: what was found is still written when the window closes.
  const cache = createSummaryCache(folder, versionOf(bundle), createYielder());
  const summaries = createModelSummaries<vscode.Uri>({
    cache,
    identity: entryIdentity,
    externalIdentity: identityOfExternalFiles,
    read: async (uri, size, signal, onProgress) => {
      const options = { sizes: [size] };
      if (isOnDisk(uri)) return await threads.summarise({ path: uri.fsPath, ...options }, signal, onProgress);
      return await summariseOpened(await openModelSource(uri), options, { signal, onProgress });
    },
  });
  return {
    ...summaries,
    // As many again look at their files' identities, so that no thread waits for the next one.
    width: 2 * threads.width,
    dispose: () => void cache.flush(),
  };
}

/**
 * Tells builds of the extension apart, as each may find other things in the same file (the bundle names its chunks by
 * hash), and languages, in which it says why a file cannot be read.
 */
function versionOf(bundle: string): string {
  const form = `${summaryForm}-${currentLanguage().locale}`;
  try {
    return `${form}-${createHash('sha256').update(readFileSync(bundle)).digest('hex').slice(0, 16)}`;
  } catch {
    return form;
  }
}
