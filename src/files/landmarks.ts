import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import { t } from '../core/language';
import { landmarkIdentity } from '../core/landmarks/landmark-identity';
import { checkLandmark, readLandmarkRow, writeLandmarkRow, type LandmarkLine } from '../core/landmarks/landmark-lines';
import type { Landmark, Verdict } from '../core/landmarks/landmark';
import type { LandmarkEntry } from '../core/landmarks/landmark-collection';
import { failure, success, type Result } from '../core/result';
import { freshOf, openRecordStore, withoutIds, type RecordContent, type RecordKind } from './jsonl/record-store';
import { derivedId, type Stored } from './jsonl/rows';

type LandmarkRecord = Pick<LandmarkLine, 'id' | 'landmark' | 'record'>;

/** A line of a store that holds a landmark. */
export type StoredLandmark = Stored<LandmarkRecord>;

/** A landmark that comes from elsewhere, with the fields there that Framecast does not know. */
export interface IncomingLandmark {
  readonly landmark: Landmark;
  readonly record?: Readonly<Record<string, unknown>>;
}

/** Fields to change; null removes an optional one. */
export type LandmarkChange = { readonly [Field in keyof Landmark]?: Landmark[Field] | null };

/** What a user says about landmarks; null takes it back, and what is left out stays. */
export interface Review {
  readonly verdict?: Verdict | null;
  readonly comment?: string | null;
}

/** Where landmarks are kept and how they are read. */
export const landmarksKind: RecordKind<LandmarkRecord> = {
  name: () => t('landmarks file'),
  setting: 'framecast.landmarksFile',
  // No campaign comes near this; a file that does is something else.
  maxBytes: 256 * 2 ** 20,
  parse: readLandmarkRow,
  identity: ({ landmark }) => landmarkIdentity(landmark),
};

/** A file that a repository names and that is read when its folder opens; campaigns of a team have some hundred kilobytes. */
export const teamLandmarksKind: RecordKind<LandmarkRecord> = {
  ...landmarksKind,
  setting: 'framecast.teamLandmarks',
  maxBytes: 16 * 2 ** 20,
};

/** The user's landmarks: one JSON Lines file (`parseLandmarkLines` describes it) that windows and command lines share. */
export interface LandmarkStore {
  /** As given; it may be a symbolic link, and need not exist. */
  readonly file: string;
  /** A file that does not exist is an empty store. Failure codes: unreadable, too-large. */
  read(): Promise<Result<RecordContent<LandmarkRecord>>>;
  /**
   * Appends those landmarks that the store does not hold yet and returns the ids of what was appended. Failure codes:
   * unreadable, unwritable, too-large; invalid-request for a landmark that could not be read back.
   *
   * @param known keys of more landmarks that count as held
   * @param key what makes two landmarks the same; default: their content
   */
  appendNew(
    incoming: readonly IncomingLandmark[],
    known?: ReadonlySet<string>,
    key?: (landmark: Landmark) => string,
  ): Promise<Result<readonly string[]>>;
  /** Appends what a benchmark measured, once for each `source`, even if another process collects the same job. */
  saveMeasured(landmark: Landmark): Promise<Result<void>>;
  /** Changes landmarks, all or none. Failure codes: invalid-request (no such id, a wrong value), and as above. */
  update(ids: string | readonly string[], change: LandmarkChange): Promise<Result<readonly StoredLandmark[]>>;
  /**
   * Writes what the user says about landmarks, all or none. A published or shared landmark, which is not in this store,
   * is repeated here with the verdict and comment. Failure codes: those of `update`.
   */
  review(entries: readonly LandmarkEntry[], reviewOf: (entry: LandmarkEntry) => Review): Promise<Result<void>>;
  /** Deletes landmarks and returns those that were there. Failure codes: unreadable, too-large, unwritable. */
  remove(ids: string | readonly string[]): Promise<Result<readonly StoredLandmark[]>>;
  /** Calls back soon after anybody has changed the file; returns what ends that. */
  watch(onDidChange: () => void): () => void;
}

/** A landmark file. Nothing is touched before it is asked for. */
export function openLandmarkStore(file: string, kind = landmarksKind): LandmarkStore {
  const store = openRecordStore(file, kind);
  const appendNew: LandmarkStore['appendNew'] = (incoming, known = new Set(), key = landmarkIdentity) =>
    store.change(({ lines }) => {
      const held = [...known, ...lines.map(({ landmark }) => key(landmark))];
      return newRows(freshOf(incoming, held, ({ landmark }) => key(landmark)));
    });
  return {
    file,
    read: store.read,
    appendNew,
    saveMeasured: async (landmark) => {
      const saved = await appendNew([{ landmark }], new Set(), ({ source }) => source);
      return saved.ok ? success(undefined) : saved;
    },
    update: (ids, change) =>
      store.change((content) => {
        const changes = new Map((typeof ids === 'string' ? [ids] : ids).map((id) => [id, change]));
        const changed = changedLines(file, content, changes);
        return changed.ok ? success({ texts: textsOf(changed.value), value: changed.value }) : changed;
      }),
    review: (entries, reviewOf) =>
      store.change((content) => {
        const byIdentity = new Map(content.lines.map(({ landmark, id }) => [landmarkIdentity(landmark), id]));
        const idsOf = ({ ownIds, key }: LandmarkEntry): readonly string[] =>
          ownIds.length > 0 ? ownIds : [byIdentity.get(key) ?? []].flat();
        const changes = new Map(entries.flatMap((entry) => idsOf(entry).map((id) => [id, reviewOf(entry)] as const)));
        const changed = changedLines(file, content, changes);
        if (!changed.ok) return changed;
        const foreign = entries.filter((entry) => idsOf(entry).length === 0);
        const repeats = newRows(foreign.flatMap((entry) => repeatWith(entry.landmark, reviewOf(entry))));
        if (!repeats.ok) return repeats;
        return success({ ...repeats.value, texts: textsOf(changed.value), value: undefined });
      }),
    remove: (ids) => store.change((content) => withoutIds(content, typeof ids === 'string' ? [ids] : ids)),
    watch: store.watch,
  };
}

/** The id of a landmark on a line that was written without one. */
export function derivedLandmarkId(landmark: Landmark): string {
  return derivedId(landmarkIdentity(landmark));
}

function newRows(
  incoming: readonly IncomingLandmark[],
): Result<{ readonly appended: readonly string[]; readonly value: readonly string[] }> {
  // What cannot be read back must not be written.
  for (const { landmark } of incoming) {
    const checked = checkLandmark({ ...landmark });
    if (!checked.ok) return failure('invalid-request', checked.error);
  }
  const ids = incoming.map(() => randomBytes(6).toString('hex'));
  const appended = incoming.map(({ landmark, record }, index) => writeLandmarkRow(landmark, ids[index]!, record));
  return success({ appended, value: ids });
}

/** The lines of these ids with their changes made, in the order of the file. */
function changedLines(
  file: string,
  { lines }: RecordContent<LandmarkRecord>,
  changes: ReadonlyMap<string, LandmarkChange>,
): Result<readonly StoredLandmark[]> {
  const wanted = new Set(changes.keys());
  const found = lines.filter(({ id }) => wanted.delete(id));
  const [missing] = wanted;
  if (missing !== undefined) {
    return failure(
      'invalid-request',
      t('There is no landmark {0} in {1}. It may have been deleted meanwhile.', missing, file),
    );
  }
  const changed: StoredLandmark[] = [];
  for (const line of found) {
    const checked = checkLandmark(withoutEmpty({ ...line.landmark, ...changes.get(line.id) }));
    if (!checked.ok) return failure('invalid-request', checked.error);
    changed.push({ ...line, landmark: checked.value });
  }
  return success(changed);
}

function textsOf(lines: readonly StoredLandmark[]): ReadonlyMap<number, string> {
  return new Map(lines.map(({ line, landmark, id, record }) => [line, writeLandmarkRow(landmark, id, record)]));
}

const optionalFields: ReadonlySet<string> = new Set(['kernels', 'measurement', 'comment', 'verdict']);

/** Without fields that are not given, and without optional ones that null removes. */
function withoutEmpty(fields: LandmarkChange): Record<string, unknown> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.filter(([field, value]) => value !== null || !optionalFields.has(field)));
}

/** A landmark of another file with what the user says about it and nothing that others said; none if that is nothing. */
function repeatWith(landmark: Landmark, { verdict, comment }: Review): readonly IncomingLandmark[] {
  const plain: { -readonly [Field in keyof Landmark]: Landmark[Field] } = { ...landmark };
  delete plain.verdict;
  delete plain.comment;
  if (verdict != null) plain.verdict = verdict;
  if (comment != null) plain.comment = comment;
  return verdict == null && comment == null ? [] : [{ landmark: plain }];
}

/** What decides where a user's data lies; default: this process's. */
export interface UserEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/**
 * The landmark file that the extension and the command line share, absolute: FRAMECAST_LANDMARKS if it is set, else
 * `framecast/landmarks.jsonl` in the user's data folder, which is $XDG_DATA_HOME or ~/.local/share (XDG Base Directory
 * Specification), ~/Library/Application Support on macOS and %APPDATA% on Windows.
 */
export function defaultLandmarksFile(
  user: UserEnvironment = { env: process.env, platform: process.platform, home: homedir() },
): string {
  const named = user.env['FRAMECAST_LANDMARKS'];
  return named ? path.resolve(named) : path.join(dataFolder(user), 'framecast', 'landmarks.jsonl');
}

function dataFolder({ env, platform, home }: UserEnvironment): string {
  if (platform === 'win32') return env['APPDATA'] || path.join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  const xdg = env['XDG_DATA_HOME'];
  // The specification tells programs to ignore relative paths.
  return xdg && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'share');
}
