import { describe, expect, it } from 'vitest';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import type { Landmark } from '../../../../src/core/landmarks/landmark';
import { knownDevices } from '../../../../src/core/landmarks/devices';
import { isBundledCampaign } from '../../../../src/core/landmarks/landmark-set';
import {
  missingPrecision,
  precisionPairLines,
  precisionUnit,
  precisionView,
  type PrecisionComparison,
} from '../../../../src/core/present/precision-chart';

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

const view = (...landmarks: Landmark[]) => precisionView(landmarks, isBundledCampaign, 'jetson-nano', 'fp16-fp32');
const published = (device: string, comparison: PrecisionComparison) =>
  precisionView(bundledLandmarks, isBundledCampaign, device, comparison);

describe('FP16 against FP32', () => {
  it.each<[string, PrecisionComparison, readonly string[]]>([
    ['jetson-orin-nano', 'fp16-fp32', ['ultra11', 'ultra26']],
    ['jetson-agx-thor', 'int8-fp16', ['ultra11', 'ultra26']],
    ['jetson-xavier-nx', 'int8-fp16', ['t2tdla']],
    ['jetson-nano', 'fp16-fp32', ['nobuo']],
  ])('has the published pairs of %s, %s', (device, comparison, campaigns) => {
    const { pairs, lack } = published(device, comparison);
    expect(lack).toBeNull();
    expect([...new Set(pairs.map(({ campaign }) => campaign))].sort()).toEqual(campaigns);
    for (const pair of pairs) expect(pair.device).toBe(device);
  });

  it('says that a GPU lacks a precision, and that nothing was measured only of one that has it', () => {
    for (const { id, name, generation } of knownDevices) {
      const isOld = generation === 'maxwell' || generation === 'pascal';
      const { pairs, lack } = published(id, 'int8-fp16');
      if (isOld) expect(lack).toBe(`${name}'s GPU has no INT8, so TensorRT builds no such engine for it.`);
      else expect(lack === null).toBe(pairs.length > 0);
      expect(missingPrecision(id, 'fp16-fp32')).toBeNull();
    }
    expect(published('jetson-thor-t4000', 'int8-fp16').lack).toMatch(
      /^No network has been measured on Jetson.*T4000 in both INT8 and FP16 yet\./,
    );
  });

  it('never pairs figures of two clocks of one board, and names the power mode', () => {
    const orin = (changes: Partial<Landmark>) => landmark({ device: 'jetson-orin-nano', ...changes });
    const rows = [
      orin({ gpuMHz: 625 }),
      orin({ gpuMHz: 1020, runtime: 'tensorrt-fp32' }),
      orin({ powerMode: '15W', runtime: 'tensorrt-fp32', throughputFps: 40 }),
    ];
    const { pairs } = precisionView(rows, isBundledCampaign, 'jetson-orin-nano', 'fp16-fp32');
    expect(pairs.map(({ ratio, powerMode }) => [ratio, powerMode])).toEqual([[2, '15W']]);
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
    ['resolutions', { resolution: 448 }],
    ['shapes of as many pixels', { height: 112, width: 448 }],
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
    expect(pairs.map((pair) => precisionPairLines(pair, 'fp16-fp32').slice(1))).toEqual([
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
