import { mkdir, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/language';
import { failure, type Result } from '../../core/result';
import { fileReason, writingAdvice } from '../file-reasons';

/** The holder touches the lock at this interval (proper-lockfile's shortest). */
const touchEveryMs = 1000;

/** A lock that has not been touched for this long, by a monotonic clock, is left over from a killed process. */
const abandonedAfterMs = 3000;

/** A lock older than this by its time stamp is taken at once. Longer than any write, so only a set clock can be wrong. */
const staleAfterMs = 60_000;

/** How long to wait for another process that is alive and writing. */
const patienceMs = 30_000;

/**
 * Runs work while holding the lock of a file, which windows and command lines share: a folder `FILE.lock` next to it,
 * kept by proper-lockfile. Creates the file's folder where it is missing. One after another within a process, too.
 *
 * A process that is killed leaves its lock behind; a waiting process takes it once it has not been touched for three
 * seconds. That is measured by the monotonic clock: a clock that is set forward or back during it neither steals a
 * lock from a living process nor keeps a dead one's for ever. Should a lock be lost all the same (a process that was
 * stopped for seconds), work must notice by looking at the file; the store does.
 *
 * Failure code: unwritable (no permission, or the lock is held for half a minute).
 *
 * @param file absolute, without symbolic links
 */
export function withFileLock<T>(file: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  const before = queues.get(file) ?? Promise.resolve();
  const turn = before.then(() => locked(file, work));
  const settled = turn.then(
    () => undefined,
    () => undefined,
  );
  queues.set(file, settled);
  void settled.then(() => queues.get(file) === settled && queues.delete(file));
  return turn;
}

/** The work of this process on each file, as proper-lockfile holds one lock a file and process. */
const queues = new Map<string, Promise<void>>();

async function locked<T>(file: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  let release: (() => Promise<void>) | null;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    release = await acquire(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'EACCES' || code === 'EPERM' ? t('you may not write in its folder') : fileReason(error);
    return failure(
      'unwritable',
      t(
        '{0} cannot be written, because its lock {1}.lock cannot be created next to it: {2}. {3}, or name a file in another folder.',
        file,
        path.basename(file),
        what,
        writingAdvice(error),
      ),
    );
  }
  if (release === null) {
    return failure(
      'unwritable',
      t(
        '{0} has been locked by another window or framecast command for {1} seconds. Try again; if none is running, delete the folder {0}.lock.',
        file,
        patienceMs / 1000,
      ),
    );
  }
  try {
    return await work();
  } finally {
    // A lock that somebody else has taken over is no longer there to be released.
    await release().catch(() => undefined);
  }
}

/** Null when a living process keeps the lock for too long. */
async function acquire(file: string): Promise<(() => Promise<void>) | null> {
  const { default: lockfile } = await import('proper-lockfile');
  const start = performance.now();
  let seen = { stamp: '', since: start };
  for (let pauseMs = 4; performance.now() - start < patienceMs; pauseMs = Math.min(60, pauseMs * 1.5)) {
    try {
      const options = { realpath: false, update: touchEveryMs, stale: staleAfterMs, onCompromised: () => undefined };
      return await lockfile.lock(file, options);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // ENOENT: given back in the middle of being looked at.
      if (code !== 'ELOCKED' && code !== 'ENOENT') throw error;
    }
    const stamp = await stampOf(file);
    if (stamp !== seen.stamp) seen = { stamp, since: performance.now() };
    else if (stamp !== '' && performance.now() - seen.since > abandonedAfterMs) await takeAway(file, stamp);
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
  }
  return null;
}

async function takeAway(file: string, stamp: string): Promise<void> {
  if ((await stampOf(file)) === stamp) await rmdir(`${file}.lock`).catch(() => undefined);
}

/** Changes whenever the lock is touched or is another one; '' where there is none. */
async function stampOf(file: string): Promise<string> {
  const stats = await stat(`${file}.lock`, { bigint: true }).catch(() => null);
  return stats === null ? '' : `${stats.ino} ${stats.mtimeNs} ${stats.birthtimeNs}`;
}
