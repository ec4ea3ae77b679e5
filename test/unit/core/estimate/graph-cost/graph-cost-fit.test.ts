import { describe, expect, it } from 'vitest';
import solutions from '../../../../../src/core/estimate/graph-cost/bundled-solutions.json';
import { prepareLandmark } from '../../../../../src/core/estimate/graph-cost/costed-landmark';
import { costedDeployment } from '../../../../../src/core/estimate/graph-cost/costed-deployment';
import { fitGraphCost, meanRelativeError } from '../../../../../src/core/estimate/graph-cost/graph-cost-fit';
import { fitPrepared, maxExactLandmarks } from '../../../../../src/core/estimate/graph-cost/prepared-fit';
import type { GraphCostFold } from '../../../../../src/core/estimate/graph-cost/fit-types';
import { graphCostModel } from '../../../../../src/core/estimate/graph-cost/latency-model';
import type { CoefficientPrior } from '../../../../../src/core/estimate/graph-cost/priors';
import { fitFamily } from '../../../../../src/core/estimate/family-fit/landmark-fit';
import { createEstimators, type Estimators } from '../../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../../src/core/landmarks/campaigns';
import type { Landmark } from '../../../../../src/core/landmarks/landmark';
import { fitLatency } from '../../../../bench/estimators/map-fit';
import { manyLandmarks } from '../../../../bench/landmarks/many-landmarks';
import { withCpuTime } from '../../../cpu-time';

const nano = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
const spread = (median: number) => ({ median, spread: 0.5 });
const priors = {
  byTerm: {
    inference: spread(0.5),
    launch: spread(0.005),
    window: spread(7),
    winograd: spread(4.7),
    pointwise: spread(7),
    depthwise: spread(280),
    matrix: spread(7),
    traffic: spread(0.11),
  },
  sharedSpread: 0.4,
};
const prior: CoefficientPrior = {
  mean: graphCostModel.terms.map((term) => Math.log(priors.byTerm[term].median)),
  covariance: graphCostModel.terms.map((row) =>
    graphCostModel.terms.map((column) => 0.16 + (row === column ? 0.25 : 0)),
  ),
  networks: new Map(),
  families: new Map(),
  landmarks: 0,
  boards: 0,
};
const prepared = bundledLandmarks
  .filter(({ campaign }) => campaign === 'paper' || campaign === 'torch2trt')
  .filter(({ device, runtime }) => device === nano.device && runtime === nano.runtime)
  .map((landmark) => prepareLandmark(landmark)!);

describe('the fit of many landmarks', () => {
  const exact = fitPrepared(prior, prepared, nano, 'paper');
  const stepped = fitPrepared(prior, prepared, nano, 'paper', undefined, false);
  const oracle = fitLatency(
    graphCostModel,
    prepared.map(({ landmark, latencyOf }) => ({
      latencyOf,
      latencyMs: 1000 / landmark.throughputFps,
      campaign: landmark.campaign === 'paper' ? null : landmark.campaign,
      family: landmark.family!,
    })),
    priors,
  );

  it('finds the coefficients, factors and residuals that a general solver finds', () => {
    exact.fit.coefficients.forEach((value, index) => expect(value / oracle.coefficients[index]!).toBeCloseTo(1, 2));
    expect(exact.fit.variances).toEqual(oracle.variances);
    for (const kind of ['campaigns', 'families'] as const) {
      expect([...exact.fit[kind].keys()].sort()).toEqual([...oracle[kind].keys()].sort());
      for (const [name, { mean, deviation }] of oracle[kind]) {
        expect(exact.fit[kind].get(name)!.mean).toBeCloseTo(mean, 2);
        expect(exact.fit[kind].get(name)!.deviation).toBeCloseTo(deviation, 2);
      }
    }
  });

  it('predicts models that were left out by one step nearly as fits that never saw them', () => {
    expect(stepped.fit.coefficients).toEqual(exact.fit.coefficients);
    expect(stepped.leaveOneOut).toHaveLength(exact.leaveOneOut.length);
    for (const fold of exact.leaveOneOut) {
      const same = stepped.leaveOneOut.find(({ landmark }) => landmark === fold.landmark)!;
      expect(Math.abs(same.error - fold.error)).toBeLessThan(0.03);
    }
    const { latencyOf, landmark } = prepared[0]!;
    const [one, other] = [exact, stepped].map((fit) => fit.intervalAt(latencyOf, landmark.family, 0.9)!);
    expect(other!.high - other!.low).toBeCloseTo(one!.high - one!.low, 1);
  });

  it('leaves out one model beyond the exact folds as up to them', () => {
    const own = manyLandmarks(maxExactLandmarks);
    const [below, above] = [own.slice(0, -1), own].map((landmarks) => {
      const made = landmarks.map((landmark) => prepareLandmark(landmark)!);
      return fitPrepared(prior, made, nano, made[0]!.landmark.campaign, undefined, made.length < maxExactLandmarks);
    });
    const { latencyOf, landmark } = prepareLandmark(own[5]!)!;
    const width = (fit: typeof below) => {
      const { low, high } = fit!.intervalAt(latencyOf, landmark.family, 0.9)!;
      return high - low;
    };
    expect(width(above) / width(below)).toBeCloseTo(1, 0);
    const error = (fit: typeof below) => meanRelativeError(fit!.leaveOneOut)!;
    expect(error(above) / error(below)).toBeCloseTo(1, 0);
  });

  it('learns from a thousand networks, and from the next one without starting over', () => {
    const own = manyLandmarks(1000);
    const all = [...bundledLandmarks, ...own];
    const before = createEstimators(all.slice(0, -1));
    const first = before.graphCostFit(nano);
    const said = first.ok && first.value.fit.predict(first.value.landmarks[0]!.latencyOf, 'ResNet');
    const after = createEstimators(all, undefined, before).graphCostFit(nano);
    const anew = fitGraphCost(all, nano);
    if (!first.ok || !after.ok || !anew.ok) throw new Error('There is no fit.');
    // A later fit goes on in the earlier one's columns and from its sums; a second one has its own, and says the same.
    expect(first.value.fit.predict(first.value.landmarks[0]!.latencyOf, 'ResNet')).toEqual(said);
    const second = createEstimators([...all.slice(0, -1), { ...all.at(-1)! }], undefined, before).graphCostFit(nano);
    if (!second.ok) throw new Error(second.error);
    second.value.fit.coefficients.forEach((value, index) =>
      expect(value / after.value.fit.coefficients[index]!).toBeCloseTo(1, 9),
    );
    expect(first.value.landmarks).toHaveLength(51 + 1000);
    expect(after.value.landmarks).toHaveLength(52 + 1000);
    expect(after.value.calibration!.factor).toBeCloseTo(0.95, 1);
    after.value.fit.coefficients.forEach((value, index) =>
      expect(value / anew.value.fit.coefficients[index]!).toBeCloseTo(1, 2),
    );
    const errors = after.value.leaveOneOut.map(({ error }) => Math.abs(error));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.06);
  });

  it('ends soon however many campaigns and families there are', { timeout: 120_000 }, () => {
    const scattered = manyLandmarks(1500).map((landmark, index): Landmark => ({
      ...landmark,
      campaign: `day ${index}`,
      family: `family ${index % 700}`,
    }));
    const landmarks = [...bundledLandmarks, ...scattered];
    const { result: fit, cpuMs } = withCpuTime(() => fitGraphCost(landmarks, nano));
    expect(fit.ok && fit.value.fit.coefficients.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
    expect(cpuMs).toBeLessThan(15_000);
  });
});

describe('the shipped solutions', () => {
  const places = new Map(bundledLandmarks.map(({ device, runtime }) => [`${device} ${runtime}`, { device, runtime }]));

  it('are of every measured device and runtime, and what a search finds', { timeout: 120_000 }, () => {
    const estimators = createEstimators(bundledLandmarks);
    const missing = new Set(Object.keys(solutions));
    for (const [name, key] of places) {
      const { landmarks } = costedDeployment(bundledLandmarks, key);
      if (landmarks.length === 0) continue;
      expect(missing.delete(name), name).toBe(true);
      const fit = estimators.graphCostFit(key);
      if (!fit.ok) throw new Error(fit.error);
      const searched = fitPrepared(fit.value.prior, landmarks, key, fit.value.reference);
      const [shipped, found] = [fit.value.solution(), searched.solution()];
      for (const folds of ['folds', 'familyFolds'] as const) {
        expect(
          shipped[folds].map(({ variances }) => variances),
          `${name}: ${folds}`,
        ).toEqual(found[folds].map(({ variances }) => variances));
      }
      fit.value.fit.coefficients.forEach((value, index) =>
        expect(value / searched.fit.coefficients[index]!, name).toBeCloseTo(1, 4),
      );
      for (const [known, other] of [
        [fit.value.leaveOneOut, searched.leaveOneOut],
        [fit.value.leaveFamilyOut(), searched.leaveFamilyOut()],
      ] as const) {
        expect(known.map(({ landmark }) => landmark)).toEqual(other.map(({ landmark }) => landmark));
        known.forEach(({ predictedFps }, index) =>
          // Folds are shipped in thousandths.
          expect(Math.abs(predictedFps / other[index]!.predictedFps - 1), name).toBeLessThan(0.002),
        );
      }
    }
    expect([...missing]).toEqual([]);
  });
});

describe('a fit in pieces', () => {
  it('pauses between the models that it leaves out, is what one piece makes, and goes on where it was given up', async () => {
    const made = createEstimators(bundledLandmarks);
    const anew = createEstimators(bundledLandmarks);
    let pauses = 0;
    const givenUp = made.prepare(nano, () => {
      if (++pauses === 20) throw new Error('Another page.');
    });
    await expect(givenUp).rejects.toThrow('Another page.');
    let rest = 0;
    await made.prepare(nano, () => void (rest += 1), { family: 'ResNet' });
    const { leaveOneOut } = fitOf(made);
    const whole = createEstimators(bundledLandmarks);
    let all = 0;
    await whole.prepare(nano, () => void (all += 1));
    expect(all).toBeGreaterThan(leaveOneOut.length / 2);
    // The piece before the 20th pause is not done again.
    expect(pauses + rest).toBe(all);
    // Those of a family that nobody has measured need each family left out.
    let further = 0;
    await made.prepare(nano, () => void (further += 1), { family: 'ConvNeXt' });
    expect(further).toBeGreaterThan(5);
    expect(fitOf(made).fit.coefficients).toEqual(fitOf(anew).fit.coefficients);
    expect(errorsOf(leaveOneOut)).toEqual(errorsOf(fitOf(anew).leaveOneOut));
    expect(errorsOf(fitOf(made).leaveFamilyOut())).toEqual(errorsOf(fitOf(anew).leaveFamilyOut()));
  });

  it('is shared by those that wait and those that cannot', async () => {
    const shared = createEstimators(bundledLandmarks);
    let meanwhile: ReturnType<typeof fitOf> | undefined;
    await shared.prepare(nano, () => void (meanwhile ??= fitOf(shared)));
    expect(fitOf(shared)).toBe(meanwhile);
  });

  const fitOf = (estimators: Estimators) => {
    const outcome = estimators.graphCostFit(nano);
    if (!outcome.ok) throw new Error(outcome.error);
    return outcome.value;
  };
  const errorsOf = (folds: readonly GraphCostFold[]) => folds.map(({ error }) => error);
});

describe('estimators that follow others', () => {
  it('keep the fits of places that have not changed', () => {
    const before = createEstimators(bundledLandmarks);
    const own: Landmark = { ...bundledLandmarks[0]!, campaign: 'desk' };
    const after = createEstimators([...bundledLandmarks, own], undefined, before);
    const xavier = { ...nano, device: 'jetson-agx-xavier' };
    const known = before.graphCostFit(xavier);
    expect(after.graphCostFit(xavier)).toBe(known);
    expect(after.graphCostFit(nano)).not.toBe(before.graphCostFit(nano));
  });

  it('say what those made from nothing say, whether landmarks were added, repeated, removed or made otherwise', () => {
    const own = manyLandmarks(6);
    const faster = (landmark: Landmark, times: number): Landmark => ({
      ...landmark,
      throughputFps: times * landmark.throughputFps,
    });
    const steps: readonly (readonly Landmark[])[] = [
      own.slice(0, 5),
      own,
      [...own, faster(own[5]!, 1.2)],
      [...own, faster(own[5]!, 1.2), faster(own[0]!, 0.9)],
      // Twice from the same estimators.
      [...own, faster(own[5]!, 1.1), faster(own[1]!, 0.8), { ...own[2]!, campaign: 'lap', model: 'another' }],
      own.slice(2),
    ];
    const said = (estimators: ReturnType<typeof createEstimators>, isLast: boolean) =>
      (isLast ? [nano, { ...nano, powerMode: '5W' }] : [nano]).map((key) => {
        const fit = estimators.graphCostFit(key);
        if (!fit.ok) throw new Error(fit.error);
        const {
          reference,
          calibration,
          leaveOneOut,
          landmarks,
          fit: { coefficients, families, campaigns },
        } = fit.value;
        const ofFamily = estimators.familyFit({ ...nano, family: own[0]!.family!, resolution: 224, batch: 1 });
        const equation = ofFamily.ok && ofFamily.value.equation;
        return {
          reference,
          calibration,
          leaveOneOut,
          coefficients,
          families,
          campaigns,
          equation,
          count: landmarks.length,
        };
      });
    let before = createEstimators(bundledLandmarks);
    for (const step of steps) {
      const landmarks = [...bundledLandmarks, ...step];
      const after = createEstimators(landmarks, undefined, before);
      const isLast = step === steps[4];
      expect(said(after, isLast)).toEqual(said(createEstimators(landmarks), isLast));
      if (step !== steps[3]) before = after;
    }
  });
});

describe("a family's fit to many landmarks", () => {
  const key = { ...nano, family: 'ResNet', resolution: 224, batch: 1 };
  const onCurve = (count: number) =>
    Array.from({ length: count }, (_, index): Landmark => {
      const millions = 1 + (index * 97) / count;
      const throughputFps = 100 / millions ** 2 + 50 / millions + 5 + Math.sin(index);
      return {
        ...bundledLandmarks[0]!,
        model: `m${index}`,
        family: 'ResNet',
        campaign: 'desk',
        parameters: Math.round(millions * 1e6),
        throughputFps,
      };
    });

  it('is cross-validated as if each had been left out', () => {
    const landmarks = onCurve(61);
    const [long, short] = [fitFamily(landmarks, key), fitFamily(landmarks.slice(0, 60), key)];
    if (!long.ok || !short.ok) throw new Error('There is no fit.');
    const folds = long.value.crossValidation.folds;
    for (const index of [0, 7, 60]) {
      const without = fitFamily(
        landmarks.filter((_, other) => other !== index),
        key,
      );
      if (!without.ok) throw new Error(without.error);
      const { c1, c2, intercept } = without.value.equation;
      const inverse = 1e6 / landmarks[index]!.parameters;
      expect(folds[index]!.predictedFps).toBeCloseTo((c1 * inverse + c2) * inverse + intercept, 6);
    }
    const [one, other] = [long, short].map((fit) => fit.value.intervalAt(20e6, 0.9)!);
    expect(one!.high - one!.low).toBeCloseTo(other!.high - other!.low, 0);
  });

  it('takes thousands', { timeout: 60_000 }, () => {
    const { result: fit, cpuMs } = withCpuTime(() => fitFamily(onCurve(8000), key));
    expect(fit.ok && fit.value.landmarks).toHaveLength(8000);
    expect(fit.ok && fit.value.equation.intercept).toBeCloseTo(5, 0);
    expect(cpuMs).toBeLessThan(5000);
  });
});
