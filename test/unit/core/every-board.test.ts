import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersOf, isEstimate, type Query } from '../../../src/core/estimate/estimate';
import { createEstimators, type Estimators } from '../../../src/core/estimate/estimators';
import { diffModels } from '../../../src/core/estimate/model-diff';
import { chooseLadder } from '../../../src/core/ladder/choose-ladder';
import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import {
  modesOf,
  namedMode,
  setOwnDevices,
  specifiedDevices,
  supportsRuntime,
} from '../../../src/core/landmarks/devices';
import { runtimes } from '../../../src/core/landmarks/landmark';
import { readOwnBoards } from '../../../src/core/landmarks/own-boards';
import { planBoards } from '../../../src/core/plan/plan-boards';
import { planResolution } from '../../../src/core/plan/plan-resolution';
import { predictionCard } from '../../../src/core/present/card';
import { comparedModel } from '../../../src/core/present/compare';
import { diffView } from '../../../src/core/present/diff-view';
import { explorerTooltip, problemOf, statusBarText } from '../../../src/core/present/one-line';
import { predictionView } from '../../../src/core/present/prediction-view';
import { timeBreakdown } from '../../../src/core/present/time-breakdown';
import { reportedModel, reportOf } from '../../../src/core/report/report';
import { reportMarkdown } from '../../../src/core/report/report-markdown';
import { readFixture } from './onnx/shapes/models';
import { profiled } from './profile/profiled';

const file = 'mobilenet_v2_w0.25.folded.onnx';
const profile = profiled(await readFixture(file));
const other = profiled(await readFixture('resnet18.folded.onnx'));

const own = {
  name: 'Quay Cam',
  peakTflops: { fp16: 2, int8: 4 },
  memoryBandwidthGBps: 40,
  memoryGiB: 4,
  powerModes: [
    { name: 'high', gpuMHz: 1000 },
    { name: 'low', gpuMHz: 500, memoryBandwidthGBps: 20 },
  ],
};

let estimators: Estimators;
let places: readonly Query[];

beforeAll(() => {
  setOwnDevices(readOwnBoards([own], 'framecast.boards').boards);
  estimators = createEstimators(bundledLandmarks);
  places = specifiedDevices().flatMap(({ id }) =>
    modesOf(id).flatMap(({ name }) => runtimes.map((runtime) => ({ device: id, runtime, ...namedMode(id, name) }))),
  );
});

afterAll(() => {
  setOwnDevices([]);
});

/** Every text that something says, at any depth. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** What no one may read: a number that is none, or a value that is missing. */
const slip = /\bNaN\b|\bInfinity\b|\bundefined\b|\bnull\b|\[object/;

function slipsIn(value: unknown): readonly string[] {
  return textsOf(value).filter((text) => slip.test(text));
}

describe('on every board, in every power mode, with every runtime', () => {
  it('a model has one figure on all surfaces, or a reason why it has none', () => {
    for (const query of places) {
      const at = JSON.stringify(query);
      const prediction = estimators.predict(profile, query);
      const { estimate, reason } = prediction;
      const explained = estimators.explainLatency(profile, query);
      const compared = comparedModel({ file, ok: true, fileBytes: 6e6, profile, prediction }, query, 100);
      const view = predictionView(profile, query, prediction, 100);
      expect(slipsIn([view, predictionCard(view), compared]), at).toEqual([]);
      if (!supportsRuntime(query.device, query.runtime)) {
        expect(estimate, at).toBeNull();
        expect(compared.reason, at).toBe(reason);
        expect(explained.ok, at).toBe(false);
        expect(reason, at).toMatch(/The GPU of .* has no INT8 arithmetic/);
        continue;
      }
      expect(estimate, at).not.toBeNull();
      const { throughputFps, interval } = estimate!;
      expect(throughputFps, at).toBeGreaterThan(0);
      expect(interval!.lowFps, at).toBeLessThan(throughputFps);
      expect(interval!.highFps, at).toBeGreaterThan(throughputFps);
      expect(compared, at).toMatchObject({ throughputFps, interval });

      // Time per kernel and the curve over sizes are of the cost of the graph, whatever the headline.
      const byCost = answersOf(prediction).find((answer) => isEstimate(answer) && answer.method === 'graph-cost');
      const { value: times } = explained as Extract<typeof explained, { ok: true }>;
      expect(byCost, at).toMatchObject({ throughputFps: 1000 / times.latencyMs });
      const whole = times.layers.reduce((sum, { latencyMs }) => sum + latencyMs, times.overheadMs);
      expect(whole / times.latencyMs, at).toBeCloseTo(1, 9);
      const [point] = estimators.throughputBySize(profile, query, [{ height: 224, width: 224 }]);
      expect(point, at).toMatchObject({ latencyMs: times.latencyMs });
      expect(slipsIn(timeBreakdown(times)), at).toEqual([]);
    }
  });

  it('boards and members to choose from, differences and lines of Problems have that same figure', async () => {
    for (const runtime of runtimes) {
      const planned = await planBoards(profile, { device: 'jetson-nano', runtime }, 100, estimators);
      if (!planned.ok) throw new Error(planned.error.message);
      expect(planned.value.length).toBeGreaterThanOrEqual(places.length / runtimes.length);
      for (const { device, powerMode, prediction } of planned.value) {
        const query = { device, runtime, ...namedMode(device, powerMode ?? undefined) };
        expect(prediction, JSON.stringify(query)).toBe(estimators.predict(profile, query));
      }
    }
    for (const query of places.filter(({ runtime }) => runtime === 'tensorrt-fp16')) {
      const at = JSON.stringify(query);
      const prediction = estimators.predict(profile, query);
      const diff = diffModels([profile, other], query, 100, estimators);
      expect(diff.before.prediction, at).toBe(prediction);
      expect(slipsIn(diffView(diff, query)), at).toEqual([]);
      const target = 2 * prediction.estimate!.throughputFps;
      const judged = {
        profile,
        query,
        prediction,
        verdict: predictionView(profile, query, prediction, target).verdict,
      };
      const problem = problemOf(judged, file);
      const lines = [statusBarText(judged), explorerTooltip(judged), ...problem!.sentences];
      expect(slipsIn(lines), at).toEqual([]);
      expect(judged.verdict, at).toMatchObject({ kind: prediction.measured?.length ? expect.anything() : 'misses' });
      const sizes = await planResolution({ profile, query, targetFps: 1, step: 112, largest: 224 }, estimators);
      if (!sizes.ok) throw new Error(sizes.error.message);
      expect(sizes.value.answer!.estimate.throughputFps, at).toBe(prediction.estimate!.throughputFps);
    }
  });

  it('there is a ladder to measure and a report to hand on', () => {
    const fp16 = places.filter(({ runtime }) => runtime === 'tensorrt-fp16');
    for (const query of fp16.filter(({ device }, index) => fp16[index + 1]?.device !== device)) {
      const at = JSON.stringify(query);
      const fit = estimators.graphCostFit(query);
      const ladder = chooseLadder({
        ...query,
        length: 2,
        families: [],
        maxWeightBytes: 50e6,
        sizes: [{ height: 112, width: 112 }],
        measured: [],
        elsewhere: [],
        coefficients: fit.ok ? fit.value.fit.coefficients : null,
      });
      expect(ladder.ok && ladder.value.rungs.length, at).toBe(2);
      const model = reportedModel({ file, fileBytes: 6e6, profile }, query, 100, estimators);
      expect(model.throughputFps, at).toBe(estimators.predict(profile, query).estimate!.throughputFps);
      const report = reportOf([model], [], { query, targetFps: 100, estimators }, { version: '1', date: '2026-11-29' });
      expect(slipsIn([report, reportMarkdown(report)]), at).toEqual([]);
    }
  });
});
