import { describe, expect, it } from 'vitest';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { coefficientPrior } from '../../../../src/core/estimate/graph-cost/priors';
import { graphCostModel } from '../../../../src/core/estimate/graph-cost/latency-model';
import { chooseLadder, isMeasured, type LadderQuestion } from '../../../../src/core/ladder/choose-ladder';
import { informationOf, knowledgeOf } from '../../../../src/core/ladder/information';
import {
  equation2Resolution,
  type Rung,
  rungModel,
  rungsOf as rungsById,
  rungsUpTo,
} from '../../../../src/core/ladder/rung';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import type { Landmark } from '../../../../src/core/landmarks/landmark';
import { kernelWork, readKernelRows } from '../../../../src/core/landmarks/model-costs';

const question: LadderQuestion = {
  device: 'a-new-board',
  runtime: 'tensorrt-fp16',
  length: 8,
  families: [],
  maxWeightBytes: 256e6,
  measured: [],
  elsewhere: [],
  coefficients: null,
};

const rungsOf = (changes: Partial<LadderQuestion> = {}): readonly Rung[] => {
  const ladder = chooseLadder({ ...question, ...changes });
  if (!ladder.ok) throw new Error(ladder.error.message);
  return ladder.value.rungs;
};

const all = rungsUpTo(256e6);

/** Latency of a rung on a board whose coefficients are known: the priors' medians times `factors`. */
function landmarkOf(rung: Rung, factors: readonly number[], noise = 0): Landmark {
  const { mean } = coefficientPrior(question.device, question.runtime);
  const coefficients = mean.map((log, index) => Math.exp(log) * factors[index]!);
  const { latencyMs } = graphCostModel.latencyOf(readKernelRows(rung.kernels))(coefficients);
  return {
    model: rung.id,
    family: rung.family,
    parameters: rung.parameters,
    device: question.device,
    runtime: question.runtime,
    resolution: rung.resolution,
    batch: 1,
    throughputFps: (1000 / latencyMs) * (1 + noise),
    campaign: 'a board',
    source: 'made for this test',
    kernels: rung.kernels,
  };
}

describe('rungs', () => {
  it('read images of the size asked for, which their names say, and are found by these names', () => {
    const wide = { height: 480, width: 640 };
    const rungs = rungsOf({ sizes: [wide], length: 3 });
    expect(rungs).toHaveLength(3);
    for (const rung of rungs) {
      expect(rung).toMatchObject({ ...wide, resolution: 554, label: expect.stringContaining('640×480') as string });
      expect(rungsById([rung.id])).toEqual([rung]);
      const model = rungModel(rung);
      expect(model.ok && model.value.model.graph.inputs[0]?.shape).toEqual([1, 3, 480, 640]);
    }
    const measured = [landmarkOf(rungs[0]!, new Array<number>(8).fill(1))];
    expect(isMeasured(rungs[0]!, { ...measured[0]!, ...wide })).toBe(true);
    expect(isMeasured(rungs[0]!, measured[0]!)).toBe(false);
    // Equation 2 is of 224×224 whatever the others read.
    const withFamily = rungsOf({ sizes: [wide], length: 1, families: ['MobileNetV2'] });
    expect(withFamily.filter(({ resolution }) => resolution === 224)).toHaveLength(3);
  });

  it('have names of their own, and are no larger than asked', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(all.map(({ family }) => family))).toEqual(
      new Set(['ResNet', 'MobileNetV2', 'MobileNetV1', 'MnasNet', 'ShuffleNetV2', 'DenseNet', 'SqueezeNet', 'AlexNet']),
    );
    const light = rungsUpTo(20e6);
    expect(light.length).toBeGreaterThan(10);
    expect(Math.max(...light.map(({ weightBytes }) => weightBytes))).toBeLessThanOrEqual(20e6);
  });

  it("have torch's parameters", () => {
    const parameters = Object.fromEntries(all.map(({ id, parameters }) => [id, parameters]));
    expect(parameters['resnet-18-basic-224']).toBe(11_689_512);
    expect(parameters['densenet-121-growth-32-224'] ?? parameters['densenet-121-224']).toBe(7_978_856);
    expect(parameters['mobilenetv2-width-1-112']).toBe(3_504_872);
  });
});

describe('the choice of a ladder', () => {
  it('tells more than what chance or a ladder of one family would choose', () => {
    const prior = coefficientPrior(question.device, question.runtime);
    const medians = prior.mean.map(Math.exp);
    const slopes = (rung: Rung) => {
      const { latencyMs, shares } = graphCostModel.latencyOf(readKernelRows(rung.kernels))(medians);
      return shares.map((share) => share / latencyMs);
    };
    const known = knowledgeOf(prior, []);
    const information = (rungs: readonly Rung[]) => informationOf(rungs.map(slopes), known);
    const chosen = information(rungsOf());
    let state = 7;
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    for (let round = 0; round < 50; round += 1) {
      const others = [...all].sort(() => random() - 0.5).slice(0, 8);
      expect(information(others)).toBeLessThan(chosen);
    }
    expect(information(all.filter(({ family }) => family === 'ResNet').slice(0, 8))).toBeLessThan(chosen);
  });

  it.each([
    [2, 256e6],
    [3, 12e6],
  ])('is the best of all sets of %i rungs with files of at most %i bytes', (length, maxWeightBytes) => {
    const prior = coefficientPrior(question.device, question.runtime);
    const medians = prior.mean.map(Math.exp);
    const slopes = rungsUpTo(maxWeightBytes).map((rung) => {
      const { latencyMs, shares } = graphCostModel.latencyOf(readKernelRows(rung.kernels))(medians);
      return { id: rung.id, row: shares.map((share) => share / latencyMs) };
    });
    type Slopes = typeof slopes;
    const sets = (from: Slopes, size: number): readonly Slopes[] =>
      size === 0
        ? [[]]
        : from.flatMap((first, index) => sets(from.slice(index + 1), size - 1).map((rest) => [first, ...rest]));
    const known = knowledgeOf(prior, []);
    let best: Slopes = [];
    let most = -Infinity;
    for (const set of sets(slopes, length)) {
      const information = informationOf(
        set.map(({ row }) => row),
        known,
      );
      if (information > most) [best, most] = [set, information];
    }
    const chosen = rungsOf({ length, maxWeightBytes }).map(({ id }) => id);
    expect([...chosen].sort()).toEqual(best.map(({ id }) => id).sort());
  });

  it('gives a new board a fit that predicts the networks that were not measured', () => {
    const factors = [0.4, 2, 1.5, 0.8, 1.3, 0.5, 1.2, 0.9];
    const landmarks = rungsOf().map((rung, index) => landmarkOf(rung, factors, [0.01, -0.01][index % 2]));
    const fit = createEstimators(landmarks).graphCostFit(question);
    if (!fit.ok) throw new Error(fit.error);
    const errors = all.map((rung) => {
      const measured = landmarkOf(rung, factors).throughputFps;
      const belief = fit.value.fit.predict(fit.value.model.latencyOf(readKernelRows(rung.kernels)), rung.family);
      return Math.abs(1000 / Math.exp(belief.mean) - measured) / measured;
    });
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.1);
  });

  it('adds three members at 224×224 of each asked family, counting those that are there already', () => {
    const rungs = rungsOf({ families: ['mobilenetv2', 'DenseNet'] });
    for (const family of ['MobileNetV2', 'DenseNet']) {
      const members = rungs.filter((rung) => rung.family === family && rung.resolution === equation2Resolution);
      expect(new Set(members.map(({ parameters }) => parameters)).size).toBeGreaterThanOrEqual(3);
    }
    expect(new Set(rungs.map(({ id }) => id)).size).toBe(rungs.length);
  });

  it('chooses what tells most beyond measurements on other boards of the kind, and in other power modes', () => {
    const orin = { device: 'jetson-orin-nano', length: 4 } as const;
    const ids = (changes: Partial<LadderQuestion>) =>
      rungsOf({ ...orin, ...changes })
        .map(({ id }) => id)
        .sort();
    const fresh = ids({});
    const measured = rungsOf(orin).map((rung) => ({
      ...landmarkOf(rung, new Array<number>(8).fill(1)),
      device: orin.device,
    }));
    const elsewhere = (powerMode: string): readonly Landmark[] =>
      measured.map((landmark) => ({ ...landmark, powerMode }));
    // As on another board, whose factor to this one is not known: not the same networks again, but still four.
    const after = ids({ elsewhere: elsewhere('MAXN_SUPER') });
    expect(after).toHaveLength(4);
    expect(after).not.toEqual(fresh);
    // What was measured in another mode tells of the coefficients here, but is not what is asked for.
    const slow = ids({ powerMode: '15W', elsewhere: elsewhere('MAXN_SUPER') });
    expect(slow).toHaveLength(4);
    expect(slow).not.toEqual(ids({ powerMode: '15W' }));
    expect(ids({ measured: elsewhere('MAXN_SUPER') })).toEqual([]);
  });

  it('takes a campaign of one board for less than measurements on this very board, and for more than none', () => {
    const prior = coefficientPrior('jetson-orin-nano', 'tensorrt-fp16');
    const rows = [
      [0.1, 0.2, 0.3, 0, 0.2, 0, 0, 0.2],
      [0.3, 0.1, 0, 0.4, 0, 0, 0, 0.2],
    ];
    const none = informationOf([], knowledgeOf(prior, []));
    const campaign = informationOf([], knowledgeOf(prior, [rows]));
    const here = informationOf(rows, knowledgeOf(prior, []));
    expect(campaign).toBeGreaterThan(none);
    expect(campaign).toBeLessThan(here);
    // Two boards tell more than one board whose rows are as many: a factor each, but not the same one.
    expect(informationOf([], knowledgeOf(prior, [rows, rows]))).toBeGreaterThan(campaign);
  });

  it('does not choose what is measured already, and ends', () => {
    const first = rungsOf({ families: ['ResNet'] });
    const landmarks = first.map((rung) => landmarkOf(rung, new Array<number>(8).fill(1)));
    const measured = landmarks.slice(0, 5);
    const rest = rungsOf({ families: ['ResNet'], measured });
    expect(rest).toHaveLength(first.length - measured.length);
    expect(rungsOf({ families: ['ResNet'], measured: landmarks })).toEqual([]);
    expect(rest.some((rung) => measured.some((landmark) => isMeasured(rung, landmark)))).toBe(false);
    const fit = createEstimators(bundledLandmarks).graphCostFit({ device: 'jetson-nano', runtime: 'tensorrt-fp16' });
    if (!fit.ok) throw new Error(fit.error);
    const { coefficients } = fit.value.fit;
    const onNano = rungsOf({ device: 'jetson-nano', measured: bundledLandmarks, coefficients, length: 40 });
    expect(onNano.length).toBeGreaterThan(8);
    expect(onNano.map(({ id }) => id)).not.toContain('resnet-18-basic-224');
  });

  it('says which family cannot get its fit, and refuses what does not exist', () => {
    const ladder = chooseLadder({ ...question, families: ['AlexNet'] });
    expect(ladder.ok && ladder.value.notes).toEqual([expect.stringContaining('AlexNet')]);
    expect(chooseLadder({ ...question, families: ['YOLO'] })).toMatchObject({ error: { code: 'invalid-request' } });
    expect(chooseLadder({ ...question, length: 0 })).toMatchObject({ error: { code: 'invalid-request' } });
  });

  it('says when models are too few or too large, and never that all are measured then', () => {
    expect(chooseLadder({ ...question, maxWeightBytes: 1e6 })).toMatchObject({
      error: {
        code: 'no-match',
        message: 'No reference model has a file of at most 1 MB; the smallest needs 2 MB.',
      },
    });
    const few = chooseLadder({ ...question, maxWeightBytes: 2e6 });
    expect(few.ok && few.value.rungs).toHaveLength(3);
    expect(few.ok && few.value.notes).toEqual([
      'All reference models with files of at most 2 MB are in the ladder, 5 fewer than asked for.',
    ]);
  });

  it('counts what is measured, however large, when smaller files are asked for afterwards', () => {
    const measured = rungsOf().map((rung) => landmarkOf(rung, new Array<number>(8).fill(1)));
    expect(rungsOf({ measured, maxWeightBytes: 10e6 })).toEqual([]);
  });

  it('counts kernels that it wrote as they were', () => {
    const rung = all[0]!;
    expect(readKernelRows(rung.kernels).reduce((sum, { macs, count }) => sum + macs * count, 0)).toBeCloseTo(
      rung.macs,
      -2,
    );
    expect(kernelWork([])).toEqual([]);
  });
});
