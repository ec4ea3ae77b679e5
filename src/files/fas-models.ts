import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fasIdentity, fasSchemaVersion, parseFasModel, type FasModel } from '../core/present/fas-model';
import { failure, success, type Result } from '../core/result';
import { fileReason } from './file-reasons';
import { appendRows, rewriteFile } from './landmark-store-disk';
import { withFileLock } from './landmark-store-lock';
import { defaultLandmarksFile, followLinks } from './landmark-store-path';
import { watchStore } from './landmark-store-watch';

/** The face-anti-spoofing models of the user's own, which extension and command line share. */
export interface FasModels {
  /** Absolute path. */
  readonly file: string;
  /** What the file holds; of one that does not exist, nothing. Failure codes: unreadable, too-large. */
  read(): Promise<Result<FasModelsContent>>;
  /**
   * Appends those models that the file does not hold yet; returns how many those were. Failure codes: those of `read`,
   * unwritable.
   */
  add(models: readonly FasModel[]): Promise<Result<number>>;
  /** Deletes models by their ids. All other lines stay as they are, broken ones too. */
  remove(ids: readonly string[]): Promise<Result<void>>;
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

/** No table of models comes near this; a file that does is something else. */
const mostBytes = 8 * 2 ** 20;

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
        await appendRows(target, fresh.map(newRow));
        return success(fresh.length);
      }),
    remove: (ids) =>
      locked(async (target) => {
        const unwanted = new Set(ids);
        await rewriteFile(target, (content) => {
          const lines = content.toString('utf8').split('\n');
          const kept = lines.filter((line, index) => !unwanted.has(parseLine(line, index + 1)?.id ?? ''));
          return kept.length === lines.length ? null : Buffer.from(kept.join('\n'));
        });
        return success(undefined);
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
    if (stats.size > mostBytes) {
      return failure(
        'too-large',
        `${file} has more than ${mostBytes / 2 ** 20} MiB, too much for a file of FAS models.`,
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
  const taken = new Set<string>();
  lines.forEach((line, index) => {
    const parsed = parseLine(line, index + 1);
    if (parsed === null) return;
    if ('reason' in parsed.model) {
      problems.push(`${file}, line ${index + 1} is left out: ${parsed.model.reason}`);
      return;
    }
    // A line that was copied by hand is a model of its own; it cannot be told apart by its id alone.
    const id = taken.has(parsed.id) ? `${parsed.id}#${index + 1}` : parsed.id;
    taken.add(id);
    models.push({ id, model: parsed.model });
  });
  return { models, problems };
}

/** Null for a blank line. The id of a line that names none is made of its number. */
function parseLine(line: string, number: number): { id: string; model: ReturnType<typeof parseFasModel> } | null {
  if (line.trim() === '') return null;
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return { id: '', model: { reason: 'It is not JSON; each line must hold one complete JSON object.' } };
  }
  const { id } = (typeof record === 'object' && record !== null ? record : {}) as { readonly id?: unknown };
  return { id: typeof id === 'string' && id !== '' ? id : `line-${number}`, model: parseFasModel(record) };
}

function newRow(model: FasModel): string {
  return JSON.stringify({ schema: fasSchemaVersion, id: randomUUID(), ...model });
}
