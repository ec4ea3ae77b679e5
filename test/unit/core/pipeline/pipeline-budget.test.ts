import { describe, expect, it } from 'vitest';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { pipelineChanges } from '../../../../src/core/pipeline/pipeline-advice';
import { lighterMembers } from '../../../../src/core/pipeline/lighter-members';
import { pipelineBudget, type StageModel } from '../../../../src/core/pipeline/pipeline-budget';
import { readPipeline } from '../../../../src/core/pipeline/read-pipeline';
import type { Pieces } from '../../../../src/core/pieces';
import { profileModel } from '../../../../src/core/profile/profile-model';
import { failure, success } from '../../../../src/core/result';
import type { Settings } from '../../../../src/core/zoo/family';
import { referenceModel } from '../../../../src/core/zoo/reference-model';
import { profileOfFile } from '../present/models';

const estimators = createEstimators(bundledLandmarks);
const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

function member(family: string, resolution = 224, settings: Settings = {}): StageModel {
  const built = referenceModel({ family, resolution, settings });
  if (!built.ok) throw new Error(built.error.message);
  return profileModel(built.value.model);
}

function* none(): Pieces<readonly never[]> {
  yield;
  return [];
}

function pipeline(text: string) {
  return readPipeline(text, ['jetson-nano']).pipeline!;
}

const detector = member('MobileNetV2');
const recogniser = member('ResNet', 112);

describe('pipelineBudget', () => {
  const two = pipeline('camera_fps: 30\nfaces: 3\nstages:\n- model: d\n- model: r\n  runs: faces\n');

  it('adds up what predict says of each network', () => {
    const budget = pipelineBudget(two, [detector, recogniser], query, estimators);
    const [detect, recognise] = [detector, recogniser].map(
      (model) => estimators.predict(model.ok ? model.value : (null as never), query).estimate!,
    );
    const expected = 1000 / detect!.throughputFps + 3 * (1000 / recognise!.throughputFps);
    expect(budget.perFrame!.ms).toBeCloseTo(expected, 9);
    expect(budget.throughputFps).toBeCloseTo(1000 / expected, 9);
    expect(budget.lowFps!).toBeLessThan(budget.throughputFps!);
    expect(budget.highFps!).toBeGreaterThan(budget.throughputFps!);
    expect(budget.stages.reduce((sum, { share }) => sum + share!, 0)).toBeCloseTo(1, 12);
    expect(budget.keepsUp).toBe(expected <= 1000 / 30);
    expect(budget.isComplete).toBe(true);
    expect(budget.memoryBytes).toBeGreaterThan(2 * 11.69e6);
  });

  it('takes stages that run every n-th frame by their average, and says how long the slowest frame is', () => {
    const skipping = pipeline('stages:\n- model: d\n  every: 3\n- model: r\n');
    const all = pipeline('stages:\n- model: d\n- model: r\n');
    const [every, each] = [skipping, all].map((what) =>
      pipelineBudget(what, [detector, recogniser], query, estimators),
    );
    expect(every!.stages[0]!.perFrame!.ms).toBeCloseTo(each!.stages[0]!.perFrame!.ms / 3, 9);
    expect(every!.slowestFrameMs).toBeCloseTo(each!.perFrame!.ms, 9);
  });

  it('gets slower with every face, but for stages that run per frame', () => {
    const { byFaces } = pipelineBudget(two, [detector, recogniser], query, estimators);
    expect(byFaces.map(({ faces }) => faces)).toEqual([1, 2, 3, 5, 10]);
    for (const [index, { throughputFps }] of byFaces.entries()) {
      if (index > 0) expect(throughputFps).toBeLessThan(byFaces[index - 1]!.throughputFps);
    }
  });

  it('costs a batch of faces less than its faces one by one, as the graph-cost estimate does', () => {
    const batched = pipeline('faces: 4\nstages:\n- model: r\n  runs: faces\n  batch: true\n');
    const single = pipeline('faces: 4\nstages:\n- model: r\n  runs: faces\n');
    const [one, other] = [batched, single].map((what) => pipelineBudget(what, [recogniser], query, estimators));
    const batch = estimators.predict(recogniser.ok ? recogniser.value : (null as never), {
      ...query,
      batch: 4,
    }).estimate!;
    expect(one!.stages[0]!.perFrame!.ms).toBeCloseTo(4000 / batch.throughputFps, 9);
    expect(one!.perFrame!.ms).toBeLessThan(other!.perFrame!.ms);
  });

  it('takes a whole run of an engine with a fixed batch for each batch that is begun', async () => {
    const fixed = await profileOfFile('test/fixtures/exported/mobilenet_v2_batch4.folded.onnx');
    const five = pipeline('faces: 5\nstages:\n- model: f\n  runs: faces\n- model: f\n');
    const [faces, frame] = pipelineBudget(five, [success(fixed), success(fixed)], query, estimators).stages;
    const runMs = (1000 * 4) / estimators.predict(fixed, query).estimate!.throughputFps;
    expect(faces!.perFrame!.ms).toBeCloseTo(2 * runMs, 9);
    expect(frame!.perFrame!.ms).toBeCloseTo(runMs, 9);
  });

  it('fills an engine with a fixed batch as far as it has room, whether the faces are to be a batch or not', async () => {
    const fixed = await profileOfFile('test/fixtures/exported/mobilenet_v2_batch4.folded.onnx');
    const runMs = (1000 * 4) / estimators.predict(fixed, query).estimate!.throughputFps;
    for (const faces of [1, 2, 3, 4, 5, 8, 9]) {
      const asked = pipeline(`faces: ${faces}\nstages:\n- model: f\n  runs: faces\n  batch: true\n`);
      const budget = pipelineBudget(asked, [success(fixed)], query, estimators);
      expect(budget.stages[0]!.perFrame!.ms, `${faces} faces`).toBeCloseTo(Math.ceil(faces / 4) * runMs, 9);
      const { byFaces } = budget;
      for (const [index, { throughputFps }] of byFaces.entries()) {
        if (index > 0) expect(throughputFps).toBeLessThanOrEqual(byFaces[index - 1]!.throughputFps);
      }
    }
  });

  it('answers for the other stages when one has no model', () => {
    const budget = pipelineBudget(two, [failure('unreadable', 'There is no file d.'), recogniser], query, estimators);
    expect(budget.isComplete).toBe(false);
    expect(budget.stages[0]).toMatchObject({ problem: 'There is no file d.', perFrame: null, share: null });
    expect(budget.stages[1]!.share).toBe(1);
  });

  it('has no figure without a stage that runs', () => {
    const none = pipeline('faces: 0\nstages:\n- model: r\n  runs: faces\n');
    expect(pipelineBudget(none, [recogniser], query, estimators)).toMatchObject({
      throughputFps: null,
      byFaces: [{}, {}, {}, {}],
    });
  });
});

describe('pipelineChanges', () => {
  it('names what helps, largest gain first, each with what the pipeline then reaches', () => {
    const slow = pipeline(
      'faces: 4\nstages:\n- name: detect\n  model: d\n- name: recognise\n  model: r\n  runs: faces\n',
    );
    const changes = pipelineChanges(slow, [detector, recogniser], query, estimators, none);
    const before = pipelineBudget(slow, [detector, recogniser], query, estimators).throughputFps!;
    expect(new Set(changes.map(({ kind }) => kind))).toEqual(new Set(['batch', 'input', 'every']));
    for (const { throughputFps, gainFps } of changes) expect(throughputFps - gainFps).toBeCloseTo(before, 9);
    expect(changes).toEqual([...changes].sort((one, other) => other.gainFps - one.gainFps));
    const everySecond = changes.find(({ edit }) => edit?.key === 'every' && edit.value === '2')!;
    const changed = { ...slow, stages: [{ ...slow.stages[0]!, every: 2 }, slow.stages[1]!] };
    const after = pipelineBudget(changed, [detector, recogniser], query, estimators).throughputFps!;
    expect(everySecond.throughputFps).toBeCloseTo(after, 9);
  });

  it('proposes published members of the same family that are lighter, the nearest first', () => {
    const one = pipeline('stages:\n- model: r\n');
    const resnet = member('ResNet', 112, { layout: [3, 4, 6, 3], block: 'bottleneck' });
    const changes = pipelineChanges(one, [resnet], query, estimators, lighterMembers);
    const labels = changes.flatMap(({ kind, label }) => (kind === 'model' ? [label] : []));
    expect(new Set(labels)).toEqual(new Set(['Use ResNet-34 for stage 1', 'Use ResNet-18 for stage 1']));
  });
});

it('judges a stage at its own width and height', () => {
  const wide = pipeline('stages:\n- model: d\n  input: 320x160\n');
  const [stage] = pipelineBudget(wide, [detector], query, estimators).stages;
  expect(stage!.estimate).toMatchObject({ height: 160, width: 320 });
});
