import { describe, expect, it } from 'vitest';
import { equation2At } from '../../../../../src/core/estimate/family-fit/equation2';
import { fitFamily, type LandmarkFit } from '../../../../../src/core/estimate/family-fit/landmark-fit';
import { createEstimators } from '../../../../../src/core/estimate/estimators';
import { bundledCampaigns, bundledLandmarks } from '../../../../../src/core/landmarks/campaigns';
import table2 from '../../../../../src/core/landmarks/reported/table2.json';
import { profileOf } from '../profiles';

const trainingLandmarks = bundledCampaigns.find((campaign) => campaign.id === 'paper')!.landmarks;
const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

function paperFit(family: string): LandmarkFit {
  const outcome = fitFamily(trainingLandmarks, { ...query, family, resolution: 224, batch: 1 });
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}

describe("the paper's Table 2, from its nine training landmarks alone", () => {
  it('rests on the nine training rows and on none of the test rows', () => {
    expect(trainingLandmarks).toHaveLength(9);
    const test = table2.rows.filter((row) => row.set === 'test').map((row) => row.parameters);
    expect(trainingLandmarks.filter((landmark) => test.includes(landmark.parameters))).toEqual([]);
    expect(bundledLandmarks.filter((landmark) => test.includes(landmark.parameters))).toEqual([]);
  });

  it.each(table2.rows)('$set: $model is predicted at $paperPredictedFps FPS', (row) => {
    const profile = profileOf({ family: row.family, parameters: row.parameters });
    const { estimate } = createEstimators(trainingLandmarks).predict(profile, query);
    expect(Math.abs(estimate!.throughputFps - row.paperPredictedFps)).toBeLessThanOrEqual(0.02);
    expect(estimate!.latencyMs).toBeCloseTo(1000 / estimate!.throughputFps, 10);
  });

  it('gives the same answers beside all bundled campaigns, as campaigns are never mixed', () => {
    const estimators = createEstimators(bundledLandmarks);
    for (const row of table2.rows) {
      const profile = profileOf({ family: row.family, parameters: row.parameters });
      const { estimate } = estimators.predict(profile, query);
      expect(Math.abs(estimate!.throughputFps - row.paperPredictedFps)).toBeLessThanOrEqual(0.02);
      expect(estimate!.campaigns).toEqual(['paper']);
    }
  });

  it.each(['MobileNetV2', 'ResNet'] as const)('has the published coefficients for %s', (family) => {
    const { equation } = paperFit(family);
    const published = table2.equation2[family];
    expect(equation.c1 / published.c1).toBeCloseTo(1, 8);
    expect(equation.c2 / published.c2).toBeCloseTo(1, 8);
    expect(equation.intercept / published.intercept).toBeCloseTo(1, 8);
  });

  it.each([
    ['MobileNetV2', 'train'],
    ['MobileNetV2', 'test'],
    ['ResNet', 'train'],
    ['ResNet', 'test'],
  ] as const)('has the errors printed below it: %s, %s', (family, set) => {
    const { equation } = paperFit(family);
    const errors = table2.rows
      .filter((row) => row.family === family && row.set === set)
      .map((row) => equation2At(equation, row.parameters) - row.measuredFps);
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    const mae = errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;
    const printed = table2.errors[family][set];
    expect(Math.abs(rmse - printed.rmse)).toBeLessThanOrEqual(0.01);
    expect(Math.abs(mae - printed.mae)).toBeLessThanOrEqual(0.01);
  });
});
