import { posix } from 'node:path';
import * as vscode from 'vscode';
import { operatingPoint } from '../../core/estimate/operating-point';
import { runtimeName, runtimes } from '../../core/landmarks/landmark';
import { deviceName, modesOf } from '../../core/landmarks/devices';
import { t } from '../../core/language';
import type { PipelineProblem, PipelineStage } from '../../core/pipeline/pipeline';
import { pipelineKeys, stageKeys, type PipelineKey } from '../../core/pipeline/pipeline-keys';
import { knownDeviceIds } from '../services/known-devices';
import type { ModelService } from '../services/model-service';
import { readSettings } from '../services/settings';
import { isPipeline, modelUri, pipelineSelector, rangeOf, readPipelineDocument, stageModel } from './pipeline-files';

/** Time without a keystroke after which a pipeline is checked. */
const pauseMs = 300;

/** Diagnostics, completion and hover for pipeline files. */
export function registerPipelineLanguage(service: ModelService): vscode.Disposable {
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
    const ofModels: PipelineProblem[] = [];
    for (const stage of pipeline?.stages ?? []) ofModels.push(...(await modelProblems(document, stage, service)));
    if (document.version !== version || document.isClosed) return;
    collection.set(
      document.uri,
      [...problems, ...ofModels].map(({ severity, message, range }) => {
        const { Error, Warning } = vscode.DiagnosticSeverity;
        const made = new vscode.Diagnostic(rangeOf(document, range), message, severity === 'error' ? Error : Warning);
        made.source = 'Framecast';
        return made;
      }),
    );
  }

  vscode.workspace.textDocuments.forEach(checkSoon);
  const models = vscode.workspace.createFileSystemWatcher('**/*.onnx', false, true, false);
  const checkAll = (): void => vscode.workspace.textDocuments.forEach(checkSoon);
  return vscode.Disposable.from(
    collection,
    models,
    models.onDidCreate(checkAll),
    models.onDidDelete(checkAll),
    new vscode.Disposable(() => timers.forEach((timer) => clearTimeout(timer))),
    vscode.workspace.onDidOpenTextDocument(checkSoon),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => collection.delete(uri)),
    vscode.languages.registerCompletionItemProvider(pipelineSelector, { provideCompletionItems }, ' ', '\n'),
    vscode.languages.registerHoverProvider(pipelineSelector, { provideHover }),
  );
}

/** What is wrong with a stage's file, or with the size that it is to run at. */
async function modelProblems(
  document: vscode.TextDocument,
  { model, input, modelRange, inputRange }: PipelineStage,
  service: ModelService,
): Promise<readonly PipelineProblem[]> {
  if ((await modelUri(document, model)) === null) {
    return [{ severity: 'error', message: t('There is no file {0}.', model), range: modelRange }];
  }
  if (input === null) return [];
  const profile = await stageModel(document, model, service, new AbortController().signal, () => [input]);
  if (!profile.ok) return [];
  const point = operatingPoint(profile.value, { ...readSettings(document.uri), ...input });
  return point.ok ? [] : [{ severity: 'error', message: point.error, range: inputRange }];
}

/** Key and beginning of the value on a line, and how far the key is indented. */
function keyOn(line: string): { readonly key: string; readonly indent: number; readonly start: number } | null {
  const match = /^(\s*(?:-\s+)?)([A-Za-z_]+)\s*:/.exec(line);
  if (match === null) return null;
  return { key: match[2]!, indent: match[1]!.length, start: match[1]!.length };
}

function keysAt(indent: number): readonly PipelineKey[] {
  return indent === 0 ? pipelineKeys() : stageKeys();
}

function provideCompletionItems(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.CompletionItem[] | Promise<vscode.CompletionItem[]> {
  const before = document.lineAt(position).text.slice(0, position.character);
  const found = keyOn(before);
  if (found?.key === 'model') return modelPaths(document);
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

/** Model files that are proposed. */
const maxPaths = 200;

/** The models of the workspace as a pipeline in this document names them. */
async function modelPaths(document: vscode.TextDocument): Promise<vscode.CompletionItem[]> {
  const folder = posix.dirname(document.uri.path);
  const models = await vscode.workspace.findFiles('**/*.onnx', '**/node_modules/**', maxPaths);
  return models.map(
    ({ path }) => new vscode.CompletionItem(posix.relative(folder, path), vscode.CompletionItemKind.File),
  );
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
      return modesOf(device).map(({ name, gpuMHz }) =>
        named(name, `${deviceName(device)}, ${t('GPU at {0} MHz', gpuMHz)}`),
      );
    }
    case 'runs':
      return [named('1', t('once per frame')), named('faces', t('once per face'))];
    case 'batch':
      return [named('true', t('all faces of a frame at once')), named('false', t('one face after another'))];
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
