import * as vscode from 'vscode';
import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import { bundledLandmarks } from '../../core/landmarks/campaigns';
import type { Landmark } from '../../core/landmarks/landmark';
import {
  collectLandmarks,
  isSameCollection,
  isSameLandmarks,
  type LandmarkCollection,
  type LandmarkEntry,
  type LandmarkSource,
} from '../../core/landmarks/landmark-collection';
import { failure, success, type Failure, type Result } from '../../core/result';
import { onDidChangeBoards, takeOwnBoards } from './own-boards';
import {
  openLandmarkStore,
  teamLandmarksKind,
  type IncomingLandmark,
  type LandmarkStore,
  type Review,
} from '../../files/landmarks';
import { landmarkFiles, onDidChangeLandmarkFiles } from './landmark-files';
import { t } from '../../core/language';

/** A file that is named in the settings and could not be read at all. */
export interface UnreadableFile {
  readonly file: string;
  readonly error: Failure;
}

/**
 * The bundled landmarks with the user's own and the team's beside them, and the estimators over them. It follows the
 * files on disk, whichever process changes them.
 */
export interface LandmarkLibrary extends vscode.Disposable, LandmarkCollection {
  /** Resolves when the files have been read for the first time; until then there are the bundled landmarks alone. */
  readonly ready: Promise<void>;
  /** Over the current landmarks, so others after each change: ask for them when they are needed. */
  readonly estimators: Estimators;
  /** Absolute path of the user's own store. */
  readonly ownFile: string;
  readonly unreadable: readonly UnreadableFile[];
  /** Fires when `entries`, `landmarks`, `problems` or `unreadable` have changed and the estimators follow them. */
  readonly onDidChange: vscode.Event<void>;
  /** Saves what a benchmark measured, once for each `source`, even if another process collects the same job. */
  saveMeasured(landmark: Landmark): Promise<Result<void>>;
  /** Includes a disturbed measurement in fits. */
  accept(source: string): Promise<Result<void>>;
  /** Appends those landmarks that no file says yet; returns how many those were. */
  addNew(incoming: readonly IncomingLandmark[]): Promise<Result<number>>;
  /**
   * Sets or, by null, removes the user's verdict or comment, for all entries or none. A line of the own store repeats a
   * published or shared landmark with them.
   */
  review(entries: readonly LandmarkEntry[], reviewOf: (entry: LandmarkEntry) => Review): Promise<Result<void>>;
  /** Deletes own landmarks; returns those that were deleted, with their comments, for taking it back. */
  remove(entries: readonly LandmarkEntry[]): Promise<Result<readonly IncomingLandmark[]>>;
}

/** Reads the files that the settings name and goes on following them. */
export function createLandmarkLibrary(): LandmarkLibrary {
  const changed = new vscode.EventEmitter<void>();
  takeOwnBoards();
  let estimators = createEstimators(bundledLandmarks);
  let collection: LandmarkCollection = collectLandmarks([]);
  let unreadable: readonly UnreadableFile[] = [];
  let stores = openStores();
  let reading: Promise<void> | null = null;
  let isStale = false;

  /** Reads all files; what changes while they are read is read again after. */
  function refresh(): Promise<void> {
    isStale = true;
    reading ??= (async () => {
      while (isStale) {
        isStale = false;
        await load(stores);
      }
    })().finally(() => (reading = null));
    return reading;
  }

  async function load({ own, team }: Stores): Promise<void> {
    const read = await Promise.all([readSource('own', own), ...team.map((store) => readSource('team', store))]);
    const next = collectLandmarks(read.flatMap(({ source }) => (source === null ? [] : [source])));
    const failed = read.flatMap(({ file, error }) => (error === null ? [] : [{ file, error }]));
    const isSame = isSameCollection(next, collection) && sentences(failed) === sentences(unreadable);
    unreadable = failed;
    if (isSame) return;
    // Fits are made once per array, so an array that says the same stays.
    const fitted = isSameLandmarks(next.landmarks, collection.landmarks) ? collection.landmarks : next.landmarks;
    if (fitted !== collection.landmarks) estimators = createEstimators(fitted, next.ownCampaigns, estimators);
    collection = { ...next, landmarks: fitted };
    changed.fire();
  }

  function openStores(): Stores {
    const { own, team } = landmarkFiles();
    const ownStore = openLandmarkStore(own);
    const teamStores = team.map((file) => openLandmarkStore(file, teamLandmarksKind));
    const watches = [ownStore, ...teamStores].map((store) => store.watch(() => void refresh()));
    return { own: ownStore, team: teamStores, dispose: () => watches.forEach((end) => end()) };
  }

  async function written<T, U>(result: Result<T>, value: (from: T) => U): Promise<Result<U>> {
    if (!result.ok) return result;
    await refresh();
    return success(value(result.value));
  }

  async function remove(entries: readonly LandmarkEntry[]): Promise<Result<readonly IncomingLandmark[]>> {
    const foreign = entries.find(({ ownIds }) => ownIds.length === 0);
    if (foreign !== undefined) {
      const { file, landmark } = foreign;
      return failure(
        'invalid-request',
        file === null
          ? t('{0} is published and cannot be deleted here. Exclude it from fits instead.', landmark.model)
          : t('{0} is shared in {1} and cannot be deleted here. Exclude it from fits instead.', landmark.model, file),
      );
    }
    const removed = await stores.own.remove(entries.flatMap(({ ownIds }) => ownIds));
    return written(removed, (lines) => lines.map(({ landmark, record }) => ({ landmark, record })));
  }

  async function review(
    entries: readonly LandmarkEntry[],
    of: (entry: LandmarkEntry) => Review,
  ): Promise<Result<void>> {
    return written(await stores.own.review(entries, of), () => undefined);
  }

  async function accept(source: string): Promise<Result<void>> {
    await ready;
    const entry = collection.entries.find(({ landmark }) => landmark.source === source);
    if (!entry) return failure('invalid-request', t('The landmark does not exist any more. Measure it again.'));
    return await review([entry], () => ({ verdict: 'accepted' }));
  }

  const ready = refresh();
  const settings = onDidChangeLandmarkFiles(() => {
    stores.dispose();
    stores = openStores();
    void refresh();
  });
  const boards = onDidChangeBoards(() => {
    takeOwnBoards();
    // What is fitted for boards that are now others, or no more, must be made again: copies, of which nothing is remembered.
    collection = { ...collection, landmarks: collection.landmarks.map((landmark) => ({ ...landmark })) };
    estimators = createEstimators(collection.landmarks, collection.ownCampaigns);
    changed.fire();
  });
  return {
    ready,
    get estimators() {
      return estimators;
    },
    get ownFile() {
      return stores.own.file;
    },
    get entries() {
      return collection.entries;
    },
    get landmarks() {
      return collection.landmarks;
    },
    get ownCampaigns() {
      return collection.ownCampaigns;
    },
    get problems() {
      return collection.problems;
    },
    get unreadable() {
      return unreadable;
    },
    onDidChange: changed.event,
    saveMeasured: async (landmark) => written(await stores.own.saveMeasured(landmark), () => undefined),
    accept,
    addNew: async (incoming) => {
      const known = new Set(collection.entries.map(({ key }) => key));
      return written(await stores.own.appendNew(incoming, known), (ids) => ids.length);
    },
    review,
    remove,
    dispose: () => {
      stores.dispose();
      vscode.Disposable.from(settings, boards, changed).dispose();
    },
  };
}

interface Stores {
  readonly own: LandmarkStore;
  readonly team: readonly LandmarkStore[];
  dispose(): void;
}

async function readSource(
  origin: LandmarkSource['origin'],
  store: LandmarkStore,
): Promise<{ readonly file: string; readonly source: LandmarkSource | null; readonly error: Failure | null }> {
  const { file } = store;
  const content = await store.read();
  if (!content.ok) return { file, source: null, error: content.error };
  return { file, source: { origin, file, ...content.value }, error: null };
}

function sentences(files: readonly UnreadableFile[]): string {
  return files.map(({ error }) => error.message).join('\n');
}
