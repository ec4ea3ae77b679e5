import { t } from '../../core/language';
import { availableParallelism } from 'node:os';
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import pLimit from 'p-limit';
import { Piscina } from 'piscina';
import type { MemoryCeiling } from '../../core/estimate/board-memory';
import type { Query } from '../../core/estimate/estimate';
import type { KernelPrices } from '../../core/estimate/graph-cost/explain';
import type { ImageSize } from '../../core/image-size';
import type { InputSize } from '../../core/onnx/shapes/input-size';
import type { NetworkView } from '../../core/present/network-view';
import type { TimeBreakdown } from '../../core/present/time-breakdown';
import { currentLanguage } from '../../core/language';
import { failure, type Result } from '../../core/result';
import type { OnWorkProgress, WorkProgress } from '../../core/work-progress';
import type { ModelSummary, SummaryOptions } from './model-summary';

export interface SummaryRequest extends SummaryOptions {
  readonly path: string;
}

/** Asks for the predicted times of a model's kernels, which follow from the prices. */
export interface TimeRequest {
  readonly path: string;
  readonly prices: KernelPrices;
}

/** Asks for the graph of a model's kernels at a size. */
export interface NetworkRequest {
  readonly path: string;
  readonly size: InputSize;
  /** What the kernels take; null where that is not known. */
  readonly time: TimeBreakdown | null;
}

/** Asks for the highest resolution that a board's memory has room for. */
export interface CeilingRequest {
  readonly path: string;
  readonly query: Query;
  /** The aspect ratio. */
  readonly shape: ImageSize;
  /** Of the board, which may be one of the user's own. */
  readonly memoryBytes: number;
}

/** What a thread is asked for, and answers as JSON. */
export type ThreadRequest =
  | ({ readonly task: 'summarise' } & SummaryRequest)
  | ({ readonly task: 'time' } & TimeRequest)
  | ({ readonly task: 'network' } & NetworkRequest)
  | ({ readonly task: 'ceiling' } & CeilingRequest);

/** Threads that read models from a disk. */
export interface ModelThreads {
  /** How many models are read at a time; more only wait. */
  readonly width: number;
  /**
   * Like the other questions, it never rejects. Failure codes: those of `summariseFile`; cancelled when `signal` aborts,
   * which ends the thread that is at it; timed-out after the deadline; too-large when the thread has run out of memory;
   * internal when it died.
   *
   * @param onProgress called while the thread is at it, and for the last time before the answer
   */
  summarise(request: SummaryRequest, signal?: AbortSignal, onProgress?: OnWorkProgress): Promise<Result<ModelSummary>>;
  time(request: TimeRequest, signal?: AbortSignal): Promise<Result<TimeBreakdown>>;
  network(request: NetworkRequest, signal?: AbortSignal): Promise<Result<NetworkView>>;
  ceiling(request: CeilingRequest, signal?: AbortSignal): Promise<Result<MemoryCeiling>>;
  dispose(): void;
}

export interface ThreadBounds {
  /** Time that one model may take, in milliseconds. */
  readonly deadlineMs: number;
  /** Heap of one thread, in MiB. */
  readonly heapMiB: number;
}

/** Far more than any model within the work budget needs (seconds; some hundred megabytes), also on a busy machine. */
const defaultBounds: ThreadBounds = { deadlineMs: 60_000, heapMiB: 1024 };

/** Threads at most: more would only wait for the disk, and each takes the memory of a Node.js of its own. */
const maxThreads = 4;

/** A thread that has had nothing to do for so long is let go, with what it holds. */
const idleMs = 20_000;

/**
 * Starts threads when there is something to read, and ends them when there is not.
 *
 * @param bundle path of the built model-worker.ts
 */
export function createModelThreads(bundle: string, bounds = defaultBounds): ModelThreads {
  // One core stays for everything else. A second thread on two cores would lose more by starting than it gains.
  const width = Math.max(1, Math.min(maxThreads, availableParallelism() - 1));
  const inTurn = pLimit(width);
  const leaving = new Set<() => void>();
  let isDisposed = false;
  const pool = new Piscina<ThreadRequest & { readonly port?: MessagePort }, string>({
    filename: bundle,
    minThreads: 0,
    maxThreads: width,
    idleTimeout: idleMs,
    // A small young generation: what lives long is little, and each thread would take 48 MiB for the rest.
    resourceLimits: { maxOldGenerationSizeMb: bounds.heapMiB, maxYoungGenerationSizeMb: 12 },
    // Waiting by Atomics would keep a thread from reading ahead, and gains nothing for tasks of milliseconds.
    atomics: 'disabled',
    workerData: currentLanguage(),
  });

  async function run<T>(
    request: ThreadRequest,
    controller: AbortController,
    onProgress?: OnWorkProgress,
  ): Promise<Result<T>> {
    const { signal } = controller;
    if (signal.aborted) return cancelled();
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      controller.abort();
    }, bounds.deadlineMs);
    try {
      // As JSON, which crosses threads several times as fast as the value itself.
      return JSON.parse(await withProgress(request, signal, onProgress)) as Result<T>;
    } catch (error) {
      return signal.aborted && !isLate ? cancelled() : lost(error as NodeJS.ErrnoException, isLate, bounds);
    } finally {
      clearTimeout(deadline);
    }
  }

  async function withProgress(
    request: ThreadRequest,
    signal: AbortSignal,
    onProgress?: OnWorkProgress,
  ): Promise<string> {
    if (onProgress === undefined) return await pool.run(request, { signal });
    const { port1, port2 } = new MessageChannel();
    port1.on('message', onProgress);
    try {
      const answer = await pool.run({ ...request, port: port2 }, { signal, transferList: [port2] });
      // What was said before the answer comes before it, too.
      for (let last = receiveMessageOnPort(port1); last; last = receiveMessageOnPort(port1)) {
        onProgress(last.message as WorkProgress);
      }
      return answer;
    } finally {
      port1.close();
    }
  }

  async function ask<T>(request: ThreadRequest, signal?: AbortSignal, onProgress?: OnWorkProgress): Promise<Result<T>> {
    if (isDisposed || signal?.aborted) return cancelled();
    const controller = new AbortController();
    return await new Promise((resolve) => {
      // What only waits for its turn is answered at once.
      const leave = (): void => {
        controller.abort();
        resolve(cancelled());
      };
      signal?.addEventListener('abort', leave, { once: true });
      leaving.add(leave);
      void inTurn(() => run<T>(request, controller, onProgress)).then((result) => {
        signal?.removeEventListener('abort', leave);
        leaving.delete(leave);
        resolve(result);
      });
    });
  }

  return {
    width,
    summarise: (request, signal, onProgress) => ask({ task: 'summarise', ...request }, signal, onProgress),
    time: (request, signal) => ask({ task: 'time', ...request }, signal),
    network: (request, signal) => ask({ task: 'network', ...request }, signal),
    ceiling: (request, signal) => ask({ task: 'ceiling', ...request }, signal),
    dispose: () => {
      isDisposed = true;
      leaving.forEach((leave) => leave());
      void pool.destroy();
    },
  };
}

const cancelled = (): Result<never> => failure('cancelled', t('Reading was cancelled.'));

function lost(error: NodeJS.ErrnoException, isLate: boolean, bounds: ThreadBounds): Result<never> {
  if (isLate) {
    return failure(
      'timed-out',
      t(
        'Working out this model took longer than {0} s. Simplify it, with onnxsim for example, and try again.',
        bounds.deadlineMs / 1000,
      ),
    );
  }
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return failure(
      'too-large',
      t(
        'Working out this model takes more than {0} MiB of memory. Simplify it, with onnxsim for example, and try again.',
        bounds.heapMiB,
      ),
    );
  }
  return failure('internal', t('Framecast failed on this model: {0}. Please report it with the file.', error.message));
}
