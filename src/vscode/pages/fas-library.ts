import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { ownFasRow, paperFasRows, type FasRow } from '../../core/present/fas-rows';
import type { FasModel } from '../../core/present/fas-model';
import { defaultFasModelsFile, openFasModels, type FasModels } from '../../files/fas-models';
import type { LandmarkLibrary } from '../landmark-library';
import type { ModelService } from '../model-service';

/** The paper's models and the user's own, as the pages show them. */
export interface FasLibrary extends vscode.Disposable {
  readonly store: FasModels;
  /** Reads the file anew; predictions are made anew from models that are still there. */
  rows(): Promise<{ readonly rows: readonly FasRow[]; readonly problems: readonly string[] }>;
  /** Fires when the file, the setting that names it, or what predictions learn from has changed. */
  readonly onDidChange: vscode.Event<void>;
}

const setting = 'framecast.fasModels';

export function createFasLibrary(service: ModelService, landmarks: LandmarkLibrary): FasLibrary {
  const changed = new vscode.EventEmitter<void>();
  let store = openFasModels(namedFile());
  let endWatch = store.watch(() => changed.fire());
  const subscriptions = vscode.Disposable.from(
    changed,
    landmarks.onDidChange(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(setting)) return;
      endWatch();
      store = openFasModels(namedFile());
      endWatch = store.watch(() => changed.fire());
      changed.fire();
    }),
  );

  /** The model with what is predicted for it now; as it was saved where its file is gone. */
  async function current(model: FasModel): Promise<FasModel> {
    if (model.basis !== 'predicted' || model.file === null) return model;
    const analysis = await service.analyse(vscode.Uri.file(model.file));
    if (!analysis.ok) return model;
    const { estimate } = service.predict(analysis.value, { device: model.device, runtime: model.runtime });
    return estimate === null ? model : { ...model, throughputFps: estimate.throughputFps };
  }

  return {
    get store() {
      return store;
    },
    rows: async () => {
      const content = await store.read();
      if (!content.ok) return { rows: paperFasRows, problems: [content.error.message] };
      const { models, problems } = content.value;
      const own: FasRow[] = [];
      for (const { id, model } of models) own.push(ownFasRow(id, await current(model)));
      return { rows: [...paperFasRows, ...own], problems };
    },
    onDidChange: changed.event,
    dispose: () => {
      endWatch();
      subscriptions.dispose();
    },
  };
}

/** The file that the setting names, else the one that the command line uses, too. */
function namedFile(): string {
  const value: unknown = vscode.workspace.getConfiguration().get(setting);
  const named = typeof value === 'string' ? value.trim() : '';
  if (named === '') return defaultFasModelsFile();
  return path.resolve(homedir(), /^~(?=$|[/\\])/.test(named) ? path.join(homedir(), named.slice(1)) : named);
}
