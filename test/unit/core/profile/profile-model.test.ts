import { afterEach, describe, expect, it } from 'vitest';
import { setLanguage } from '../../../../src/core/language';
import { speakGerman } from '../../german';
import { profiled } from './profiled';
import { loadFixture, type Truth, truths, withoutNames } from './fixtures';

/** Exports of a VGG with folded BatchNormalization and meaningless names are those of the plain VGG. */
function candidates(truth: Truth): readonly (readonly [string | null, number])[] {
  const others = (truth.alternatives ?? []).map(({ variant, parameters }) => [variant, parameters] as const);
  return [[truth.variant, truth.parameters], ...others];
}

/** The figures of sentences, whatever their order and the marks between thousands. */
const figuresIn = (sentences: readonly string[]): string[] =>
  (sentences.join(' ').match(/\d+(?:[.,]\d{3})*/g) ?? []).map((figure) => figure.replace(/[.,]/g, '')).sort();

const nameless = (truth: Truth): boolean => truth.way.includes('scrambled');

describe('profile of exported networks', () => {
  afterEach(() => setLanguage(null));

  it('covers the paper’s models and every way of export', () => {
    expect(truths.length).toBeGreaterThan(300);
    for (const model of ['resnet18', 'resnet152', 'mobilenet_v2_w0.2', 'ResNet134N'])
      expect(truths.some((truth) => truth.model === model)).toBe(true);
  });

  it.each(truths.map((truth) => [truth.file, truth] as const))('%s', async (file, truth) => {
    const profile = profiled(await loadFixture(file));
    expect(profile.family).toBe(truth.family);
    const same = candidates(truth);
    if (nameless(truth) && same.length > 1) {
      expect(same).toContainEqual([profile.variant, profile.parameters]);
      // The answer says that there is another, and how many parameters that has.
      const other = same.find(([, parameters]) => parameters !== profile.parameters);
      expect(profile.evidence.join(' ')).toContain(other?.[1].toLocaleString('en-US'));
    } else {
      expect(profile.variant).toBe(truth.variant);
      expect(profile.parameters).toBe(truth.parameters - truth.unusedParameters);
    }
    expect(profile.storedParameters).toBe(truth.storedParameters);
    expect(profile.macs).toBe(truth.operatorMacs ?? truth.macs);
    expect(profile.uncosted).toEqual([]);
    if (truth.family !== null) expect(profile.confidence).toBeGreaterThan(0.9);
    expect(profile.evidence.every((sentence) => /^\S.*\.$/s.test(sentence))).toBe(true);
  });

  it.each(truths.filter((truth) => truth.way === 'folded').map((truth) => [truth.file, truth] as const))(
    '%s is recognised without any name, and says so in German too',
    async (file, truth) => {
      const model = withoutNames(await loadFixture(file));
      const profile = profiled(model);
      expect(profile.family).toBe(truth.family);
      expect(candidates(truth)).toContainEqual([
        profile.variant,
        profile.parameters + (truth.unusedParameters > 0 ? truth.unusedParameters : 0),
      ]);
      speakGerman();
      const { evidence, variant, parameters } = profiled(model);
      expect([variant, parameters]).toEqual([profile.variant, profile.parameters]);
      expect(evidence.filter((sentence) => /\b(the|its?|is|are|were|that|then)\b|\{\d/.test(sentence))).toEqual([]);
      expect(figuresIn(evidence)).toEqual(figuresIn(profile.evidence));
    },
  );
});
