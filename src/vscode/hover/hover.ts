import { posix } from 'node:path';
import * as vscode from 'vscode';
import { escapeMarkdown, predictionCard } from '../../core/present/card';
import { predictionView } from '../../core/present/prediction-view';
import { toAbortSignal } from '../services/cancellation';
import { findModelPaths } from './model-paths';
import type { ModelService } from '../services/model-service';
import { firstFile, surroundingsOf } from './mentioned-file';
import { readSettings } from '../services/settings';

/** Any language, wherever VS Code can look for the file that a text mentions. */
const selector: vscode.DocumentSelector = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-vfs'].map((scheme) => ({
  scheme,
}));

/** Shows a model's prediction where a source file mentions its path. */
export function registerHover(service: ModelService): vscode.Disposable {
  return vscode.languages.registerHoverProvider(selector, {
    provideHover: async (document, position, token) => {
      const mentions = findModelPaths(document.lineAt(position).text, position.character);
      if (mentions.length === 0) return undefined;
      const around = surroundingsOf(document);
      for (const mention of mentions) {
        const uri = await firstFile(mention.path, around, token);
        if (token.isCancellationRequested) return undefined;
        if (uri === null) continue;
        const card = await modelCard(uri, service, toAbortSignal(token));
        return (
          card && new vscode.Hover(card, new vscode.Range(position.line, mention.start, position.line, mention.end))
        );
      }
      return undefined;
    },
  });
}

async function modelCard(
  uri: vscode.Uri,
  service: ModelService,
  signal: AbortSignal,
): Promise<vscode.MarkdownString | undefined> {
  const result = await service.analyse(uri, signal);
  if (!result.ok && result.error.code === 'cancelled') return undefined;
  const open = `[Open ${escapeMarkdown(posix.basename(uri.path))}](${openCommand(uri)})`;
  const lines = result.ok
    ? predictedLines()
    : [`**Framecast cannot read this model.** ${escapeMarkdown(result.error.message)}`];

  function predictedLines(): readonly string[] {
    if (!result.ok) return [];
    const { profile } = result.value;
    const settings = readSettings(uri);
    const prediction = service.predict(result.value, settings);
    return predictionCard(predictionView(profile, settings, prediction, settings.targetFps ?? undefined));
  }

  const card = new vscode.MarkdownString([...lines, '', open].join('\n'));
  card.isTrusted = { enabledCommands: ['framecast.openModel'] };
  return card;
}

/** A link's target with the file as its only argument, encoded so that no name can end the link. */
function openCommand(uri: vscode.Uri): string {
  const encoded = encodeURIComponent(JSON.stringify([uri.toString()])).replace(/[()']/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return `command:framecast.openModel?${encoded}`;
}
