import * as vscode from 'vscode';
import { t } from '../../core/language';
import type { Failure } from '../../core/result';
import type { PendingJob } from '../../jetson/benchmark/pending-job';
import type { BenchmarkMessage } from '../../protocol/benchmark-page';
import { createBenchmarkLog, type BenchmarkLog } from '../pages/benchmark/benchmark-log';
import { withEnd, type Predicted } from '../pages/benchmark/benchmark-view';
import type { BenchmarkPlan, BenchmarkRecord } from './benchmark-record';
import type { BenchmarkStore } from './benchmark-store';

/** A benchmark of this window, running or finished. */
export interface Benchmark {
  readonly id: string;
  readonly plan: BenchmarkPlan;
  readonly view: BenchmarkMessage;
  readonly log: BenchmarkLog;
  /** Whether its job is still to be collected. */
  readonly isOpen: boolean;
}

/** A benchmark and what moves it. */
export interface Entry extends Benchmark {
  view: BenchmarkMessage;
  openJob: PendingJob | null;
  sources: (string | null)[];
  /** What was predicted before a landmark was saved, by the landmark's source. */
  readonly predicted: Map<string, Predicted>;
  readonly notSaved: Map<string, string>;
  /** null while nobody follows it. */
  following: { readonly cancel: AbortController; readonly done: Promise<void> } | null;
  saveTimer: NodeJS.Timeout | null;
}

/** The benchmarks that a window has in memory, and their records on disk. */
export interface Entries extends vscode.Disposable {
  /** Fires with the benchmark's id, for every change. */
  readonly onDidChange: vscode.Event<string>;
  add(record: Omit<BenchmarkRecord, 'owner'>): Entry;
  get(id: string): Entry | undefined;
  /** From the disk where it is not in memory; null where it is known no more. */
  find(id: string): Promise<Entry | null>;
  /** Keeps the new state, notifies listeners, and stores it soon. */
  show(entry: Entry, view: BenchmarkMessage): void;
  save(entry: Entry): Promise<void>;
  /** Benchmarks that are over stay on disk, and are read again when they are shown again. */
  forgetOldest(): Promise<void>;
}

/** Benchmarks that are over and kept in memory, with their whole logs. */
const maxInMemory = 10;
/** Lines of the log that are kept on disk. */
const keptLines = 2000;
const betweenSavesMs = 1000;

export function createEntries(store: BenchmarkStore): Entries {
  const changed = new vscode.EventEmitter<string>();
  const entries = new Map<string, Entry>();

  function add(record: Omit<BenchmarkRecord, 'owner'>): Entry {
    const entry: Entry = {
      id: record.id,
      plan: record.plan,
      view: record.view,
      openJob: record.openJob,
      sources: [...record.sources],
      log: createBenchmarkLog(record.log),
      predicted: new Map(),
      notSaved: new Map(),
      following: null,
      saveTimer: null,
      get isOpen() {
        return this.openJob !== null;
      },
    };
    entries.set(entry.id, entry);
    return entry;
  }

  async function find(id: string): Promise<Entry | null> {
    const inMemory = entries.get(id);
    if (inMemory) return inMemory;
    const record = await store.read(id);
    // Asked for twice at once, it is still one benchmark.
    const known = entries.get(id);
    if (known || !record) return known ?? null;
    const entry = add(record);
    const isRunning = record.view.state === 'running' || record.view.state === 'queued';
    if (!isRunning) return entry;
    const end = record.openJob
      ? ({ state: 'interrupted', failure: closedDuringJob() } as const)
      : ({ state: 'failed', failure: closedBeforeJob() } as const);
    entry.view = withEnd(entry.view, end, Date.now());
    return entry;
  }

  async function forgetOldest(): Promise<void> {
    const over = [...entries.values()].filter(({ following, saveTimer }) => following === null && saveTimer === null);
    for (const { id } of over.slice(0, -maxInMemory)) entries.delete(id);
    await store.prune();
  }

  function show(entry: Entry, view: BenchmarkMessage): void {
    entry.view = view;
    entry.saveTimer ??= setTimeout(() => void save(entry), betweenSavesMs);
    changed.fire(entry.id);
  }

  async function save(entry: Entry): Promise<void> {
    if (entry.saveTimer) clearTimeout(entry.saveTimer);
    entry.saveTimer = null;
    const { id, plan, view, log, openJob, sources } = entry;
    const lines = log.lines(Math.max(log.next - keptLines, log.first));
    await store.save({ id, plan, view, log: lines, openJob, sources, owner: process.pid });
  }

  return {
    onDidChange: changed.event,
    add,
    get: (id) => entries.get(id),
    find,
    show,
    save,
    forgetOldest,
    dispose: () => {
      for (const entry of entries.values()) if (entry.saveTimer) void save(entry);
      changed.dispose();
    },
  };
}

const closedDuringJob = (): Failure => ({
  code: 'disconnected',
  message: t(
    'VS Code was closed during the benchmark. Its job continues on the board: follow it again to get the result.',
  ),
});

const closedBeforeJob = (): Failure => ({
  code: 'cancelled',
  message: t('VS Code was closed before the job started on the board. Run it again.'),
});
