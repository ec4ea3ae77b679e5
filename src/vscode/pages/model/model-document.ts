import * as vscode from 'vscode';
import type { Failure } from '../../../core/result';
import type { WorkProgress } from '../../../core/work-progress';
import { watchModelFile } from '../../services/file-watch';
import type { ModelAnalysis, ModelService } from '../../services/model-service';
import { fileIdentity } from '../../services/model-source';

/** What is known of a file that is open in an editor. */
export type ModelContent =
  /** `progress`: null before a thread has said anything. */
  | { readonly kind: 'reading'; readonly progress: WorkProgress | null }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** `gone`: there is no file any more, and this is what it last held. */
  | { readonly kind: 'model'; readonly analysis: ModelAnalysis; readonly gone: boolean };

/** A model that is open in one or more editors; it follows the file on disk until it is disposed. */
export interface ModelDocument extends vscode.CustomDocument {
  readonly content: ModelContent;
  readonly onDidChange: vscode.Event<void>;
}

export function openModelDocument(uri: vscode.Uri, service: ModelService): ModelDocument {
  const changed = new vscode.EventEmitter<void>();
  let content: ModelContent = { kind: 'reading', progress: null };
  let current = new AbortController();

  async function refresh(): Promise<void> {
    current.abort();
    const { signal } = (current = new AbortController());
    const result = await service.analyse(uri, signal, (progress) => {
      if (signal.aborted || content.kind !== 'reading') return;
      content = { kind: 'reading', progress };
      changed.fire();
    });
    const gone = !result.ok && content.kind === 'model' && (await fileIdentity(uri)) === null;
    if (signal.aborted) return;
    const next: ModelContent = result.ok
      ? { kind: 'model', analysis: result.value, gone: false }
      : gone && content.kind === 'model'
        ? { ...content, gone: true }
        : { kind: 'failed', failure: result.error };
    if (isSame(content, next)) return;
    content = next;
    changed.fire();
  }

  const watch = watchModelFile(uri, () => void refresh());
  void refresh();
  return {
    uri,
    get content() {
      return content;
    },
    onDidChange: changed.event,
    dispose: () => {
      current.abort();
      watch.dispose();
      changed.dispose();
    },
  };
}

function isSame(one: ModelContent, other: ModelContent): boolean {
  if (one.kind === 'model' && other.kind === 'model') return one.analysis === other.analysis && one.gone === other.gone;
  if (one.kind !== 'failed' || other.kind !== 'failed') return false;
  const { code, message, offset } = one.failure;
  return code === other.failure.code && message === other.failure.message && offset === other.failure.offset;
}
