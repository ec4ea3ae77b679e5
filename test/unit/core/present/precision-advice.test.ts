import { describe, expect, it } from 'vitest';
import { isInFigure5, precisionAdvice } from '../../../../src/core/present/precision-advice';

describe('what the paper says of precision', () => {
  it.each([
    ['ResNet', 'clearly slower'],
    ['ShuffleNetV2', 'nearly as fast'],
    ['FeatherNet', 'faster in FP32'],
    ['DenseNet', 'does not cover DenseNet'],
  ])('names the side of Figure 5 that %s is on', (family, words) => {
    expect(precisionAdvice(family).join(' ')).toContain(words);
  });

  it('says of an unknown family only what holds in general', () => {
    expect(precisionAdvice(null)).toHaveLength(1);
  });

  it('is about TensorRT in FP32 and FP16 alone', () => {
    expect(isInFigure5('tensorrt-fp32')).toBe(true);
    expect(isInFigure5('tensorrt-int8')).toBe(false);
    expect(isInFigure5('pytorch-fp32')).toBe(false);
  });
});
