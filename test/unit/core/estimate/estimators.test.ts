import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Estimate, Query, Refusal } from '../../../../src/core/estimate/estimate';
import { chooseHeadline, createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledCampaigns, bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { runtimes } from '../../../../src/core/landmarks/landmark';
import type { InputSize } from '../../../../src/core/onnx/shapes/input-size';
import type { ModelProfile } from '../../../../src/core/profile/profile';
import { costing, profileOf } from './profiles';

const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const estimators = createEstimators(bundledLandmarks);

function estimateOf(fields: Partial<ModelProfile>, query: Query = nano): Estimate {
  const { estimate, reason } = estimators.predict(profileOf(fields), query);
  if (estimate === null) throw new Error(reason ?? '');
  return estimate;
}

function reasonOf(fields: Partial<ModelProfile>, query: Query = nano): string {
  const { estimate, reason } = estimators.predict(profileOf(fields), query);
  if (estimate !== null) throw new Error(`${estimate.throughputFps}`);
  return reason!;
}

const input = (...shape: (number | string | null)[]) => ({ input: { name: 'x', shape } });

describe('an estimate by Equation 2', () => {
  it('says what it rests on', () => {
    const estimate = estimateOf({});
    expect(estimate).toMatchObject({
      ...nano,
      resolution: 224,
      batch: 1,
      method: 'landmark-fit',
      landmarks: 5,
      campaigns: ['paper'],
      extrapolated: false,
    });
    expect(estimate.notes[0]).toMatch(/5 ResNet landmarks of campaign paper \(Biswas et al\., Table 2/);
    expect(estimate.notes.join('\n')).toContain('Measured: resnet18');
    expect(estimate.notes.join('\n')).toContain('5 landmarks support an interval of at most 83%.');
    expect(estimate.crossValidatedError).toBeGreaterThan(0);
  });

  it('flags parameters outside the landmarks and warns beyond the turn of the curve', () => {
    expect(estimateOf({ parameters: 11_600_000 })).toMatchObject({ extrapolated: true });
    const wide = estimateOf({ family: 'MobileNetV2', parameters: 6_100_000 });
    expect(wide.extrapolated).toBe(true);
    expect(wide.notes.join('\n')).toMatch(/outside the landmarks' 1\.519 M to 3\.505 M/);
    expect(wide.notes.join('\n')).toMatch(/turns at 5\.54 M parameters, between the landmarks and this model/);
  });

  it('admits that parameters do not order the DenseNets of the Xavier', () => {
    const all = createEstimators(bundledCampaigns.flatMap(({ landmarks }) => landmarks));
    const estimate = all.predict(profileOf({ family: 'DenseNet', parameters: 20_013_928 }), {
      device: 'jetson-agx-xavier',
      runtime: 'tensorrt-fp16',
    }).estimate!;
    expect(estimate.notes.join('\n')).toMatch(
      /densenet161 at 43\.7 FPS is faster than the smaller densenet201 at 30\.2 FPS/,
    );
    expect(estimate.crossValidatedError).toBeGreaterThan(0.5);
    expect(estimate.interval!.highFps / estimate.interval!.lowFps).toBeGreaterThan(2);
  });

  it('refuses a figure that is not positive', () => {
    expect(reasonOf({ parameters: 300_000_000 })).toMatch(
      /not positive.*Extrapolated: 300\.0 M parameters lie outside/,
    );
  });

  it('refuses a figure above the peak of the board, and cuts the interval there', () => {
    const macs = 1_814_073_344;
    expect(reasonOf(costing(3 * macs))).toMatch(/above 43\.4.*472 GFLOP\/s of Jetson Nano.*5\.44 GMAC/);
    const estimate = estimateOf(costing(macs));
    expect(estimate.interval!.highFps).toBeCloseTo(472e9 / (2 * macs), 6);
    expect(estimate.notes.join('\n')).toContain("board's arithmetic peak");
  });

  it('keeps the lower end of an interval above 0 and says where the landmarks give none', () => {
    const estimate = estimateOf(
      { family: 'DenseNet', parameters: 7_978_856 },
      { device: 'jetson-nano', runtime: 'pytorch-fp16' },
    );
    expect(estimate.interval!.lowFps).toBeCloseTo(estimate.throughputFps / 100, 10);
    expect(estimate.notes.join('\n')).toContain('no lower limit above 0');
  });

  it('tells of the measurement where there is one and no fit', () => {
    expect(reasonOf({ family: 'AlexNet', parameters: 61_100_840 })).toContain('Measured: alexnet');
  });

  it('needs parameters', () => {
    expect(reasonOf({ parameters: 0 })).toContain('no parameters');
  });

  it('needs a family', () => {
    const { alternatives, reason } = estimators.predict(profileOf({ family: null, variant: null }), nano);
    expect(alternatives).toMatchObject([
      { method: 'landmark-fit', reason: expect.stringContaining('not recognised') as string },
      { method: 'graph-cost' },
    ]);
    // Nobody asks for the family where the other method has a reason of its own.
    expect(reason).not.toContain('not recognised');
  });

  it('doubts a family that is recognised with little confidence', () => {
    expect(estimateOf({ confidence: 0.5 }).notes.join('\n')).toContain('confidence of only 50%');
  });
});

describe('the resolution and batch of an estimate', () => {
  it('are the model’s own where it fixes them', () => {
    expect(reasonOf(input(1, 3, 112, 112))).toMatch(/112×112 at batch 1\. Ask for resolution 224 to see/);
    expect(reasonOf(input(4, 3, 224, 224))).toMatch(/224×224 at batch 4\. Ask for batch 1 to see/);
    expect(reasonOf(input(4, 3, 112, 112))).toContain('Ask for resolution 224 and batch 1');
  });

  it('are what is asked for, with a note', () => {
    const estimate = estimateOf(input(4, 3, 112, 112), { ...nano, resolution: 224, batch: 1 });
    expect(estimate).toMatchObject({ resolution: 224, batch: 1 });
    expect(estimate.notes.join('\n')).toContain("The model's own input is 112×112; this figure is for 224×224.");
    expect(estimate.notes.join('\n')).toContain('fixes its batch to 4');
    expect(reasonOf({}, { ...nano, resolution: 640 })).toContain('this is 640×640 at batch 1');
    expect(reasonOf({}, { ...nano, resolution: 640 })).not.toContain('Ask for');
    expect(reasonOf({}, { ...nano, batch: 8 })).toContain('this is 224×224 at batch 8');
  });

  it.each([
    [['batch', 3, 'height', 'width']],
    [['batch', 3, null, null]],
    [[null, null, null, null]],
    [[-1, 3, 0, -1]],
    [['n', 224, 224, 3]],
    [['n', null, null, 3]],
    [[1, 3, 224, 'w']],
  ])('are 224 and 1 for the input %j', (shape) => {
    expect(estimateOf(input(...shape))).toMatchObject({ resolution: 224, batch: 1 });
  });

  it('are 224 and 1, with a note, where the model states no shape', () => {
    const estimate = estimateOf({ input: { name: 'x', shape: null } });
    expect(estimate).toMatchObject({ resolution: 224, batch: 1 });
    expect(estimate.notes.join('\n')).toContain("does not state its input's shape");
    expect(estimateOf({ input: null }).resolution).toBe(224);
  });

  it('cannot be told for an input that is not square or no image', () => {
    expect(reasonOf(input(1, 3, 256, 128))).toContain('128×256');
    expect(reasonOf(input(1, 512))).toContain('[1, 512] is not one image');
    expect(estimateOf(input(1, 3, 256, 128), { ...nano, resolution: 224 }).resolution).toBe(224);
  });

  it('reads a channels-last input as such', () => {
    expect(reasonOf(input(1, 112, 112, 3))).toContain('112×112');
    expect(reasonOf(input(1, 256, 128, 3))).toContain('128×256');
  });

  it('judge the peak per input, not per batch', () => {
    const macs = 1_814_073_344;
    const own = bundledLandmarks.map((landmark) => ({ ...landmark, batch: 4, campaign: 'desk' }));
    const atBatch4 = createEstimators(own).predict(profileOf({ ...costing(macs), ...input(4, 3, 224, 224) }), nano);
    expect(atBatch4.estimate).toMatchObject({ batch: 4 });
    expect(atBatch4.estimate!.latencyMs).toBeCloseTo(4000 / atBatch4.estimate!.throughputFps, 10);
  });
});

describe('every estimate', () => {
  it('is positive and finite, inside its interval, with a reason where there is none', () => {
    const families = [...new Set(bundledLandmarks.map((landmark) => landmark.family)), null, 'ConvNeXt'];
    fc.assert(
      fc.property(
        fc.constantFrom(...families),
        fc.integer({ min: 0, max: 2_000_000_000 }),
        fc.constantFrom('jetson-nano', 'jetson-agx-xavier', 'stand-in'),
        fc.constantFrom(...runtimes),
        fc.integer({ min: 1, max: 1e12 }),
        (family, parameters, device, runtime, macs) => {
          const { estimate, reason } = estimators.predict(profileOf({ family, parameters, ...costing(macs) }), {
            device,
            runtime,
          });
          if (estimate === null) {
            expect(reason).toMatch(/\.$/);
            return;
          }
          expect(reason).toBeNull();
          expect(estimate.throughputFps).toBeGreaterThan(0);
          expect(Number.isFinite(estimate.throughputFps)).toBe(true);
          if (estimate.interval === null) return;
          expect(estimate.interval.lowFps).toBeGreaterThan(0);
          expect(estimate.interval.lowFps).toBeLessThanOrEqual(estimate.throughputFps);
          expect(estimate.interval.highFps).toBeGreaterThanOrEqual(estimate.throughputFps);
          expect(estimate.interval.level).toBeLessThanOrEqual(0.9);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('chooseHeadline', () => {
  const one = estimateOf({});
  const refusal: Refusal = { method: 'landmark-fit', reason: 'No landmarks.' };
  const other = (crossValidatedError: number | null): Estimate => ({
    ...one,
    method: 'graph-cost',
    crossValidatedError,
  });

  it('lets the method with the smaller cross-validated error speak and keeps the other', () => {
    const better = other(0.05);
    expect(chooseHeadline([one, better])).toMatchObject({ estimate: better, reason: null, alternatives: [one] });
    const worse = other(0.9);
    expect(chooseHeadline([worse, one])).toMatchObject({ estimate: one, reason: null, alternatives: [worse] });
    expect(chooseHeadline([one, better]).why).toMatch(
      /^Using the graph-cost estimate: its error on held-out models is 5%, against 37[.\d]*% for the family fit\.$/,
    );
    expect(chooseHeadline([one, worse]).why).toMatch(
      /^Using the family fit: .*, against 90% for the graph-cost estimate\.$/,
    );
    expect(chooseHeadline([one, other(null)]).why).toMatch(/that of the graph-cost estimate is not known\.$/);
  });

  it('prefers a known error to none, and keeps the order between equals', () => {
    expect(chooseHeadline([other(null), one]).estimate).toBe(one);
    const equal = other(one.crossValidatedError);
    expect(chooseHeadline([one, equal]).estimate).toBe(one);
    expect(chooseHeadline([equal, one]).estimate).toBe(equal);
  });

  it('lets no curve speak beyond its turn while another method answers', () => {
    const turned: Estimate = { ...one, isBeyondTurn: true };
    for (const error of [0.9, null]) {
      const { estimate, alternatives, why } = chooseHeadline([turned, other(error)]);
      expect(estimate?.method).toBe('graph-cost');
      expect(alternatives).toEqual([turned]);
      expect(why).toMatch(/^Using the graph-cost estimate: the family fit's curve turns between/);
    }
    expect(chooseHeadline([turned]).estimate).toBe(turned);
  });

  it('keeps a refusal beside the answer, and gives the reasons where nobody answers', () => {
    expect(chooseHeadline([refusal, one])).toEqual({
      estimate: one,
      reason: null,
      why: null,
      alternatives: [refusal],
    });
    const second: Refusal = { method: 'graph-cost', reason: 'Unknown operators.' };
    expect(chooseHeadline([refusal, second])).toEqual({
      estimate: null,
      reason: 'No landmarks. Unknown operators.',
      why: null,
      alternatives: [refusal, second],
    });
  });
});

describe('what is remembered', () => {
  it('is each prediction, for one model, one query and one set of landmarks', () => {
    const [model, twin] = [profileOf({}), profileOf({})];
    const first = estimators.predict(model, nano);
    expect(estimators.predict(model, { ...nano, resolution: undefined })).toBe(first);
    expect(estimators.predict(twin, nano)).not.toBe(first);
    expect(estimators.predict(model, { ...nano, batch: 2 })).not.toBe(first);
    const without = createEstimators(bundledLandmarks.filter(({ device }) => device !== nano.device));
    expect(without.predict(model, nano).estimate).toBeNull();
  });

  it('is bounded, the oldest going first', () => {
    let asked = 0;
    const { costAt, ...fields } = profileOf(costing(1e9));
    const model = { ...fields, costAt: (size: InputSize) => (asked++, costAt(size)) };
    const askFor = (resolution: number) => {
      asked = 0;
      estimators.predict(model, { ...nano, resolution });
      return asked;
    };
    for (let resolution = 1; resolution <= 501; resolution++) askFor(resolution);
    expect(askFor(501)).toBe(0);
    expect(askFor(1)).toBeGreaterThan(0);
  });
});
