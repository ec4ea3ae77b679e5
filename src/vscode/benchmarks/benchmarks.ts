import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { layersOf } from '../../core/estimate/layer-comparison';
import { t } from '../../core/language';
import { modeOfLandmark } from '../../core/landmarks/devices';
import { inputSize, type Landmark } from '../../core/landmarks/landmark';
import { failure, success, type Failure, type Result } from '../../core/result';
import { isAlive } from '../../files/jsonl/append-rewrite';
import type { BenchmarkEvent } from '../../jetson/benchmark/benchmark-event';
import type { BenchmarkOutcome, RunOutcome } from '../../jetson/benchmark/benchmark-outcome';
import type { BenchmarkContext } from '../../jetson/benchmark/benchmark-request';
import { resolveDestination } from '../../jetson/connection/destination';
import type { Concern } from '../../jetson/preflight/concern';
import type { LandmarkLibrary } from '../services/landmark-library';
import type { ModelService } from '../services/model-service';
import type { BenchmarkPlan } from './benchmark-record';
import { createEntries, type Benchmark, type Entry } from './benchmark-entries';
import type { BenchmarkStore } from './benchmark-store';
import {
  newBenchmark,
  predictedOf,
  resumed,
  withEnd,
  withEvent,
  withOutcome,
  type Predicted,
} from '../pages/benchmark/benchmark-view';
import { createPromptSession } from '../boards/connection-prompts';
import type { DeviceMonitor } from '../boards/device-monitor';
import { destinationText } from '../boards/saved-device';
import { untrusted } from '../boards/trust';

/** All benchmarks that this window runs or shows. One board runs one at a time; several boards run in parallel. */
export interface Benchmarks extends vscode.Disposable {
  /** Fires with the benchmark's id, for every change. */
  readonly onDidChange: vscode.Event<string>;
  start(plan: BenchmarkPlan): Benchmark;
  /** The benchmark of this id, from the disk where this window does not have it; null where it is known no more. */
  find(id: string): Promise<Benchmark | null>;
  /** Follows the job of a benchmark again. Does nothing for one that is followed, or has none. */
  resume(id: string): Promise<void>;
  cancel(id: string): void;
  /** Takes the disturbed landmark of a run into fits. */
  accept(id: string, run: number): Promise<Result<void>>;
  /** Resolves when the benchmark is no longer followed: over, or left to itself. */
  ended(id: string): Promise<void>;
}

export interface BenchmarksParts {
  readonly version: string;
  readonly secrets: vscode.SecretStorage;
  readonly service: ModelService;
  readonly library: Pick<LandmarkLibrary, 'saveMeasured' | 'accept' | 'estimators'>;
  readonly monitor: DeviceMonitor;
  readonly store: BenchmarkStore;
  /** Asked once where something would spoil the figures; false gives up. */
  acceptWarnings(concerns: readonly Concern[], id: string, deviceName: string): Promise<boolean>;
}

/** How long a process that followed the job before may take to end, after a window was loaded again. */
const patienceMs = 10_000;

export function createBenchmarks(parts: BenchmarksParts): Benchmarks {
  const { store, monitor, service, library } = parts;
  const entries = createEntries(store);
  const { show, save } = entries;
  /** The last benchmark of each board; the next waits for it. */
  const queues = new Map<string, Promise<void>>();
  const leave = new AbortController();

  function start(plan: BenchmarkPlan): Benchmark {
    const id = `${new Date().toISOString().slice(0, 19).replace(/\D/g, '')}-${randomBytes(4).toString('hex')}`;
    const { device, title } = plan;
    const asked = newBenchmark(id, { name: device.name, destination: destinationText(device) }, plan.runs, Date.now());
    const view = title === undefined ? asked : { ...asked, title };
    const entry = entries.add({ id, plan, view, log: [], openJob: null, sources: plan.runs.map(() => null) });
    follow(entry, (context) => request(entry, context));
    return entry;
  }

  async function resume(id: string): Promise<void> {
    const entry = await entries.find(id);
    const job = entry?.openJob;
    if (!entry || !job || entry.following) return;
    const record = await store.read(id);
    if (entry.following) return;
    entry.view = resumed(entry.view);
    follow(entry, async (context) => {
      if (record && record.owner !== process.pid) await processEnded(record.owner);
      // A process that was about to end may have collected it meanwhile.
      const latest = await store.read(id);
      if (latest && latest.owner !== process.pid && latest.openJob === null) {
        entry.openJob = null;
        entry.view = latest.view;
        entry.sources = [...latest.sources];
        return success({ jobId: job.jobId, runs: [], left: false });
      }
      const destination = await resolveDestination(destinationText(entry.plan.device));
      if (!destination.ok) return destination;
      const { resumeBenchmark } = await import('../../jetson/benchmark/benchmark');
      return await resumeBenchmark(latest?.openJob ?? job, destination.value, context);
    });
  }

  async function request(entry: Entry, context: BenchmarkContext): Promise<Result<BenchmarkOutcome>> {
    const { device, runs } = entry.plan;
    const destination = await resolveDestination(destinationText(device));
    if (!destination.ok) return destination;
    const client = `framecast ${parts.version} on ${hostname()}`;
    const asked = { destination: destination.value, deviceLabel: device.name, runs, client, whenBusy: 'wait' as const };
    const { runBenchmark } = await import('../../jetson/benchmark/benchmark');
    return await runBenchmark(asked, context);
  }

  /** Runs or resumes a benchmark once its board is free of others of this window, and sees to its end. */
  function follow(entry: Entry, work: (context: BenchmarkContext) => Promise<Result<BenchmarkOutcome>>): void {
    const cancel = new AbortController();
    const { device } = entry.plan;
    const before = queues.get(device.name);
    if (before) show(entry, { ...entry.view, sentence: t('Waiting for another benchmark on {0}.', device.name) });
    const run = async (): Promise<void> => {
      await Promise.race([before, aborted(cancel.signal)]);
      if (cancel.signal.aborted) return finish(entry, failure('cancelled', t('Cancelled before it started.')));
      show(entry, { ...entry.view, state: 'running' });
      monitor.setBusy(device, t('The benchmark of {0} is running on it.', entry.view.title));
      try {
        finish(entry, untrusted() ?? (await work(contextOf(entry, cancel.signal))));
      } catch (error) {
        // Must not happen, but then the page says so instead of waiting for ever.
        const reason = error instanceof Error ? error.message : String(error);
        finish(entry, failure('internal', t('Framecast failed on this benchmark: {0}. Please report it.', reason)));
      } finally {
        monitor.setBusy(device, null);
      }
    };
    const done = run();
    const queued = Promise.allSettled([before, done]).then(() => {
      if (queues.get(device.name) === queued) queues.delete(device.name);
    });
    queues.set(device.name, queued);
    entry.following = { cancel, done };
    show(entry, entry.view);
  }

  function contextOf(entry: Entry, signal: AbortSignal): BenchmarkContext {
    const { prompts, connected } = createPromptSession(parts.secrets);
    return {
      prompts,
      signal,
      leave: leave.signal,
      now: () => new Date(),
      onEvent: (event) => {
        if (event.kind === 'probed') {
          connected();
          monitor.learnt(entry.plan.device, event.report);
        }
        receive(entry, event);
      },
      acceptWarnings: (concerns) => parts.acceptWarnings(concerns, entry.id, entry.plan.device.name),
      saveLandmark: (landmark) => saveLandmark(entry, landmark),
      pendingJobs: {
        save: async (job) => {
          entry.openJob = job;
          await save(entry);
        },
        forget: async () => {
          entry.openJob = null;
          await save(entry);
        },
      },
    };
  }

  function receive(entry: Entry, event: BenchmarkEvent): void {
    switch (event.kind) {
      case 'log':
        entry.log.append(event.text);
        break;
      case 'stage':
      case 'note':
      case 'reconnecting':
        entry.log.note(event.message);
        break;
      case 'run-finished':
        takeOutcome(entry, event.outcome);
        break;
    }
    show(entry, withEvent(entry.view, event));
  }

  function takeOutcome(entry: Entry, outcome: RunOutcome): void {
    if (!outcome.ok) {
      if (outcome.logTail !== '') entry.log.append(`\n${outcome.logTail}\n`);
      entry.view = withOutcome(entry.view, outcome, notPredicted, null);
      return;
    }
    const { source } = outcome.landmark;
    entry.sources[outcome.run] = source;
    // A result that came before, in a window that was closed, knows what was predicted then.
    const before = entry.view.runs[outcome.run]?.result;
    const predicted = before ?? entry.predicted.get(source) ?? notPredicted;
    const notSaved = entry.notSaved.get(source) ?? null;
    entry.view = withOutcome(
      entry.view,
      outcome,
      { predicted: predicted.predicted, layers: predicted.layers },
      notSaved,
    );
  }

  async function saveLandmark(entry: Entry, landmark: Landmark): Promise<Result<void>> {
    const { model } = landmark;
    const at = entry.view.runs.findIndex((run) => run.model === model && run.runtime === landmark.runtime);
    const run = entry.plan.runs[at];
    // Asked before it is saved: a prediction that has learnt from the figure would only agree with itself.
    const { device, runtime, batch } = landmark;
    const analysis = run && (await service.analyse(vscode.Uri.file(run.modelPath)));
    const query = { device, runtime, ...inputSize(landmark), batch, ...modeOfLandmark(landmark) };
    if (analysis?.ok)
      await service.prepare(analysis.value, [query], undefined, landmark.measurement?.layers !== undefined);
    const prediction = analysis?.ok ? service.predict(analysis.value, query) : null;
    const layers = layersOf(landmark, analysis?.ok ? analysis.value.profile : null, library.estimators);
    entry.predicted.set(landmark.source, { predicted: predictedOf(prediction), layers });
    const saved = await library.saveMeasured(landmark);
    if (saved.ok) entry.notSaved.delete(landmark.source);
    else entry.notSaved.set(landmark.source, saved.error.message);
    return saved;
  }

  function finish(entry: Entry, result: Result<BenchmarkOutcome>): void {
    entry.following = null;
    if (result.ok) {
      const { runs, left } = result.value;
      for (const outcome of runs) {
        const known = entry.view.runs[outcome.run];
        if (!known?.result && !known?.failure) takeOutcome(entry, outcome);
      }
      entry.view = withEnd(
        entry.view,
        left ? { state: 'interrupted', failure: leftAlone() } : endOf(entry),
        Date.now(),
      );
    } else {
      const { error } = result;
      entry.log.note(error.message);
      // A job that may still run can be followed again, also after a cancellation that did not reach the board.
      const isOver = entry.openJob === null;
      const state = !isOver ? 'interrupted' : error.code === 'cancelled' ? 'cancelled' : 'failed';
      entry.view = withEnd(entry.view, { state, failure: error }, Date.now());
      if (connectionCodes.has(error.code)) monitor.failed(entry.plan.device, error);
    }
    show(entry, entry.view);
    void save(entry).then(entries.forgetOldest);
  }

  async function accept(id: string, run: number): Promise<Result<void>> {
    const entry = await entries.find(id);
    const source = entry?.sources[run];
    if (!entry || !source) return failure('invalid-request', t('This run has no landmark to accept.'));
    const accepted = await library.accept(source);
    if (!accepted.ok) return accepted;
    const runs = entry.view.runs.map((each, index) =>
      index === run && each.result ? { ...each, result: { ...each.result, landmark: 'in-fits' as const } } : each,
    );
    show(entry, { ...entry.view, runs });
    return accepted;
  }

  return {
    onDidChange: entries.onDidChange,
    start,
    find: entries.find,
    resume,
    accept,
    cancel: (id) => {
      const entry = entries.get(id);
      if (!entry?.following) return;
      entry.following.cancel.abort();
      show(entry, { ...entry.view, stopping: true, sentence: t('Stopping the benchmark.') });
    },
    ended: async (id) => await entries.get(id)?.following?.done,
    dispose: () => {
      // The jobs go on; the next window finds them.
      leave.abort();
      entries.dispose();
    },
  };
}

const notPredicted: Predicted = { predicted: null, layers: null };

const leftAlone = (): Failure => ({
  code: 'disconnected',
  message: t('The job continues on the board. Follow it again to get the result.'),
});

/** Failures of the connection to the device. */
const connectionCodes: ReadonlySet<string> = new Set([
  'unreachable',
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'authentication',
  'board-misbehaves',
]);

function endOf({ view }: Entry): { state: 'finished' | 'failed' | 'cancelled'; failure: null } {
  if (view.runs.some(({ result }) => result !== null)) return { state: 'finished', failure: null };
  const isCancelled = view.runs.every(({ state }) => state === 'cancelled');
  return { state: isCancelled ? 'cancelled' : 'failed', failure: null };
}

async function aborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

/** Waits for another process to end, but not for ever: it may be a window of its own. */
async function processEnded(pid: number): Promise<void> {
  for (const deadline = Date.now() + patienceMs; isAlive(pid) && Date.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
