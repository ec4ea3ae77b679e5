import { describe, expect, it, vi } from 'vitest';
import { beginning, type OnWorkProgress } from '../../../../src/core/work-progress';
import { createSharedWork } from '../../../../src/vscode/services/shared-work';

/** Work that ends when told to, and remembers the signal that it got. */
function controlled() {
  let resolve: (value: string) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<string>((fulfil, fail) => ([resolve, reject] = [fulfil, fail]));
  const signals: AbortSignal[] = [];
  const reports: OnWorkProgress[] = [];
  const run = vi.fn((signal: AbortSignal, onProgress: OnWorkProgress) => {
    signals.push(signal);
    reports.push(onProgress);
    return promise;
  });
  return { run, resolve, reject, signals, reports };
}

describe('shared work', () => {
  it('runs once for all who ask at the same time, and anew afterwards', async () => {
    const work = createSharedWork<string>();
    const first = controlled();
    const answers = [work.join('a', first.run), work.join('a', first.run), work.join('b', () => Promise.resolve('B'))];
    first.resolve('A');
    expect(await Promise.all(answers)).toEqual(['A', 'A', 'B']);
    expect(first.run).toHaveBeenCalledTimes(1);
    expect(await work.join('a', () => Promise.resolve('again'))).toBe('again');
  });

  it('goes on for the others when one leaves, and is given up when all have', async () => {
    const work = createSharedWork<string>();
    const { run, signals } = controlled();
    const [one, other] = [new AbortController(), new AbortController()];
    const answers = [work.join('a', run, one.signal), work.join('a', run, other.signal)];
    one.abort();
    await expect(answers[0]).rejects.toThrow();
    expect(signals[0]?.aborted).toBe(false);
    other.abort();
    await expect(answers[1]).rejects.toThrow();
    expect(signals[0]?.aborted).toBe(true);
  });

  it('tells all who wait how far it is, and nobody who has left', async () => {
    const work = createSharedWork<string>();
    const { run, resolve, reports } = controlled();
    const [one, other] = [vi.fn(), vi.fn()];
    const leaving = new AbortController();
    const left = work.join('a', run, leaving.signal, one);
    const answer = work.join('a', run, undefined, other);
    const report = reports[0]!;
    report(beginning('structure'));
    leaving.abort();
    await expect(left).rejects.toThrow();
    report(beginning('cost'));
    resolve('A');
    expect(await answer).toBe('A');
    expect(one.mock.calls).toEqual([[beginning('structure')]]);
    expect(other.mock.calls).toEqual([[beginning('structure')], [beginning('cost')]]);
  });

  it('does not let anyone join work that is being given up', async () => {
    const work = createSharedWork<string>();
    const { run } = controlled();
    const leaving = new AbortController();
    const left = work.join('a', run, leaving.signal);
    leaving.abort();
    await expect(left).rejects.toThrow();
    expect(await work.join('a', () => Promise.resolve('fresh'))).toBe('fresh');
  });

  it('passes a failure on to all, and forgets it', async () => {
    const work = createSharedWork<string>();
    const { run, reject } = controlled();
    const answers = [work.join('a', run), work.join('a', run)];
    reject(new Error('broken'));
    for (const answer of answers) await expect(answer).rejects.toThrow('broken');
    expect(await work.join('a', () => Promise.resolve('fine'))).toBe('fine');
  });

  it('does not start for someone who has left already', async () => {
    const work = createSharedWork<string>();
    const { run } = controlled();
    await expect(work.join('a', run, AbortSignal.abort())).rejects.toThrow();
    expect(run).not.toHaveBeenCalled();
  });
});
