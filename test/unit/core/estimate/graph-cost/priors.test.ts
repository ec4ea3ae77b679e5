import { describe, expect, it } from 'vitest';
import { isEstimate } from '../../../../../src/core/estimate/estimate';
import { createEstimators } from '../../../../../src/core/estimate/estimators';
import { fitGraphCost } from '../../../../../src/core/estimate/graph-cost/graph-cost-fit';
import shipped from '../../../../../src/core/estimate/graph-cost/joint-priors.json';
import { bundledLandmarks } from '../../../../../src/core/landmarks/campaigns';
import { hasInt8, knownDevices, modesOf } from '../../../../../src/core/landmarks/devices';
import { kernelRows, readKernelRows, type KernelRows } from '../../../../../src/core/landmarks/model-costs';
import { runtimes, type Runtime } from '../../../../../src/core/landmarks/landmark';
import { jointPriors } from '../../../../bench/estimators/joint/joint-priors';
import { readFixture } from '../../onnx/shapes/models';
import { profiled } from '../../profile/profiled';

const estimators = createEstimators(bundledLandmarks);
const resnet18 = profiled(await readFixture('resnet18.folded.onnx'));
const slim = profiled(await readFixture('mobilenet_v2_w0.25.folded.onnx'));

function kernelsAt(resolution: number): KernelRows {
  const cost = resnet18.costAt({ resolution, batch: 1 });
  if (!cost.ok) throw new Error(cost.error.message);
  return kernelRows(cost.value.layers);
}

describe('what other boards teach', () => {
  it('is what the joint fit finds; npm run landmarks:priors writes it', { timeout: 120_000 }, () => {
    const made = JSON.parse(JSON.stringify(jointPriors(bundledLandmarks, ['tx2']))) as typeof shipped;
    made.exponents.forEach((value, index) => expect(value).toBeCloseTo(shipped.exponents[index]!, 3));
    expect(Object.keys(made.chips)).toEqual(Object.keys(shipped.chips));
    made.chips.tx2.without['tensorrt-fp16'].mean.forEach((value, index) =>
      expect(value).toBeCloseTo(shipped.chips.tx2.without['tensorrt-fp16'].mean[index]!, 3),
    );
    for (const [chip, { with: all }] of Object.entries(made.chips)) {
      const known = shipped.chips[chip as keyof typeof shipped.chips].with;
      for (const runtime of runtimes) {
        all[runtime].mean.forEach((value, index) => expect(value).toBeCloseTo(known[runtime].mean[index]!, 3));
      }
    }
  });

  it('answers for every known board and runtime, and says what it rests on', () => {
    for (const device of knownDevices) {
      for (const runtime of runtimes) {
        const { estimate, reason } = estimators.predict(resnet18, { device: device.id, runtime });
        if (runtime === 'tensorrt-int8' && !hasInt8(device)) {
          expect(reason).toMatch(/no INT8 arithmetic/);
          continue;
        }
        expect(estimate?.throughputFps, `${device.id} ${runtime}`).toBeGreaterThan(1);
        expect(estimate!.basis).toMatch(/^From .*\.$/);
        expect(estimate!.interval!.lowFps).toBeLessThan(estimate!.throughputFps);
        expect(estimate!.interval!.highFps).toBeGreaterThan(estimate!.throughputFps);
      }
    }
  });

  it('says what a benchmark would narrow where nobody has measured', () => {
    const { estimate } = estimators.predict(resnet18, { device: 'jetson-orin-nx-8gb', runtime: 'tensorrt-fp16' });
    expect(estimate).toMatchObject({ certainty: 'specification', powerMode: 'MAXN_SUPER' });
    expect(estimate!.basis).toMatch(
      /specification and \d+ measurements on \d others; one benchmark would narrow ±\d+% to ±\d+%/,
    );
    const basisOn = (device: string, runtime: Runtime) =>
      estimators.predict(resnet18, { device, runtime }).estimate?.basis;
    // Measured with other runtimes, the board is none of the others.
    expect(basisOn('jetson-nano', 'pytorch-fp32')).toMatch(
      /specification, \d+ measurements on it with other runtimes and \d+ on \d others; one benchmark would narrow/,
    );
    for (const { id } of knownDevices) {
      for (const runtime of runtimes) {
        const [, now, after] = /narrow ±(\d+)% to ±(\d+)%/.exec(basisOn(id, runtime) ?? '') ?? [];
        if (now !== undefined) expect(Number(after), `${id} ${runtime}`).toBeLessThan(Number(now));
      }
    }
  });

  it('is narrowed by measurements, one at a time', () => {
    const key = { device: 'jetson-tx1', runtime: 'tensorrt-fp16' } as const;
    const own = bundledLandmarks
      .filter(({ campaign, device }) => campaign === 'paper' && device === 'jetson-nano')
      .map((landmark) => ({
        ...landmark,
        device: key.device,
        campaign: 'desk',
        throughputFps: 1.8 * landmark.throughputFps,
      }));
    const widths = [0, 1, 3, 9].map((count) => {
      const fit = fitGraphCost(own.slice(0, count), key);
      if (!fit.ok) throw new Error(fit.error);
      const cost = resnet18.costAt({ resolution: 224, batch: 1 });
      if (!cost.ok) throw new Error(cost.error.message);
      const answer = createEstimators(own.slice(0, count)).predict(resnet18, key);
      const found = [answer.estimate, ...answer.alternatives].find((item) => item?.method === 'graph-cost');
      if (!found || !isEstimate(found)) throw new Error('There is no answer.');
      return Math.log(found.interval!.highFps / found.interval!.lowFps);
    });
    // The first four are MobileNetV2s, which say little of a ResNet.
    for (const [index, width] of widths.slice(1).entries()) expect(width).toBeLessThan(1.001 * widths[index]!);
    expect(widths[3]! / widths[0]!).toBeLessThan(0.3);
  });

  it('is for a power mode, the fastest unless another is asked for', () => {
    const at = (powerMode?: string) =>
      estimators.predict(resnet18, { device: 'jetson-orin-nano', runtime: 'tensorrt-fp16', powerMode });
    const fps = modesOf('jetson-orin-nano').map(({ name }) => at(name).estimate!.throughputFps);
    expect(fps).toEqual([...fps].sort((a, b) => b - a));
    expect(at().estimate!.throughputFps).toBe(fps[0]);
    expect(fps[0]! / fps[2]!).toBeGreaterThan(1.3);
    expect(at('11W').reason).toMatch(/has no power mode "11W".*MAXN_SUPER, 25W, 15W, 7W/);
    // Boards put MODE_ before some names.
    expect(at('MODE_15W').estimate!.throughputFps).toBe(fps[2]);
  });

  it('is slower in every mode that powers less of the GPU or clocks it lower', () => {
    for (const { id } of knownDevices) {
      const fps = modesOf(id).map(({ name }) => {
        const { estimate } = estimators.predict(resnet18, { device: id, runtime: 'tensorrt-fp16', powerMode: name });
        // Modes may differ in their watts alone.
        return Number(estimate!.throughputFps.toPrecision(5));
      });
      expect(fps, id).toEqual([...fps].sort((a, b) => b - a));
    }
    // Half of the clock with half of the cores: less than half as fast as with all, and so where it was measured.
    const key = { device: 'jetson-agx-orin', runtime: 'tensorrt-fp16' } as const;
    const at = (powerMode: string) => estimators.predict(resnet18, { ...key, powerMode }).estimate!.throughputFps;
    expect(at('30W') / at('50W')).toBeLessThan(0.75);
    const desk = (powerMode: string) =>
      fitGraphCost(
        [224, 320, 448].map((resolution) => ({
          ...bundledLandmarks.find(({ model }) => model === 'resnet18')!,
          ...key,
          resolution,
          campaign: 'desk',
          throughputFps: 100,
          powerMode,
          kernels: kernelsAt(resolution),
        })),
        key,
      );
    const [half, whole] = [desk('MODE_30W'), desk('MAXN')].map((fit) => {
      if (!fit.ok) throw new Error(fit.error);
      return fit.value.fit.predict(fit.value.model.latencyOf(readKernelRows(kernelsAt(224))), 'ResNet').mean;
    });
    expect(Math.exp(whole! - half!)).toBeGreaterThan(1.8);
  });

  it('is less sure of a network that spends more on overheads than landmarks do', () => {
    const widthAt = (resolution: number) => {
      const { estimate } = estimators.predict(slim, { device: 'jetson-nano', runtime: 'tensorrt-fp16', resolution });
      const { lowFps, highFps } = estimate!.interval!;
      return { width: Math.log(highFps / lowFps), notes: estimate!.notes.join(' ') };
    };
    const [face, usual] = [widthAt(112), widthAt(224)];
    expect(face.width).toBeGreaterThan(1.4 * usual.width);
    expect(face.notes).toMatch(/\d\d% of its time goes to calling the engine and starting kernels/);
    expect(usual.notes).not.toContain('starting kernels;');
  });
});
