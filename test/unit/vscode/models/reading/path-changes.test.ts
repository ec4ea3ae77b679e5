import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPathChanges } from '../../../../../src/vscode/models/reading/path-changes';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function harness() {
  const models = new Set(['a/one', 'a/b/two', 'ab/three']);
  const looked: string[][] = [];
  const onTooManyNew = vi.fn();
  const onGone = vi.fn((isWithin: (key: string) => boolean) => {
    for (const key of [...models]) if (isWithin(key)) models.delete(key);
  });
  const changes = createPathChanges<string>({ onGone, onNew: (files) => looked.push([...files]), onTooManyNew });
  return { models, looked, onGone, onTooManyNew, changes };
}

describe('changes of paths', () => {
  it('take along what lies below a folder that went, many at once', () => {
    const { models, onGone, changes } = harness();
    changes.went('a');
    changes.went('ab/three');
    vi.advanceTimersByTime(100);
    expect([...models]).toEqual([]);
    expect(onGone).toHaveBeenCalledTimes(1);
  });

  it('leave alone what comes to a path after something went from it', () => {
    const { models, changes } = harness();
    changes.went('a');
    changes.settle('a/one');
    models.add('a/one');
    vi.advanceTimersByTime(100);
    expect([...models]).toEqual(['ab/three', 'a/one']);
  });

  it('are looked into once, a moment after they came', () => {
    const { looked, changes } = harness();
    changes.came('x');
    vi.advanceTimersByTime(200);
    changes.came('x');
    changes.came('y');
    vi.advanceTimersByTime(150);
    expect(looked).toEqual([['x']]);
    vi.advanceTimersByTime(200);
    expect(looked).toEqual([['x'], ['y']]);
  });

  it('are not put off by what goes on coming', () => {
    const { looked, changes } = harness();
    for (let index = 0; index < 20; index++) {
      changes.came('log');
      vi.advanceTimersByTime(100);
    }
    expect(looked.length).toBeGreaterThan(3);
  });

  it('are looked through as a whole where there are too many', () => {
    const { looked, onTooManyNew, changes } = harness();
    for (let index = 0; index < 1000; index++) changes.came(`${index}`);
    vi.advanceTimersByTime(1000);
    expect(looked).toEqual([]);
    expect(onTooManyNew).toHaveBeenCalledTimes(1);
  });

  it('end with whoever listens', () => {
    const { looked, onGone, changes } = harness();
    changes.came('x');
    changes.went('a');
    changes.dispose();
    vi.advanceTimersByTime(1000);
    expect(looked).toEqual([]);
    expect(onGone).not.toHaveBeenCalled();
  });
});
