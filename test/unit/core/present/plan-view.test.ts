import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../../src/core/estimate/estimate';
import { conclude, type Trial } from '../../../../src/core/plan/plan';
import { resolutionPlanSentence } from '../../../../src/core/present/plan-view';

function trial(resolution: number, throughputFps: number, lowFps = throughputFps): Trial {
  const estimate: Estimate = {
    device: 'jetson-nano',
    runtime: 'tensorrt-fp16',
    resolution,
    batch: 1,
    throughputFps,
    latencyMs: 1000 / throughputFps,
    interval: { level: 0.9, lowFps, highFps: 2 * throughputFps },
    method: 'graph-cost',
    landmarks: 9,
    campaigns: ['paper'],
    crossValidatedError: 0.05,
    extrapolated: false,
    basis: '',
    certainty: 'inside',
    powerMode: null,
    notes: [],
  };
  return {
    label: `${resolution}×${resolution}`,
    settings: {},
    resolution,
    batch: 1,
    parameters: 2e6,
    macs: 1,
    estimate,
  };
}

describe('the highest resolution for a target', () => {
  it.each<[string, readonly Trial[], string]>([
    [
      'some',
      [trial(32, 90), trial(64, 40), trial(96, 20)],
      'Reaches 30 FPS up to 64×64 (40.0 FPS); 96×96 would drop to 20.0 FPS.',
    ],
    [
      'a close miss',
      [trial(32, 90), trial(64, 29.96)],
      'Reaches 30 FPS up to 32×32 (90.0 FPS); 64×64 would drop to just under 30 FPS.',
    ],
    ['all', [trial(32, 90)], 'Reaches 30 FPS at 32×32 (90.0 FPS).'],
    ['none', [trial(32, 20), trial(64, 10)], 'No resolution meets 30 FPS: even 32×32 is predicted to run at 20.0 FPS.'],
    ['one only', [trial(32, 20)], 'Misses 30 FPS at 32×32 (20.0 FPS).'],
    ['nothing known', [], 'The highest resolution that meets 30 FPS cannot be predicted here.'],
    [
      'an uncertain answer',
      [trial(32, 90, 60), trial(64, 40, 25)],
      'Reaches 30 FPS up to 64×64 (40.0 FPS), the highest tried. Its interval extends below the target; 32×32 meets it with its whole interval.',
    ],
    [
      'no certain answer',
      [trial(32, 40, 25)],
      "Reaches 30 FPS at 32×32 (40.0 FPS). Its interval extends below the target, and so does every other candidate's.",
    ],
  ])('is put into words: %s', (_name, trials, sentence) => {
    expect(resolutionPlanSentence(conclude(trials, [], 30))).toBe(sentence);
  });
});
