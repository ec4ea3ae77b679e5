import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { landmarkIdentity } from '../core/landmarks/landmark-identity';
import { checkLandmark, writeLandmarkRow, type BrokenLine } from '../core/landmarks/landmark-lines';
import type { Landmark } from '../core/landmarks/landmark';
import { failure, success, type Result } from '../core/result';
import { fileReason, writingAdvice } from './file-reasons';
import { appendRows, rewriteFile } from './jsonl/append-rewrite';
import { withFileLock } from './jsonl/lock';
import { followLinks } from './jsonl/follow-links';
import { foreignEncoding, readStoreBytes } from './landmark-store-read';
import { createRowReader, readStoreRows, type StoredLandmark, type StoreRow } from './landmark-store-rows';
import { watchStore } from './jsonl/watch';

/** What a store holds. */
export interface StoreContent {
  readonly lines: readonly StoredLandmark[];
  /** Lines that are not understood; they stay in the file. */
  readonly broken: readonly BrokenLine[];
}

/** A landmark that comes from another file, with the fields there that Framecast does not know. */
export interface IncomingLandmark {
  readonly landmark: Landmark;
  readonly record?: Readonly<Record<string, unknown>>;
}

/** Fields to change; null takes an optional one away. */
export type LandmarkChange = { readonly [Field in keyof Landmark]?: Landmark[Field] | null };

/**
 * The user's landmarks: one JSON Lines file (`parseLandmarkLines` says of what), shared by several windows and command
 * lines. Whatever is changed holds a lock that they share; what has been appended is on the disk, and a crash at any
 * moment leaves every committed line whole. Lines that are not understood, fields that are not known and a last line
 * that a crash has cut short stay as they are.
 */
export interface LandmarkStore {
  /** As given; it may be a symbolic link, and need not exist. */
  readonly file: string;
  /** A file that does not exist is an empty store. Failure codes: unreadable, too-large. */
  read(): Promise<Result<StoreContent>>;
  /** Appends landmarks, each with a new id, and returns the ids. Failure codes: unreadable, unwritable. */
  append(landmarks: readonly Landmark[]): Promise<Result<readonly string[]>>;
  /**
   * Appends those landmarks that the store does not hold yet, by content; `known` are more that count as held.
   * Returns the ids of what was appended. Failure codes: unreadable, too-large, unwritable.
   */
  appendNew(incoming: readonly IncomingLandmark[], known?: ReadonlySet<string>): Promise<Result<readonly string[]>>;
  /**
   * Changes landmarks in their places, all or none. Failure codes: invalid-request (no such id, a wrong value), and as
   * above.
   */
  update(ids: string | readonly string[], change: LandmarkChange): Promise<Result<readonly StoredLandmark[]>>;
  /** Deletes landmarks and returns those that were there. Failure codes: unreadable, too-large, unwritable. */
  remove(ids: string | readonly string[]): Promise<Result<readonly StoredLandmark[]>>;
  /** Calls back soon after anybody has changed the file; returns what ends that. */
  watch(onDidChange: () => void): () => void;
}

/** A landmark file. Nothing is touched before it is asked for. */
export function openLandmarkStore(file: string): LandmarkStore {
  const readRows = createRowReader();

  async function read(): Promise<Result<StoreContent>> {
    const content = await readStoreBytes(file);
    if (!content.ok) return content;
    const { lines, broken } = readRows(content.value);
    return success({ lines, broken });
  }

  async function append(landmarks: readonly Landmark[]): Promise<Result<readonly string[]>> {
    if (landmarks.length === 0) return success([]);
    return locked(file, (real) =>
      appendTo(
        real,
        landmarks.map((landmark) => ({ landmark })),
      ),
    );
  }

  function appendNew(
    incoming: readonly IncomingLandmark[],
    known: ReadonlySet<string> = new Set(),
  ): Promise<Result<readonly string[]>> {
    return locked(file, async (real) => {
      const content = await readStoreBytes(real);
      if (!content.ok) return content;
      const held = new Set(known);
      for (const { landmark } of readStoreRows(content.value).lines) held.add(landmarkIdentity(landmark));
      const fresh = incoming.filter(({ landmark }) => {
        const identity = landmarkIdentity(landmark);
        return !held.has(identity) && held.add(identity);
      });
      return fresh.length === 0 ? success([]) : appendTo(real, fresh);
    });
  }

  async function update(
    ids: string | readonly string[],
    change: LandmarkChange,
  ): Promise<Result<readonly StoredLandmark[]>> {
    const wanted = typeof ids === 'string' ? [ids] : ids;
    let outcome: Result<readonly StoredLandmark[]> = success([]);
    const written = await edit(file, (content) => {
      const { rows, lines } = readStoreRows(content);
      outcome = changeAll(file, lines, wanted, change);
      if (!outcome.ok || outcome.value.length === 0) return null;
      const texts = outcome.value.map(({ id, line, landmark, record }) => ({
        row: rows[line - 1]!,
        text: writeLandmarkRow(landmark, id, record),
      }));
      return replaceRows(content, texts);
    });
    return written.ok ? outcome : written;
  }

  async function remove(ids: string | readonly string[]): Promise<Result<readonly StoredLandmark[]>> {
    const unwanted = new Set(typeof ids === 'string' ? [ids] : ids);
    let removed: readonly StoredLandmark[] = [];
    const written = await edit(file, (content) => {
      const { rows, lines } = readStoreRows(content);
      removed = lines.filter(({ id }) => unwanted.has(id));
      return removed.length === 0
        ? null
        : withoutRows(
            content,
            removed.map(({ line }) => rows[line - 1]!),
          );
    });
    return written.ok ? success(removed) : written;
  }

  return { file, read, append, appendNew, update, remove, watch: (listener) => watchStore(file, listener) };
}

async function appendTo(real: string, incoming: readonly IncomingLandmark[]): Promise<Result<readonly string[]>> {
  const ids = incoming.map(() => randomBytes(6).toString('hex'));
  const rows = incoming.map(({ landmark, record }, index) => writeLandmarkRow(landmark, ids[index]!, record));
  // What cannot be read back must not be written.
  const wrong = incoming.map(({ landmark }) => checkLandmark({ ...landmark })).find((checked) => 'reason' in checked);
  if (wrong !== undefined && 'reason' in wrong) return failure('invalid-request', wrong.reason);
  const encoding = await foreignEncoding(real);
  if (encoding !== null) return failure('unwritable', encoding);
  await appendRows(real, rows);
  return success(ids);
}

/** Rewrites the store under the lock, unless `change` returns null. */
function edit(file: string, change: (content: Buffer) => Buffer | null): Promise<Result<void>> {
  return locked(file, async (real) => {
    const readable = await readStoreBytes(real);
    if (!readable.ok) return readable;
    if (change(readable.value) !== null) await rewriteFile(real, change);
    return success(undefined);
  });
}

/** Work on the file that the path leads to, with the lock held; errors of the file system become sentences. */
async function locked<T>(file: string, work: (real: string) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    const real = await followLinks(file);
    // Asked before the lock is, so that a folder in which nothing may be written does not look locked.
    await access(real, constants.W_OK).catch(unlessMissing);
    return await withFileLock(real, () => work(real).catch((error: unknown) => unwritable(file, error)));
  } catch (error) {
    return unwritable(file, error);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function unwritable(file: string, error: unknown): Result<never> {
  const advice = `${writingAdvice(error)}, or name another file in the setting framecast.landmarksFile.`;
  return failure('unwritable', `The landmarks file ${file} cannot be written: ${fileReason(error)}. ${advice}`);
}

/** The lines of these ids with the change made, in the order of the file. */
function changeAll(
  file: string,
  lines: readonly StoredLandmark[],
  ids: readonly string[],
  change: LandmarkChange,
): Result<readonly StoredLandmark[]> {
  const wanted = new Set(ids);
  const found = lines.filter(({ id }) => wanted.delete(id));
  const [missing] = wanted;
  if (missing !== undefined) {
    return failure(
      'invalid-request',
      `There is no landmark ${missing} in ${file}. It may have been deleted meanwhile.`,
    );
  }
  const changed: StoredLandmark[] = [];
  for (const line of found) {
    const checked = checkLandmark(withoutEmpty({ ...line.landmark, ...change }));
    if ('reason' in checked) return failure('invalid-request', checked.reason);
    changed.push({ ...line, landmark: checked.landmark });
  }
  return success(changed);
}

const optionalFields: ReadonlySet<string> = new Set(['kernels', 'measurement', 'comment', 'verdict']);

/** Without fields that are not given, and without optional ones that are taken away by null. */
function withoutEmpty(fields: LandmarkChange): Record<string, unknown> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.filter(([field, value]) => value !== null || !optionalFields.has(field)));
}

function replaceRows(content: Buffer, texts: readonly { readonly row: StoreRow; readonly text: string }[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { row, text } of texts) {
    pieces.push(content.subarray(at, row.start), Buffer.from(text));
    at = row.end;
  }
  return Buffer.concat([...pieces, content.subarray(at)]);
}

function withoutRows(content: Buffer, rows: readonly StoreRow[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const row of rows) {
    pieces.push(content.subarray(at, row.start));
    at = row.next;
  }
  return Buffer.concat([...pieces, content.subarray(at)]);
}
