import { posix } from 'node:path';
import * as vscode from 'vscode';
import { modelNameOf } from '../../../core/model-file-name';
import type { Estimate } from '../../../core/estimate/estimate';
import { t, wholeNumber } from '../../../core/language';
import { runtimeName, runtimes } from '../../../core/landmarks/landmark';
import { fasFieldNames, fasFieldsOf, readFasFields, type FasFields, type FieldProblem } from '../../../core/fas/fields';
import { fasModelOfFile } from '../../../core/fas/file';
import { fasIdentity, type FasModel } from '../../../core/fas/model';
import { formatCount, formatThroughput, sizeText } from '../../../core/figures';
import { failure, refusal, success, type Result } from '../../../core/result';
import { decodeTable } from '../../../files/csv-rows';
import { parseFasCsv } from '../../../files/fas-csv';
import { fasPageMessages, fasPageState, type FasPage, type FasSaveMessage } from '../../../protocol/fas-page';
import { parseState } from '../../../protocol/page';
import { askForModel } from '../../models/chosen-models';
import { deviceOptions } from '../../services/known-devices';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { modelEditorType } from '../model/model-editor';
import type { ModelService } from '../../services/model-service';
import { readSettings } from '../../services/settings';
import { createFasLibrary } from './fas-library';
import { registerTabs, type PageLogic, type Surface } from '../page-host';
import { isOnDisk } from '../../services/on-disk';
import { compact } from '../../../core/compact';

export const fasViewId = 'framecast.fas';

/** Reverts a change. */
type Undo = () => Promise<Result<unknown>>;

/** Far larger than any real table of models. */
const maxCsvBytes = 4 * 2 ** 20;

/** Registers the view and the page of face-anti-spoofing models, with the commands that open them. */
export function registerFasPages(
  extensionUri: vscode.Uri,
  service: ModelService,
  landmarks: LandmarkLibrary,
): vscode.Disposable {
  const library = createFasLibrary(service, landmarks);
  const tabs = registerTabs(extensionUri, {
    bundle: 'fas',
    viewType: 'framecast.fasPage',
    title: t('Face Anti-Spoofing Models'),
    messages: fasPageMessages,
    state: fasPageState,
    follows: library,
    start: startPage,
  });
  const refreshAll = (): void => tabs.forEach((page) => page.refresh());
  const openPage = (): void => tabs.show(parseState(fasPageState, undefined));

  function startPage(surface: Surface<FasPage>) {
    /** Reverts the last change made here; each surface undoes its own changes alone. */
    let lastChange: Undo | null = null;

    function refresh(): void {
      surface.latest(async (_signal, post) => {
        const { rows, problems } = await library.rows();
        const { targetFps, ...choice } = readSettings();
        const devices = deviceOptions(choice).map(({ id, name, powerModes }) => ({ id, name, powerModes }));
        const runtimeOptions = runtimes.map((id) => ({ id, name: runtimeName(id) }));
        const { place } = surface;
        post({ type: 'fas', place, rows, targetFps, devices, runtimes: runtimeOptions, choice, problems });
      });
    }

    function notify(sentences: readonly string[], undo: Undo | null): void {
      lastChange = undo;
      surface.post({ type: 'notice', sentences, canUndo: undo !== null });
      refreshAll();
    }

    const receive: PageLogic<FasPage>['receive'] = {
      addFromFile,
      save,
      edit: ({ id }) => edit(id),
      remove: ({ id }) => remove(id),
      undo,
      openModel: ({ id }) => openModel(id),
      importCsv,
      openPage,
    };

    async function addFromFile(): Promise<void> {
      const uri = await askForModel(t('Add FAS Model'));
      if (uri === undefined) return;
      const name = posix.basename(uri.path);
      const analysis = await service.analyse(uri);
      if (!analysis.ok) return void vscode.window.showErrorMessage(`${name}: ${analysis.error.message}`);
      const { profile } = analysis.value;
      const { device, powerMode, runtime } = readSettings(uri);
      const deployment = { device, powerMode, runtime };
      const { estimate, reason } = service.predict(analysis.value, deployment);
      const fields: FasFields = {
        name: modelNameOf(name),
        parameters: String(profile.parameters),
        device,
        power_mode: powerMode ?? '',
        runtime,
        basis: 'predicted',
        throughput_fps: estimate === null ? '' : String(Number(estimate.throughputFps.toPrecision(4))),
      };
      const about = compact([
        `${t('{0}, {1} parameters', profile.variant ?? t('Unrecognised architecture'), formatCount(profile.parameters))}.`,
        estimate === null ? (reason ?? t('No prediction available.')) : predictedSentence(estimate),
        profile.centralDifferences > 0 &&
          t(
            'Contains {0, plural, one {# central-difference convolution} other {# central-difference convolutions}}; see the note in the table.',
            profile.centralDifferences,
          ),
      ]);
      surface.post({ type: 'draft', draft: uri.toString(), id: null, fields: { ...fields }, about });
    }

    async function edit(id: string): Promise<void> {
      const model = (await library.rows()).own.get(id);
      if (model === undefined) return refresh();
      const about = model.file === null ? [] : [t('File: {0}', model.file)];
      surface.post({ type: 'draft', draft: null, id, fields: { ...fasFieldsOf(model) }, about });
    }

    async function save({ draft, id, fields: typed }: FasSaveMessage): Promise<void> {
      const reply = (problems: readonly FieldProblem[]): void => surface.post({ type: 'saved', problems });
      const known: readonly string[] = fasFieldNames;
      const fields = Object.fromEntries(Object.entries(typed).filter(([name]) => known.includes(name)));
      const read = readFasFields(fields, readSettings());
      if (!read.ok) return reply(read.error);
      const before = id === null ? null : ((await library.rows()).own.get(id) ?? null);
      const checked = await withFile(read.value, draft, before);
      if (!checked.ok) return reply([checked.error]);
      const model = checked.value;
      const saved = id === null ? await add(model) : await change(id, model);
      if (!saved.ok) return reply([{ field: 'name', reason: saved.error.message }]);
      reply([]);
      notify([id === null ? t('{0} was added.', model.name) : t('{0} was changed.', model.name)], saved.value);
    }

    async function remove(id: string): Promise<void> {
      const { store } = library;
      const model = (await library.rows()).own.get(id);
      if (model === undefined) return refresh();
      const removed = await store.remove([id]);
      if (!removed.ok) return void vscode.window.showErrorMessage(removed.error.message);
      notify([t('{0} was deleted.', model.name)], () => store.restore(removed.value));
    }

    async function undo(): Promise<void> {
      const change = lastChange;
      // Before anything is awaited, so that a second click finds nothing to undo.
      lastChange = null;
      if (change === null) return;
      const undone = await change();
      notify([undone.ok ? t('Undone.') : undone.error.message], undone.ok ? null : change);
    }

    async function importCsv(): Promise<void> {
      const filters = { [t('CSV tables')]: ['csv', 'tsv', 'txt'] };
      const [uri] =
        (await vscode.window.showOpenDialog({ title: t('Import Face Anti-Spoofing Models'), filters })) ?? [];
      if (uri === undefined) return;
      const text = await readCsv(uri);
      if (!text.ok) return void vscode.window.showErrorMessage(text.error);
      const { models, problems, doubts } = parseFasCsv(text.value, readSettings());
      const { store } = library;
      const added = await store.add(models);
      if (!added.ok) return void vscode.window.showErrorMessage(added.error.message);
      const count = added.value.length;
      const known = models.length - count;
      const sentences = compact([
        known > 0
          ? t(
              '{0}: {1, plural, one {# model} other {# models}} added, {2} already in the table.',
              posix.basename(uri.path),
              count,
              wholeNumber(known),
            )
          : t('{0}: {1, plural, one {# model} other {# models}} added.', posix.basename(uri.path), count),
        ...doubts,
        ...problems.slice(0, 50),
        problems.length > 50 &&
          t('And {0, plural, one {# more problem} other {# more problems}}.', problems.length - 50),
      ]);
      notify(sentences, count > 0 ? () => store.remove(added.value) : null);
    }

    return { refresh, receive };
  }

  async function openModel(id: string): Promise<void> {
    const { rows } = await library.rows();
    const file = rows.find((row) => row.id === id)?.file ?? null;
    if (file !== null) await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), modelEditorType);
  }

  /** Read again, as a form may be saved after a reload of the window; what is unchanged is known already. */
  async function withFile(
    model: FasModel,
    draft: string | null,
    before: FasModel | null,
  ): Promise<Result<FasModel, FieldProblem>> {
    const uri = draft !== null ? vscode.Uri.parse(draft) : before?.file ? vscode.Uri.file(before.file) : null;
    if (uri === null) return success(model);
    const analysis = await service.analyse(uri);
    if (!analysis.ok) {
      if (before === null) {
        return {
          ok: false,
          error: { field: 'name', reason: `${posix.basename(uri.path)}: ${analysis.error.message}` },
        };
      }
      const { file, family, centralDifferences } = before;
      return success({ ...model, file, family, centralDifferences });
    }
    const deployments = [model, readSettings(uri), ...(before === null ? [] : [before])];
    const predictions = deployments.map(({ device, powerMode, runtime }) =>
      service.predict(analysis.value, { device, powerMode, runtime }),
    );
    const file = isOnDisk(uri) ? uri.fsPath : null;
    return fasModelOfFile({ ...model, file }, analysis.value.profile, predictions);
  }

  /** Returns its undo. */
  async function add(model: FasModel): Promise<Result<Undo>> {
    const { store } = library;
    const added = await store.add([model]);
    if (!added.ok) return added;
    if (added.value.length === 0) return failure('exists', sameModel());
    return success(() => store.remove(added.value));
  }

  async function change(id: string, model: FasModel): Promise<Result<Undo>> {
    const { store } = library;
    const content = await store.read();
    if (!content.ok) return content;
    const identity = fasIdentity(model);
    if (content.value.models.some((each) => each.id !== id && fasIdentity(each.model) === identity)) {
      return failure('exists', sameModel());
    }
    const changed = await store.replace(id, model);
    return changed.ok ? success(() => store.restore([changed.value])) : changed;
  }

  return vscode.Disposable.from(
    tabs,
    library,
    vscode.window.registerWebviewViewProvider(fasViewId, { resolveWebviewView: (view) => tabs.resolveView(view) }),
    vscode.commands.registerCommand('framecast.compareFas', openPage),
  );
}

function predictedSentence(estimate: Estimate): string {
  const { throughputFps, resolution, batch } = estimate;
  return t('{0} predicted at {1}.', formatThroughput(throughputFps, batch), sizeText(resolution, batch, estimate));
}

function sameModel(): string {
  return t('A model with the same name, FPS and error rates already exists.');
}

async function readCsv(uri: vscode.Uri): Promise<Result<string, string>> {
  const name = posix.basename(uri.path);
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > maxCsvBytes) {
      return refusal(t('{0} is larger than {1} MiB, too large for a table.', name, maxCsvBytes / 2 ** 20));
    }
    return success(decodeTable(await vscode.workspace.fs.readFile(uri)));
  } catch (error) {
    return refusal(t('{0} cannot be read: {1}', name, `${error instanceof Error ? error.message : String(error)}.`));
  }
}
