import { describe, expect, it } from 'vitest';
import { concernsOf, tensorrtConcerns } from '../../../../src/core/estimate/concerns';
import { namedConcerns } from '../../../../src/core/present/export-advice';
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
  it("takes a plugin that the board's TensorRT brings as importable, whatever its domain", () => {
    const facts = profileOf({ operators: new Map([['TRT.EfficientNMS_TRT', 1]]) });
    expect(tensorrtConcerns(facts, '8.2', 'TensorRT 8.2')).toEqual([]);
    expect(tensorrtConcerns(facts, '7.1', 'TensorRT 7.1').map(({ code }) => code)).toEqual(['unsupported-operator']);
  });

  it('names an operator that the board cannot import, and what to do', () => {
    const profile = profileOf({ operators: new Map([['HardSwish', 3], ['Conv', 5]]) }); // prettier-ignore
    const [concern, ...others] = concernsOf(profile, nano);
    expect(others).toEqual([]);
    expect(concern?.severity).toBe('error');
    expect(concern?.message).toMatch(
      /^HardSwish ×3: TensorRT 8\.2.*cannot import it\. .*dynamo=False, opset_version=13/,
    );
    expect(concern?.remedy).toEqual({
      command: 'framecast convert MODEL -o FILE --for tensorrt-8.2',
      rewrites: ['HardSwish ×3 written with older operators'],
    });
    expect(concernsOf(profile, { ...nano, runtime: 'pytorch-fp16' })).toEqual([]);
  });

  it('names the file of the model in its command, whatever it is called', () => {
    const profile = profileOf({ operators: new Map([['HardSwish', 3]]) });
    const [concern] = namedConcerns(concernsOf(profile, nano), "it's $& MODEL/FILE net.onnx");
    const file = "'it'\\''s $& MODEL/FILE net";
    const command = `framecast convert ${file}.onnx' -o ${file}.board.onnx' --for tensorrt-8.2`;
    expect(concern?.remedy?.command).toBe(command);
    expect(concern?.message).toContain(`\`${command}\``);
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

  it('sends nobody to measure INT8 on a GPU without it', async () => {
    const profile = profiled(await loadFixture('resnet18.folded.onnx'));
    const { reason } = createEstimators(bundledLandmarks).predict(profile, { ...nano, runtime: 'tensorrt-int8' });
    expect(reason).toContain('has no INT8 arithmetic');
    expect(reason).not.toMatch(/ladder|Measure the model/);
  });

  it('gives one advice for all operators that a board cannot import', () => {
    const operators = new Map([['HardSwish', 21], ['Gelu', 2]]); // prettier-ignore
    const [concern, ...others] = concernsOf(profileOf({ operators }), nano);
    expect(others).toEqual([]);
    expect(concern?.message).toMatch(/^HardSwish ×21, Gelu ×2: TensorRT 8\.2.*cannot import them\./);
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes an operator called %s for one that nobody knows', (name) => {
    const [concern] = concernsOf(profileOf({ operators: new Map([[name, 1]]) }), nano);
    expect(concern).toMatchObject({
      code: 'unsupported-operator',
      message: expect.stringContaining(`Replace ${name}`),
    });
    expect(concern?.remedy).toBeUndefined();
  });

  // onnxOpImporters.cpp of onnx-tensorrt: axes inputs are read by ReduceSum since 7.2, by the others since 10.0, by
  // ReduceLogSumExp since 10.2.
  it.each([
    ['7.1', 'ReduceSum', true],
    ['8.2', 'ReduceSum', false],
    ['8.2', 'ReduceMean', true],
    ['8.6', 'ReduceL2', true],
    ['8.6', 'ReduceLogSum', false],
    ['9.3', 'ReduceMax', true],
    ['10.0', 'ReduceMean', false],
    ['10.1', 'ReduceLogSumExp', true],
    ['10.3', 'ReduceLogSumExp', false],
  ])('for TensorRT %s, says whether the axes of %s as an input are misread: %s', (version, operator, isMisread) => {
    const facts = profileOf({ operators: new Map([[operator, 2]]), axesInputs: [[operator, 2]], opset: 18 });
    const codes = tensorrtConcerns(facts, version, `TensorRT ${version}`).map(({ code }) => code);
    expect(codes).toEqual(isMisread ? ['misread-operator'] : []);
  });

  it('has nothing against reductions over all axes, which need no input', () => {
    expect(concernsOf(profileOf({ operators: new Map([['ReduceMean', 1]]), opset: 18 }), nano)).toEqual([]);
  });

  it.each([
    ['7.1', 0],
    ['8.0', 1],
    ['8.2', 1],
    ['8.4', 0],
  ])('has for TensorRT %s %i concern about Reshape without allowzero', (version, count) => {
    const facts = profileOf({ operators: new Map([['Reshape', 4]]), reshapesWithoutAllowzero: 4, opset: 14 });
    expect(tensorrtConcerns(facts, version, `TensorRT ${version}`)).toHaveLength(count);
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
