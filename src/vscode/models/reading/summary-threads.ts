import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { InputSize } from '../../../core/onnx/shapes/input-size';
import { failure, type Result } from '../../../core/result';
import type { ModelSummary } from './model-summary';

/** What a thread is asked for. */
export interface WorkerRequest {
  readonly id: number;
  readonly path: string;
  readonly size: InputSize;
}

export interface WorkerAnswer {
  readonly id: number;
  /** A `Result<ModelSummary>` as JSON, which crosses threads several times as fast as the value itself. */
  readonly result: string;
}

/** Threads that read models from a disk. */
export interface ModelWorkers {
  /** How many models the threads take at a time; more only wait. */
  readonly width: number;
  /** Never rejects. Failure codes: those of `summariseFile`; cancelled when `signal` aborts before its turn. */
  summarise(path: string, size: InputSize, signal?: AbortSignal): Promise<Result<ModelSummary>>;
  dispose(): void;
}

/** Threads at most: more would only wait for the disk, and each takes the memory of a Node.js of its own. */
const maxThreads = 4;

/** A thread that has had nothing to do for so long is let go, with what it holds. */
const idleMs = 20_000;

/** Models that a thread has at a time: while it waits for the disk with one, it works on the other. */
const perThread = 2;

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

interface Job {
  readonly request: WorkerRequest;
  readonly settle: (result: Result<ModelSummary>) => void;
}

/**
 * Starts threads when there is something to read, and ends them when there is not. A thread that dies takes the models
 * that it was reading with it, which are then answered with a failure; the others go on.
 *
 * @param bundle path of the built summary-worker.ts
 */
export function createModelWorkers(bundle: string): ModelWorkers {
  // One core stays for everything else. A second thread on two cores would lose more by starting than it gains.
  const width = Math.max(1, Math.min(maxThreads, availableParallelism() - 1));
  const threads = new Set<Thread>();
  const waiting: Job[] = [];
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;
  let isDisposed = false;

  function hand(): void {
    while (waiting.length > 0) {
      const thread = nextThread();
      if (thread === null) return;
      const job = waiting.shift()!;
      thread.jobs.set(job.request.id, job);
      thread.worker.postMessage(job.request);
    }
    clearTimeout(idle);
    if ([...threads].every(({ jobs }) => jobs.size === 0)) idle = setTimeout(endAll, idleMs).unref();
  }

  /** The one with least to do; another one before any has two. */
  function nextThread(): Thread | null {
    const [least] = [...threads].sort((one, other) => one.jobs.size - other.jobs.size);
    if (least?.jobs.size === 0) return least;
    if (threads.size < width) return start();
    return least !== undefined && least.jobs.size < perThread ? least : null;
  }

  function start(): Thread {
    const thread: Thread = { worker: new Worker(bundle), jobs: new Map() };
    threads.add(thread);
    thread.worker.unref();
    thread.worker.on('message', ({ id, result }: WorkerAnswer) => {
      const job = thread.jobs.get(id);
      thread.jobs.delete(id);
      job?.settle(JSON.parse(result) as Result<ModelSummary>);
      hand();
    });
    const lose = (reason: string): void => {
      if (!threads.delete(thread)) return;
      const lost = failure<ModelSummary>(
        'internal',
        `Framecast failed on this model or one that was read with it: ${reason}. Please report it with the file.`,
      );
      thread.jobs.forEach(({ settle }) => settle(lost));
      hand();
    };
    thread.worker.on('error', (error) => lose(error.message));
    thread.worker.on('exit', (code) => lose(`its thread ended with code ${code}`));
    return thread;
  }

  function endAll(): void {
    for (const { worker } of threads) void worker.terminate();
    threads.clear();
  }

  return {
    width: perThread * width,
    summarise: (path, size, signal) =>
      new Promise((resolve) => {
        const cancelled = failure<ModelSummary>('cancelled', 'Reading was cancelled.');
        if (isDisposed || signal?.aborted) return resolve(cancelled);
        const leave = (): void => {
          const index = waiting.indexOf(job);
          if (index >= 0) waiting.splice(index, 1);
          resolve(cancelled);
        };
        const job: Job = {
          request: { id: ++lastId, path, size },
          settle: (result) => {
            signal?.removeEventListener('abort', leave);
            resolve(result);
          },
        };
        signal?.addEventListener('abort', leave, { once: true });
        waiting.push(job);
        hand();
      }),
    dispose: () => {
      isDisposed = true;
      clearTimeout(idle);
      const left = [...waiting.splice(0), ...[...threads].flatMap(({ jobs }) => [...jobs.values()])];
      endAll();
      left.forEach(({ settle }) => settle(failure('cancelled', 'Reading was cancelled.')));
    },
  };
}
