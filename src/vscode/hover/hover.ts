import { homedir } from 'node:os';
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { escapeMarkdown, predictionCard } from '../../core/present/card';
import { predictionView } from '../../core/present/prediction-view';
import { toAbortSignal } from '../services/cancellation';
import { findModelPaths } from './model-paths';
import type { ModelService } from '../services/model-service';
import { resolveModelPath, type Surroundings } from './path-resolution';
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
        for (const path of resolveModelPath(mention.path, around.surroundings)) {
          if (token.isCancellationRequested) return undefined;
          const uri = around.base.with({ path });
          if (!(await isFile(uri))) continue;
          const card = await modelCard(uri, service, toAbortSignal(token));
          return (
            card && new vscode.Hover(card, new vscode.Range(position.line, mention.start, position.line, mention.end))
          );
        }
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

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

/** Where a document stands, and a URI on the same file system as the files that it mentions. */
function surroundingsOf(document: vscode.TextDocument): { surroundings: Surroundings; base: vscode.Uri } {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const uri = document.uri.scheme === 'vscode-notebook-cell' ? notebookUri(document) : document.uri;
  const isSaved = uri !== null && uri.scheme !== 'untitled';
  const base = (isSaved ? uri : (folders[0]?.uri ?? vscode.Uri.file('/'))).with({ query: '', fragment: '' });
  const own = isSaved ? vscode.workspace.getWorkspaceFolder(uri) : undefined;
  const reachable = folders.filter(
    ({ uri: { scheme, authority } }) => scheme === base.scheme && authority === base.authority,
  );
  const ordered = [...reachable].sort((one, other) => Number(other === own) - Number(one === own));
  return {
    base,
    surroundings: {
      folder: isSaved ? posix.dirname(uri.path) : null,
      workspaceFolders: ordered.map((folder) => ({ name: folder.name, path: folder.uri.path })),
      home: base.scheme === 'file' ? vscode.Uri.file(homedir()).path : null,
    },
  };
}

function notebookUri(document: vscode.TextDocument): vscode.Uri | null {
  const notebook = vscode.workspace.notebookDocuments.find((each) =>
    each.getCells().some((cell) => cell.document === document),
  );
  return notebook?.uri ?? null;
}
