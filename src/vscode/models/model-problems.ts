import { t } from '../../core/language';
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { planChanges, sizesOfChanges } from '../../core/plan/plan-changes';
import { changesSentence } from '../../core/present/change-view';
import type { Query } from '../../core/estimate/estimate';
import type { ModelProfile } from '../../core/profile/profile';
import { problemOf } from '../../core/present/one-line';
import { commandLink } from '../services/command-link';
import type { ModelService } from '../services/model-service';
import { readSettings } from '../services/settings';
import type { LandmarkLibrary } from '../services/landmark-library';
import { createYielder } from '../services/yield-to-event-loop';
import { isUnfitModel, missesTarget, type ModelRow, type ModelState } from './model-rows';
import type { WorkspaceModels } from './workspace-models';

type Model = Extract<ModelState, { kind: 'model' }>;

/** Models for which is found out what would help, the first by path: it takes hundreds of predictions each. */
const maxHelped = 100;

/** What would help one model, as long as it is asked for the same. */
interface Help {
  readonly key: string;
  /** null while it is being found out. */
  sentences: readonly string[] | null;
}

/**
 * Lists models that miss the target, and those that do not run as exported, in the Problems panel: one warning a file, for
 * models that are open or named in an open text, or for all of the workspace. What would help is found out afterwards, one model at a time, and added to the sentence. Nothing is said, and no file read
 * for it, until the user has set a target or chosen a board.
 */
export function registerModelProblems(
  models: WorkspaceModels,
  service: ModelService,
  library: LandmarkLibrary,
): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('framecast');
  const helps = new Map<string, Help>();
  const published = new Map<string, string>();
  /** Files for which is found out what would help. */
  let helped: ReadonlySet<string> = new Set();
  const ended = new AbortController();
  /** Changes with the landmarks, on which all help rests. */
  let epoch = 0;
  let isHelping = false;

  function startWhenWanted(): void {
    const scopes = [undefined, ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri)];
    if (scopes.some((scope) => extentOf(scope) !== 'off')) models.start();
  }

  function publish(): void {
    const listed = new Set<string>();
    const wanted = new Map<string, Extent>();
    const inSight = modelsInSight();
    helped = new Set(
      models.rows
        .filter(missesTarget)
        .slice(0, maxHelped)
        .map(({ file }) => file.toString()),
    );
    const changes: [vscode.Uri, vscode.Diagnostic[]][] = [];
    for (const row of models.rows) {
      const folder = vscode.workspace.getWorkspaceFolder(row.file)?.uri;
      const scope = folder?.toString() ?? '';
      const extent = wanted.get(scope) ?? extentOf(folder);
      wanted.set(scope, extent);
      if (extent === 'off' || (extent === 'open' && !inSight(row.file))) continue;
      listed.add(row.file.toString());
      const diagnostics = changedProblems(row);
      if (diagnostics !== null) changes.push([row.file, diagnostics]);
    }
    if (changes.length > 0) collection.set(changes);
    for (const key of published.keys()) {
      if (listed.has(key)) continue;
      published.delete(key);
      helps.delete(key);
      collection.delete(vscode.Uri.parse(key, true));
    }
    const { isSearching, found, read } = models.progress;
    if (!isSearching && read === found) void helpAll();
  }

  /** The problems of a file where they are others than those that are shown; otherwise null. */
  function changedProblems({ file, state }: ModelRow<vscode.Uri>): vscode.Diagnostic[] | null {
    const key = file.toString();
    // What was found stays while a changed file is read.
    if (state.kind === 'waiting') return null;
    const diagnostics = state.kind === 'model' ? problemsOf(key, state) : [];
    const text = JSON.stringify(diagnostics.map(({ message, severity }) => [severity, message]));
    if (text === (published.get(key) ?? '[]')) return null;
    published.set(key, text);
    return diagnostics;
  }

  function problemsOf(key: string, state: Model): vscode.Diagnostic[] {
    const problem = problemOf(state, posix.basename(vscode.Uri.parse(key).path));
    if (problem === null) return [];
    const { sentences: lines, errors } = problem;
    if (isUnfitModel({ state })) {
      const isMendable = errors.some(({ remedy }) => remedy !== undefined);
      const code = isMendable ? reexportCode(key) : (errors[0]?.code ?? 'unsupported-operator');
      return [diagnostic(lines.join('\n'), code)];
    }
    const known = helps.get(key);
    const unknown = helped.has(key) ? [] : [t('Open the model for suggestions.')];
    const sentences = known?.key === helpKey(state) ? (known.sentences ?? []) : unknown;
    return [diagnostic([...lines, ...sentences].join('\n'), 'below-target')];
  }

  const helpKey = ({ summary, query, targetFps }: Model): string =>
    JSON.stringify([summary.digest, query.device, query.runtime, targetFps, epoch]);

  /** Goes through the models that miss their target until nothing more is to be found out. */
  async function helpAll(): Promise<void> {
    if (isHelping) return;
    isHelping = true;
    try {
      for (let next = nextToHelp(); next !== null && !ended.signal.aborted; next = nextToHelp()) await helpOne(next);
    } finally {
      isHelping = false;
    }
  }

  function nextToHelp(): ModelRow<vscode.Uri> | null {
    return (
      models.rows.find((row) => {
        const key = row.file.toString();
        return (
          published.has(key) &&
          helped.has(key) &&
          missesTarget(row) &&
          row.state.kind === 'model' &&
          helps.get(key)?.key !== helpKey(row.state)
        );
      }) ?? null
    );
  }

  async function helpOne({ file, state }: ModelRow<vscode.Uri>): Promise<void> {
    if (state.kind !== 'model' || state.targetFps === null) return;
    const found: Help = { key: helpKey(state), sentences: null };
    helps.set(file.toString(), found);
    try {
      const same = [...helps.values()].find((each) => each.key === found.key && each.sentences !== null);
      const analysis = same === undefined ? await service.analyse(file, ended.signal) : null;
      if (analysis?.ok === true) {
        const sizes = sizesOfChanges(analysis.value.profile, state.query);
        await service.prepare(analysis.value, sizes, ended.signal);
      }
      found.sentences =
        same?.sentences ??
        (analysis?.ok === true ? await helpOf(analysis.value.profile, state.query, state.targetFps) : []);
    } catch (error) {
      if (!ended.signal.aborted) throw error;
      return;
    }
    const row = models.rows.find((each) => each.file.toString() === file.toString());
    const diagnostics = row !== undefined && published.has(file.toString()) ? changedProblems(row) : null;
    if (diagnostics !== null) collection.set(file, diagnostics);
  }

  /** What would help a model to meet its target, in sentences. */
  async function helpOf(profile: ModelProfile, query: Query, targetFps: number): Promise<readonly string[]> {
    const { signal } = ended;
    const progress = { signal, pause: createYielder(signal) };
    const changes = await planChanges({ profile, query, targetFps }, library.estimators, progress);
    signal.throwIfAborted();
    return changes.ok ? [changesSentence(changes.value)] : [];
  }

  startWhenWanted();
  return vscode.Disposable.from(
    collection,
    models.onDidChange(publish),
    vscode.window.tabGroups.onDidChangeTabs(publish),
    vscode.workspace.onDidOpenTextDocument(publish),
    vscode.workspace.onDidCloseTextDocument(publish),
    vscode.workspace.onDidSaveTextDocument(publish),
    service.onDidChangePredictions(() => epoch++),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('framecast')) return;
      startWhenWanted();
      if (event.affectsConfiguration('framecast.problems')) publish();
    }),
    new vscode.Disposable(() => ended.abort()),
  );
}

type Extent = 'off' | 'open' | 'workspace';

/** Of which models here the user wants problems: of none until it is said what would be one. */
function extentOf(scope: vscode.Uri | undefined): Extent {
  const configuration = vscode.workspace.getConfiguration('framecast', scope);
  const setting = configuration.get<unknown>('problems');
  if (setting === false || setting === 'off') return 'off';
  const board = configuration.inspect('device');
  const chosen = [board?.globalValue, board?.workspaceValue, board?.workspaceFolderValue];
  if (readSettings(scope).targetFps === null && chosen.every((value) => value === undefined)) return 'off';
  if (setting === 'open' || setting === 'workspace') return setting;
  const target = configuration.inspect('targetFps');
  return (target?.workspaceFolderValue ?? target?.workspaceValue ?? null) === null ? 'open' : 'workspace';
}

/** Texts that are searched for names of models: longer ones are data. */
const maxTextCharacters = 1_000_000;

/** Whether a model is open in a tab, or named in an open text; by its file name, so that no path has to be resolved. */
function modelsInSight(): (file: vscode.Uri) => boolean {
  const open = new Set<string>();
  for (const { input } of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)) {
    if (input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText) open.add(input.uri.toString());
  }
  const named = new Set<string>();
  for (const document of vscode.workspace.textDocuments) {
    if (document.uri.scheme === 'output') continue;
    const text = document.getText();
    if (text.length > maxTextCharacters) continue;
    for (const { index } of text.matchAll(/\.onnx\b/gi)) {
      const name = text
        .slice(Math.max(0, index - 255), index + 5)
        .split(/[/\\"'`\s]/)
        .at(-1);
      if (name !== undefined) named.add(name.toLowerCase());
    }
  }
  return (file) => open.has(file.toString()) || named.has(posix.basename(file.path).toLowerCase());
}

/** A link behind the message: Problems offers quick fixes only for files that are open as text, which models are not. */
function reexportCode(file: string): NonNullable<vscode.Diagnostic['code']> {
  return {
    value: t('Re-export for This Board'),
    target: vscode.Uri.parse(commandLink('writeExportScript', vscode.Uri.parse(file))),
  };
}

function diagnostic(message: string, code: NonNullable<vscode.Diagnostic['code']>): vscode.Diagnostic {
  // A model has no lines; the problem is about the file.
  const made = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 0), message, vscode.DiagnosticSeverity.Warning);
  made.source = 'Framecast';
  made.code = code;
  return made;
}
