import * as vscode from 'vscode';
import { concernsOf } from '../../core/estimate/concerns';
import { deviceName } from '../../core/landmarks/devices';
import { runtimeName } from '../../core/landmarks/landmark';
import { formatThroughput } from '../../core/figures';
import type { ModelService } from '../services/model-service';
import { readSettings } from '../services/settings';
import type { ModelHelp } from './model-help';
import { missesTarget, type ModelRow, type ModelState } from './model-rows';
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
 * Lists models that miss the target, and those with operators that the board cannot run, in the Problems panel. What
 * would help is found out afterwards, one model at a time, and added to the sentence. Nothing is said, and no file read
 * for it, until the user has set a target or chosen a board.
 */
export function registerModelProblems(
  models: WorkspaceModels,
  service: ModelService,
  help: ModelHelp,
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
    if (scopes.some(isWanted)) models.start();
  }

  function publish(): void {
    const listed = new Set<string>();
    const wanted = new Map<string, boolean>();
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
      if (!wanted.has(scope)) wanted.set(scope, isWanted(folder));
      if (wanted.get(scope) !== true) continue;
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
    const { profile, query } = state;
    const errors = concernsOf(profile, query).filter(({ severity }) => severity === 'error');
    const concerns = errors.map(({ code, message }) => diagnostic(message, vscode.DiagnosticSeverity.Error, code));
    if (!missesTarget({ state }) || state.verdict === null) return concerns;
    const known = helps.get(key);
    const unknown = helped.has(key) ? [] : ['Open the model for suggestions.'];
    const sentences = known?.key === helpKey(state) ? (known.sentences ?? []) : unknown;
    const message = [missSentence(state), ...sentences].join('\n');
    // A warning would put its count before the throughput on the file's badge in the Explorer.
    return [...concerns, diagnostic(message, vscode.DiagnosticSeverity.Information, 'below-target')];
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
      found.sentences =
        same?.sentences ??
        (analysis?.ok === true
          ? await help.of(analysis.value.profile, state.query, state.targetFps, ended.signal)
          : []);
    } catch (error) {
      if (!ended.signal.aborted) throw error;
      return;
    }
    const row = models.rows.find((each) => each.file.toString() === file.toString());
    const diagnostics = row !== undefined && published.has(file.toString()) ? changedProblems(row) : null;
    if (diagnostics !== null) collection.set(file, diagnostics);
  }

  startWhenWanted();
  return vscode.Disposable.from(
    collection,
    models.onDidChange(publish),
    service.onDidChangePredictions(() => epoch++),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('framecast')) return;
      startWhenWanted();
      if (event.affectsConfiguration('framecast.problems')) publish();
    }),
    new vscode.Disposable(() => ended.abort()),
  );
}

/** Whether the user wants problems here and has said what would be one. */
function isWanted(scope: vscode.Uri | undefined): boolean {
  const configuration = vscode.workspace.getConfiguration('framecast', scope);
  if (configuration.get<unknown>('problems') === false) return false;
  const board = configuration.inspect('device');
  const chosen = [board?.globalValue, board?.workspaceValue, board?.workspaceFolderValue];
  return readSettings(scope).targetFps !== null || chosen.some((value) => value !== undefined);
}

function missSentence({ query, prediction, verdict }: Model): string {
  const { estimate } = prediction;
  const board = `${deviceName(query.device)} (${runtimeName(query.runtime)})`;
  const figure = estimate === null ? '' : `${formatThroughput(estimate.throughputFps, estimate.batch)} on ${board}. `;
  return `${figure}${verdict?.sentence ?? ''}.`;
}

function diagnostic(message: string, severity: vscode.DiagnosticSeverity, code: string): vscode.Diagnostic {
  // A model has no lines; the problem is about the file.
  const made = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 0), message, severity);
  made.source = 'Framecast';
  made.code = code;
  return made;
}
