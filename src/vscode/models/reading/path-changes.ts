/** What a watcher of the file system tells, handed on a moment later and many paths at once. */
export interface PathChanges<F> {
  /** Something has come to a path, or taken the place of what was there: a folder brings its models without a word. */
  came(file: F): void;
  /** What was at a path went, a folder with all that it held. */
  went(file: F): void;
  /** Forgets at once what went from a path or from a folder around it: what comes there now must not go with it. */
  settle(file: F): void;
  dispose(): void;
}

export interface PathChangesHandler<F> {
  /** @param isWithin whether a path is one of those that went, or lies below one */
  onGone(isWithin: (key: string) => boolean): void;
  /** Paths to be looked into, each once. */
  onNew(files: readonly F[]): void;
  /** More paths have come at once than are worth a look each. */
  onTooManyNew(): void;
}

/** A folder is filled after it is made: it is looked into so long after it was heard of. */
const pauseMs = 300;

/** What goes together is taken away together. */
const soonMs = 50;

/** When more than so many paths have come at once, everything is looked through instead. */
const maxNew = 200;

export function createPathChanges<F extends { toString(): string }>(handler: PathChangesHandler<F>): PathChanges<F> {
  const waiting = new Map<string, { readonly file: F; readonly since: number }>();
  const gone = new Set<string>();
  let newTimer: NodeJS.Timeout | undefined;
  let goneTimer: NodeJS.Timeout | undefined;

  function forgetGone(): void {
    clearTimeout(goneTimer);
    goneTimer = undefined;
    const paths = new Set(gone);
    gone.clear();
    handler.onGone((key) => isWithin(key, paths));
  }

  function handOn(): void {
    newTimer = undefined;
    if (waiting.size > maxNew) {
      waiting.clear();
      handler.onTooManyNew();
      return;
    }
    const now = performance.now();
    const due = [...waiting].filter(([, { since }]) => now - since >= pauseMs - 1);
    due.forEach(([key]) => waiting.delete(key));
    const [next] = waiting.values();
    if (next !== undefined) newTimer = setTimeout(handOn, next.since + pauseMs - now);
    if (due.length > 0) handler.onNew(due.map(([, { file }]) => file));
  }

  return {
    came: (file) => {
      // The first word on a path counts, so that one that is written again and again is not put off for ever.
      const key = file.toString();
      if (waiting.size <= maxNew && !waiting.has(key)) waiting.set(key, { file, since: performance.now() });
      newTimer ??= setTimeout(handOn, pauseMs);
    },
    went: (file) => {
      gone.add(file.toString());
      goneTimer ??= setTimeout(forgetGone, soonMs);
    },
    settle: (file) => {
      if (gone.size > 0 && isWithin(file.toString(), gone)) forgetGone();
    },
    dispose: () => {
      clearTimeout(newTimer);
      clearTimeout(goneTimer);
    },
  };
}

/** Whether the path itself or a folder that it lies in is one of these. */
function isWithin(key: string, paths: ReadonlySet<string>): boolean {
  for (let end = key.length; end > 0; end = key.lastIndexOf('/', end - 1)) {
    if (paths.has(key.slice(0, end))) return true;
  }
  return false;
}
