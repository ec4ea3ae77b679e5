import { describe, expect, it } from 'vitest';
import type { Query } from '../../../../../src/core/estimate/estimate';
import { memoryCeiling } from '../../../../../src/core/estimate/board-memory';
import { createEstimators, type Estimators } from '../../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../../src/core/landmarks/campaigns';
import { createModelInsights, type ModelInsights } from '../../../../../src/vscode/pages/model/model-insights';
import { failure } from '../../../../../src/core/result';
import { profileOfSummary } from '../../../../../src/files/reading/model-summary';
import { summariseFile } from '../../../../../src/files/reading/read-summary';
import { profileOfFile } from '../../../core/present/models';

const estimators = createEstimators(bundledLandmarks);
const { signal } = new AbortController();
const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const resnet18 = await profileOfFile('samples/resnet18.onnx');

function insightsOf(estimators: Estimators): ModelInsights {
  return createModelInsights(
    { estimators },
    {
      ceiling: (profile, query, shape) => memoryCeiling(profile, query, shape),
    },
  );
}

describe('throughput at other resolutions', () => {
  it('lets other work run in between', async () => {
    const insights = insightsOf(estimators);
    const densenet = await profileOfFile('samples/densenet121.onnx');
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await insights.resolutions(densenet, nano, new AbortController().signal);
    done = true;
    expect(turns).toBeGreaterThan(5);
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    const densenet = await profileOfFile('samples/densenet121.onnx');
    const first = insightsOf(createEstimators(bundledLandmarks)).resolutions(densenet, nano, controller.signal);
    setImmediate(() => controller.abort());
    await expect(first).rejects.toThrow();
  });

  it('includes the resolution that is asked for', async () => {
    const view = await insightsOf(estimators).resolutions(resnet18, { ...nano, resolution: 300 }, signal);
    expect(view.asked).toEqual({ height: 300, width: 300 });
    expect(view.points.map(({ resolution }) => resolution)).toContain(300);
  });

  it('is the same for a model of threads, whose cost is known at the sizes that are prepared', async () => {
    const insights = insightsOf(estimators);
    const query = { ...nano, batch: 4 };
    const sizes = [query, ...insights.sizes(resnet18, query), ...insights.plannedSizes(resnet18, query)];
    const summary = await summariseFile('samples/resnet18.onnx', { sizes });
    if (!summary.ok) throw new Error(summary.error.message);
    const kept = profileOfSummary(summary.value);
    const ofThreads = createModelInsights(
      { estimators },
      { ceiling: async () => Promise.resolve(failure('timed-out', 'It took too long.')) },
    );
    const view = await ofThreads.resolutions(kept, query, signal);
    expect(view.points).toEqual((await insights.resolutions(resnet18, query, signal)).points);
    expect(view.points.length).toBeGreaterThan(40);
    expect(view.bounds[0]).toBe('It took too long.');
    expect(await ofThreads.plans(kept, query, 5, signal)).toEqual(await insights.plans(resnet18, query, 5, signal));
  });
});

describe('what there is to know of a target', () => {
  const plans = (targetFps: number, signal = new AbortController().signal) =>
    insightsOf(estimators).plans(resnet18, nano, targetFps, signal);

  it('is the highest resolution where it is met, and what to change where it is missed', async () => {
    const met = await plans(60);
    const at = (resolution: number) => estimators.predict(resnet18, { ...nano, resolution }).estimate!.throughputFps;
    const highest = Number(/up to (\d+)×/.exec(met.resolution!)![1]);
    expect(at(highest)).toBeGreaterThanOrEqual(60);
    expect(at(highest + 32)).toBeLessThan(60);
    expect(met.changes).toBeNull();

    const missed = await plans(120);
    expect(missed.changes!.first.map(({ change }) => change.kind)).toContain('resolution');
  });

  it('ends when it is aborted', async () => {
    await expect(plans(60, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('runtimes and precision', () => {
  it('have a figure for every runtime that the board has', () => {
    const { runtimes } = insightsOf(estimators).precisions(resnet18, nano);
    const measured = runtimes.filter(({ throughputFps }) => throughputFps !== null).map(({ id }) => id);
    // The GPU of Jetson Nano has no INT8 arithmetic.
    expect(measured).toEqual(runtimes.map(({ id }) => id).filter((id) => id !== 'tensorrt-int8'));
  });
});
