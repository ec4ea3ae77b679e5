import * as vscode from 'vscode';
import { runtimeName, runtimes } from '../../core/landmarks/landmark';
import { deviceName, modesOf } from '../../core/landmarks/devices';
import type { PipelineProblem } from '../../core/pipeline/pipeline';
import { pipelineKeys, stageKeys, type PipelineKey } from '../../core/pipeline/pipeline-keys';
import { knownDeviceIds } from '../services/known-devices';
import { readSettings } from '../services/settings';
import { isPipeline, modelUri, pipelineSelector, rangeOf, readPipelineDocument } from './pipeline-files';

/** Time without a keystroke after which a pipeline is checked. */
const pauseMs = 300;

/** Diagnostics, completion and hover for pipeline files. */
export function registerPipelineLanguage(): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('framecast pipelines');
  const timers = new Map<string, NodeJS.Timeout>();

  function checkSoon(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => {
        timers.delete(key);
        void check(document);
      }, pauseMs),
    );
  }

  async function check(document: vscode.TextDocument): Promise<void> {
    if (document.isClosed) return;
    if (!isPipeline(document)) return collection.delete(document.uri);
    const { version } = document;
    const { pipeline, problems } = readPipelineDocument(document);
    const missing: PipelineProblem[] = [];
    for (const { model, modelRange } of pipeline?.stages ?? []) {
      if ((await modelUri(document, model)) !== null) continue;
      missing.push({ severity: 'error', message: `There is no file ${model}.`, range: modelRange });
    }
    if (document.version !== version || document.isClosed) return;
    collection.set(
      document.uri,
      [...problems, ...missing].map(({ severity, message, range }) => {
        const { Error, Warning } = vscode.DiagnosticSeverity;
        const made = new vscode.Diagnostic(rangeOf(document, range), message, severity === 'error' ? Error : Warning);
        made.source = 'Framecast';
        return made;
      }),
    );
  }

  vscode.workspace.textDocuments.forEach(checkSoon);
  return vscode.Disposable.from(
    collection,
    new vscode.Disposable(() => timers.forEach((timer) => clearTimeout(timer))),
    vscode.workspace.onDidOpenTextDocument(checkSoon),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => collection.delete(uri)),
    vscode.languages.registerCompletionItemProvider(pipelineSelector, { provideCompletionItems }, ' ', '\n'),
    vscode.languages.registerHoverProvider(pipelineSelector, { provideHover }),
  );
}

/** Key and beginning of the value on a line, and how far the key is indented. */
function keyOn(line: string): { readonly key: string; readonly indent: number; readonly start: number } | null {
  const match = /^(\s*(?:-\s+)?)([A-Za-z_]+)\s*:/.exec(line);
  if (match === null) return null;
  return { key: match[2]!, indent: match[1]!.length, start: match[1]!.length };
}

function keysAt(indent: number): readonly PipelineKey[] {
  return indent === 0 ? pipelineKeys : stageKeys;
}

function provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
  const before = document.lineAt(position).text.slice(0, position.character);
  const found = keyOn(before);
  if (found !== null) return valuesOf(found.key, document);
  const indent = /^(\s*(?:-\s+)?)\w*$/.exec(before)?.[1]?.length;
  if (indent === undefined || (indent > 0 && !/^stages\s*:/m.test(document.getText()))) return [];
  return keysAt(indent).map(({ name, description, example }) => {
    const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Property);
    item.insertText = `${name}: `;
    item.documentation = description;
    item.detail = example;
    item.command = { command: 'editor.action.triggerSuggest', title: '' };
    return item;
  });
}

function valuesOf(key: string, document: vscode.TextDocument): vscode.CompletionItem[] {
  const named = (value: string, detail: string) => {
    const item = new vscode.CompletionItem(value, vscode.CompletionItemKind.Value);
    item.detail = detail;
    return item;
  };
  switch (key) {
    case 'device':
    case 'board':
      return knownDeviceIds().map((id) => named(id, deviceName(id)));
    case 'runtime':
      return runtimes.map((runtime) => named(runtime, runtimeName(runtime)));
    case 'power_mode': {
      const device = readPipelineDocument(document).pipeline?.device ?? readSettings(document.uri).device;
      return modesOf(device).map(({ name, gpuMHz }) => named(name, `${deviceName(device)}, GPU at ${gpuMHz} MHz`));
    }
    case 'runs':
      return [named('1', 'once per frame'), named('faces', 'once per face')];
    case 'batch':
      return [named('true', 'all faces of a frame at once'), named('false', 'one face after another')];
    default:
      return [];
  }
}

function provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
  if (!isPipeline(document)) return undefined;
  const found = keyOn(document.lineAt(position).text);
  if (found === null || position.character < found.start || position.character > found.start + found.key.length) return;
  const known = keysAt(found.indent).find(({ name, aliases }) => name === found.key || aliases?.includes(found.key));
  if (known === undefined) return undefined;
  const example = known.example === '' ? '' : `\n\n\`${known.name}: ${known.example}\``;
  return new vscode.Hover(new vscode.MarkdownString(known.description + example));
}
