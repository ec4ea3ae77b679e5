import { describe, expect, it } from 'vitest';
import type { Query } from '../../../../src/core/estimate/estimate';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { type Change, planChanges, sizesOfChanges } from '../../../../src/core/plan/plan-changes';
import type { InputSize } from '../../../../src/core/onnx/shapes/input-size';
import { changesSentence, changesView } from '../../../../src/core/present/change-view';
import type { ModelProfile } from '../../../../src/core/profile/profile';
import { publishedMembers } from '../../../../src/core/zoo/published-members';
import { referenceModel } from '../../../../src/core/zoo/reference-model';
import { loadFixture } from '../profile/fixtures';
import { profiled } from '../profile/profiled';

const estimators = createEstimators(bundledLandmarks);
const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };

async function changesOf(file: string, targetFps: number, query = nano) {
  const whole = profiled(await loadFixture(file));
  const asked = new Set<string>();
  const profile: ModelProfile = {
    ...whole,
    costAt: (size) => {
      asked.add(sideOf(size));
      return whole.costAt(size);
    },
  };
  const found = await planChanges({ profile, query, targetFps, unpublished: true }, estimators);
  if (!found.ok) throw new Error(found.error.message);
  const all = [...found.value.first, ...found.value.more];
  const only = <Kind extends Change['kind']>(kind: Kind) =>
    all.filter((change): change is Extract<Change, { kind: Kind }> => change.kind === kind);
  return { profile, changes: found.value, all, only, asked };
}

/** A side of the square that is asked for; '' for the model's own size. */
function sideOf({ resolution, height = resolution }: InputSize): string {
  return `${height ?? ''}`;
}

/** What is predicted for a published network that is built from its settings. */
function fpsOf(name: string, resolution: number): number {
  const { family, settings } = publishedMembers.find((member) => member.name === name)!;
  const built = referenceModel({ family, settings, resolution });
  if (!built.ok) throw new Error(`${name}: ${built.error.message}`);
  return estimators.predict(profiled(built.value.model), { ...nano, resolution, batch: 1 }).estimate!.throughputFps;
}

describe('what to change', { timeout: 60_000 }, () => {
  it('has three ways first, each of which is predicted to meet the target', async () => {
    const target = 60;
    const { profile, changes, all, only, asked } = await changesOf('resnet50.folded.onnx', target);
    expect([...asked].sort()).toEqual([...new Set(sizesOfChanges(profile, nano).map(sideOf))].sort());
    expect(changes.first).toHaveLength(3);
    for (const { estimate } of all) expect(estimate.throughputFps).toBeGreaterThanOrEqual(target);

    const at = (resolution: number) => estimators.predict(profile, { ...nano, resolution }).estimate!.throughputFps;
    const [{ size }] = only('resolution') as [Change & { kind: 'resolution' }];
    const resolution = size.height;
    expect(size.width).toBe(resolution);
    expect(at(resolution)).toBeGreaterThanOrEqual(target);
    expect(at(resolution + 32)).toBeLessThan(target);

    // ResNet-34 is the larger one, if it is fast enough, and the next published one is not.
    const [largest] = only('member');
    const resnets = publishedMembers.filter(({ family }) => family === 'ResNet').map(({ name }) => name);
    expect(largest!.member.name).toBe(resnets.filter((name) => fpsOf(name, 224) >= target).at(-1));
    expect(only('board')[0]!.estimate.device).not.toBe('jetson-nano');
    // A network that nobody has trained is never among the first three.
    expect(changes.first.map(({ kind }) => kind)).not.toContain('unpublished');
  });

  it('offers a face recogniser those that InsightFace publishes, and nothing else', async () => {
    const { only } = await changesOf('iresnet100.folded.onnx', 30);
    const names = only('member').map(({ member }) => member.name);
    expect(names[0]).toMatch(/^iresnet(18|34|50)$/);
    expect(names.at(-1)).toBe('MobileFaceNet');
    expect(names.every((name) => /^iresnet|^MobileFaceNet/.test(name))).toBe(true);
    expect(fpsOf(names[0]!, 112)).toBeGreaterThanOrEqual(30);
  });

  it('offers a transformer standard networks, and a detector none', async () => {
    const swin = await changesOf('swin_t.unfolded-scrambled.onnx', 100);
    const families = new Set(swin.only('member').map(({ member }) => member.family));
    expect([...families].every((family) => ['ResNet', 'MobileNetV2'].includes(family))).toBe(true);
    expect(families.size).toBeGreaterThan(0);
    const detector = await changesOf('retinaface_mnet025.folded.onnx', 500);
    expect(detector.only('member')).toEqual([]);
  });

  it('names another runtime, and says if the model does not run there as it was exported', async () => {
    const pytorch: Query = { ...nano, runtime: 'pytorch-fp16' };
    const hindered = await changesOf('mobilenet_v3_small.folded.onnx', 82, pytorch);
    expect(hindered.only('runtime')).toMatchObject([{ obstacle: expect.stringMatching(/^HardSwish ×\d+/) }]);
    expect(changesView(hindered.changes).first.find(({ what }) => what === 'With TensorRT FP16')).toMatchObject({
      note: expect.stringContaining('not as exported'),
    });
    const free = await changesOf('resnet50.folded.onnx', 30, pytorch);
    expect(free.only('runtime')).toMatchObject([{ obstacle: null, estimate: { runtime: 'tensorrt-fp16' } }]);
    expect(changesSentence(free.changes)).toMatch(
      /^It meets 30 FPS at \d+×\d+ \([\d.]+ FPS\), .*with TensorRT FP16 \(/,
    );
  });

  it('says that nothing helps where nothing does', async () => {
    const { changes, all } = await changesOf('resnet50.folded.onnx', 1e6);
    expect(all).toEqual([]);
    expect(changesSentence(changes)).toMatch(/^No smaller input, .* predicted to meet 1000000 FPS\.$/);
  });
});
