import { expect, it } from 'vitest';
import {
  formatPredictionError,
  predictionError,
  predictionErrorSentence,
} from '../../../../src/core/present/prediction-error';

it('is the share of the measured throughput', () => {
  expect(predictionError(110, 100)).toBeCloseTo(0.1);
  expect(predictionError(45, 50)).toBeCloseTo(-0.1);
});

it.each([
  [0.0149, '+1.5%', 'The prediction was 1.5% too high.'],
  [-0.123, '−12%', 'The prediction was 12% too low.'],
  [0.0994, '+9.9%', 'The prediction was 9.9% too high.'],
  [0.0996, '+10%', 'The prediction was 10% too high.'],
  [12.5, '+1,250%', 'The prediction was 1,250% too high.'],
  [-0.0004, '0.0%', 'The prediction was right.'],
])('%f reads as %s', (share, text, sentence) => {
  expect(formatPredictionError(share)).toBe(text);
  expect(predictionErrorSentence(share)).toBe(sentence);
});
