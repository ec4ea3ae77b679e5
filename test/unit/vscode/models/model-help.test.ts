import { describe, expect, it } from 'vitest';
import type { Query } from '../../../../src/core/estimate/estimate';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { profiled } from '../../core/profile/profiled';
import { referenceModel, type ReferenceRequest } from '../../../../src/core/zoo/reference-model';
import { createModelHelp } from '../../../../src/vscode/models/model-help';
import { loadFixture } from '../../core/profile/fixtures';

const estimators = createEstimators(bundledLandmarks);
const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };

async function helpFor(file: string, query: Query, targetFps: number) {
  const profile = profiled(await loadFixture(file));
  const help = createModelHelp({ estimators });
  const sentences = await help.of(profile, query, targetFps, new AbortController().signal);
  return { profile, sentences, text: sentences.join('\n') };
}

/** What is predicted for a network that is built from nothing but the words that name it. */
function predictedOf(label: string, resolution: number): number {
  const [family = ''] = /^[A-Za-z]+(V\d)?/.exec(label) ?? [];
  const [, layout] = /\[([\d,]+)\]/.exec(label) ?? [];
  const [, block] = / (basic|bottleneck)/.exec(label) ?? [];
  const [, width] = /width ([\d.]+)/.exec(label) ?? [];
  const [, growth] = /growth (\d+)/.exec(label) ?? [];
  const settings: ReferenceRequest['settings'] = {
    ...(layout === undefined ? {} : { layout: layout.split(',').map(Number) }),
    ...(block === undefined ? {} : { block }),
    ...(width === undefined ? {} : { width: Number(width) }),
    ...(growth === undefined ? {} : { growth: Number(growth) }),
  };
  const built = referenceModel({ family, settings, resolution });
  if (!built.ok) throw new Error(`${label}: ${built.error.message}`);
  return estimators.predict(profiled(built.value.model), { ...nano, resolution, batch: 1 }).estimate!.throughputFps;
}

describe('what would help', { timeout: 60_000 }, () => {
  it('is predicted to: the resolution, and the member of the family', async () => {
    const target = 30;
    const { profile, text } = await helpFor('ResNet92N.folded.onnx', nano, target);
    const at = (resolution: number) => estimators.predict(profile, { ...nano, resolution }).estimate!.throughputFps;
    const [, upTo = ''] = /Reaches .* up to (\d+)×/.exec(text) ?? [];
    const [, next = ''] = /; (\d+)×\d+ would drop/.exec(text) ?? [];
    expect(at(Number(upTo))).toBeGreaterThanOrEqual(target);
    expect(at(Number(next))).toBeLessThan(target);
    const [, member = ''] = /at 224×224 is (ResNet-\d+ .*?) \(/.exec(text) ?? [];
    expect(predictedOf(member, 224)).toBeGreaterThanOrEqual(target);
  });

  it('is predicted to: the other families, at the size that the model has', async () => {
    const target = 30;
    const { text } = await helpFor('iresnet100.folded.onnx', nano, target);
    const [, size = '', list = ''] = /Of other families at (\d+)×\d+, (.*) are predicted to meet it/.exec(text) ?? [];
    expect(size).toBe('112');
    const members = list.split(' and ').map((each) => each.replace(/ \([^()]* parameters, .*\)$/, ''));
    expect(members).toHaveLength(2);
    for (const member of members) expect(predictedOf(member, 112), member).toBeGreaterThanOrEqual(target);
  });

  it('names another runtime with what keeps the model from running there', async () => {
    const pytorch: Query = { ...nano, runtime: 'pytorch-fp16' };
    const hindered = await helpFor('mobilenet_v3_small.folded.onnx', pytorch, 82);
    expect(hindered.sentences[0]).toMatch(
      /^With TensorRT FP16 it would run at \d+ FPS, but not as exported: HardSwish ×\d+: TensorRT 8\.2.* cannot import it.*opset_version=13/,
    );
    const free = await helpFor('resnet50.folded.onnx', pytorch, 30);
    expect(free.sentences[0]).toMatch(/^With TensorRT FP16 it would run at [\d.]+ FPS\.$/);
  });
});
