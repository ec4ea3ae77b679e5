import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fasIdentity, fasSchemaVersion, parseFasModel, type FasModel } from '../core/fas/fas-model';
import { failure, success, type Result } from '../core/result';
import { fileReason } from './file-reasons';
import { appendRows, rewriteFile } from './jsonl/append-rewrite';
import { withFileLock } from './jsonl/lock';
import { defaultLandmarksFile, followLinks } from './jsonl/follow-links';
import { watchStore } from './jsonl/watch';

/** The face-anti-spoofing models of the user's own, which extension and command line share. */
export interface FasModels {
  /** Absolute path. */
  readonly file: string;
  /** What the file holds; of one that does not exist, nothing. Failure codes: unreadable, too-large. */
  read(): Promise<Result<FasModelsContent>>;
  /**
   * Appends those models that the file does not hold yet; returns their ids. Failure codes: those of `read`, unwritable;
   * too-large where the file would grow beyond what is read.
   */
  add(models: readonly FasModel[]): Promise<Result<readonly string[]>>;
  /**
   * Puts a model in the place of the one with this id, which keeps its id and fields that this version does not know;
   * returns the change. Failure codes: unwritable; no-match where there is no such model any more.
   */
  replace(id: string, model: FasModel): Promise<Result<FasChange>>;
  /** Deletes models by their ids; returns the changes. All other lines stay as they are, broken ones too. */
  remove(ids: readonly string[]): Promise<Result<readonly FasChange[]>>;
  /**
   * Takes changes back; lines that were deleted come at the end. Failure codes: unwritable; no-match where a line has
   * been changed again in the meantime, which then stays.
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

/** A line of the file as it was, and as it became; null where it was deleted. */
export interface FasChange {
  readonly before: string;
  readonly after: string | null;
}

/** No table of models comes near this; a file that does is something else. */
const maxBytes = 32 * 2 ** 20;

/** `fas-models.jsonl` beside the landmarks of the user; FRAMECAST_FAS_MODELS where that is set. */
export function defaultFasModelsFile(): string {
  const named = process.env['FRAMECAST_FAS_MODELS'];
  return named ? path.resolve(named) : path.join(path.dirname(defaultLandmarksFile()), 'fas-models.jsonl');
}

/** Opens the file without touching it; it is made when something is added. JSON Lines, one model a line. */
export function openFasModels(file: string): FasModels {
  const absolute = path.resolve(file);
  const read = async (): Promise<Result<FasModelsContent>> => {
    const lines = await readLines(absolute);
    return lines.ok ? success(contentOf(absolute, lines.value)) : lines;
  };
  const locked = async <T>(work: (target: string) => Promise<Result<T>>): Promise<Result<T>> => {
    try {
      const target = await followLinks(absolute);
      return await withFileLock(target, () => work(target));
    } catch (error) {
      return failure('unwritable', `${absolute} cannot be written: ${fileReason(error)}.`);
    }
  };
  return {
    file: absolute,
    read,
    add: (models) =>
      locked(async (target) => {
        const present = await read();
        if (!present.ok) return present;
        const known = new Set(present.value.models.map(({ model }) => fasIdentity(model)));
        const fresh = models.filter((model) => {
          const identity = fasIdentity(model);
          return !known.has(identity) && known.add(identity);
        });
        const rows = fresh.map((model) => newRow(randomUUID(), model));
        const more = rows.reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0);
        if ((await sizeOf(target)) + more > maxBytes) {
          const most = `${maxBytes / 2 ** 20} MiB`;
          return failure(
            'too-large',
            `${absolute} would grow beyond ${most}. Delete models that are not needed first.`,
          );
        }
        await appendRows(
          target,
          rows.map(({ line }) => line),
        );
        return success(rows.map(({ id }) => id));
      }),
    replace: (id, model) =>
      locked(async (target) => {
        let change: FasChange | null = null;
        await rewriteFile(target, (content) => {
          const lines = content.toString('utf8').split('\n');
          const found = identified(lines).find((each) => each.id === id);
          if (found === undefined) return null;
          const before = lines[found.index]!;
          const after = changedRow(before, model);
          change = { before, after };
          lines[found.index] = after;
          return Buffer.from(lines.join('\n'));
        });
        if (change !== null) return success(change);
        return failure('no-match', `${model.name} is not among your own models any more, so it was not changed.`);
      }),
    remove: (ids) =>
      locked(async (target) => {
        const unwanted = new Set(ids);
        let removed: readonly FasChange[] = [];
        await rewriteFile(target, (content) => {
          const lines = content.toString('utf8').split('\n');
          const gone = new Set(identified(lines).flatMap(({ id, index }) => (unwanted.has(id) ? [index] : [])));
          removed = [...gone].map((index) => ({ before: lines[index]!, after: null }));
          return gone.size === 0 ? null : Buffer.from(lines.filter((_, index) => !gone.has(index)).join('\n'));
        });
        return success(removed);
      }),
    restore: (changes) =>
      locked(async (target) => {
        const edits = changes.filter(({ after }) => after !== null);
        let isWhole = true;
        if (edits.length > 0) {
          await rewriteFile(target, (content) => {
            const lines = content.toString('utf8').split('\n');
            const places = edits.map(({ after }) => lines.indexOf(after!));
            isWhole = !places.includes(-1);
            for (const [index, place] of places.entries()) if (place >= 0) lines[place] = edits[index]!.before;
            return places.every((place) => place < 0) ? null : Buffer.from(lines.join('\n'));
          });
        }
        await appendRows(
          target,
          changes.flatMap(({ before, after }) => (after === null ? [before] : [])),
        );
        if (isWhole) return success(undefined);
        return failure('no-match', 'The model has been changed again in the meantime, so it stays as it is now.');
      }),
    watch: (onDidChange) => watchStore(absolute, onDidChange),
  };
}

async function readLines(file: string): Promise<Result<readonly string[]>> {
  try {
    const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (stats === null) return success([]);
    if (!stats.isFile()) {
      return failure('unreadable', `The file of own FAS models ${file} cannot be read: it is no regular file.`);
    }
    if (stats.size > maxBytes) {
      return failure(
        'too-large',
        `${file} has more than ${maxBytes / 2 ** 20} MiB, too much for a file of FAS models.`,
      );
    }
    return success((await readFile(file, 'utf8')).replace(/^\uFEFF/, '').split('\n'));
  } catch (error) {
    return failure('unreadable', `The file of own FAS models ${file} cannot be read: ${fileReason(error)}.`);
  }
}

function contentOf(file: string, lines: readonly string[]): FasModelsContent {
  const models: StoredFasModel[] = [];
  const problems: string[] = [];
  for (const { id, index, model } of identified(lines)) {
    if ('reason' in model) problems.push(`${file}, line ${index + 1} is left out: ${model.reason}`);
    else models.push({ id, model });
  }
  return { models, problems };
}

interface IdentifiedLine {
  readonly id: string;
  readonly index: number;
  readonly model: ReturnType<typeof parseFasModel>;
}

/** Lines that are not blank, each with an id that no other one has; that of a broken line is ''. */
function identified(lines: readonly string[]): readonly IdentifiedLine[] {
  const taken = new Set<string>();
  return lines.flatMap((line, index): readonly IdentifiedLine[] => {
    if (line.trim() === '') return [];
    const record = parsedLine(line);
    if (record === undefined) {
      return [{ id: '', index, model: { reason: 'It is not JSON; each line must hold one complete JSON object.' } }];
    }
    const model = parseFasModel(record);
    if ('reason' in model) return [{ id: '', index, model }];
    const named = idOf(record) ?? `line-${index + 1}`;
    // A line that was copied by hand is a model of its own; it cannot be told apart by its id alone.
    const id = taken.has(named) ? `${named}#${index + 1}` : named;
    taken.add(id);
    return [{ id, index, model }];
  });
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function idOf(record: unknown): string | null {
  const { id } = (typeof record === 'object' && record !== null ? record : {}) as { readonly id?: unknown };
  return typeof id === 'string' && id !== '' ? id : null;
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function newRow(id: string, model: FasModel): { readonly id: string; readonly line: string } {
  return { id, line: JSON.stringify({ schema: fasSchemaVersion, id, ...model }) };
}

/** Fields that a later version may have added stay. A line that had no id gets one. */
function changedRow(line: string, model: FasModel): string {
  const record = parsedLine(line) as Readonly<Record<string, unknown>>;
  return JSON.stringify({ ...record, id: idOf(record) ?? randomUUID(), ...model });
}
