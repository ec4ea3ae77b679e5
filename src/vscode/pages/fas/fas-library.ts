import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { fasModelNow, type FasFile } from '../../../core/fas/file';
import { ownFasRow, paperFasRows, type FasRow } from '../../../core/fas/rows';
import type { FasModel } from '../../../core/fas/model';
import { success, type Result } from '../../../core/result';
import { defaultFasModelsFile, openFasModels, type FasModels } from '../../../files/fas-models';
import { absolutePath } from '../../services/absolute-path';
import { watchModelFile } from '../../services/file-watch';
import { onDidChangeSetting } from '../../services/settings';
import type { LandmarkLibrary } from '../../services/landmark-library';
import type { ModelService } from '../../services/model-service';

/** The paper's models and the user's own, as the pages show them. */
export interface FasLibrary extends vscode.Disposable {
  readonly store: FasModels;
  /** Reads the file again, and predicts again from the model files that still exist. */
  rows(): Promise<{
    readonly rows: readonly FasRow[];
    /** The user's own, as they are now, by the ids of their rows. */
    readonly own: ReadonlyMap<string, FasModel>;
    readonly problems: readonly string[];
  }>;
  /** Fires when the file, the setting that names it, or the landmarks behind predictions have changed. */
  readonly onDidChange: vscode.Event<void>;
}

const setting = 'framecast.fasModels';

/** Files of own models that are watched; further ones are read again whenever anything else changes. */
const maxWatched = 50;

export function createFasLibrary(service: ModelService, landmarks: LandmarkLibrary): FasLibrary {
  const changed = new vscode.EventEmitter<void>();
  let store = openFasModels(namedFile());
  let endWatch = store.watch(() => changed.fire());
  const subscriptions = vscode.Disposable.from(
    changed,
    landmarks.onDidChange(() => changed.fire()),
    onDidChangeSetting([setting], () => {
      endWatch();
      store = openFasModels(namedFile());
      endWatch = store.watch(() => changed.fire());
      changed.fire();
    }),
  );

  const watches = new Map<string, vscode.Disposable>();

  /** Predictions follow the files of own models, which may change, come and go. */
  function watchFiles(models: readonly FasModel[]): void {
    const files = new Set(models.flatMap(({ file }) => file ?? []).slice(0, maxWatched));
    for (const [file, watch] of watches) {
      if (files.has(file)) continue;
      watch.dispose();
      watches.delete(file);
    }
    for (const file of files) {
      if (!watches.has(file))
        watches.set(
          file,
          watchModelFile(vscode.Uri.file(file), () => changed.fire()),
        );
    }
  }

  async function fileNow({ file, device, powerMode, runtime }: FasModel): Promise<Result<FasFile> | null> {
    if (file === null) return null;
    const analysis = await service.analyse(vscode.Uri.file(file));
    if (!analysis.ok) return analysis;
    const { profile } = analysis.value;
    return success({ profile, prediction: service.predict(analysis.value, { device, powerMode, runtime }) });
  }

  return {
    get store() {
      return store;
    },
    rows: async () => {
      const content = await store.read();
      if (!content.ok) return { rows: paperFasRows, own: new Map(), problems: [content.error.message] };
      const { models, problems } = content.value;
      watchFiles(models.map(({ model }) => model));
      const own = new Map<string, FasModel>();
      const rows: FasRow[] = [...paperFasRows];
      for (const { id, model } of models) {
        const now = fasModelNow(model, await fileNow(model));
        own.set(id, now.model);
        rows.push(ownFasRow(id, now.model, now.notes));
      }
      return { rows, own, problems };
    },
    onDidChange: changed.event,
    dispose: () => {
      endWatch();
      watchFiles([]);
      subscriptions.dispose();
    },
  };
}

/** The file that the setting names, else the one that the command line uses. */
function namedFile(): string {
  const value: unknown = vscode.workspace.getConfiguration().get(setting);
  const named = typeof value === 'string' ? value.trim() : '';
  if (named === '') return defaultFasModelsFile();
  return absolutePath(named, homedir());
}
