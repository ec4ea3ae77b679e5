import { describe, expect, it } from 'vitest';
import { beginning, readingProgress, throttled, type WorkProgress } from '../../../src/core/work-progress';

describe('progress of the work on a model', () => {
  it('is reported as each stage begins, within a stage at most ten times a second, and never falls', () => {
    const said: WorkProgress[] = [];
    let now = 0;
    const report = throttled(
      (progress) => said.push(progress),
      () => now,
    );
    const at = (ms: number, progress: WorkProgress): void => {
      now = ms;
      report(progress);
    };
    at(0, readingProgress(10, 100));
    at(99, readingProgress(20, 100));
    at(100, readingProgress(30, 100));
    // Back to the beginning of the file.
    at(300, readingProgress(1, 100));
    at(301, beginning('structure'));
    at(302, beginning('cost'));
    expect(said).toEqual([
      readingProgress(10, 100),
      readingProgress(30, 100),
      beginning('structure'),
      beginning('cost'),
    ]);
    expect(readingProgress(0, 0).share).toBe(0);
    expect(readingProgress(100, 100).share).toBe(beginning('structure').share);
  });
});
