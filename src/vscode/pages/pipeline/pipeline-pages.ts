import { posix } from 'node:path';
import * as vscode from 'vscode';
import { parseDocument, stringify } from 'yaml';
import { t } from '../../../core/language';
import { changingPipeline, sizesOfStages, type PipelineChange } from '../../../core/pipeline/pipeline-advice';
import { withPauses } from '../../../core/pieces';
import type { ModelProfile } from '../../../core/profile/profile';
import type { Pipeline } from '../../../core/pipeline/pipeline';
import { lighterMembers } from '../../../core/pipeline/lighter-members';
import { budgetingPipeline, type StageModel } from '../../../core/pipeline/pipeline-budget';
import { pipelineView } from '../../../core/present/pipeline-view';
import { pipelinePageMessages, pipelinePageState, type PipelinePage } from '../../../protocol/pipeline-page';
import {
  isPipeline,
  modelUri,
  pipelineSelector,
  readPipelineDocument,
  stageModel,
} from '../../pipelines/pipeline-files';
import { offered } from '../../services/ask';
import { fileType } from '../../services/file-type';
import type { LandmarkLibrary } from '../../services/landmark-library';
import type { ModelService } from '../../services/model-service';
import { readSettings } from '../../services/settings';
import { createYielder } from '../../services/yield-to-event-loop';
import { createPageChoice } from '../page-choice';
import { registerTabs, type PageLogic, type Surface } from '../page-host';

/** Registers the page that shows what a pipeline takes per frame, with the command that opens it. */
export function registerPipelinePages(
  extensionUri: vscode.Uri,
  service: ModelService,
  library: LandmarkLibrary,
): vscode.Disposable {
  function start(surface: Surface<PipelinePage>, state: PipelinePage['state']) {
    const uri = vscode.Uri.parse(state.uri);
    let ofFile: Pick<Pipeline, 'device' | 'runtime' | 'powerMode'> = { device: null, runtime: null, powerMode: null };
    // What the file says comes before the settings.
    const choice = createPageChoice(state.choice, () => {
      const settings = readSettings(uri);
      const { device, runtime, powerMode } = ofFile;
      return {
        ...settings,
        device: device ?? settings.device,
        runtime: runtime ?? settings.runtime,
        // A mode that the settings have is one of the settings' board.
        powerMode: powerMode ?? (device === null ? settings.powerMode : undefined),
      };
    });
    let changes: readonly PipelineChange[] = [];
    surface.setTitle(posix.basename(uri.path));

    function refresh(): void {
      surface.latest(async (signal, post) => {
        const file = posix.basename(uri.path);
        let document: vscode.TextDocument;
        try {
          document = await vscode.workspace.openTextDocument(uri);
        } catch {
          return post({
            type: 'none',
            file,
            sentences: [t('File not found. The page reloads when the file returns.')],
          });
        }
        const { pipeline, problems, position } = readPipelineDocument(document);
        const listed = problems.map(({ message, range }) => ({ line: position(range.start).line + 1, message }));
        if (pipeline === null || pipeline.stages.length === 0) {
          return post({
            type: 'none',
            file,
            sentences: listed.map(({ line, message }) => t('Line {0}: {1}', line, message)),
          });
        }
        ofFile = pipeline;
        const models: StageModel[] = [];
        for (const stage of pipeline.stages) {
          const sizes = (profile: ModelProfile) => sizesOfStages([stage], pipeline.faces, profile);
          models.push(await stageModel(document, stage.model, service, signal, sizes));
        }
        signal.throwIfAborted();
        const { estimators } = library;
        const { current } = choice;
        const pause = createYielder(signal);
        for (const model of models) if (model.ok) await estimators.prepare(current, pause, model.value);
        const budget = await withPauses(budgetingPipeline(pipeline, models, current, estimators), pause);
        const proposals = changingPipeline(pipeline, models, current, estimators, lighterMembers);
        changes = await withPauses(proposals, pause);
        post({
          type: 'pipeline',
          ...choice.shown,
          file,
          path: vscode.workspace.asRelativePath(uri),
          faces: pipeline.faces,
          cameraFps: pipeline.cameraFps,
          view: pipelineView(budget, changes),
          byFaces: budget.byFaces,
          problems: listed,
        });
      });
    }

    const receive: PageLogic<PipelinePage>['receive'] = {
      openFile: async (message) => {
        const line = Math.max(0, (message.line ?? 1) - 1);
        const selection = new vscode.Range(line, 0, line, 0);
        await vscode.window.showTextDocument(uri, { selection, viewColumn: vscode.ViewColumn.Beside });
      },
      openModel: async (message) => {
        const document = await vscode.workspace.openTextDocument(uri);
        const stage = readPipelineDocument(document).pipeline?.stages[message.stage];
        const model = stage && (await modelUri(document, stage.model));
        if (model) await vscode.commands.executeCommand('framecast.openModel', model.toString());
      },
      apply: async (message) => {
        const change = changes[message.change];
        if (change) await applyChange(uri, change);
      },
    };
    return { uri, choice, refresh, receive };
  }

  const tabs = registerTabs(extensionUri, {
    bundle: 'pipeline',
    viewType: 'framecast.pipelinePage',
    title: t('Pipeline'),
    messages: pipelinePageMessages,
    state: pipelinePageState,
    keyOf: ({ uri }) => uri,
    follows: library,
    start,
  });

  const refreshOf = (uri: vscode.Uri): void =>
    tabs.forEach((page) => (page.uri.toString() === uri.toString() ? page.refresh() : undefined));

  async function open(argument?: unknown): Promise<void> {
    const chosen = argument instanceof vscode.Uri ? argument : await chosenPipeline();
    if (chosen) tabs.show({ uri: chosen.toString(), choice: null });
  }

  /** Pages whose models are read again once a model file changes. */
  const models = vscode.workspace.createFileSystemWatcher('**/*.onnx');
  const files = vscode.workspace.createFileSystemWatcher('**/*.{yaml,yml}');
  const all = (): void => tabs.forEach((page) => page.refresh());
  return vscode.Disposable.from(
    tabs,
    models,
    files,
    models.onDidChange(all),
    models.onDidCreate(all),
    models.onDidDelete(all),
    files.onDidCreate(refreshOf),
    files.onDidDelete(refreshOf),
    vscode.workspace.onDidChangeTextDocument(({ document }) => refreshOf(document.uri)),
    vscode.commands.registerCommand('framecast.openPipeline', open),
  );
}

/** The pipeline in the active editor, else one of the workspace that the user picks. */
async function chosenPipeline(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  if (active && isPipeline(active)) return active.uri;
  const found = await vscode.workspace.findFiles('**/*{pipeline,framecast}*.{yaml,yml}', '**/node_modules/**', 200);
  const documents = await Promise.all(found.map((uri) => vscode.workspace.openTextDocument(uri)));
  const pipelines = documents.filter(
    (document) => vscode.languages.match(pipelineSelector, document) > 0 && isPipeline(document),
  );
  if (pipelines.length === 0) return await createPipeline();
  if (pipelines.length === 1) return pipelines[0]!.uri;
  const picked = await vscode.window.showQuickPick(
    pipelines.map(({ uri }) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
    { placeHolder: t('Pipeline to open') },
  );
  return picked?.uri;
}

/** Offers to write a pipeline of the workspace's first models, and opens it; undefined if the user does not want one. */
async function createPipeline(): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const pattern = folder && new vscode.RelativePattern(folder, '**/*.[oO][nN][nN][xX]');
  const models = pattern ? await vscode.workspace.findFiles(pattern, '**/node_modules/**', 3) : [];
  if (folder === undefined || models.length === 0) {
    const message = t(
      'There is no pipeline in this workspace, and no model to make one of. Open a folder with models, or create a sample model first.',
    );
    return void vscode.window.showInformationMessage(message);
  }
  const message = t(
    'There is no pipeline in this workspace. Framecast can write one of its models, for you to change.',
  );
  if (!(await offered('Information', message, t('Create pipeline.yaml')))) return undefined;
  const uri = vscode.Uri.joinPath(folder.uri, 'pipeline.yaml');
  // What is there already is no pipeline, or none that can be read: it is shown as it is.
  const isThere = (await fileType(uri)) !== vscode.FileType.Unknown;
  if (!isThere) {
    const paths = models.map((model) => posix.relative(folder.uri.path, model.path)).sort();
    const text = stringify({ camera_fps: 30, faces: 1, stages: paths.map((model) => ({ model })) });
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  }
  await vscode.window.showTextDocument(uri, { preview: false });
  return isThere ? undefined : uri;
}

/** Writes a proposed change into the file, which keeps its comments and can be undone there. */
async function applyChange(uri: vscode.Uri, { stage, edit }: PipelineChange): Promise<void> {
  if (edit === null) return;
  const text = await vscode.workspace.openTextDocument(uri);
  const index = readPipelineDocument(text).pipeline?.stages.findIndex(({ name }) => name === stage) ?? -1;
  if (index < 0) return;
  const document = parseDocument(text.getText());
  if (document.errors.length > 0) return;
  const value = /^\d+$/.test(edit.value) ? Number(edit.value) : edit.value === 'true' ? true : edit.value;
  document.setIn(['stages', index, edit.key], value);
  const whole = new vscode.Range(text.positionAt(0), text.positionAt(text.getText().length));
  const workspaceEdit = new vscode.WorkspaceEdit();
  workspaceEdit.replace(uri, whole, document.toString({ lineWidth: 0 }));
  await vscode.workspace.applyEdit(workspaceEdit);
}
