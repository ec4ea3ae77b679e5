import { posix } from 'node:path';
import * as vscode from 'vscode';
import { operatingPoint } from '../../core/estimate/operating-point';
import { runtimeName, runtimes } from '../../core/landmarks/landmark';
import type { FasModel } from '../../core/present/fas-model';
import { fasFieldNames, readFasFields, type FasFields } from '../../core/present/fas-fields';
import { formatCount, formatThroughput } from '../../core/present/units';
import { parseFasCsv } from '../../files/fas-csv';
import {
  parseFasPageMessage,
  type FasDraftMessage,
  type FasHostMessage,
  type FasPageMessage,
} from '../../protocol/fas-page';
import { offeredDevices } from '../devices';
import type { LandmarkLibrary } from '../landmark-library';
import { modelEditorType } from '../model-editor';
import type { ModelService } from '../model-service';
import { onDidChangeSettings, readSettings } from '../settings';
import { createFasLibrary } from './fas-library';
import { registerPages, type Surface } from './pages';

export const fasViewId = 'framecast.fas';
export const fasPanelType = 'framecast.fasPage';

/** What a file says beside the fields of the form. */
type FileFacts = Pick<FasModel, 'family' | 'centralDifferences' | 'file'>;

const noFile: FileFacts = { family: null, centralDifferences: 0, file: null };
/** No table of models comes near this. */
const mostCsvBytes = 4 * 2 ** 20;

/** Registers the view and the page of face-anti-spoofing models, with the commands that open them. */
export function registerFasPages(
  extensionUri: vscode.Uri,
  service: ModelService,
  landmarks: LandmarkLibrary,
): vscode.Disposable {
  const library = createFasLibrary(service, landmarks);
  const pages = registerPages<FasPageMessage>(extensionUri, {
    bundle: 'fas',
    panelType: fasPanelType,
    title: 'FAS Models',
    parse: parseFasPageMessage,
    receive: (surface, message) => void receive(surface, message),
  });

  async function receive(surface: Surface, message: FasPageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return await refresh();
      case 'addFromFile':
        return await addFromFile(surface);
      case 'save':
        return await save(surface, message.draft, message.fields);
      case 'remove':
        return await remove(message.id);
      case 'openModel':
        return await openModel(message.id);
      case 'importCsv':
        return await importCsv(surface);
      case 'openPage':
        return pages.show();
      case 'setTarget':
        return void vscode.commands.executeCommand('framecast.setTarget');
    }
  }

  let refreshes = 0;

  /** Sends all surfaces what there is now. One that has been overtaken sends nothing, lest old rows replace new ones. */
  async function refresh(): Promise<void> {
    const turn = (refreshes += 1);
    const { rows, problems } = await library.rows();
    if (turn !== refreshes) return;
    const { device, runtime, targetFps } = readSettings();
    const choice = { device, runtime };
    const devices = offeredDevices(choice).map(({ id, name }) => ({ id, name }));
    for (const surface of pages.listening) {
      post(surface, {
        ...{ type: 'fas', place: surface.place, rows, targetFps, devices, choice, problems },
        runtimes: runtimes.map((id) => ({ id, name: runtimeName(id) })),
      });
    }
  }

  async function addFromFile(surface: Surface): Promise<void> {
    const filters = { 'ONNX models': ['onnx'] };
    const [uri] = (await vscode.window.showOpenDialog({ title: 'Add FAS Model', filters })) ?? [];
    if (uri === undefined) return;
    const name = posix.basename(uri.path);
    const analysis = await service.analyse(uri);
    if (!analysis.ok) return void vscode.window.showErrorMessage(`${name}: ${analysis.error.message}`);
    const { profile } = analysis.value;
    const { device, runtime } = readSettings(uri);
    const { estimate, reason } = service.predict(analysis.value, { device, runtime });
    const point = operatingPoint(profile, { device, runtime });
    const at = point.ok ? ` at ${point.value.resolution} × ${point.value.resolution}, batch ${point.value.batch}` : '';
    const fields: FasFields = {
      name: name.replace(/\.onnx$/i, ''),
      parameters: String(profile.parameters),
      ...{ device, runtime, basis: 'predicted' },
      throughput_fps: estimate === null ? '' : String(Number(estimate.throughputFps.toPrecision(4))),
    };
    const about = [
      `${profile.variant ?? 'An architecture that is not recognised'}, ${formatCount(profile.parameters)} parameters.`,
      estimate === null
        ? `No throughput is predicted: ${reason ?? 'no method has an answer.'}`
        : `${formatThroughput(estimate.throughputFps, estimate.batch)} predicted${at}.`,
      ...(profile.centralDifferences > 0
        ? [`It has ${profile.centralDifferences} central-difference convolutions; see the note in the table.`]
        : []),
    ];
    post(surface, { type: 'draft', draft: uri.toString(), fields: { ...fields }, about } satisfies FasDraftMessage);
  }

  /** Read again, as a form may be saved after a reload of the window; what is unchanged is known already. */
  async function factsOf(draft: string): Promise<FileFacts | { readonly reason: string }> {
    const uri = vscode.Uri.parse(draft);
    const analysis = await service.analyse(uri);
    if (!analysis.ok) return { reason: `${posix.basename(uri.path)}: ${analysis.error.message}` };
    const { family, centralDifferences } = analysis.value.profile;
    return { family, centralDifferences, file: uri.scheme === 'file' ? uri.fsPath : null };
  }

  async function save(surface: Surface, draft: string | null, typed: Readonly<Record<string, string>>): Promise<void> {
    const known: readonly string[] = fasFieldNames;
    const fields = Object.fromEntries(Object.entries(typed).filter(([name]) => known.includes(name)));
    const read = readFasFields(fields, readSettings());
    if ('problems' in read) return post(surface, { type: 'saved', problems: read.problems });
    const facts = draft === null ? noFile : await factsOf(draft);
    if ('reason' in facts) return post(surface, { type: 'saved', problems: [{ field: 'name', ...facts }] });
    const added = await library.store.add([{ ...read.model, ...facts }]);
    const same = 'There is such a model already: the same name, throughput and error rates.';
    const reason = !added.ok ? added.error.message : added.value === 0 ? same : null;
    if (reason !== null) return post(surface, { type: 'saved', problems: [{ field: 'name', reason }] });
    post(surface, { type: 'saved', problems: [] });
    await refresh();
  }

  async function remove(id: string): Promise<void> {
    const { rows } = await library.rows();
    const row = rows.find((each) => each.id === id && each.origin === 'own');
    if (row === undefined) return;
    const go = 'Delete';
    const detail = 'It is taken out of your own models; files stay.';
    if ((await vscode.window.showWarningMessage(`Delete ${row.name}?`, { modal: true, detail }, go)) !== go) return;
    const removed = await library.store.remove([id]);
    if (!removed.ok) return void vscode.window.showErrorMessage(removed.error.message);
    await refresh();
  }

  async function openModel(id: string): Promise<void> {
    const { rows } = await library.rows();
    const file = rows.find((row) => row.id === id)?.file ?? null;
    if (file !== null) await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), modelEditorType);
  }

  async function importCsv(surface: Surface): Promise<void> {
    const filters = { 'CSV tables': ['csv', 'tsv', 'txt'] };
    const [uri] = (await vscode.window.showOpenDialog({ title: 'Import FAS Models', filters })) ?? [];
    if (uri === undefined) return;
    const text = await readCsv(uri);
    if ('reason' in text) return void vscode.window.showErrorMessage(text.reason);
    const { models, problems } = parseFasCsv(text.text, readSettings());
    const added = await library.store.add(models);
    if (!added.ok) return void vscode.window.showErrorMessage(added.error.message);
    const known = models.length - added.value;
    const sentences = [
      `${posix.basename(uri.path)}: ${added.value === 1 ? '1 model' : `${added.value} models`} added` +
        `${known > 0 ? `, ${known} known already` : ''}.`,
      ...problems.slice(0, 50),
      ...(problems.length > 50 ? [`And ${problems.length - 50} more problems.`] : []),
    ];
    post(surface, { type: 'notice', sentences });
    await refresh();
  }

  return vscode.Disposable.from(
    pages,
    library,
    library.onDidChange(() => void refresh()),
    onDidChangeSettings(() => void refresh()),
    vscode.window.registerWebviewViewProvider(fasViewId, { resolveWebviewView: (view) => pages.resolveView(view) }),
    vscode.commands.registerCommand('framecast.compareFas', () => pages.show()),
  );
}

function post(surface: Surface, message: FasHostMessage): void {
  surface.post(message);
}

async function readCsv(uri: vscode.Uri): Promise<{ readonly text: string } | { readonly reason: string }> {
  const name = posix.basename(uri.path);
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > mostCsvBytes)
      return { reason: `${name} has more than ${mostCsvBytes / 2 ** 20} MiB, too much for a table.` };
    return { text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
  } catch (error) {
    return { reason: `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.` };
  }
}
