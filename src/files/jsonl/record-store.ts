import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import { fileReason, writingAdvice } from '../file-reasons';
import { appendRows, rewriteFile } from './append-rewrite';
import { followLinks } from './follow-links';
import { withFileLock } from './lock';
import { createFileReader, type FileKind } from './read-bytes';
import { createRowReader, withRows, type BrokenRow, type RecordRow, type RowFormat, type Stored } from './rows';
import { watchStore } from './watch';

/** A kind of file: one JSON record a line, each with an id. */
export interface RecordKind<R extends RecordRow> extends FileKind, RowFormat<R> {
  /** The setting in which the user can name another file. */
  readonly setting: string;
}

/** What a file holds. */
export interface RecordContent<R extends RecordRow> {
  readonly lines: readonly Stored<R>[];
  readonly broken: readonly BrokenRow[];
}

/** A change of a file, and what to answer once it is on the disk. */
export interface RecordChange<T> {
  /** New text of lines by their numbers; null deletes the line. */
  readonly texts?: ReadonlyMap<number, string | null>;
  readonly appended?: readonly string[];
  readonly value: T;
}

/**
 * A JSON Lines file that several windows and command lines share. Every change holds a lock that they share and is one
 * write: all of it is on the disk, or nothing. Lines that are not understood, fields that are not known and a last line
 * that a crash has cut short stay byte for byte.
 */
export interface RecordStore<R extends RecordRow> {
  /** As given; it may be a symbolic link, and need not exist. */
  readonly file: string;
  /** A file that does not exist is empty. Failure codes: unreadable, too-large. */
  read(): Promise<Result<RecordContent<R>>>;
  /**
   * Changes the file under the lock. Failure codes: those of `read` and of `plan`; unwritable; too-large if the file
   * would grow beyond what is read.
   *
   * @param plan what to change, given the content; may be called again if another program changed the file meanwhile
   */
  change<T>(plan: (content: RecordContent<R>) => Result<RecordChange<T>>): Promise<Result<T>>;
  /** Calls back soon after anybody has changed the file; returns what ends that. */
  watch(onDidChange: () => void): () => void;
}

/** Opens a file without touching it; the first record creates it. */
export function openRecordStore<R extends RecordRow>(file: string, kind: RecordKind<R>): RecordStore<R> {
  const readBytes = createFileReader(kind);
  const readRows = createRowReader(kind);

  async function change<T>(plan: (content: RecordContent<R>) => Result<RecordChange<T>>): Promise<Result<T>> {
    return await locked(async (real) => {
      const bytes = await readBytes(real);
      if (!bytes.ok) return bytes;
      const before = readRows(bytes.value);
      // A record of a newer version, or one that a crash has cut short, is no line either, but begins like one.
      if (before.lines.length === 0 && before.broken.length > 0 && !/^\s*\{/.test(bytes.value.toString('utf8', 0, 64)))
        return failure(
          'unwritable',
          t(
            '{0} is no {1}: none of its lines is a record. Name another file, in the setting {2} for example.',
            file,
            kind.name(),
            kind.setting,
          ),
        );
      let planned = plan(before);
      if (!planned.ok) return planned;
      const { texts, appended = [] } = planned.value;
      const added = appended.reduce((sum, row) => sum + Buffer.byteLength(row) + 1, 0);
      if (bytes.value.length + added > kind.maxBytes) {
        const limit = kind.maxBytes / 2 ** 20;
        const message = t('{0} would grow beyond {1} MiB. Delete entries that are not needed first.', file, limit);
        return failure('too-large', message);
      }
      if (!texts?.size) await appendRows(real, appended);
      else {
        await rewriteFile(real, (content) => {
          const present = readRows(content);
          planned = plan(present);
          if (!planned.ok) return null;
          return withRows(content, present.rows, planned.value.texts ?? new Map(), planned.value.appended ?? []);
        });
      }
      return planned.ok ? success(planned.value.value) : planned;
    });
  }

  /** Runs work on the file that the path leads to, holding its lock; errors of the file system become sentences. */
  async function locked<T>(work: (real: string) => Promise<Result<T>>): Promise<Result<T>> {
    try {
      const real = await followLinks(file);
      // Checked before the lock is taken, so that a folder that cannot be written to does not look locked.
      await access(real, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      return await withFileLock(real, () => work(real).catch(unwritable));
    } catch (error) {
      return unwritable(error);
    }
  }

  function unwritable(error: unknown): Result<never> {
    return failure(
      'unwritable',
      t(
        'The {0} {1} cannot be written: {2}. {3}, or name another file in the setting {4}.',
        kind.name(),
        file,
        fileReason(error),
        writingAdvice(error),
        kind.setting,
      ),
    );
  }

  return {
    file,
    read: async () => {
      const bytes = await readBytes(file);
      if (!bytes.ok) return bytes;
      const { lines, broken } = readRows(bytes.value);
      return success({ lines, broken });
    },
    change,
    watch: (listener) => watchStore(file, listener),
  };
}

/** Deletes lines by their ids; answers with those that were there. */
export function withoutIds<R extends RecordRow>(
  { lines }: RecordContent<R>,
  ids: readonly string[],
): Result<RecordChange<readonly Stored<R>[]>> {
  const unwanted = new Set(ids);
  const removed = lines.filter(({ id }) => unwanted.has(id));
  return success({ texts: new Map(removed.map(({ line }) => [line, null])), value: removed });
}

/** Those of `incoming` whose keys are new, each once. */
export function freshOf<T>(incoming: readonly T[], held: Iterable<string>, key: (item: T) => string): readonly T[] {
  const known = new Set(held);
  return incoming.filter((item) => !known.has(key(item)) && known.add(key(item)));
}
