import { describe, expect, it } from 'vitest';
import { concernsOf } from '../../../../src/core/estimate/concerns';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { importableOperators } from '../../../../src/core/landmarks/tensorrt-operators';
import { profiled } from '../profile/profiled';
import { loadFixture } from '../profile/fixtures';
import { profileOf } from './profiles';

const nano = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

describe('operators that TensorRT imports', () => {
  it('follows the releases', () => {
    expect(importableOperators('8.2')?.has('Conv')).toBe(true);
    expect(importableOperators('8.2')?.has('HardSwish')).toBe(false);
    expect(importableOperators('8.2')?.has('LayerNormalization')).toBe(false);
    expect(importableOperators('8.6')?.has('HardSwish')).toBe(true);
    expect(importableOperators('10.3')?.has('LayerNormalization')).toBe(true);
    expect(importableOperators('10.0')?.has('DeformConv')).toBe(false);
    expect(importableOperators('10.3')?.has('DeformConv')).toBe(true);
    expect(importableOperators('10.3')?.has('STFT')).toBe(false);
    expect(importableOperators('10.7')?.has('STFT')).toBe(true);
    expect([...importableOperators('10.7')!].filter((name) => /Importer|^TRT_/.test(name))).toEqual([]);
    expect(importableOperators('6.0')).toBeNull();
  });
});

describe('concerns', () => {
  it('names an operator that the board cannot import, and what to do', () => {
    const profile = profileOf({ operators: new Map([['HardSwish', 3], ['Conv', 5]]) }); // prettier-ignore
    const [concern, ...others] = concernsOf(profile, nano);
    expect(others).toEqual([]);
    expect(concern?.severity).toBe('error');
    expect(concern?.message).toMatch(/TensorRT 8\.2.*HardSwish.*3 times.*opset 13/);
    expect(concernsOf(profile, { ...nano, runtime: 'pytorch-fp16' })).toEqual([]);
  });

  it('has nothing against what came with the release that a board has', () => {
    const profile = profileOf({ operators: new Map([['DeformConv', 4]]) });
    const orin = { device: 'jetson-agx-orin', runtime: 'tensorrt-fp16' } as const;
    expect(concernsOf(profile, orin)).toEqual([]);
    expect(concernsOf(profile, nano).map(({ code }) => code)).toEqual(['unsupported-operator']);
  });

  it('names an operator of another domain', () => {
    const profile = profileOf({ operators: new Map([['com.microsoft.FusedConv', 1]]) });
    expect(concernsOf(profile, nano).map(({ code }) => code)).toEqual(['unsupported-operator']);
  });

  it('has an error for a quantised network where the GPU has no INT8, in the precision that is asked for', () => {
    const profile = profileOf({ operators: new Map([['Conv', 5], ['QuantizeLinear', 5], ['DequantizeLinear', 9]]) }); // prettier-ignore
    for (const device of ['jetson-nano', 'jetson-tx2']) {
      const [concern, ...others] = concernsOf(profile, { ...nano, device });
      expect(others).toEqual([]);
      expect(concern).toMatchObject({ code: 'quantised-network', severity: 'error' });
      expect(concern?.message).toMatch(/14 times.*INT8.*without quantisation/);
    }
    expect(concernsOf(profile, { ...nano, device: 'jetson-agx-xavier' })).toEqual([]);
    expect(concernsOf(profile, { ...nano, runtime: 'pytorch-fp16' })).toEqual([]);
  });

  it('sends nobody to measure INT8, which no command does', async () => {
    const profile = profiled(await loadFixture('resnet18.folded.onnx'));
    const { reason } = createEstimators(bundledLandmarks).predict(profile, { ...nano, runtime: 'tensorrt-int8' });
    expect(reason).toContain('does not measure INT8');
    expect(reason).not.toContain('ladder');
  });

  it('warns of a ReduceMean whose axes are not read', () => {
    const operators = new Map([['ReduceMean', 1]]);
    expect(concernsOf(profileOf({ operators, opset: 18 }), nano).map(({ code }) => code)).toEqual(['misread-operator']);
    expect(concernsOf(profileOf({ operators, opset: 17 }), nano)).toEqual([]);
  });

  it.each([
    ['mobilenet_v2.folded.onnx', ['little-gain-from-fp16']],
    ['cdcn.folded.onnx', ['central-difference']],
    ['resnet18.folded.onnx', []],
    ['mobilenet_v3_small.folded.onnx', ['unsupported-operator', 'little-gain-from-fp16']],
  ])('of %s are %j', async (file, codes) => {
    const concerns = concernsOf(profiled(await loadFixture(file)), nano);
    expect(concerns.map(({ code }) => code)).toEqual(codes);
  });
});
