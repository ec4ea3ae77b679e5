import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Result } from '../../../core/result';
import type { ModelSummary } from '../../../files/reading/model-summary';

/** What was found at a path while the file there had this identity. */
export interface KnownFile {
  readonly path: string;
  /** Changes whenever the file does: its inode, size and times. */
  readonly identity: string;
  readonly result: Result<ModelSummary>;
}

/** What is known of files, also after the window was closed. */
export interface SummaryCache {
  /** What was found at a path if the file still has this identity; waits until the file of the cache is read. */
  get(path: string, identity: string): Promise<Result<ModelSummary> | undefined>;
  set(known: KnownFile): void;
  /** Writes what is not on the disk yet. */
  flush(): Promise<void>;
}

/** Files remembered at most, the ones used last. */
const maxFiles = 6000;

/** Memory that what is remembered may take: about 200 bytes a kernel. */
const maxBytes = 64 * 1024 * 1024;

/** New findings are written together, as often as this. */
const pauseMs = 2000;

const prefix = 'model-summaries-';

/** Lines that are read or written between two turns of everything else. */
const linesPerTurn = 20;

/**
 * Keeps findings in a folder as JSON Lines, one line a file of the workspace. Several windows may append to it at once:
 * a line that is torn is left out, and of two lines for a path the later one holds. Nothing here fails: without a disk
 * the cache is one of memory.
 *
 * @param folder where the file is kept; null for memory alone
 * @param version of the code that made the findings: those of another version are deleted
 * @param yieldToEventLoop awaited between pieces of long work
 */
export function createSummaryCache(
  folder: string | null,
  version: string,
  yieldToEventLoop: () => Promise<void>,
): SummaryCache {
  const known = new LRUCache<string, KnownFile>({
    max: maxFiles,
    maxSize: maxBytes,
    sizeCalculation: ({ result }) => bytesOf(result),
  });
  // Copies of a file share what was found, and so everything that is computed from it.
  const contents = new LRUCache<string, Result<ModelSummary>>({
    max: maxFiles,
    maxSize: maxBytes,
    sizeCalculation: bytesOf,
  });
  const file = folder === null ? null : path.join(folder, `${prefix}${version}.jsonl`);
  let unwritten: KnownFile[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const loaded = load().catch(() => undefined);

  function remember({ path, identity, result }: KnownFile): void {
    known.set(path, { path, identity, result: shared(result) });
  }

  function shared(result: Result<ModelSummary>): Result<ModelSummary> {
    if (!result.ok) return result;
    const content = contents.get(result.value.digest) ?? result;
    contents.set(result.value.digest, content);
    return content;
  }

  async function load(): Promise<void> {
    if (folder === null || file === null) return;
    const others = (await readdir(folder)).filter(
      (name) => name.startsWith(prefix) && name !== path.basename(file) && !name.endsWith('.part'),
    );
    await Promise.all(others.map((name) => rm(path.join(folder, name), { force: true })));
    const lines = (await readFile(file, 'utf8')).split('\n');
    const entries = new Map<string, KnownFile>();
    for (const [index, line] of lines.entries()) {
      if (index % linesPerTurn === 0) await yieldToEventLoop();
      const entry = parseLine(line);
      if (entry === null) continue;
      entries.delete(entry.path);
      entries.set(entry.path, entry);
    }
    // What was found since the start is newer than the disk.
    for (const entry of entries.values()) if (!known.has(entry.path)) remember(entry);
    if (lines.length > 2 * maxFiles) await rewrite(file);
  }

  async function rewrite(file: string): Promise<void> {
    const part = `${file}.${process.pid}.part`;
    await writeFile(part, [...known.rvalues()].map((entry) => (entry === undefined ? '' : lineOf(entry))).join(''));
    await rename(part, file);
  }

  async function write(): Promise<void> {
    const entries = unwritten;
    unwritten = [];
    if (folder === null || file === null || entries.length === 0) return;
    await mkdir(folder, { recursive: true });
    for (let start = 0; start < entries.length; start += linesPerTurn) {
      await yieldToEventLoop();
      const lines = entries.slice(start, start + linesPerTurn).map(lineOf);
      await appendFile(file, lines.join(''));
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    // A full or read-only disk costs the next window some reading, and nothing else.
    writing = writing.then(write).catch(() => undefined);
    return writing;
  }

  return {
    get: async (path, identity) => {
      await loaded;
      const entry = known.get(path);
      return entry?.identity === identity ? entry.result : undefined;
    },
    set: (entry) => {
      remember(entry);
      if (file === null) return;
      unwritten.push(known.get(entry.path) ?? entry);
      timer ??= setTimeout(() => void flush(), pauseMs).unref();
    },
    flush,
  };
}

function bytesOf(result: Result<ModelSummary>): number {
  const kernels = result.ok
    ? result.value.costs.reduce((sum, cost) => sum + (cost.ok ? (cost.value.layers?.length ?? 0) : 0), 0)
    : 0;
  return 2048 + 200 * kernels;
}

function lineOf({ path, identity, result }: KnownFile): string {
  return `${JSON.stringify({ path, identity, result })}\n`;
}

/** Its own lines are the only ones to expect; what is torn, or written by something else, is null. */
function parseLine(line: string): KnownFile | null {
  try {
    const { path, identity, result } = JSON.parse(line) as Partial<KnownFile>;
    const isWhole =
      typeof path === 'string' &&
      typeof identity === 'string' &&
      (result?.ok === true
        ? Array.isArray(result.value?.costs) && Array.isArray(result.value.externalFiles)
        : typeof result?.error?.message === 'string');
    return isWhole && result !== undefined ? { path, identity, result } : null;
  } catch {
    return null;
  }
}
