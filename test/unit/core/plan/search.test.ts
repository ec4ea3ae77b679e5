import { describe, expect, it } from 'vitest';
import type { Estimate, Prediction, Query } from '../../../../src/core/estimate/estimate';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { findDevice, knownDevices } from '../../../../src/core/landmarks/devices';
import type { Plan } from '../../../../src/core/plan/plan';
import { exceedsMemory, isEnough, planBoards, smallestEnough } from '../../../../src/core/plan/plan-boards';
import { planFamily } from '../../../../src/core/plan/plan-family';
import { planResolution } from '../../../../src/core/plan/plan-resolution';
import type { PlanEstimators } from '../../../../src/core/plan/try-candidates';
import { profiled } from '../profile/profiled';
import type { ModelProfile } from '../../../../src/core/profile/profile';
import type { Result } from '../../../../src/core/result';
import { type ReferenceRequest, referenceModel } from '../../../../src/core/zoo/reference-model';

const query: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const real = createEstimators(bundledLandmarks);

function profileOf(request: ReferenceRequest): ModelProfile {
  const result = referenceModel(request);
  if (!result.ok) throw new Error(result.error.message);
  return profiled(result.value.model);
}

function planOf(result: Result<Plan>): Plan {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Estimators whose throughput is this function of the network and the query. */
function estimators(throughputFps: (profile: ModelProfile, query: Query) => number | null): PlanEstimators {
  return {
    landmarks: bundledLandmarks,
    prepare: () => Promise.resolve(),
    predict: (profile, asked): Prediction => {
      const value = throughputFps(profile, asked);
      if (value === null) return { estimate: null, reason: 'Nobody knows.', why: null, alternatives: [] };
      const estimate: Estimate = {
        device: asked.device,
        runtime: asked.runtime,
        resolution: asked.resolution!,
        batch: asked.batch ?? 1,
        throughputFps: value,
        latencyMs: 1000 / value,
        interval: null,
        method: 'graph-cost' as const,
        landmarks: 1,
        campaigns: [],
        crossValidatedError: null,
        extrapolated: false,
        basis: '',
        certainty: 'inside',
        powerMode: null,
        notes: [],
      };
      return { estimate, reason: null, why: null, alternatives: [] };
    },
  };
}

describe('planFamily', () => {
  it('tells members apart by their settings that recognition gives one name, at the size of their family', async () => {
    const question = { family: 'MobileFaceNet', fixed: {}, query, targetFps: 1 };
    const { trials } = planOf(
      await planFamily(
        question,
        estimators(({ macs }) => 1e10 / macs!),
      ),
    );
    expect(trials.map(({ label, resolution }) => `${label} at ${resolution}`)).toEqual([
      'MobileFaceNet scale 1 at 112',
      'MobileFaceNet scale 2 at 112',
    ]);
  });

  it('plans with no curve beyond its turn: wider networks are not faster, but for what single ones differ by', async () => {
    const { trials } = planOf(await planFamily({ family: 'MobileNetV2', fixed: {}, query, targetFps: 60 }, real));
    const figures = trials.map(({ estimate }) => estimate.throughputFps);
    expect(figures.length).toBeGreaterThan(30);
    for (const [index, figure] of figures.entries()) {
      expect(figure).toBeLessThan(1.05 * Math.min(...figures.slice(0, index), Infinity));
    }
  });

  it('finds the largest width whose cost is below a budget', async () => {
    // Throughput that depends on the multiply–accumulates alone, so the answer is the largest network below 10⁸.
    const byMacs = estimators(({ macs }) => 1e10 / macs!);
    const plan = planOf(await planFamily({ family: 'MobileNetV2', fixed: {}, query, targetFps: 100 }, byMacs));
    const macsAt = (width: number) => profileOf({ family: 'MobileNetV2', settings: { width } }).macs!;
    expect(plan.answer!.settings).toEqual({ width: 0.5 });
    expect(macsAt(0.5)).toBeLessThan(1e8);
    expect(macsAt(0.55)).toBeGreaterThan(1e8);
    expect(plan.next!.settings).toEqual({ width: 0.55 });
    expect(plan.answer!.macs).toBe(macsAt(0.5));
    const sizes = plan.trials.map(({ parameters }) => parameters);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(plan.exceptions).toEqual([]);
  });

  it('searches depth and width of a ResNet by parameters, or what is left when one is given', async () => {
    const byParameters = estimators(({ parameters }) => 1e9 / parameters);
    const free = planOf(await planFamily({ family: 'resnet', fixed: {}, query, targetFps: 50 }, byParameters));
    expect(free.trials.length).toBeGreaterThan(90);
    expect(free.answer!.parameters).toBeLessThanOrEqual(2e7);
    expect(free.next!.parameters).toBeGreaterThan(2e7);

    const fixed = { width: 1, block: 'basic' };
    const deep = planOf(await planFamily({ family: 'ResNet', fixed, query, targetFps: 50 }, byParameters));
    // ResNet-34 has 21.8 M, and each block of its third stage that is left out 1.18 M less.
    expect(deep.answer!.label).toBe('ResNet-30 [3,4,4,3] basic');
    expect(deep.trials.every(({ settings }) => settings['width'] === 1 && settings['block'] === 'basic')).toBe(true);
    const labels = deep.trials.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('asks at the resolution, batch and classes that are given', async () => {
    const asked: Query[] = [];
    const spy = estimators((profile, at) => {
      asked.push(at);
      expect(profile.input!.shape).toEqual([4, 3, 96, 96]);
      return 100;
    });
    const at = { ...query, resolution: 96, batch: 4 };
    const plan = planOf(
      await planFamily({ family: 'ShuffleNetV2', fixed: {}, query: at, classes: 2, targetFps: 1 }, spy),
    );
    expect(asked).toEqual(new Array(4).fill(at));
    expect(plan.outcome).toBe('all');
    const twoClasses = profileOf({ family: 'ShuffleNetV2', settings: { scale: '2' }, classes: 2 });
    expect(plan.answer!.parameters).toBe(twoClasses.parameters);
  });

  it('gives what the estimators themselves predict', async () => {
    const plan = planOf(await planFamily({ family: 'DenseNet', fixed: { growth: 32 }, query, targetFps: 30 }, real));
    expect(plan.trials).toHaveLength(4);
    for (const { settings, estimate } of plan.trials) {
      const profile = profileOf({ family: 'DenseNet', settings });
      expect(real.predict(profile, { ...query, resolution: 224, batch: 1 }).estimate).toEqual(estimate);
    }
  });

  it('names members that no file could hold, and skips combinations that do not exist', async () => {
    const fixed = { width: 3, block: 'bottleneck', widening: 2 };
    const wide = planOf(
      await planFamily(
        { family: 'ResNet', fixed, query, targetFps: 1 },
        estimators(() => 100),
      ),
    );
    expect(wide.outcome).toBe('some');
    expect(wide.unanswered.map(({ reason }) => reason)).toContainEqual(expect.stringMatching(/GB of weights/));

    const bottlenecks = planOf(
      await planFamily(
        { family: 'ResNet', fixed: { width: 1, widening: 2 }, query, targetFps: 1 },
        estimators(() => 100),
      ),
    );
    expect(bottlenecks.outcome).toBe('all');
    expect(bottlenecks.trials.every(({ settings }) => settings['block'] === 'bottleneck')).toBe(true);
  });

  it('refuses what it does not know', async () => {
    const ask = (more: object) => planFamily({ family: 'ResNet', fixed: {}, query, targetFps: 30, ...more }, real);
    expect(await ask({ family: 'Transformer' })).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
    expect(await ask({ fixed: { alpha: 1 } })).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
    const small = await ask({ family: 'VGG', query: { ...query, resolution: 160 } });
    expect(small).toMatchObject({ ok: false, error: { message: expect.stringMatching(/^VGG at 160×160: its class/) } });
  });

  it('gives a runtime without landmarks its reason once, after one look', async () => {
    let looks = 0;
    const counting = {
      ...real,
      predict: (...args: Parameters<typeof real.predict>) => (looks++, real.predict(...args)),
    };
    const unmeasured = { ...query, runtime: 'tensorrt-int8' as const };
    const question = { family: 'MobileNetV2', fixed: {}, query: unmeasured, targetFps: 30 };
    const plan = planOf(await planFamily(question, counting));
    expect(plan.outcome).toBe('unanswered');
    expect(plan.unanswered).toHaveLength(1);
    expect(plan.unanswered[0]!.reason).toMatch(/no landmarks/);
    expect(plan.unanswered[0]!.labels).toHaveLength(39);
    expect(looks).toBe(1);
  });

  it('can be cancelled, and says how far it is', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const onCandidate = (done: number, total: number, label: string) => {
      seen.push(`${done}/${total} ${label}`);
      if (done === 2) controller.abort();
    };
    const question = { family: 'MnasNet', fixed: {}, query, targetFps: 30 };
    const result = await planFamily(question, real, { signal: controller.signal, onCandidate });
    expect(result).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(seen).toEqual(['0/39 MnasNet alpha 0.1', '1/39 MnasNet alpha 0.15', '2/39 MnasNet alpha 0.2']);
  });
});

describe('planResolution', () => {
  const resnet = profileOf({ family: 'ResNet' });

  it('finds the highest multiple of the step that meets the target', async () => {
    const byPixels = estimators((_, { resolution }) => 6e6 / resolution! ** 2);
    const question = { profile: resnet, query, targetFps: 60 };
    const coarse = planOf(await planResolution(question, byPixels));
    expect(coarse.answer).toMatchObject({ label: '288×288', resolution: 288 });
    expect(coarse.next!.resolution).toBe(320);
    expect(coarse.trials).toHaveLength(64);
    const fine = planOf(await planResolution({ ...question, step: 16, largest: 640 }, byPixels));
    expect(fine.answer!.resolution).toBe(304);
    expect(fine.trials).toHaveLength(40);
    expect(fine.answer!.macs).toBe(profileOf({ family: 'ResNet', resolution: 304 }).macs);
  });

  it('gives what the estimators predict at each resolution', async () => {
    const plan = planOf(await planResolution({ profile: resnet, query, targetFps: 30, largest: 512 }, real));
    expect(plan.trials.map(({ resolution }) => resolution)).toContain(224);
    for (const { resolution, estimate } of plan.trials) {
      expect(estimate).toEqual(real.predict(resnet, { ...query, resolution }).estimate);
    }
    expect(plan.answer!.estimate.throughputFps).toBeGreaterThanOrEqual(30);
    expect(plan.next!.estimate.throughputFps).toBeLessThan(30);
  });

  it("tries the network's own size too, which may be the only one and no multiple", async () => {
    const face = profileOf({ family: 'ResNet', resolution: 112 });
    const fixed = estimators((_, { resolution }) => (resolution === 112 ? 50 : null));
    const plan = planOf(await planResolution({ profile: face, query, targetFps: 40 }, fixed));
    expect(plan.answer).toMatchObject({ label: '112×112', resolution: 112 });
    const any = planOf(
      await planResolution(
        { profile: face, query, targetFps: 40, largest: 160 },
        estimators(() => 50),
      ),
    );
    expect(any.trials.map(({ resolution }) => resolution)).toEqual([32, 64, 96, 112, 128, 160]);
  });

  it('leaves out resolutions that the network cannot take, with the reason', async () => {
    const vgg = profileOf({ family: 'VGG', settings: { depth: '11' }, resolution: 448 });
    const plan = planOf(
      await planResolution(
        { profile: vgg, query, targetFps: 1, largest: 448 },
        estimators(() => 100),
      ),
    );
    const possible = plan.trials.map(({ resolution }) => resolution);
    expect(possible).toContain(448);
    for (const resolution of possible) expect(vgg.costAt({ resolution, batch: 1 }).ok).toBe(true);
    const left = plan.unanswered.flatMap(({ labels }) => labels);
    expect(left.length + possible.length).toBe(14);
  });

  it('says that nothing is known where no resolution has a figure', async () => {
    const plan = planOf(
      await planResolution(
        { profile: resnet, query, targetFps: 30 },
        estimators(() => null),
      ),
    );
    expect(plan).toMatchObject({ outcome: 'unanswered', answer: null, unanswered: [{ reason: 'Nobody knows.' }] });
  });

  it('refuses a model without images and steps that make no sense', async () => {
    const text = { ...resnet, input: { name: 'tokens', shape: [1, 128] } };
    const refused = await planResolution({ profile: text, query, targetFps: 30 }, real);
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
    for (const steps of [{ step: 64, largest: 32 }, { step: 1 }]) {
      const result = await planResolution({ profile: resnet, query, targetFps: 30, ...steps }, real);
      expect(result).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
    }
  });
});

describe('planBoards', () => {
  const resnet50 = profileOf({ family: 'ResNet', settings: { layout: [3, 4, 6, 3], block: 'bottleneck' } });
  const boardsFor = async (profile: ModelProfile, targetFps: number | null, asked: PlanEstimators = real) => {
    const answers = await planBoards(profile, query, targetFps, asked);
    if (!answers.ok) throw new Error(answers.error.message);
    return answers.value;
  };

  it('asks for every board in every power mode, and puts the smallest that meets the target first', async () => {
    const answers = await boardsFor(resnet50, 100);
    const places = knownDevices.flatMap(({ id, powerModes }) => powerModes.map(({ name }) => `${id} ${name}`));
    expect(answers.map(({ device, powerMode }) => `${device} ${powerMode}`).sort()).toEqual(places.sort());

    const enough = answers.filter(isEnough);
    expect(answers.slice(0, enough.length)).toEqual(enough);
    expect(enough.length).toBeGreaterThan(5);
    // TX2i and TX2 4GB are smaller, but modules that are hard to come by: they come after the others.
    const [first] = await boardsFor(resnet50, 60);
    expect(first!.deviceName).toBe('Jetson TX2');
    expect(smallestEnough([first!])).toBe(first);
    const isRare = (device: string) => findDevice(device)?.isCommon === false;
    for (const [index, { device, peakGflops, fasterModes }] of enough.entries()) {
      const before = enough[index - 1];
      if (before === undefined) continue;
      if (isRare(device) === isRare(before.device)) expect(peakGflops).toBeGreaterThanOrEqual(before.peakGflops!);
      else expect(isRare(device)).toBe(true);
      if (before.device === device) expect(fasterModes).toBeLessThan(before.fasterModes);
    }
    // Nano reaches 32 FPS, so it is not among them, and what misses comes by falling throughput.
    const missing = answers.slice(enough.length).map(({ prediction }) => prediction.estimate?.throughputFps ?? 0);
    expect(missing).toEqual([...missing].sort((one, other) => other - one));
    expect(answers.slice(enough.length).map(({ device }) => device)).toContain('jetson-nano');
  });

  it('judges a mode by what was measured in it, and knows its limit by its name or from the guide', async () => {
    const answers = await boardsFor(resnet50, 30);
    const nano = answers.filter(({ device }) => device === 'jetson-nano');
    const [most, least] = ['MAXN', '5W'].map((mode) => nano.find(({ powerMode }) => powerMode === mode)!);
    expect(most).toMatchObject({ budgetWatts: 10, verdict: { certainty: 'measured' } });
    expect(least!.prediction.measured).toEqual([]);
    expect(least).toMatchObject({ budgetWatts: 5, verdict: { kind: 'misses' } });
    expect([most!.fasterModes, least!.fasterModes]).toEqual([0, 1]);
    const thor = answers.find(({ device, powerMode }) => device === 'jetson-agx-thor' && powerMode === 'MAXN');
    expect(thor).toMatchObject({ powerMode: 'MAXN', budgetWatts: null });
  });

  it('sets boards without room for the model, and those without a figure, behind the others', async () => {
    // 4,096 times the activations of one image need more than 4 GB.
    const answers = await planBoards(resnet50, { ...query, batch: 4096 }, 1, real);
    if (!answers.ok) throw new Error(answers.error.message);
    const nano = answers.value.findIndex(({ device }) => device === 'jetson-nano');
    expect(exceedsMemory(answers.value[nano]!)).toBe(true);
    expect(answers.value.slice(nano).some((answer) => isEnough(answer))).toBe(false);

    const silent = await boardsFor(
      resnet50,
      30,
      estimators((_, { device }) => (device === 'jetson-nano' ? null : 50)),
    );
    expect(silent.at(-1)!.device).toBe('jetson-nano');
  });
});
