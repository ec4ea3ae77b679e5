import { describe, expect, it } from 'vitest';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import type { Landmark } from '../../../../src/core/landmarks/landmark';
import { isBundledCampaign } from '../../../../src/core/landmarks/landmark-set';
import { precisionPairLines, precisionUnit, precisionView } from '../../../../src/core/present/precision-chart';

const landmark = (changes: Partial<Landmark>): Landmark => ({
  model: 'resnet18',
  family: 'ResNet',
  parameters: 11_689_512,
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
  throughputFps: 80,
  campaign: 'desk',
  source: 'job',
  ...changes,
});

const view = (...landmarks: Landmark[]) => precisionView(landmarks, isBundledCampaign);

describe('FP16 against FP32', () => {
  it('has the pairs of published campaigns that hold both', () => {
    const { pairs } = precisionView(bundledLandmarks, isBundledCampaign);
    expect(new Set(pairs.map(({ campaign }) => campaign))).toEqual(new Set(['ultra11', 'ultra26', 'nobuo']));
    for (const { ratio } of pairs) expect(ratio).toBeGreaterThan(1);
  });

  it('pairs what was measured together, and divides FP16 by FP32', () => {
    const { pairs, halves } = view(
      landmark({}),
      landmark({ runtime: 'tensorrt-fp32', throughputFps: 50 }),
      landmark({ model: 'feather', family: 'FeatherNet', throughputFps: 90 }),
      landmark({ model: 'feather', family: 'FeatherNet', runtime: 'tensorrt-fp32', throughputFps: 100 }),
    );
    expect(halves).toEqual([]);
    expect(pairs.map(({ model, ratio, engine }) => [model, ratio, engine])).toEqual([
      ['resnet18', 1.6, 'TensorRT'],
      ['feather', 0.9, 'TensorRT'],
    ]);
  });

  it.each<[string, Partial<Landmark>]>([
    ['campaigns', { campaign: 'other' }],
    ['devices', { device: 'jetson-agx-xavier' }],
    ['resolutions', { resolution: 448 }],
    ['batches', { batch: 2 }],
    ['engines', { runtime: 'pytorch-fp32' }],
    ['networks', { parameters: 1 }],
  ])('never pairs different %s', (_, changes) => {
    const { pairs, halves } = view(landmark({}), landmark({ runtime: 'tensorrt-fp32', throughputFps: 50, ...changes }));
    expect(pairs).toEqual([]);
    expect(halves).toHaveLength(2);
  });

  it('takes the last of several measurements, and says what is still to be measured', () => {
    const { pairs } = view(
      landmark({ throughputFps: 10 }),
      landmark({ runtime: 'tensorrt-fp32', throughputFps: 50 }),
      landmark({ throughputFps: 75 }),
    );
    expect(pairs[0]!.ratio).toBe(1.5);
    expect(view(landmark({})).halves).toEqual([
      { model: 'resnet18', deviceName: 'Jetson Nano', missing: 'TensorRT FP32' },
    ]);
  });

  it('tells pairs apart by the size that they were measured at, in the unit of that', () => {
    const both = [1, 8].flatMap((batch) => [
      landmark({ batch }),
      landmark({ batch, runtime: 'tensorrt-fp32', throughputFps: 50 }),
    ]);
    const { pairs } = view(...both);
    expect(pairs.map((pair) => precisionPairLines(pair).slice(1))).toEqual([
      ['80.0 FPS in FP16, 50.0 FPS in FP32', 'TensorRT on Jetson Nano at 224×224, campaign desk, 11.69 M parameters'],
      [
        '80.0 inputs/s in FP16, 50.0 inputs/s in FP32',
        'TensorRT on Jetson Nano at 224×224, batch 8, campaign desk, 11.69 M parameters',
      ],
    ]);
    expect(precisionUnit(pairs)).toBe('inputs/s');
    expect(precisionUnit(pairs.slice(0, 1))).toBe('FPS');
  });
});
