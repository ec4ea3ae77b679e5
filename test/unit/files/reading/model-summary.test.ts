import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concernsOf } from '../../../../src/core/estimate/concerns';
import type { Query } from '../../../../src/core/estimate/estimate';
import { operatingPoint } from '../../../../src/core/estimate/operating-point';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { kernelRows } from '../../../../src/core/landmarks/model-costs';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import { success } from '../../../../src/core/result';
import { readOpenedModel } from '../../../../src/files/read-model';
import { predictionView } from '../../../../src/core/present/prediction-view';
import { lighterMembers } from '../../../../src/core/pipeline/lighter-members';
import { pipelineChanges, sizesOfStages } from '../../../../src/core/pipeline/pipeline-advice';
import { pipelineBudget } from '../../../../src/core/pipeline/pipeline-budget';
import { readPipeline } from '../../../../src/core/pipeline/read-pipeline';
import { growingProfile, profileOfSummary, type ModelSummary } from '../../../../src/files/reading/model-summary';
import { summariseFile } from '../../../../src/files/reading/read-summary';
import { profileOfFile } from '../../core/present/models';

const estimators = createEstimators(bundledLandmarks);
const queries: readonly Query[] = [
  { device: 'jetson-nano', runtime: 'tensorrt-fp16' },
  { device: 'jetson-nano', runtime: 'pytorch-fp32' },
  { device: 'jetson-agx-xavier', runtime: 'tensorrt-int8' },
  { device: 'jetson-orin-nano', runtime: 'tensorrt-fp16' },
];

async function summaryOf(path: string): Promise<ModelSummary> {
  const result = await summariseFile(path, {});
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('a summary', () => {
  it.each([
    'samples/resnet18.onnx',
    'samples/mobilenet_v2_w0.5.onnx',
    'samples/densenet121.onnx',
    'samples/faces/retinaface_mobilenet.onnx',
    'samples/anti-spoofing/cdcn.onnx',
    // In the form that is trained, so that its profile has another one in it.
    'test/fixtures/torch-2.11/timm-mobileone_s0-legacy.onnx',
  ])('predicts %s as the file itself does, also after it was on the disk', async (path) => {
    const summary = JSON.parse(JSON.stringify(await summaryOf(path))) as ModelSummary;
    const kept = profileOfSummary(summary);
    const profile = await profileOfFile(path);
    for (const query of queries) {
      const view = predictionView(profile, query, estimators.predict(profile, query), 60);
      expect(predictionView(kept, query, estimators.predict(kept, query), 60)).toEqual(view);
      expect(concernsOf(kept, query)).toEqual(concernsOf(profile, query));
    }
  });

  it('takes a few kilobytes, as equal kernels are one row', async () => {
    const summary = await summaryOf('samples/resnet152.onnx');
    expect(JSON.stringify(summary).length).toBeLessThan(10_000);
    const [kept, whole] = [profileOfSummary(summary), await profileOfFile('samples/resnet152.onnx')].map((profile) =>
      profile.costAt({}),
    );
    if (!kept?.ok || !whole?.ok) throw new Error('The sample cannot be costed.');
    expect(kept.value.layers.length).toBeLessThan(whole.value.layers.length / 3);
    expect(kernelRows(kept.value.layers)).toEqual(kernelRows(whole.value.layers));
  });

  it('is told apart by its content alone', async () => {
    const of = async (path: string): Promise<string> => {
      const result = await readOpenedModel(
        success({ ...memorySource(readFileSync(path)), openExternal: undefined, close: () => Promise.resolve() }),
      );
      return result.ok ? result.value.digest : '';
    };
    expect(await of('samples/resnet18.onnx')).toBe(await of('samples/resnet18.onnx'));
    expect(await of('samples/resnet18.onnx')).not.toBe(await of('samples/resnet50.onnx'));
  });

  it('predicts at a size that is not square as the file itself does', async () => {
    const path = 'samples/resnet18.onnx';
    const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16', height: 192, width: 256 } as const;
    const summary = await summariseFile(path, { sizes: [query] });
    if (!summary.ok) throw new Error(summary.error.message);
    const profile = await profileOfFile(path);
    const { estimate } = estimators.predict(profileOfSummary(summary.value), query);
    expect(estimate).toEqual(estimators.predict(profile, query).estimate);
    expect(estimate).toMatchObject({ height: 192, width: 256, method: 'graph-cost' });
  });

  it('refuses a size at which the network cannot run with the same sentence, other sizes in it', async () => {
    const path = 'test/fixtures/exported/iresnet18.folded.onnx';
    const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16', height: 128, width: 128 } as const;
    const summary = await summariseFile(path, { sizes: [query] });
    if (!summary.ok) throw new Error(summary.error.message);
    const point = operatingPoint(profileOfSummary(summary.value), query);
    expect(point).toEqual(operatingPoint(await profileOfFile(path), query));
    expect(point.ok ? '' : point.error).toMatch(
      /^This network cannot run at the size asked for: .* It runs at 112×112/,
    );
  });

  it('is enough for a pipeline and its advice at the sizes of its stages', async () => {
    const path = 'samples/resnet18.onnx';
    const text =
      'faces: 3\nstages:\n- {model: a, input: 256x192}\n- {model: a, runs: faces, batch: true}\n- {model: a, runs: faces}\n';
    const pipeline = readPipeline(text, []).pipeline!;
    const whole = await profileOfFile(path);
    const summary = await summariseFile(path, { sizes: sizesOfStages(pipeline.stages, pipeline.faces, whole) });
    if (!summary.ok) throw new Error(summary.error.message);
    const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
    const [ofThreads, here] = [profileOfSummary(summary.value), whole].map((profile) => {
      const models = pipeline.stages.map(() => success(profile));
      return [
        pipelineBudget(pipeline, models, query, estimators),
        pipelineChanges(pipeline, models, query, estimators, lighterMembers),
      ] as const;
    });
    expect(here![0].isComplete).toBe(true);
    expect(here![0].memoryBytes).not.toBeNull();
    expect(here![1].map(({ kind }) => kind)).toEqual(expect.arrayContaining(['batch', 'input']));
    expect(ofThreads).toEqual(here);
  });

  it('says that it does not know another size', async () => {
    const cost = profileOfSummary(await summaryOf('samples/resnet18.onnx')).costAt({ resolution: 96 });
    expect(cost.ok ? null : cost.error.code).toBe('invalid-request');
  });

  it('of a file that is no model is the failure of reading', async () => {
    const text = await summariseFile('samples/deploy.py', {});
    expect(text.ok ? null : text.error.code).toBe('not-onnx');
    const none = await summariseFile('samples/none.onnx', {});
    expect(none.ok ? null : none.error.code).toBe('unreadable');
  });

  it('grows: what a thread works out at another size is added to what it has said before', async () => {
    const path = 'samples/resnet18.onnx';
    const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16', height: 192, width: 256 } as const;
    const [own, names, sized] = [
      await summariseFile(path, {}),
      await summariseFile(path, { isNamed: true }),
      await summariseFile(path, { sizes: [query] }),
    ];
    if (!own.ok || !names.ok || !sized.ok) throw new Error('The sample cannot be read.');
    const growing = growingProfile(own.value);
    expect([growing.knows({}), growing.knows({}, true)]).toEqual([true, false]);
    growing.add(names.value);
    expect(growing.knows({}, true)).toBe(true);
    const named = growing.profile.costAt({});
    expect(named.ok && named.value.layers.every(({ nodes }) => nodes.length > 0)).toBe(true);
    expect([growing.knows({}), growing.knows(query)]).toEqual([true, false]);
    expect(growing.profile.costAt(query)).toMatchObject({ error: { code: 'invalid-request' } });
    growing.add(sized.value);
    expect(growing.knows(query)).toBe(true);
    const { estimate } = estimators.predict(await profileOfFile(path), query);
    expect(estimators.predict(growing.profile, query).estimate).toEqual(estimate);
  });
});
