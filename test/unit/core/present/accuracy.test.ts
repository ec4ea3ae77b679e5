import { describe, expect, it } from 'vitest';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { isBundledCampaign } from '../../../../src/core/landmarks/landmark-set';
import type { Landmark } from '../../../../src/core/landmarks/landmark';
import {
  accuracySentences,
  backbones,
  measuredOwnThroughput,
  measuredThroughput,
  parseAccuracy,
} from '../../../../src/core/present/accuracy';
import { profiled } from '../profile/profiled';
import { referenceModel } from '../../../../src/core/zoo/reference-model';

/** Top-1 accuracy on ImageNet-1K, V1 and best weights, as the documentation of torchvision 0.14 prints it. */
const published: readonly (readonly [string, number, number])[] = [
  ['alexnet', 56.522, 56.522],
  ['squeezenet1_0', 58.092, 58.092],
  ['squeezenet1_1', 58.178, 58.178],
  ['resnet18', 69.758, 69.758],
  ['resnet34', 73.314, 73.314],
  ['resnet50', 76.13, 80.858],
  ['resnet101', 77.374, 81.886],
  ['resnet152', 78.312, 82.284],
  ['mobilenet_v2', 71.878, 72.154],
  ['shufflenet_v2_x0_5', 60.552, 60.552],
  ['shufflenet_v2_x1_0', 69.362, 69.362],
  ['shufflenet_v2_x1_5', 72.996, 72.996],
  ['shufflenet_v2_x2_0', 76.23, 76.23],
  ['mnasnet0_5', 67.734, 67.734],
  ['mnasnet0_75', 71.18, 71.18],
  ['mnasnet1_0', 73.456, 73.456],
  ['mnasnet1_3', 76.506, 76.506],
  ['densenet121', 74.434, 74.434],
  ['densenet169', 75.6, 75.6],
  ['densenet201', 76.896, 76.896],
  ['densenet161', 77.138, 77.138],
  ['vgg11', 69.02, 69.02],
  ['vgg13', 69.928, 69.928],
  ['vgg16', 71.592, 71.592],
  ['vgg19', 72.376, 72.376],
];

const nano = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

describe('backbones', () => {
  it('have the accuracies that are published', () => {
    const have = backbones.map(({ model, firstTop1Percent, bestTop1Percent }) => [
      model,
      firstTop1Percent,
      bestTop1Percent,
    ]);
    expect([...have].sort()).toEqual([...published].map((row) => [...row]).sort());
  });

  it.each(backbones.map((backbone) => [backbone.model, backbone] as const))(
    '%s is the network that the zoo builds',
    (_, { family, settings, parameters }) => {
      const built = referenceModel({ family, settings });
      if (!built.ok) throw new Error(built.error.message);
      const profile = profiled(built.value.model);
      expect([profile.family, profile.parameters]).toEqual([family, parameters]);
    },
  );

  it('say that only ResNets above 50 layers exceed 80%, as the paper does', () => {
    const above = backbones.filter(({ bestTop1Percent }) => bestTop1Percent > 80).map(({ label }) => label);
    expect(above).toEqual(['ResNet-50', 'ResNet-101', 'ResNet-152']);
  });
});

describe('the throughput of a backbone', () => {
  const resnet50 = backbones.find(({ model }) => model === 'resnet50')!;
  const measured = (landmarks: readonly Landmark[]) => measuredThroughput(resnet50, nano, landmarks, isBundledCampaign);

  it('is what the paper measured, which comes before other campaigns', () => {
    expect(measured(bundledLandmarks)).toEqual({ throughputFps: 32.02, basis: 'measured', source: 'campaign paper' });
  });

  it('is the last that the user measured, where there is one', () => {
    const own = (throughputFps: number): Landmark => ({
      ...bundledLandmarks.find(({ model, device }) => model === 'resnet50' && device === 'jetson-nano')!,
      throughputFps,
      campaign: 'desk',
    });
    expect(measured([...bundledLandmarks, own(30), own(31)])).toMatchObject({
      throughputFps: 31,
      source: 'campaign desk',
    });
    expect(measured([...bundledLandmarks, { ...own(5), resolution: 448 }])).toMatchObject({ throughputFps: 32.02 });
  });

  it('is not known where nobody has measured', () => {
    const shuffle = backbones.find(({ model }) => model === 'shufflenet_v2_x1_0')!;
    expect(measuredThroughput(shuffle, nano, bundledLandmarks, isBundledCampaign)).toBeNull();
  });
});

describe('the throughput of an own model', () => {
  const network = { name: 'edge-net', family: null, parameters: 1_234_567 };
  const at = { ...nano, resolution: 112, batch: 1 };
  const landmark = (changes: Partial<Landmark> = {}): Landmark => ({
    model: 'edge-net',
    family: null,
    parameters: 1_234_567,
    ...at,
    throughputFps: 120,
    campaign: 'desk',
    source: 'job',
    ...changes,
  });
  const measured = (...landmarks: Landmark[]) => measuredOwnThroughput(network, at, landmarks, isBundledCampaign);

  it('is the last that was measured of it, in whatever folder it lay', () => {
    expect(measured(landmark(), landmark({ model: 'models/edge-net', throughputFps: 121 }))).toEqual({
      throughputFps: 121,
      basis: 'measured',
      source: 'campaign desk',
    });
  });

  it.each<[string, Partial<Landmark>]>([
    ['name', { model: 'other-edge-net' }],
    ['family', { family: 'ResNet' }],
    ['number of parameters', { parameters: 1_234_568 }],
    ['device', { device: 'jetson-agx-xavier' }],
    ['runtime', { runtime: 'tensorrt-fp32' }],
    ['resolution', { resolution: 224 }],
    ['batch', { batch: 8 }],
    ['campaign, where that is published', { campaign: 'paper' }],
  ])('is not that of another %s', (_, changes) => {
    expect(measured(landmark(changes))).toBeNull();
  });
});

it('quotes the paper for its own board alone', () => {
  expect(accuracySentences('jetson-nano').join(' ')).toMatch(/ResNet-50 a balanced choice at about 33 FPS/);
  expect(accuracySentences('jetson-agx-xavier')).toEqual([]);
});

it.each([
  ['71.9', 71.9],
  [' 71,9 % ', 71.9],
  ['100', 100],
  ['1', 1],
  ['0', null],
  ['0.719', null],
  ['100.1', null],
  ['-3', null],
  ['1.2.3', null],
  ['good', null],
  ['', null],
])('reads the accuracy %j as %j', (typed, percent) => {
  expect(parseAccuracy(typed)).toBe(percent);
});
