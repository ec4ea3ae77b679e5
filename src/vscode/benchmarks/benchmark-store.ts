import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseBenchmarkRecord, writeBenchmarkRecord, type BenchmarkRecord } from './benchmark-record';
import { benchmarkIdPattern } from '../../protocol/benchmark-page';

/** Benchmarks of this machine's windows, one file each. */
export interface BenchmarkStore {
  /** Null if there is none of this id, or its file is broken. */
  read(id: string): Promise<BenchmarkRecord | null>;
  /** All that can be read, the latest first. */
  readAll(): Promise<readonly BenchmarkRecord[]>;
  /** Writes as a whole: a crash leaves the old record or the new one. Saves of one benchmark keep their order. */
  save(record: BenchmarkRecord): Promise<void>;
  /** Deletes all but the latest finished benchmarks; those with an open job stay, however many they are. */
  prune(): Promise<void>;
}

/** Finished benchmarks that are kept. */
const maxFinished = 50;
/** No record comes near this; a file that does is something else. */
const maxBytes = 32 * 2 ** 20;

export function openBenchmarkStore(folder: string): BenchmarkStore {
  const fileOf = (id: string): string => path.join(folder, `${id}.json`);
  const saving = new Map<string, Promise<void>>();
  let temporary = 0;

  async function read(id: string): Promise<BenchmarkRecord | null> {
    if (!benchmarkIdPattern.test(id)) return null;
    try {
      if ((await stat(fileOf(id))).size > maxBytes) return null;
      const record = parseBenchmarkRecord(JSON.parse(await readFile(fileOf(id), 'utf8')));
      return record?.id === id ? record : null;
    } catch {
      return null; // gone or damaged: as if it did not exist
    }
  }

  async function readAll(): Promise<readonly BenchmarkRecord[]> {
    const names = await readdir(folder).catch(() => []);
    const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    const records = (await Promise.all(ids.map(read))).filter((record) => record !== null);
    return records.sort((one, other) => other.view.startedAt - one.view.startedAt);
  }

  async function prune(): Promise<void> {
    const finished = (await readAll()).filter(({ openJob }) => openJob === null);
    await Promise.all(finished.slice(maxFinished).map(({ id }) => rm(fileOf(id), { force: true })));
  }

  function save(record: BenchmarkRecord): Promise<void> {
    const text = writeBenchmarkRecord(record);
    const before = saving.get(record.id) ?? Promise.resolve();
    const done = before
      .catch(() => {}) // its own caller gets the error
      .then(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const draft = `${fileOf(record.id)}.${process.pid}-${temporary++}.tmp`;
        await writeFile(draft, text, { mode: 0o600 });
        await rename(draft, fileOf(record.id));
      });
    saving.set(record.id, done);
    const forget = (): void => void (saving.get(record.id) === done && saving.delete(record.id));
    done.then(forget, forget);
    return done;
  }

  return { read, readAll, save, prune };
}
