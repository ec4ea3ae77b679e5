import { describe, expect, it } from 'vitest';
import { equation2At, fitEquation2 } from '../../../../src/core/estimate/family-fit/equation2';
import { createEstimators, type Estimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { collectLandmarks } from '../../../../src/core/landmarks/landmark-collection';
import type { Landmark } from '../../../../src/core/landmarks/landmark';
import { fitChart, groupingSentence } from '../../../../src/core/present/fit-chart';
import {
  fitAllFamilies,
  usualPoint,
  type FittedDeployment,
} from '../../../../src/core/estimate/family-fit/all-families-fit';
import {
  branchesBelow,
  deviceBranches,
  entriesOf,
  landmarkFacts,
  landmarkLine,
} from '../../../../src/core/present/landmark-tree';
import { fitDistance } from '../../../../src/core/estimate/residuals';

const estimators = createEstimators(bundledLandmarks);
const { entries } = collectLandmarks([]);
const landmark = (model: string): Landmark =>
  bundledLandmarks.find((each) => each.model === model && each.campaign === 'paper' && each.device === 'jetson-nano')!;

function chartOf(from: Estimators, place: FittedDeployment) {
  const fits = fitAllFamilies(from, place);
  return fits && fitChart(fits, place);
}

describe('the tree of landmarks', () => {
  it('goes by device, runtime and family, and has each landmark once', () => {
    const devices = deviceBranches(entries);
    expect(devices.map(({ label }) => label)).toEqual([
      'Jetson AGX Orin 64GB',
      'Jetson AGX Thor (T5000)',
      'Jetson AGX Xavier',
      'Jetson Nano',
      'Jetson Orin Nano 8GB',
      'Jetson Orin NX 16GB',
      'Jetson TX2',
      'Jetson Xavier NX',
    ]);
    const families = devices.flatMap(branchesBelow).flatMap(branchesBelow);
    expect(families.flatMap(entriesOf)).toHaveLength(entries.length);
    expect(new Set(families.map(({ id }) => id)).size).toBe(families.length);
    expect(families.flatMap(branchesBelow)).toEqual([]);
    const members = entriesOf(families.find(({ id }) => id === 'device:jetson-nano/tensorrt-fp16/MobileNetV2')!);
    const parameters = members.map((entry) => entry.landmark.parameters);
    expect(parameters).toEqual([...parameters].sort((a, b) => a - b));
  });

  it('says how far a landmark is from its fit: Equation 2 of its campaign, else what its kernels cost', () => {
    const own = fitDistance(estimators, landmark('resnet18'));
    // Table 2 and the printed fit: 85.9 measured by the paper, 86.36 by Equation 2.
    expect(own?.method).toBe('landmark-fit');
    expect(own?.predictedFps).toBeCloseTo(86.36, 1);
    const other = bundledLandmarks.find(
      ({ model, campaign, device, runtime }) =>
        model === 'resnet18' && campaign === 'torch2trt' && device === 'jetson-nano' && runtime === 'tensorrt-fp16',
    )!;
    expect(fitDistance(estimators, other)?.method).toBe('graph-cost');
    const alone = { ...landmark('resnet18'), device: 'elsewhere' };
    expect(fitDistance(createEstimators([alone]), alone)).toBeNull();
  });

  it('writes a line and the facts of a landmark', () => {
    const entry = entries.find((each) => each.landmark === landmark('resnet18'))!;
    const far = fitDistance(estimators, entry.landmark);
    expect(landmarkLine(entry, far)).toMatch(/^[\d.]+ FPS · paper · .*its fit$/);
    const off = {
      ...entry,
      isInFits: false,
      landmark: { ...entry.landmark, verdict: 'outlier', comment: 'fan off' } as const,
    };
    expect(landmarkLine(off, far)).toMatch(/outlier$/);
    expect(landmarkFacts(off, far)).toContain('Comment: fan off');
  });
});

describe('the chart of all fits', () => {
  it('reproduces what grouping gains: the paper says 84% less error (section 2.2)', () => {
    const paper = bundledLandmarks.filter(({ campaign }) => campaign === 'paper');
    const chart = chartOf(createEstimators(paper), { device: 'jetson-nano', runtime: 'tensorrt-fp16' })!;
    const { naiveFps, groupedFps } = chart.errors!;
    expect(1 - groupedFps / naiveFps).toBeGreaterThan(0.8);
    expect(groupingSentence(chart)).toMatch(/% less\.$/);
    expect(chart.families.find(({ family }) => family === 'MobileNetV2')?.equation).toBe(
      '𝒯 = 693.1/𝒫² − 250.2/𝒫 + 95.29',
    );
    expect(chart.families.every(({ curve }) => curve.every(({ throughputFps }) => throughputFps > 0))).toBe(true);
  });

  it('holds one fit against the grouped ones on the landmarks that both go through', () => {
    const place = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
    const chart = chartOf(estimators, place)!;
    const fitted = chart.families.flatMap(({ landmarks, fittedCampaign }) =>
      landmarks.filter(({ campaign }) => campaign === fittedCampaign),
    );
    const alone = fitEquation2(fitted, 'all');
    if (!alone.ok) throw new Error(alone.error);
    const off = fitted.map(({ parameters, throughputFps }) =>
      Math.abs(equation2At(alone.value.equation, parameters) - throughputFps),
    );
    expect(fitted.length).toBeLessThan(chart.families.flatMap(({ landmarks }) => landmarks).length);
    expect(chart.errors!.landmarks).toBe(fitted.length);
    expect(chart.errors!.naiveFps).toBeCloseTo(off.reduce((sum, fps) => sum + fps, 0) / off.length, 6);
    const lonely = bundledLandmarks.filter(({ family }) => family === 'AlexNet' || family === 'SqueezeNet');
    expect(chartOf(createEstimators(lonely), place)).toMatchObject({
      errors: null,
      naive: { landmarks: 3, equation: expect.stringContaining('𝒯') },
    });
  });

  it('is of the size that most landmarks are at, and is none where there are none', () => {
    expect(usualPoint([])).toBeNull();
    expect(chartOf(estimators, { device: 'nowhere', runtime: 'tensorrt-fp16' })).toBeNull();
    const large = { ...landmark('resnet18'), resolution: 320, campaign: 'desk' };
    const chart = chartOf(createEstimators([...bundledLandmarks, large]), landmark('resnet18'))!;
    expect(chart.resolution).toBe(224);
    expect(chart.leftOut).toBe(15);
  });
});
