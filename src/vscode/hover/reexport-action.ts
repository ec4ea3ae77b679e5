import { posix } from 'node:path';
import * as vscode from 'vscode';
import { concernsOf } from '../../core/estimate/concerns';
import { toAbortSignal } from '../services/cancellation';
import type { ModelService } from '../services/model-service';
import { readSettings } from '../services/settings';
import { mentionedModels } from './mentioned-models';
import { t } from '../../core/language';

/**
 * A quick fix on a path in code to a model that does not run on the chosen board as exported: a script that exports it
 * again, for the TensorRT of that board.
 */
export function reexportActions(service: ModelService): vscode.CodeActionProvider {
  return {
    provideCodeActions: async (document, range, _context, token) => {
      const line = new vscode.Range(range.start.line, 0, range.start.line, 0);
      const named = await mentionedModels(document, line, token);
      const actions = named
        .filter((model) => model.range.intersection(range) !== undefined)
        .map(({ uri }) => reexportAction(uri, service, toAbortSignal(token)));
      return (await Promise.all(actions)).flatMap((action) => action ?? []);
    },
  };
}

async function reexportAction(
  uri: vscode.Uri,
  service: ModelService,
  signal: AbortSignal,
): Promise<vscode.CodeAction | null> {
  const analysis = await service.analyse(uri, signal);
  if (!analysis.ok) return null;
  const concerns = concernsOf(analysis.value.profile, readSettings(uri));
  if (concerns.every(({ remedy }) => remedy === undefined)) return null;
  const title = t('Re-export {0} for this board', posix.basename(uri.path));
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { title, command: 'framecast.writeExportScript', arguments: [uri.toString()] };
  return action;
}
