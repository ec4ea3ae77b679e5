import { describe, expect, it } from 'vitest';
import { throughputBadge } from '../../../../src/vscode/explorer/badge';

describe('throughputBadge', () => {
  it.each([
    [0.03, '<1'],
    [0.999, '<1'],
    [1, '1'],
    [9.6, '10'],
    [86.36, '86'],
    [99.4, '99'],
    [99.5, '»'],
    [230.5, '»'],
  ])('writes %d FPS as %s', (throughputFps, badge) => {
    expect(throughputBadge(throughputFps)).toBe(badge);
    // VS Code refuses a decoration with a longer badge.
    expect(badge.length).toBeLessThanOrEqual(2);
  });
});
