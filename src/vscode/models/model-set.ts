import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { Result } from '../../core/result';
import type { ModelSummary } from '../../files/reading/model-summary';

/** A file that was found, and what it holds. */
export interface ListedModel<F> {
  readonly file: F;
  /** null while it waits to be read. */
  readonly result: Result<ModelSummary> | null;
}

/** How far finding and reading are. */
export interface SetProgress {
  readonly isSearching: boolean;
  readonly found: number;
  readonly read: number;
}

/** Files that are found, read, and followed from then on. */
export interface ModelSet<F> {
  /** By the text of the file, in the order in which they were found. */
  readonly models: ReadonlyMap<string, ListedModel<F>>;
  readonly progress: SetProgress;
  /** Whether there are more models than are listed. */
  readonly isTruncated: boolean;
  /** Calls back after something changed, not more often than people can follow. */
  onDidChange(listener: () => void): { dispose(): void };
  /**
   * Searches for all files again; those that stay are kept unless they changed.
   *
   * @param below looks in this folder alone
   */
  search(below?: F): Promise<void>;
  /** Takes in a file that has appeared or changed. */
  take(file: F): void;
  /** Forgets files. */
  drop(isGone: (key: string) => boolean): void;
  dispose(): void;
}

export interface SetSources<F> {
  /** Calls back for each file as it is found, in one folder where that is given. */
  find(onFound: (file: F) => void, signal: AbortSignal, below?: F): Promise<void>;
  /** Null where there is no such file any more. */
  summarise(file: F, signal: AbortSignal): Promise<Result<ModelSummary> | null>;
  /** Files that are read at a time. */
  readonly width: number;
}

/** Models listed at most. */
export const maxModels = 5000;

/** Until the first change is told. */
const soonMs = 60;

/** Between changes that are told: the longer the list, the longer it takes to be shown. */
const minPauseMs = 400;
const maxPauseMs = 2000;

export function createModelSet<F extends { toString(): string }>(sources: SetSources<F>): ModelSet<F> {
  const models = new Map<string, ListedModel<F>>();
  const listeners = new Set<() => void>();
  const limit = pLimit(sources.width);
  const ended = new AbortController();
  // Every file that is being read listens, on purpose.
  setMaxListeners(0, ended.signal);
  let searching = new AbortController();
  /** Results of each running search; files that appear meanwhile count too. */
  const searches = new Set<Set<string>>();
  let wholeSearches = 0;
  let read = 0;
  let isTruncated = false;
  let timer: NodeJS.Timeout | undefined;
  let isSoon = false;
  let lastNotice = 0;

  function notify(): void {
    if (ended.signal.aborted) return;
    // Whoever waits for the last one does not wait for a pause as well.
    const isWhole = wholeSearches === 0 && read === models.size;
    if (timer !== undefined && (!isWhole || isSoon)) return;
    const pauseMs = Math.min(maxPauseMs, Math.max(minPauseMs, 2 * models.size));
    const isRested = performance.now() - lastNotice > pauseMs;
    clearTimeout(timer);
    isSoon = isWhole || isRested;
    timer = setTimeout(tell, isSoon ? soonMs : pauseMs);
  }

  function tell(): void {
    timer = undefined;
    lastNotice = performance.now();
    listeners.forEach((listener) => listener());
  }

  function put(key: string, model: ListedModel<F>): void {
    read += Number(model.result !== null) - Number((models.get(key)?.result ?? null) !== null);
    models.set(key, model);
    notify();
  }

  /** Reads a file and stores the result unless a newer one has arrived meanwhile. */
  async function look(key: string): Promise<void> {
    const asked = models.get(key);
    if (asked === undefined) return;
    const result = await sources.summarise(asked.file, ended.signal);
    if (models.get(key) !== asked || (result?.ok === false && result.error.code === 'cancelled')) return;
    if (result === null) forget(key);
    else if (result !== asked.result) put(key, { ...asked, result });
  }

  function forget(key: string): void {
    read -= Number((models.get(key)?.result ?? null) !== null);
    if (models.delete(key)) notify();
  }

  function take(file: F): void {
    const key = file.toString();
    searches.forEach((found) => found.add(key));
    const known = models.get(key);
    if (known === undefined && models.size >= maxModels) {
      isTruncated = true;
      return;
    }
    // What is known stays until the new is there; as another object, so that older readings are not taken for it.
    put(key, { file, result: known?.result ?? null });
    void limit(() => look(key));
  }

  function drop(isGone: (key: string) => boolean): void {
    for (const key of [...models.keys()]) if (isGone(key)) forget(key);
  }

  async function search(): Promise<void> {
    searching.abort();
    searching = new AbortController();
    isTruncated = false;
    wholeSearches++;
    notify();
    try {
      await searchIn(undefined);
    } finally {
      wholeSearches--;
      notify();
    }
  }

  async function searchIn(below: F | undefined): Promise<void> {
    const { signal } = searching;
    const found = new Set<string>();
    searches.add(found);
    try {
      const onFound = (file: F): void => {
        if (!signal.aborted) take(file);
      };
      await sources.find(onFound, signal, below);
    } finally {
      searches.delete(found);
    }
    const prefix = below === undefined ? '' : `${below.toString()}/`;
    if (!signal.aborted) drop((key) => key.startsWith(prefix) && !found.has(key));
  }

  return {
    models,
    get progress() {
      return { isSearching: wholeSearches > 0, found: models.size, read };
    },
    get isTruncated() {
      return isTruncated;
    },
    onDidChange: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    search: (below) => (below === undefined ? search() : searchIn(below)),
    take,
    drop,
    dispose: () => {
      ended.abort();
      searching.abort();
      limit.clearQueue();
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
