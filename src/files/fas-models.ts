import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { t } from '../core/language';
import { fasIdentity, fasSchemaVersion, parseFasModel, type FasModel } from '../core/fas/model';
import { failure, refusal, success, type Result } from '../core/result';
import { freshOf, openRecordStore, withoutIds, type RecordKind } from './jsonl/record-store';
import { idOf, type RecordRow } from './jsonl/rows';
import { defaultLandmarksFile } from './landmarks';

/** The face-anti-spoofing models of the user's own, which extension and command line share. */
export interface FasModels {
  /** Absolute path. */
  readonly file: string;
  /** What the file holds; of one that does not exist, nothing. Failure codes: unreadable, too-large. */
  read(): Promise<Result<FasModelsContent>>;
  /**
   * Appends those models that the file does not hold yet; returns their ids. Failure codes: those of `read`, unwritable;
   * too-large if the file would grow beyond what is read.
   */
  add(models: readonly FasModel[]): Promise<Result<readonly string[]>>;
  /**
   * Replaces the model with this id, keeping its id and fields that this version does not know;
   * returns the change. Failure codes: unwritable; no-match if there is no such model any more.
   */
  replace(id: string, model: FasModel): Promise<Result<FasChange>>;
  /** Deletes models by their ids; returns the changes. All other lines stay as they are, broken ones too. */
  remove(ids: readonly string[]): Promise<Result<readonly FasChange[]>>;
  /**
   * Takes changes back; lines that were deleted come at the end, unless they are back already. Failure codes: unwritable;
   * no-match if a line has been changed again in the meantime, which then stays.
   */
  restore(changes: readonly FasChange[]): Promise<Result<void>>;
  /** Calls back after the file has changed, by whomever; returns what ends that. */
  watch(onDidChange: () => void): () => void;
}

export interface FasModelsContent {
  /** In the order in which they were added. */
  readonly models: readonly StoredFasModel[];
  /** A sentence for each line that could not be understood; it stays in the file. */
  readonly problems: readonly string[];
}

export interface StoredFasModel {
  readonly id: string;
  readonly model: FasModel;
}

/** A line of the file as it was, and as it became; null if it was deleted. */
export interface FasChange {
  readonly before: string;
  readonly after: string | null;
}

/** `fas-models.jsonl` next to the user's landmarks; FRAMECAST_FAS_MODELS if that is set. */
export function defaultFasModelsFile(): string {
  const named = process.env['FRAMECAST_FAS_MODELS'];
  return named ? path.resolve(named) : path.join(path.dirname(defaultLandmarksFile()), 'fas-models.jsonl');
}

interface FasRecord extends RecordRow {
  readonly model: FasModel;
}

const fasModelsKind: RecordKind<FasRecord> = {
  name: () => t('file of FAS models'),
  setting: 'framecast.fasModels',
  // No table of models comes near this; a file that does is something else.
  maxBytes: 32 * 2 ** 20,
  parse: readFasRow,
  identity: ({ model }) => fasIdentity(model),
};

/** Opens the file without touching it; the first model creates it. JSON Lines, one model a line. */
export function openFasModels(file: string): FasModels {
  const absolute = path.resolve(file);
  const store = openRecordStore(absolute, fasModelsKind);
  return {
    file: absolute,
    read: async () => {
      const content = await store.read();
      if (!content.ok) return content;
      const { lines, broken } = content.value;
      const problems = broken.map(({ line, reason }) => t('{0}, line {1} is skipped: {2}', absolute, line, reason));
      return success({ models: lines.map(({ id, model }) => ({ id, model })), problems });
    },
    add: (models) =>
      store.change(({ lines }) => {
        const held = lines.map(({ model }) => fasIdentity(model));
        const fresh = freshOf(models, held, fasIdentity).map((model) => ({ id: randomUUID(), model }));
        const appended = fresh.map(({ id, model }) => JSON.stringify({ schema: fasSchemaVersion, id, ...model }));
        return success({ appended, value: fresh.map(({ id }) => id) });
      }),
    replace: (id, model) =>
      store.change(({ lines }) => {
        const found = lines.find((each) => each.id === id);
        if (found === undefined) {
          return failure('no-match', t('{0} is no longer among your own models, so it was not changed.', model.name));
        }
        const { record, text: before, line } = found;
        const after = JSON.stringify({ ...record, id: idOf(record) ?? randomUUID(), ...model });
        return success({ texts: new Map([[line, after]]), value: { before, after } });
      }),
    remove: async (ids) => {
      const removed = await store.change((content) => withoutIds(content, ids));
      return removed.ok ? success(removed.value.map(({ text }) => ({ before: text, after: null }))) : removed;
    },
    restore: async (changes) => {
      const restored = await store.change(({ lines }) => {
        const lineOf = new Map(lines.map(({ text, line }) => [text, line]));
        const texts = new Map<number, string>();
        const appended: string[] = [];
        let isWhole = true;
        for (const { before, after } of changes) {
          const line = lineOf.get(after ?? before);
          if (after === null && line === undefined) appended.push(before);
          if (after === null) continue;
          if (line === undefined) isWhole = false;
          else texts.set(line, before);
        }
        return success({ texts, appended, value: isWhole });
      });
      if (!restored.ok) return restored;
      if (restored.value) return success(undefined);
      return failure('no-match', t('The model has been changed again in the meantime, so it stays as it is now.'));
    },
    watch: store.watch,
  };
}

function readFasRow(text: string): Result<FasRecord, string> {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return refusal(t('It is not JSON; each line must hold one complete JSON object.'));
  }
  const model = parseFasModel(record);
  if (!model.ok) return model;
  return success({
    id: idOf(record as FasRecord['record']),
    model: model.value,
    record: record as FasRecord['record'],
  });
}
