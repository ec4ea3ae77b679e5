import { describe, expect, it } from 'vitest';
import type { Query } from '../../../../src/core/estimate/estimate';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { diffModels } from '../../../../src/core/estimate/model-diff';
import { formatMacs } from '../../../../src/core/figures';
import { comparedModel } from '../../../../src/core/present/compare';
import { comparedText } from '../../../../src/core/present/compare-text';
import { escapeMarkdown, predictionCard } from '../../../../src/core/present/card';
import { predictionView } from '../../../../src/core/present/prediction-view';
import type { ModelProfile } from '../../../../src/core/profile/profile';
import { profiled } from '../profile/profiled';
import { costing, profileOf } from '../estimate/profiles';
import { readFixture } from '../onnx/shapes/models';

const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };

function viewOf(fields: Partial<ModelProfile>, targetFps?: number) {
  const profile = profileOf(fields);
  return predictionView(profile, nano, createEstimators(bundledLandmarks).predict(profile, nano), targetFps);
}

describe('predictionView', () => {
  it('puts an estimate into words', () => {
    const view = viewOf(costing(1_814_073_344), 30);
    expect(view).toMatchObject({
      headline: '86.4 FPS on Jetson Nano, TensorRT FP16',
      operatingPoint: '224×224, batch 1',
      reason: null,
      verdict: { kind: 'meets', isSure: true, certainty: 'inside' },
      model: { parameters: '11.69 M', parametersExact: '11,689,512', macs: '1.81 GMAC' },
    });
    expect(view.estimate).toMatchObject({
      throughput: '86.4 FPS',
      latency: '11.6 ms',
      interval: '83% interval: 76.8 to 130 FPS',
      intervalRange: '76.8–130 FPS (83%)',
      how: 'Equation 2, fitted to 5 measured models of the ResNet family',
      error: 'leave-one-out error 37% (campaign paper)',
    });
  });

  it('gives the interval the unit of its figure', async () => {
    const profile = profiled(await readFixture('resnet18.folded.onnx'));
    const query = { ...nano, batch: 8 };
    const { estimate } = predictionView(profile, query, createEstimators(bundledLandmarks).predict(profile, query));
    for (const text of [estimate!.throughput, estimate!.interval]) expect(text).toMatch(/inputs\/s$/);
  });

  it('gives work and input at the size that its figure is for, as a comparison and a difference do', async () => {
    const profile = profiled(await readFixture('resnet18.folded.onnx'));
    const estimators = createEstimators(bundledLandmarks);
    for (const size of [{}, { resolution: 112 }, { height: 480, width: 640, batch: 4 }]) {
      const query = { ...nano, ...size };
      const prediction = estimators.predict(profile, query);
      const { model, operatingPoint } = predictionView(profile, query, prediction);
      const file = { file: 'a.onnx', ok: true, fileBytes: 1, profile, prediction } as const;
      const row = comparedText(comparedModel(file, query, null));
      expect(model.macs).toBe(row.macs);
      expect(model.macs).toBe(formatMacs(diffModels([profile, profile], query, null, estimators).after.macs!));
      const isOwn = operatingPoint === '224×224, batch 1';
      expect(model.input).toBe(`input 1 × 3 × 224 × 224${isOwn ? '' : `, taken at ${operatingPoint}`}`);
      expect(row.verdict).toBe('–');
    }
  });

  it('says at which size an input is taken that the model leaves open', () => {
    const shape = ['batch', 3, 'height', 'width'];
    const view = viewOf({ ...costing(1_814_073_344), input: { name: 'x', shape } });
    expect(view.model.input).toBe('x batch × 3 × height × width, taken at 224×224, batch 1');
  });

  it('puts a refusal into words and judges no target then', () => {
    const view = viewOf({ family: null, variant: null, input: null }, 30);
    expect(view).toMatchObject({
      headline: 'No prediction for Jetson Nano, TensorRT FP16',
      operatingPoint: null,
      estimate: null,
      verdict: null,
      model: { variant: 'unknown family', input: null, macs: null },
    });
    expect(view.alternatives).toMatchObject([
      {
        method: 'landmark-fit',
        methodName: 'Family fit (Equation 2)',
        reason: expect.stringContaining('not recognised') as string,
      },
      { method: 'graph-cost', methodName: 'Graph cost', reason: view.reason },
    ]);
  });
});

describe('predictionCard', () => {
  it('leads with the headline and names method, target and model', () => {
    const card = predictionCard(viewOf({}, 200)).join('\n');
    expect(card).toMatch(/^\*\*86\.4 FPS on Jetson Nano, TensorRT FP16\*\*/);
    expect(card).toContain('Measured: 86.1 FPS (paper), 90.2 FPS (torch2trt)');
    expect(card).toContain('11.6 ms');
    expect(card).toContain('Equation 2, fitted to 5 measured models');
    expect(card).toContain('**Misses 200 FPS');
    expect(card).toContain('11.69 M parameters');
  });

  it('gives the reason where there is no prediction', () => {
    expect(predictionCard(viewOf({ family: 'AlexNet', parameters: 61_100_840 })).join('\n')).toMatch(
      /No prediction.*\n\n.*Measured.*69\.9 FPS.*\n\n.*at least 3 landmarks/,
    );
  });

  it('lets no text of a model become markup', () => {
    const card = predictionCard(
      viewOf({ variant: '[x](command:evil) <img src=x> **b**', uncosted: ['`code`\n# heading'] }),
    ).join('\n');
    expect(card).toContain('\\[x\\](command:evil) \\<img src=x\\> \\*\\*b\\*\\*');
    expect(card).toContain('\\`code\\` \\# heading');
  });

  it('escapes every character that starts markup', () => {
    expect(escapeMarkdown('a_b*c`d[e](f)<g>#h|i~j&k\\l')).toBe('a\\_b\\*c\\`d\\[e\\](f)\\<g\\>\\#h\\|i\\~j\\&k\\\\l');
    const starts = ['- a', '+ a', '12. a', '1) a', '---', 'https://a.b', ':smile:', 'www.a.b'].map(escapeMarkdown);
    expect(starts).toEqual(['\\- a', '\\+ a', '12\\. a', '1\\) a', '\\---', 'https\\://a.b', '\\:smile:', 'www\\.a.b']);
    // What reads well as it is stays so.
    expect(escapeMarkdown('90% interval: 31.1 to 34.3 FPS (Orin-NX)')).toBe('90% interval: 31.1 to 34.3 FPS (Orin-NX)');
  });
});
