import { describe, expect, it } from 'vitest';
import { isEstimate, type Estimate, type Query } from '../../../../src/core/estimate/estimate';
import { calibrate, calibrationSentence } from '../../../../src/core/estimate/calibration';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { userCampaign } from '../../../../src/core/landmarks/user-campaign';
import type { Landmark } from '../../../../src/core/landmarks/landmark';
import { profiled } from '../profile/profiled';
import type { ModelProfile } from '../../../../src/core/profile/profile';
import { readFixture } from '../onnx/shapes/models';

const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const fixture = async (name: string) => profiled(await readFixture(`${name}.onnx`));
const resnet50 = await fixture('resnet50.folded');
const resnet18 = await fixture('resnet18.folded');
const mobilenet = await fixture('mobilenet_v2.folded');
const densenet = await fixture('densenet121.folded');

const paper = bundledLandmarks.filter(({ campaign, device }) => campaign === 'paper' && device === nano.device);

/** Models of the paper's as they run on a board of another speed. */
function onBoard(factor: number, models: readonly string[], changed: Partial<Landmark> = {}): readonly Landmark[] {
  return models.map((model) => {
    const landmark = paper.find((item) => item.model === model)!;
    return { ...landmark, campaign: 'desk', throughputFps: factor * landmark.throughputFps, ...changed };
  });
}

// Two campaigns that agree, so that what the user's board adds can be told apart.
const two = bundledLandmarks.filter(({ campaign }) => campaign === 'paper' || campaign === 'torch2trt');
const published = createEstimators(two);
const withOwn = (...own: readonly Landmark[]) => createEstimators([...two, ...own]);

function byMethod(estimators: typeof published, profile: ModelProfile, method: Estimate['method']): Estimate {
  const { estimate, alternatives } = estimators.predict(profile, nano);
  const found = [estimate, ...alternatives].find((answer) => answer?.method === method)!;
  if (!isEstimate(found)) throw new Error(found.reason);
  return found;
}

/** How much faster than without own landmarks. */
function moved(estimators: typeof published, profile: ModelProfile, method: Estimate['method'] = 'graph-cost'): number {
  return byMethod(estimators, profile, method).throughputFps / byMethod(published, profile, method).throughputFps;
}

describe('a board of a known kind', () => {
  it('moves all its predictions after one model', () => {
    const estimators = withOwn(...onBoard(0.9, ['resnet34']));
    for (const profile of [resnet18, resnet50, mobilenet, densenet]) {
      expect(moved(estimators, profile)).toBeGreaterThan(0.88);
      expect(moved(estimators, profile)).toBeLessThan(0.94);
    }
    for (const profile of [resnet18, resnet50, mobilenet]) {
      expect(moved(estimators, profile, 'landmark-fit')).toBeGreaterThan(0.88);
      expect(moved(estimators, profile, 'landmark-fit')).toBeLessThan(0.94);
    }
  });

  it('counts for less, and says so, where its power mode is not stated', () => {
    const stated = withOwn(...onBoard(0.9, ['resnet34'], { powerMode: 'MAXN' }));
    const unstated = withOwn(...onBoard(0.9, ['resnet34']));
    const notes = (estimators: typeof published) => byMethod(estimators, mobilenet, 'graph-cost').notes.join(' ');
    expect(notes(unstated)).toContain('Some landmarks do not say their power mode');
    expect(notes(stated)).not.toContain('Some landmarks do not say');
  });

  it('is told to be slower, with how sure that is and from how many models', () => {
    const estimators = withOwn(...onBoard(0.9, ['resnet34', 'resnet50']));
    for (const method of ['graph-cost', 'landmark-fit'] as const) {
      const notes = byMethod(estimators, resnet18, method).notes.join(' ');
      expect(notes).toMatch(
        /Your board is (9|10)(\.\d)?% slower than the paper's \(± [1-3](\.\d)?%, from 2 models\)\./,
      );
    }
  });

  it('is asked about where boards of one kind seldom differ that much', () => {
    const sentence = (factor: number) =>
      calibrationSentence(withOwn(...onBoard(factor, ['resnet34', 'resnet50'])).calibration(nano, 'paper')!);
    for (const factor of [0.8, 1.2]) expect(sentence(factor)).not.toContain('check');
    for (const factor of [0.6, 2]) expect(sentence(factor)).toContain('check its power mode, its clocks');
  });

  it.each([
    ['one model', 0.1, ['resnet34']],
    ['one model, too fast', 2.5, ['resnet101']],
  ])('is not followed where %s ran as no board of its kind does, and says so', (_, factor, models) => {
    const estimators = withOwn(...onBoard(factor, models));
    for (const method of ['graph-cost', 'landmark-fit'] as const) {
      expect(moved(estimators, resnet18, method)).toBeCloseTo(1, 2);
      expect(byMethod(estimators, resnet18, method).notes.join(' ')).toMatch(/differs from the paper's board by more/);
    }
  });

  it('is not followed where two models ran so slowly, but not alike', () => {
    const estimators = withOwn(...onBoard(0.3, ['resnet34']), ...onBoard(0.55, ['resnet50']));
    for (const method of ['graph-cost', 'landmark-fit'] as const) {
      expect(moved(estimators, resnet18, method)).toBeCloseTo(1, 2);
      expect(byMethod(estimators, resnet18, method).notes.join(' ')).toMatch(/Your measurement of 2 models differs/);
    }
  });

  it.each([
    [0.3, ['resnet34', 'resnet50']],
    [0.5, ['resnet34', 'resnet50']],
    [0.5, ['resnet34', 'resnet50', 'resnet101']],
    [0.5, ['resnet18', 'resnet34', 'resnet50', 'resnet152']],
    [2, ['resnet34', 'resnet101']],
  ])('is followed once models agree, however slow or fast the board: %d times as fast, %j', (factor, models) => {
    const estimators = withOwn(...onBoard(factor, models));
    for (const profile of [mobilenet, densenet]) {
      expect(Math.abs(moved(estimators, profile) / factor - 1)).toBeLessThan(0.07);
    }
    expect(Math.abs(moved(estimators, mobilenet, 'landmark-fit') / factor - 1)).toBeLessThan(0.07);
    const { interval, throughputFps, notes } = byMethod(estimators, densenet, 'graph-cost');
    expect(interval!.lowFps).toBeLessThan(throughputFps);
    expect(interval!.highFps).toBeGreaterThan(throughputFps);
    expect(notes.join(' ')).toMatch(/Your board is .* than the paper's \(± .*check its power mode, its clocks/);
  });

  it('gets surer with more models', () => {
    const deviation = (...models: string[]) => withOwn(...onBoard(0.9, models)).calibration(nano, 'paper')!.deviation;
    const [one, two, four] = [
      deviation('resnet34'),
      deviation('resnet34', 'resnet101'),
      deviation('resnet34', 'resnet101', 'resnet18', 'resnet152'),
    ];
    expect(two).toBeLessThan(one);
    expect(four).toBeLessThan(two);
  });

  it('widens the interval of Equation 2 by how unsure the factor is', () => {
    const before = byMethod(published, mobilenet, 'landmark-fit');
    const after = byMethod(withOwn(...onBoard(1, ['resnet34'])), mobilenet, 'landmark-fit');
    const width = ({ interval, throughputFps }: Estimate) => (interval!.highFps - interval!.lowFps) / throughputFps;
    expect(width(after)).toBeGreaterThan(width(before));
    expect(after.crossValidatedError!).toBeGreaterThan(before.crossValidatedError!);
    expect(after.campaigns).toEqual(['paper', 'desk']);
  });

  it('is not followed where one of two measurements is far off, and the page says so', () => {
    const noisy = [...onBoard(1, ['resnet34']), ...onBoard(0.5, ['resnet101'])];
    const estimators = withOwn(...noisy);
    for (const profile of [resnet18, mobilenet]) {
      for (const method of ['graph-cost', 'landmark-fit'] as const) {
        expect(moved(estimators, profile, method)).toBe(1);
        expect(byMethod(estimators, profile, method).notes.join(' ')).toContain(
          'Your 2 measured models do not agree on how your board differs',
        );
      }
    }
  });

  it('is followed again when the one that is off is taken out', () => {
    expect(moved(withOwn(...onBoard(0.9, ['resnet34', 'resnet101'])), resnet18)).toBeLessThan(0.93);
  });

  it('is calibrated by models whose kernels nobody knows, too', () => {
    const strangers = paper
      .filter(({ family }) => family === 'MobileNetV2')
      .map((landmark) => ({
        ...landmark,
        campaign: 'desk',
        throughputFps: 0.9 * landmark.throughputFps,
        model: `my-${landmark.model}`,
        parameters: landmark.parameters + 7,
      }))
      .slice(1, 3);
    const estimators = withOwn(...strangers);
    for (const profile of [resnet18, mobilenet, densenet]) {
      expect(moved(estimators, profile)).toBeGreaterThan(0.87);
      expect(moved(estimators, profile)).toBeLessThan(0.97);
    }
    const { notes, interval } = byMethod(estimators, densenet, 'graph-cost');
    expect(notes.join(' ')).toContain('Figures are for your board (campaign desk)');
    expect(interval!.highFps - interval!.lowFps).toBeGreaterThan(0);
    const total = estimators.explainLatency(densenet, nano);
    expect(total.ok && 1000 / total.value.latencyMs).toBeCloseTo(
      byMethod(estimators, densenet, 'graph-cost').throughputFps,
      6,
    );
  });

  it('moves families that other campaigns have measured, too, by way of the published board', () => {
    const strangers = onBoard(0.8, ['resnet34', 'resnet50']).map((landmark) => ({
      ...landmark,
      model: `my-${landmark.model}`,
      parameters: landmark.parameters - 1_000_000,
    }));
    const estimators = withOwn(...strangers);
    const paperCalibration = estimators.calibration(nano, 'paper')!;
    const others = estimators.calibration(nano, 'torch2trt')!;
    // torch2trt's board is 1.05 times as fast as the paper's, so the user's is the slower beside it.
    expect(others.factor / paperCalibration.factor).toBeCloseTo(1 / 1.05, 1);
    expect(others.deviation).toBeGreaterThan(paperCalibration.deviation);
    expect(moved(estimators, densenet, 'landmark-fit')).toBeCloseTo(others.factor, 6);
    const { notes } = byMethod(estimators, densenet, 'graph-cost');
    expect(notes.join(' ')).toMatch(
      new RegExp(`for your board .*torch2trt measures ${(1 / others.factor).toFixed(2)} ±`),
    );
  });

  it('is worked out as by hand from Equation 2', () => {
    // numpy: lstsq over the paper's five ResNets, the median of their leave-one-out errors as deviation, and the mean of
    // log(60 / 𝒯(14 M)) and log(32 / 𝒯(24 M)) with a prior of 10% around 0.
    const mine = [
      [14e6, 60],
      [24e6, 32],
    ].map(([parameters, throughputFps]): Landmark => {
      const [landmark] = onBoard(1, ['resnet34']);
      return { ...landmark!, model: `mine-${parameters}`, parameters: parameters!, throughputFps: throughputFps! };
    });
    const { factor, deviation } = withOwn(...mine).calibration(nano, 'paper')!;
    expect(factor).toBeCloseTo(0.9377748188, 8);
    expect(Math.expm1(deviation)).toBeCloseTo(0.08524557938, 8);
  });

  it('leaves other devices and runtimes as they were', () => {
    const estimators = withOwn(...onBoard(0.9, ['resnet34']));
    for (const query of [
      { ...nano, runtime: 'pytorch-fp16' as const },
      { ...nano, device: 'jetson-agx-xavier' },
    ]) {
      expect(estimators.predict(resnet50, query)).toEqual(published.predict(resnet50, query));
    }
  });
});

describe('the newest campaign', () => {
  const at = (measuredAt: string) => ({
    measurement: { measuredAt, before: {}, disturbances: [] } as unknown as Landmark['measurement'] & object,
  });

  it('decides which board predictions are for', () => {
    const old = onBoard(0.8, ['resnet18', 'resnet34', 'resnet50'], {
      campaign: 'first board',
      ...at('2024-01-01T00:00:00Z'),
    });
    const recent = onBoard(1.1, ['resnet34'], { campaign: 'second board', ...at('2025-01-01T00:00:00Z') });
    for (const own of [
      [...old, ...recent],
      [...recent, ...old],
    ]) {
      const estimators = withOwn(...own);
      expect(moved(estimators, densenet)).toBeGreaterThan(1.05);
      expect(moved(estimators, mobilenet, 'landmark-fit')).toBeGreaterThan(1.05);
      // Equation 2 of ResNet can be fitted to the first board alone, and is related to the second.
      const measured = paper.find(({ model }) => model === 'resnet50')!.throughputFps;
      expect(byMethod(estimators, resnet50, 'landmark-fit').throughputFps / measured).toBeGreaterThan(1.05);
    }
  });

  it('is the last written where nothing says when', () => {
    const [one, other] = [onBoard(1, ['resnet18'])[0]!, { ...onBoard(1, ['resnet34'])[0]!, campaign: 'lap' }];
    expect(userCampaign([...bundledLandmarks, one, other])).toBe('lap');
    expect(userCampaign([other, one])).toBe('desk');
    expect(userCampaign([other, one], new Set(['lap']))).toBe('lap');
    expect(userCampaign(bundledLandmarks)).toBeNull();
  });
});

describe('calibrate', () => {
  const evidence = (...ratios: number[]) => ratios.map((ratio) => ({ logRatio: Math.log(ratio), deviation: 0.03 }));

  it('shrinks what few models say towards no difference', () => {
    const one = calibrate('desk', 'paper', evidence(0.8))!;
    expect(one.factor).toBeGreaterThan(0.8);
    expect(one.factor).toBeLessThan(0.83);
    expect(one).toMatchObject({ isApplied: true, errors: null, models: 1 });
    expect(calibrate('desk', 'paper', evidence(0.8, 0.8, 0.8))!.factor).toBeLessThan(one.factor);
    expect(calibrate('desk', 'paper', [])).toBeNull();
  });

  it('is applied where models agree, and not where no factor predicts them better', () => {
    expect(calibrate('desk', 'paper', evidence(0.9, 0.92, 0.91))!.isApplied).toBe(true);
    expect(calibrate('desk', 'paper', evidence(1, 0.5))!.isApplied).toBe(false);
    expect(calibrate('desk', 'paper', evidence(1, 1, 1, 1, 0.5))!.isApplied).toBe(false);
    // No difference to speak of: following it does no harm, and the measurements count.
    expect(calibrate('desk', 'paper', evidence(1.02, 0.98, 1.01, 0.99))!.isApplied).toBe(true);
  });

  it.each([
    [{ factor: 0.94, deviation: 0.03 }, "Your board is 6% slower than the paper's (± 3%, from 2 models)."],
    [
      { factor: 1.253, deviation: 0.021, models: 1 },
      "Your board is 25% faster than the paper's (± 2.1%, from 1 model).",
    ],
    [{ factor: 1.0001, deviation: 0.004 }, "Your board is as fast as the paper's (± 0.4%, from 2 models)."],
    [
      { factor: 0.9, deviation: 0.02, reference: 'torch2trt' },
      'Your board is 10% slower than that of campaign torch2trt (± 2%, from 2 models).',
    ],
  ])('says %o', (changed, sentence) => {
    const calibration = {
      campaign: 'desk',
      reference: 'paper',
      models: 2,
      isApplied: true,
      isOutlying: false,
      errors: null,
    };
    expect(calibrationSentence({ ...calibration, ...changed })).toBe(sentence);
  });
});
