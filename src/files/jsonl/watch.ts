import { unwatchFile, watch, watchFile, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';

/** Watchers miss network disks, and folders that do not exist yet: the file is also looked at in this rhythm. */
const lookEveryMs = 1000;
/** Several lines that are written in a row make one call. */
const pauseMs = 30;

/**
 * Calls back after a file has changed, was replaced, deleted or created, by whomever. The file need not exist. Returns
 * what ends the watching.
 */
export function watchStore(file: string, onDidChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let known: string | undefined;
  const first = stampOf(file).then((stamp) => (known ??= stamp));

  const look = async (): Promise<void> => {
    await first;
    const stamp = await stampOf(file);
    if (ended || stamp === known) return;
    known = stamp;
    onDidChange();
  };
  const notify = (): void => {
    if (ended) return;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), pauseMs);
  };
  const watcher = watchFolder(file, notify);
  watchFile(file, { interval: lookEveryMs, persistent: false }, notify);
  return () => {
    ended = true;
    clearTimeout(timer);
    watcher?.close();
    unwatchFile(file, notify);
  };
}

/** The folder, as a file that is replaced takes its watcher with it. Null where it cannot be watched. */
function watchFolder(file: string, notify: () => void): FSWatcher | null {
  try {
    const watcher = watch(path.dirname(file), { persistent: false }, (_event, name) => {
      if (name === null || name === path.basename(file)) notify();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

async function stampOf(file: string): Promise<string> {
  const stats = await stat(file, { bigint: true }).catch(() => null);
  return stats === null ? '' : `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}
