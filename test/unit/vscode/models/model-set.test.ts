import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, type Result } from '../../../../src/core/result';
import { createModelSet, maxModels, type ModelSet } from '../../../../src/vscode/models/model-set';
import type { ModelSummary } from '../../../../src/files/reading/model-summary';

/** A result that is told by its text. */
const result = (text: string): Result<ModelSummary> => failure('malformed', text);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A set over a list of names that can be changed, and readings that are answered by hand. */
function harness(names: string[], width = 2, meanwhile = () => Promise.resolve()) {
  const pending: { readonly name: string; answer(text: string | null): Promise<void> }[] = [];
  const set: ModelSet<string> = createModelSet<string>({
    width,
    find: async (onFound, _signal, below) => {
      names.filter((name) => below === undefined || name.startsWith(`${below}/`)).forEach(onFound);
      await meanwhile();
    },
    summarise: (name) =>
      new Promise((resolve) => {
        const answer = async (text: string | null): Promise<void> => {
          resolve(text === null ? null : result(text));
          await vi.advanceTimersByTimeAsync(0);
        };
        pending.push({ name, answer });
      }),
  });
  const texts = (): Record<string, string | null> =>
    Object.fromEntries(
      [...set.models].map(([key, { result }]) => [key, result === null || result.ok ? null : result.error.message]),
    );
  return { set, pending, texts };
}

describe('a set of models', () => {
  it('lists files before they are read, and reads only some at a time', async () => {
    const { set, pending, texts } = harness(['a', 'b', 'c', 'd', 'e']);
    await set.search();
    expect(Object.keys(texts())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(set.progress).toEqual({ isSearching: false, found: 5, read: 0 });
    expect(pending.map(({ name }) => name)).toEqual(['a', 'b']);
    await pending[1]!.answer('read');
    expect(pending.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(set.progress.read).toBe(1);
    expect(texts()['b']).toBe('read');
  });

  it('tells of many changes at once', async () => {
    const { set, pending } = harness(['a', 'b', 'c', 'd'], 4);
    const listener = vi.fn();
    set.onDidChange(listener);
    await set.search();
    await vi.advanceTimersByTimeAsync(1000);
    const before = listener.mock.calls.length;
    for (const { answer } of pending) await answer('read');
    await vi.advanceTimersByTimeAsync(1000);
    expect(listener.mock.calls.length - before).toBe(1);
  });

  it('keeps what is known of a file until it is read again, and lets no older reading win', async () => {
    const { set, pending, texts } = harness(['a'], 3);
    await set.search();
    await pending[0]!.answer('first');
    set.take('a');
    set.take('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(texts()).toEqual({ a: 'first' });
    await pending[2]!.answer('third');
    await pending[1]!.answer('second');
    expect(texts()).toEqual({ a: 'third' });
    expect(set.progress.read).toBe(1);
  });

  it('forgets files that a new search does not find, and those that are dropped', async () => {
    const names = ['a', 'b', 'c'];
    const { set, pending, texts } = harness(names, 3);
    await set.search();
    for (const { answer } of [...pending]) await answer('read');
    names.splice(0, 1);
    await set.search();
    expect(Object.keys(texts())).toEqual(['b', 'c']);
    set.drop((key) => key === 'c');
    expect(set.progress).toEqual({ isSearching: false, found: 1, read: 1 });
  });

  it('keeps what appears while it searches, though the search has been past it', async () => {
    const { set } = harness(['a'], 2, () => Promise.resolve(set.take('new')));
    await set.search();
    expect([...set.models.keys()]).toEqual(['a', 'new']);
  });

  it('looks into one folder and forgets there alone what is gone', async () => {
    const names = ['a', 'old/b', 'old/c', 'older/d'];
    const { set } = harness(names);
    await set.search();
    names.splice(0, 4, 'old/c', 'old/e');
    await set.search('old');
    expect([...set.models.keys()].sort()).toEqual(['a', 'old/c', 'old/e', 'older/d']);
    expect(set.progress.isSearching).toBe(false);
  });

  it('forgets a file that is not there when it is to be read', async () => {
    const { set, pending, texts } = harness(['a', 'b']);
    await set.search();
    await pending[0]!.answer(null);
    await pending[1]!.answer('read');
    expect(texts()).toEqual({ b: 'read' });
    expect(set.progress).toEqual({ isSearching: false, found: 1, read: 1 });
  });

  it('lists no more than people can look through, and says so', async () => {
    const { set } = harness(Array.from({ length: maxModels + 3 }, (_, index) => `${index}`));
    await set.search();
    expect(set.models.size).toBe(maxModels);
    expect(set.isTruncated).toBe(true);
  });

  it('is silent once it is disposed of', async () => {
    const { set, pending } = harness(['a']);
    const listener = vi.fn();
    await set.search();
    set.onDidChange(listener);
    set.dispose();
    await pending[0]!.answer('late');
    await vi.advanceTimersByTimeAsync(1000);
    expect(listener).not.toHaveBeenCalled();
  });
});
