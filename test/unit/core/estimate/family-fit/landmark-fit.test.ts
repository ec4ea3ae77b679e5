import { describe, expect, it } from 'vitest';
import { equation2At, fitEquation2, turningPoint } from '../../../../../src/core/estimate/family-fit/equation2';
import { fitFamily, type FamilyKey, type LandmarkFit } from '../../../../../src/core/estimate/family-fit/landmark-fit';
import { bundledLandmarks } from '../../../../../src/core/landmarks/campaigns';
import type { Landmark } from '../../../../../src/core/landmarks/landmark';

const nano: Omit<FamilyKey, 'family'> = {
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
};

function fitted(key: FamilyKey, landmarks: readonly Landmark[] = bundledLandmarks): LandmarkFit {
  const outcome = fitFamily(landmarks, key);
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}

function refusal(key: FamilyKey, landmarks: readonly Landmark[] = bundledLandmarks): string {
  const outcome = fitFamily(landmarks, key);
  if (outcome.ok) throw new Error('fitted');
  return outcome.error;
}

/** Landmarks of an invented family that lie exactly on an equation. */
function onCurve(campaign: string, millions: readonly number[], scale = 1): Landmark[] {
  return millions.map((count) => ({
    ...nano,
    model: `net${count}`,
    family: 'Invented',
    parameters: count * 1e6,
    throughputFps: scale * equation2At({ c1: 5, c2: 200, intercept: 3 }, count * 1e6),
    campaign,
    source: 'invented',
  }));
}

describe('fitEquation2', () => {
  it('recovers the equation that made the landmarks', () => {
    const outcome = fitEquation2(onCurve('desk', [1, 2, 4, 9]), 'x');
    expect(outcome.ok && outcome.value.equation.c1).toBeCloseTo(5, 8);
    expect(outcome.ok && outcome.value.equation.c2).toBeCloseTo(200, 8);
    expect(outcome.ok && outcome.value.equation.intercept).toBeCloseTo(3, 8);
  });

  it.each([1.05, 1.1, 1.15])('refuses parameter counts within a factor of %d of each other', (factor) => {
    const millions = [0, 1, 2, 3].map((step) => 10 * factor ** (step / 3));
    const outcome = fitEquation2(onCurve('desk', millions), 'nets');
    expect(!outcome.ok && outcome.error).toMatch(/hardly differ.*condition number/);
  });

  it('refuses two clusters of counts, which cannot tell three coefficients apart', () => {
    const outcome = fitEquation2(onCurve('desk', [10, 10.001, 60, 60.001]), 'nets');
    expect(outcome.ok).toBe(false);
  });

  it('refuses counts that repeat', () => {
    const outcome = fitEquation2(onCurve('desk', [10, 10, 20, 20]), 'nets');
    expect(!outcome.ok && outcome.error).toContain('only 2 different parameter counts');
  });
});

describe('turningPoint', () => {
  it('is where the curve is level', () => {
    const equation = { c1: 1884.81, c2: -239.54, intercept: 21.41 };
    const turn = turningPoint(equation)!;
    expect(turn).toBeCloseTo(15.737e6, -4);
    expect(equation2At(equation, turn)).toBeLessThan(equation2At(equation, turn * 1.01));
    expect(equation2At(equation, turn)).toBeLessThan(equation2At(equation, turn * 0.99));
  });

  it('is null for a monotone curve', () => {
    expect(turningPoint({ c1: 5, c2: 200, intercept: 3 })).toBeNull();
    expect(turningPoint({ c1: 5, c2: 0, intercept: 3 })).toBeNull();
  });
});

describe('fitFamily on the bundled landmarks', () => {
  it.each([
    ['jetson-nano', 'tensorrt-fp16', ['DenseNet', 'MixNet', 'MobileNetV2', 'ResNet']],
    ['jetson-nano', 'pytorch-fp16', ['DenseNet', 'ResNet']],
    ['jetson-agx-xavier', 'tensorrt-fp16', ['MixNet', 'MnasNet', 'ResNet', 'ShuffleNetV2']],
    ['jetson-agx-xavier', 'pytorch-fp16', ['DenseNet', 'MnasNet', 'ResNet', 'ShuffleNetV2']],
    ['jetson-nano', 'tensorrt-fp32', []],
  ] as const)('covers on %s with %s: %s', (device, runtime, families) => {
    const all = [...new Set(bundledLandmarks.map((landmark) => landmark.family!))].sort();
    const covered = all
      .filter((family) => family !== null)
      .filter((family) => fitFamily(bundledLandmarks, { ...nano, device, runtime, family }).ok);
    expect(covered).toEqual(families);
  });

  it('refuses VGG with the figures that make its design degenerate', () => {
    expect(refusal({ ...nano, family: 'VGG' })).toMatch(/6 landmarks of VGG.*132\.9 M to 138\.4 M.*condition number/);
    expect(refusal({ ...nano, device: 'jetson-agx-xavier', family: 'VGG' })).toMatch(/8 landmarks of VGG/);
  });

  it('refuses too few landmarks and none with different reasons', () => {
    expect(refusal({ ...nano, family: 'AlexNet' })).toContain('there is 1 landmark of AlexNet');
    expect(refusal({ ...nano, family: 'SqueezeNet' })).toContain('there are 2 landmarks of SqueezeNet');
    expect(refusal({ ...nano, family: 'GoogLeNet' })).toBe(
      'There are no landmarks of GoogLeNet on Jetson Nano with TensorRT FP16.',
    );
  });

  it('refuses another resolution or batch than the landmarks were measured at', () => {
    expect(refusal({ ...nano, family: 'ResNet', resolution: 112 })).toMatch(/224×224 at batch 1.*112×112 at batch 1/);
    expect(refusal({ ...nano, family: 'ResNet', batch: 8 })).toMatch(/224×224 at batch 8/);
  });
});

describe('the choice of campaign', () => {
  const key = { ...nano, family: 'Invented' };

  it('prefers own landmarks to published ones when they determine the equation', () => {
    const own = bundledLandmarks
      .filter(({ campaign, family }) => campaign === 'paper' && family === 'ResNet')
      .map((landmark) => ({ ...landmark, campaign: 'desk', throughputFps: 2 * landmark.throughputFps }));
    const resnet = { ...nano, family: 'ResNet' };
    expect(fitted(resnet, [...bundledLandmarks, ...own]).campaign).toBe('desk');
    expect(fitted(resnet, [...bundledLandmarks, ...own.slice(0, 2)]).campaign).toBe('paper');
    expect(fitted({ ...resnet, runtime: 'pytorch-fp16' }, [...bundledLandmarks, ...own]).campaign).toBe('torch2trt');
  });

  it('never mixes campaigns, even where that leaves too few', () => {
    const reason = refusal(key, [...onCurve('one', [1, 2]), ...onCurve('two', [4, 9], 1.06)]);
    expect(reason).toMatch(/2 landmarks.*campaign one.*2 landmarks.*campaign two/);
  });

  it('takes the own campaign with the most landmarks', () => {
    const landmarks = [...onCurve('a', [1, 2, 4]), ...onCurve('b', [1, 2, 4, 9], 3)];
    expect(fitted(key, landmarks)).toMatchObject({ campaign: 'b' });
    expect(fitted(key, [...landmarks].reverse())).toMatchObject({ campaign: 'b' });
  });

  it('counts a model measured several times once, at its median', () => {
    const [first, ...others] = onCurve('a', [1, 2, 4]);
    const repeats = [0.5, 1, 1.1].map((factor) => ({ ...first!, throughputFps: factor * first!.throughputFps }));
    const fit = fitted(key, [...repeats, ...others]);
    expect(fit.landmarks).toHaveLength(3);
    expect(fit.equation.c2).toBeCloseTo(200, 8);
  });
});

describe('the interval of a landmark fit', () => {
  const resnet = fitted({ ...nano, family: 'ResNet' });
  const mobilenet = fitted({ ...nano, family: 'MobileNetV2' });

  it('has the level that its number of landmarks supports', () => {
    expect(mobilenet.intervalAt(2e6, 0.9)!.level).toBeCloseTo(4 / 5, 12);
    expect(resnet.intervalAt(20e6, 0.9)!.level).toBeCloseTo(5 / 6, 12);
  });

  it('does not exist for three landmarks, which the equation passes through', () => {
    const fit = fitted({ ...nano, family: 'Invented' }, onCurve('a', [1, 2, 4]));
    expect(fit.intervalAt(2e6, 0.9)).toBeNull();
    expect(fit.crossValidation.unanswered).toBe(3);
  });

  it('does not exist where a landmark left out takes the third parameter count with it', () => {
    const twins = onCurve('a', [1, 2, 4]).concat(onCurve('a', [2]).map((twin) => ({ ...twin, model: 'twin' })));
    const fit = fitted({ ...nano, family: 'Invented' }, twins);
    expect(fit.landmarks).toHaveLength(4);
    expect(fit.intervalAt(2e6, 0.9)).toBeNull();
  });

  it.each([5e6, 12e6, 21e6, 30e6, 44e6, 60e6, 80e6])(
    'is that of full conformal prediction with studentised residuals at %d parameters',
    (parameters) => {
      const interval = resnet.intervalAt(parameters, 0.9)!;
      const low = boundary(resnet.landmarks, parameters, -1e5, interval.low - 50, interval.high + 50);
      const high = boundary(resnet.landmarks, parameters, 1e5, interval.low - 50, interval.high + 50);
      expect(interval.low).toBeCloseTo(low, 3);
      expect(interval.high).toBeCloseTo(high, 3);
    },
  );

  it('widens away from the landmarks', () => {
    const width = (parameters: number) => {
      const { low, high } = mobilenet.intervalAt(parameters, 0.9)!;
      return high - low;
    };
    expect(width(1e6)).toBeGreaterThan(width(2.2e6));
    expect(width(30e6)).toBeGreaterThan(width(2.2e6));
  });
});

/**
 * Full conformal prediction by definition: a throughput belongs to the set when, in a fit to the landmarks and a model
 * with that throughput, the model's studentised residual is not the largest. Returns the set's lowest or highest
 * member (by the sign of `direction`), found by bisection.
 */
function boundary(landmarks: readonly Landmark[], parameters: number, direction: number, from: number, to: number) {
  const belongs = (throughputFps: number) => {
    const points = [...landmarks, { ...landmarks[0]!, parameters, throughputFps }];
    const outcome = fitEquation2(points, '');
    if (!outcome.ok) throw new Error(outcome.error);
    const { equation, leverageAt } = outcome.value;
    const scores = points.map(
      (point) =>
        Math.abs(point.throughputFps - equation2At(equation, point.parameters)) /
        Math.sqrt(1 - leverageAt(point.parameters)),
    );
    return scores[scores.length - 1]! <= Math.max(...scores.slice(0, -1));
  };
  const grid = Array.from({ length: 4001 }, (_, index) => from + ((to - from) * index) / 4000);
  const members = grid.filter(belongs);
  let inside = direction < 0 ? members[0]! : members[members.length - 1]!;
  let outside = inside + Math.sign(direction) * ((to - from) / 4000);
  for (let step = 0; step < 60; step += 1) {
    const middle = (inside + outside) / 2;
    if (belongs(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}
