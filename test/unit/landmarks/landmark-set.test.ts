import { describe, expect, it } from 'vitest';
import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { withOwnLandmarks } from '../../../src/core/landmarks/landmark-set';

const own = { ...bundledLandmarks[0]!, campaign: 'desk', throughputFps: 225, source: 'job 1' };

describe('withOwnLandmarks', () => {
  it('adds own landmarks to the bundled ones, each once', () => {
    const { landmarks, foreign } = withOwnLandmarks([own, own, { ...own, throughputFps: 226 }]);
    expect(landmarks.slice(bundledLandmarks.length).map((landmark) => landmark.throughputFps)).toEqual([225, 226]);
    expect(foreign).toEqual([]);
  });

  it('drops a bundled row that comes back from an export', () => {
    expect(withOwnLandmarks([...bundledLandmarks])).toEqual({ landmarks: bundledLandmarks, foreign: [] });
  });

  it('keeps a published campaign free of rows that are not in it', () => {
    const forged = { ...own, campaign: 'paper' };
    expect(withOwnLandmarks([forged])).toEqual({ landmarks: bundledLandmarks, foreign: [forged] });
  });
});
