import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../../src/core/estimate/estimate';
import { conclude, type Trial } from '../../../../src/core/plan/plan';

/** A candidate of this throughput, its interval a tenth to both sides. */
function trial(label: string, throughputFps: number, more: Partial<Estimate> = {}): Trial {
  const estimate: Estimate = {
    device: 'jetson-nano',
    runtime: 'tensorrt-fp16',
    resolution: 224,
    batch: 1,
    throughputFps,
    latencyMs: 1000 / throughputFps,
    interval: { level: 0.9, lowFps: 0.9 * throughputFps, highFps: 1.1 * throughputFps },
    method: 'graph-cost',
    landmarks: 9,
    campaigns: ['paper'],
    crossValidatedError: 0.05,
    extrapolated: false,
    basis: 'From 27 measurements on this board.',
    certainty: 'inside',
    powerMode: 'MAXN',
    notes: [],
    ...more,
  };
  return { label, settings: {}, resolution: 224, batch: 1, parameters: 1, macs: 1, estimate };
}

const labels = (trials: readonly Trial[]) => trials.map(({ label }) => label);

describe('conclude', () => {
  it('finds the largest that meets the target, the next that misses it, and the largest that surely meets it', () => {
    const plan = conclude([trial('a', 90), trial('b', 70), trial('c', 62), trial('d', 59), trial('e', 40)], [], 60);
    expect(plan).toMatchObject({ outcome: 'some', lowEndMeets: false, exceptions: [], closest: null });
    expect(plan.answer?.label).toBe('c');
    expect(plan.next?.label).toBe('d');
    expect(plan.sure?.label).toBe('b');
    expect(plan.within?.label).toBe('c');
  });

  it('meets a target that a prediction equals', () => {
    expect(conclude([trial('a', 60)], [], 60)).toMatchObject({ outcome: 'all', answer: { label: 'a' } });
  });

  it('looks past candidates that miss the target, and names them', () => {
    const plan = conclude([trial('a', 70), trial('b', 50), trial('c', 65), trial('d', 40)], [], 60);
    expect(plan.answer?.label).toBe('c');
    expect(plan.next?.label).toBe('d');
    expect(labels(plan.exceptions)).toEqual(['b']);
  });

  it('sets the largest within the measured range beside an extrapolated answer', () => {
    const beyond = { extrapolated: true };
    const plan = conclude([trial('a', 90), trial('b', 80), trial('c', 70, beyond), trial('d', 50, beyond)], [], 60);
    expect(plan.answer?.label).toBe('c');
    expect(plan.within?.label).toBe('b');
    expect(conclude([trial('c', 70, beyond)], [], 60).within).toBeNull();
  });

  it('says when all, none or nobody knows how many meet the target', () => {
    const unanswered = [{ reason: 'why', labels: ['z'] }];
    expect(conclude([trial('a', 90), trial('b', 80)], [], 60)).toMatchObject({ outcome: 'all', next: null });
    expect(conclude([trial('a', 90)], unanswered, 60)).toMatchObject({ outcome: 'some', next: null });
    const none = conclude([trial('a', 30), trial('b', 55), trial('c', 20)], [], 60);
    expect(none).toMatchObject({ outcome: 'none', answer: null, sure: null, next: null, lowEndMeets: null });
    expect(none.closest?.label).toBe('b');
    expect(conclude([], unanswered, 60)).toMatchObject({ outcome: 'unanswered', answer: null, closest: null });
  });

  it('does not take an answer without an interval for a sure one', () => {
    const plan = conclude([trial('a', 90), trial('b', 70, { interval: null })], [], 60);
    expect(plan).toMatchObject({ answer: { label: 'b' }, lowEndMeets: null, sure: { label: 'a' } });
  });
});
