import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import { createYielder } from '../../services/yield-to-event-loop';
import { entryIdentity, identityOfExternalFiles, openModelSource } from '../../services/model-source';
import { createModelSummaries, type ModelSummaries } from './model-summaries';
import { summariseOpened } from './read-summary';
import { createSummaryCache } from './summary-cache';
import { createModelWorkers } from './summary-threads';

/** Summaries of files wherever VS Code has them, remembered over reloads of the window. */
export interface WorkspaceSummaries extends ModelSummaries<vscode.Uri>, vscode.Disposable {
  /** How many files are read at a time. */
  readonly width: number;
}

/** Changes when what a summary holds does; the built code itself counts, too. */
const summaryForm = 3;

export function createWorkspaceSummaries(context: vscode.ExtensionContext): WorkspaceSummaries {
  const { extensionUri, globalStorageUri } = context;
  const bundle = vscode.Uri.joinPath(extensionUri, 'dist', 'summary-worker.js').fsPath;
  const folder = globalStorageUri.scheme === 'file' ? globalStorageUri.fsPath : null;
  // Never ended: what was found is still written when the window closes.
  const cache = createSummaryCache(folder, versionOf(bundle), createYielder(new AbortController().signal));
  const workers = createModelWorkers(bundle);
  const summaries = createModelSummaries<vscode.Uri>({
    cache,
    identity: entryIdentity,
    externalIdentity: identityOfExternalFiles,
    read: async (uri, size, signal) => {
      if (uri.scheme === 'file') return await workers.summarise(uri.fsPath, size, signal);
      return await summariseOpened(await openModelSource(uri), size, signal);
    },
  });
  return {
    ...summaries,
    // As many again look at their files' identities, so that no thread waits for the next one.
    width: 2 * workers.width,
    dispose: () => {
      workers.dispose();
      void cache.flush();
    },
  };
}

/** Tells builds of the extension apart, as each may find other things in the same file. */
function versionOf(bundle: string): string {
  try {
    const { size, mtimeMs } = statSync(bundle);
    return [summaryForm, size, Math.round(mtimeMs)].join('-');
  } catch {
    return String(summaryForm);
  }
}
