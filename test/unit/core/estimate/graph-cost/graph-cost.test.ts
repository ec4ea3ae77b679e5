import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEstimate, type Query } from '../../../../../src/core/estimate/estimate';
import { fitGraphCost } from '../../../../../src/core/estimate/graph-cost/graph-cost-fit';
import { fitPrepared } from '../../../../../src/core/estimate/graph-cost/prepared-fit';
import { prepareLandmark } from '../../../../../src/core/estimate/graph-cost/costed-landmark';
import { modelGroups } from '../../../../../src/core/estimate/graph-cost/left-out';
import { graphCostModel } from '../../../../../src/core/estimate/graph-cost/latency-model';
import { coefficientPrior } from '../../../../../src/core/estimate/graph-cost/priors';
import { createEstimators } from '../../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../../src/core/landmarks/campaigns';
import { runtimes, type Landmark } from '../../../../../src/core/landmarks/landmark';
import { kernelRows, kernelsOfLandmark } from '../../../../../src/core/landmarks/model-costs';
import { kernelKinds, type LayerCost } from '../../../../../src/core/profile/cost/layer';
import type { ModelCost } from '../../../../../src/core/profile/cost/cost';
import { profiled } from '../../profile/profiled';
import { success } from '../../../../../src/core/result';
import { readFixture } from '../../onnx/shapes/models';
import { profileOf } from '../profiles';

const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const measured = [
  nano,
  { device: 'jetson-nano', runtime: 'pytorch-fp16' },
  { device: 'jetson-agx-xavier', runtime: 'tensorrt-fp16' },
  { device: 'jetson-agx-xavier', runtime: 'pytorch-fp16' },
] as const;
const estimators = createEstimators(bundledLandmarks);
const fixture = async (name: string) => profiled(await readFixture(`${name}.onnx`));

function fitOf(landmarks: readonly Landmark[], key: Pick<Query, 'device' | 'runtime'> = nano) {
  const outcome = fitGraphCost(landmarks, key);
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}

function answer(...[profile, query]: Parameters<typeof estimators.predict>) {
  const { estimate, alternatives } = estimators.predict(profile, query);
  const found = [estimate, ...alternatives].find((item) => item?.method === 'graph-cost')!;
  if (!isEstimate(found)) throw new Error(found.reason);
  return found;
}

describe('the fit over the graph', () => {
  it.each(measured)('has positive, finite coefficients on $device with $runtime', (key) => {
    const { fit, leaveOneOut, landmarks } = fitOf(bundledLandmarks, key);
    for (const value of fit.coefficients) {
      expect(value).toBeGreaterThan(0);
      expect(Number.isFinite(value)).toBe(true);
    }
    expect(leaveOneOut).toHaveLength(landmarks.length);
  });

  it('has constants on the Nano that its specification allows', () => {
    const { fit, model } = fitOf(bundledLandmarks);
    const value = (term: string) => fit.coefficients[model.terms.indexOf(term as never)]!;
    const peakMsPerGmac = 2000 / 472;
    expect(value('pointwise')).toBeGreaterThan(peakMsPerGmac);
    expect(value('window')).toBeGreaterThan(peakMsPerGmac);
    expect(value('matrix')).toBeGreaterThan(peakMsPerGmac);
    // F(2×2, 3×3) needs 2.25 times fewer multiplications.
    expect(value('winograd')).toBeGreaterThan(peakMsPerGmac / 2.25);
    expect(value('depthwise')).toBeGreaterThan(2000 / 236);
    // Two bytes an element at 25.6 GB/s.
    expect(value('traffic')).toBeGreaterThan(2 / 25.6);
  });

  it('is the same whenever it is made, and whatever the order of the landmarks', () => {
    const one = fitOf(bundledLandmarks);
    expect(fitOf(bundledLandmarks).fit.coefficients).toEqual(one.fit.coefficients);
    const reversed = fitOf([...bundledLandmarks].reverse());
    reversed.fit.coefficients.forEach((value, index) => expect(value / one.fit.coefficients[index]!).toBeCloseTo(1, 3));
  });

  it('finds coefficients again that made the landmarks', () => {
    const costed = fitOf(bundledLandmarks).landmarks;
    // Off the priors, by up to a factor of two.
    const truth = [1, 0.01, 10, 3, 5, 200, 4, 0.15];
    const made = costed.map(({ landmark, kernels }) => {
      const { latencyMs } = graphCostModel.latencyOf(kernels)(truth);
      const factor = landmark.campaign === 'paper' ? 1 : 0.9;
      return prepareLandmark({ ...landmark, throughputFps: 1000 / (latencyMs * factor) })!;
    });
    // Made without factors of networks.
    const prior = { ...coefficientPrior(nano.device, nano.runtime), networks: new Map(), families: new Map() };
    const { fit, leaveOneOut } = fitPrepared(prior, made, nano);
    truth.forEach((value, index) => expect(fit.coefficients[index]! / value).toBeCloseTo(1, 0));
    expect(Math.exp(fit.campaigns.get('torch2trt')!.mean)).toBeCloseTo(0.9, 1);
    for (const { error } of leaveOneOut) expect(Math.abs(error)).toBeLessThan(0.05);
    for (const { mean } of fit.families.values()) expect(Math.abs(mean)).toBeLessThan(0.03);
  });

  it('learns the factor of a slower board from models that both measured', () => {
    const own = bundledLandmarks
      .filter(({ campaign, device }) => campaign === 'paper' && device === 'jetson-nano')
      .map((landmark) => ({ ...landmark, campaign: 'desk', throughputFps: landmark.throughputFps / 1.3 }));
    const fit = fitOf([...bundledLandmarks, ...own]);
    expect(fit.reference).toBe('desk');
    expect(Math.exp(fit.fit.campaigns.get('paper')!.mean)).toBeCloseTo(1 / 1.3, 1);
  });

  it('leaves a model out in every campaign, with models that run the same kernels', () => {
    const { landmarks } = fitOf(bundledLandmarks);
    const groups = modelGroups(landmarks.map(({ landmark }) => prepareLandmark(landmark)!));
    const groupOf = (model: string) => new Set(groups.filter((_, index) => landmarks[index]!.landmark.model === model));
    expect(groupOf('resnet18').size).toBe(1);
    expect([...groupOf('vgg11')]).toEqual([...groupOf('vgg11_bn')]);
    expect(new Set(groups).size).toBe(39);
  });

  it('refuses a place where nobody measured, or too little, and says what to do', () => {
    const int8 = estimators.predict(profileOf({}), { ...nano, runtime: 'tensorrt-int8' });
    expect(int8.reason).toMatch(/no INT8 arithmetic/);
    const elsewhere = { ...nano, device: 'my-board' };
    const few = fitGraphCost(
      bundledLandmarks.slice(0, 2).map((landmark) => ({ ...landmark, device: 'my-board' })),
      elsewhere,
    );
    expect(few).toMatchObject({ ok: false });
    const stranger = { ...bundledLandmarks[0]!, device: 'my-board', model: 'mine', parameters: 5 };
    const unknown = fitGraphCost([stranger, { ...stranger, model: 'other' }], elsewhere);
    expect(!unknown.ok && unknown.error).toMatch(/needs 3 different measured models whose layers are known/);
  });

  it("takes the kernels that a user's landmark carries", async () => {
    const profile = await fixture('iresnet18.folded');
    const cost = profile.costAt({});
    if (!cost.ok) throw new Error(cost.error.message);
    const own: Landmark = {
      model: 'mine',
      family: null,
      parameters: 1,
      device: 'jetson-nano',
      runtime: 'tensorrt-fp16',
      resolution: 112,
      batch: 1,
      throughputFps: 70,
      campaign: 'desk',
      source: 'test',
      kernels: kernelRows(cost.value.layers),
    };
    expect(kernelsOfLandmark({ ...own, kernels: undefined })).toBeNull();
    expect(fitOf([...bundledLandmarks, own]).landmarks).toHaveLength(53);
  });
});

describe('an estimate over the graph', () => {
  it('is near what was measured, inside its interval', async () => {
    for (const [name, fps] of [
      ['resnet18.folded', 86.09],
      ['mobilenet_v2.folded', 81.09],
      ['densenet121.folded', 41.9 / 1.05],
      ['vgg16.folded', 11.9 / 1.05],
    ] as const) {
      const estimate = answer(await fixture(name), nano);
      expect(Math.abs(estimate.throughputFps / fps - 1), name).toBeLessThan(0.08);
      expect(estimate.interval!.lowFps).toBeLessThan(estimate.throughputFps);
      expect(estimate.interval!.highFps).toBeGreaterThan(estimate.throughputFps);
      expect(estimate.extrapolated).toBe(false);
    }
  });

  it('is the same for every export of one network', async () => {
    const [one, ...others] = await Promise.all(
      ['resnet18.folded', 'resnet18.unfolded', 'resnet18.folded-scrambled'].map(fixture),
    );
    const fps = answer(one!, nano).throughputFps;
    for (const other of others) expect(answer(other, nano).throughputFps).toBeCloseTo(fps, 6);
  });

  it('falls with resolution, and rises per input with batch', async () => {
    for (const name of ['resnet50.folded', 'mobilenet_v2_w0.5.folded', 'densenet121.folded']) {
      const profile = await fixture(name);
      const sizes = [112, 160, 224, 320, 448, 640];
      const points = estimators.throughputBySize(
        profile,
        nano,
        sizes.map((side) => ({ height: side, width: side })),
      );
      points.slice(1).forEach((point, index) => expect(point.throughputFps).toBeLessThan(points[index]!.throughputFps));
      const [single, batch] = [1, 8].map((size) => answer(profile, { ...nano, resolution: 224, batch: size }));
      expect(batch!.throughputFps).toBeGreaterThan(single!.throughputFps);
      expect(batch!.latencyMs).toBeGreaterThan(single!.latencyMs);
      expect(batch!.latencyMs).toBeCloseTo((1000 * 8) / batch!.throughputFps, 8);
      expect(batch!.extrapolated).toBe(true);
    }
  });

  it('has a wider interval for a family that nobody measured, and says so', async () => {
    const known = answer(await fixture('resnet50.folded'), nano);
    const unknown = answer(await fixture('mnasnet0_5.folded'), nano);
    const width = ({ interval, throughputFps }: typeof known) => (interval!.highFps - interval!.lowFps) / throughputFps;
    expect(width(unknown)).toBeGreaterThan(1.5 * width(known));
    expect(unknown.extrapolated).toBe(true);
    expect(unknown.crossValidatedError).toBeGreaterThan(known.crossValidatedError!);
    expect(unknown.notes.join(' ')).toMatch(/No MnasNet has been measured here/);
  });

  it('knows no unmeasured kind of kernel without saying so', async () => {
    const resnets = bundledLandmarks.filter(({ family }) => family === 'ResNet');
    const { estimate } = createEstimators(resnets).predict(await fixture('mobilenet_v2.folded'), nano);
    expect(estimate!.notes.join(' ')).toMatch(/no landmark shows the cost of depthwise convolutions/);
    expect(estimate!.interval!.highFps / estimate!.interval!.lowFps).toBeGreaterThan(1.3);
  });

  it('relates to the board of the paper', async () => {
    const notes = answer(await fixture('resnet18.folded'), nano).notes.join(' ');
    expect(notes).toMatch(/9 of campaign paper, 13 of campaign netspresso, 18 of campaign torch2trt/);
    expect(notes).toMatch(/for the paper's board; torch2trt measures 1\.0[3-7] ± 0\.0\d times/);
  });
});

const layer = (fields: Partial<LayerCost>): LayerCost => ({
  kind: 'dense',
  operators: ['Conv'],
  nodes: ['conv'],
  window: { kernel: [3, 3], strides: [1, 1], groups: 1 },
  output: { name: 'y', shape: [1, 64, 56, 56], dataType: 1 },
  repeats: 1,
  macs: 1e8,
  readElements: 2e5,
  writtenElements: 2e5,
  weightElements: 36_864,
  ...fields,
});

const costOfLayers = (layers: readonly LayerCost[], fields: Partial<ModelCost> = {}): ModelCost => ({
  layers,
  total: { macs: 0, readElements: 0, writtenElements: 0, weightElements: 0 },
  macs: layers.reduce((sum, { macs }) => sum + macs, 0),
  weightedMacs: 0,
  activationElements: 0,
  weightElements: 0,
  weightedLayers: 0,
  peakActivation: null,
  uncosted: [],
  lacksMacs: false,
  uncostedShare: 0,
  ...fields,
});

const costed = (layers: readonly LayerCost[], fields: Partial<ModelCost> = {}) =>
  profileOf({ family: null, variant: null, costAt: () => success(costOfLayers(layers, fields)) });

describe('a model with operators whose cost is not known', () => {
  const layers = Array.from({ length: 20 }, () => layer({}));

  it('has an interval that reaches lower, and is told which', () => {
    const whole = answer(costed(layers), nano);
    const partly = answer(costed(layers, { uncosted: ['Mystery'], uncostedShare: 0.05 }), nano);
    expect(partly.interval!.lowFps).toBeCloseTo(whole.interval!.lowFps * 0.95, 6);
    expect(partly.notes.join(' ')).toMatch(/Not included, cost unknown: Mystery \(5% of operators\)/);
  });

  it('gets no estimate where that is much, or where a convolution is among them', () => {
    for (const fields of [
      { uncosted: ['Mystery'], uncostedShare: 0.2 },
      { uncosted: ['DeformConv'], uncostedShare: 0.01 },
    ]) {
      const { estimate, reason } = estimators.predict(costed(layers, fields), nano);
      expect(estimate).toBeNull();
      expect(reason).toContain(`No cost is known for ${fields.uncosted[0]}`);
    }
  });
});

describe('whatever the profile', () => {
  it('an answer is positive and finite, or a reason', () => {
    const size = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1e6 }), fc.constant(2 ** 53 - 1));
    const anyLayer = fc
      .record({ kind: fc.constantFrom(...kernelKinds), macs: size, readElements: size, writtenElements: size })
      .chain((fields) =>
        fc
          .record({ channels: size, groups: fc.integer({ min: 1, max: 64 }), windowed: fc.boolean(), weights: size })
          .map(({ channels, groups, windowed, weights }) =>
            layer({
              ...fields,
              weightElements: weights,
              window: windowed ? { kernel: [3, 3], strides: [1, 1], groups } : null,
              output: { name: 'y', shape: [1, channels, 7, 7], dataType: 1 },
            }),
          ),
      );
    fc.assert(
      fc.property(fc.array(anyLayer, { maxLength: 6 }), fc.constantFrom(...runtimes), (layers, runtime) => {
        const { estimate, reason } = estimators.predict(costed(layers), { device: 'jetson-nano', runtime });
        if (estimate === null) {
          expect(reason).toMatch(/\.$/);
          return;
        }
        expect(estimate.throughputFps).toBeGreaterThan(0);
        expect(Number.isFinite(estimate.latencyMs)).toBe(true);
        expect(estimate.interval!.lowFps).toBeGreaterThan(0);
        expect(Number.isFinite(estimate.interval!.highFps)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('where the time goes', () => {
  it.each(['resnet50.folded', 'mobilenet_v2.folded', 'iresnet18.folded'])('%s: sums to the latency', async (name) => {
    const profile = await fixture(name);
    const outcome = estimators.explainLatency(profile, nano);
    if (!outcome.ok) throw new Error(outcome.error);
    const { layers, latencyMs, overheadMs } = outcome.value;
    const sum = layers.reduce((total, item) => total + item.latencyMs, overheadMs);
    expect(sum).toBeCloseTo(latencyMs, 8);
    expect(latencyMs).toBeCloseTo(answer(profile, nano).latencyMs, 8);
    layers.slice(1).forEach((item, index) => expect(item.latencyMs).toBeLessThanOrEqual(layers[index]!.latencyMs));
    for (const item of layers) {
      expect(item.arithmeticMs + item.trafficMs + item.launchMs).toBeCloseTo(item.latencyMs, 10);
      expect(item.layer.nodes.length).toBeGreaterThan(0);
    }
  });

  it('shows depthwise convolutions as what holds MobileNetV2 back on the Nano', async () => {
    const outcome = estimators.explainLatency(await fixture('mobilenet_v2.folded'), nano);
    if (!outcome.ok) throw new Error(outcome.error);
    const { layers, latencyMs } = outcome.value;
    const depthwise = layers.filter(({ layer: { kind } }) => kind === 'depthwise');
    expect(depthwise.reduce((sum, item) => sum + item.latencyMs, 0) / latencyMs).toBeGreaterThan(0.4);
  });
});

describe('figures that are for reporting only', () => {
  it('are read by nothing that fits or predicts', () => {
    const folder = new URL('../../../../../src/core/estimate/', import.meta.url);
    const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) expect(readFileSync(new URL(file, folder), 'utf8'), file).not.toMatch(/reported/);
    const test = ['ResNet28B', 'ResNet40B', 'width=0.2"', 'width=0.6', 'width=0.8', 'width=0.9'];
    const costs = readFileSync(new URL('../landmarks/model-costs.json', folder), 'utf8');
    for (const model of test) expect(costs).not.toContain(model);
  });
});
