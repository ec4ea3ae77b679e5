import { describe, expect, it } from 'vitest';
import type { Concern } from '../../../../src/core/estimate/concerns';
import { bySeverity, concernCounts, concernSummary } from '../../../../src/core/present/concern-summary';

const warning: Concern = { code: 'central-difference', severity: 'warning', message: 'Slow.' };
const error: Concern = { code: 'unsupported-operator', severity: 'error', message: 'Cannot be built.' };

describe('concerns in one line', () => {
  it('is nothing without any', () => expect(concernSummary([])).toBeNull());

  it('is the one where there is one', () => {
    expect(concernSummary([warning])).toBe('Warning: Slow.');
    expect(concernSummary([error])).toBe('Error: Cannot be built.');
  });

  it('counts several and gives the most severe', () => {
    expect(concernSummary([warning, error, warning])).toBe('1 error and 2 warnings. Cannot be built.');
    expect(concernCounts([warning, warning])).toBe('2 warnings');
    expect(bySeverity([warning, error])).toEqual([error, warning]);
  });
});
