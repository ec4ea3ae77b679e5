import type { OnWorkProgress } from '../../core/work-progress';

/**
 * Runs work once for all who ask for it by the same key at the same time. The work is given up when everyone who
 * asked has: `run` gets a signal that aborts then.
 */
export interface SharedWork<T> {
  /**
   * Joins the work under way for `key`, or starts it. Rejects with the signal's reason when `signal` aborts.
   *
   * @param onProgress called with what `run` reports
   */
  join(key: string, run: Run<T>, signal?: AbortSignal, onProgress?: OnWorkProgress): Promise<T>;
}

type Run<T> = (signal: AbortSignal, onProgress: OnWorkProgress) => Promise<T>;

interface Job<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  readonly listeners: Set<OnWorkProgress>;
  waiting: number;
}

export function createSharedWork<T>(): SharedWork<T> {
  const jobs = new Map<string, Job<T>>();

  function start(key: string, run: Run<T>): Job<T> {
    const controller = new AbortController();
    const listeners = new Set<OnWorkProgress>();
    const result = run(controller.signal, (progress) => listeners.forEach((listener) => listener(progress)));
    const job: Job<T> = { result, controller, listeners, waiting: 0 };
    jobs.set(key, job);
    const forget = (): void => void (jobs.get(key) === job && jobs.delete(key));
    job.result.then(forget, forget);
    return job;
  }

  return {
    join: async (key, run, signal, onProgress) => {
      signal?.throwIfAborted();
      const job = jobs.get(key) ?? start(key, run);
      job.waiting += 1;
      if (onProgress) job.listeners.add(onProgress);
      let leave: (() => void) | undefined;
      const left = new Promise<never>((_resolve, reject) => {
        leave = () => reject(signal?.reason as Error);
        signal?.addEventListener('abort', leave, { once: true });
      });
      try {
        return await Promise.race([job.result, left]);
      } finally {
        if (leave) signal?.removeEventListener('abort', leave);
        if (onProgress) job.listeners.delete(onProgress);
        job.waiting -= 1;
        if (job.waiting === 0) {
          // Whoever asks next must not join work that is being given up.
          if (jobs.get(key) === job) jobs.delete(key);
          job.controller.abort();
        }
      }
    },
  };
}
