import { describe, expect, it } from 'vitest';
import type { LatencyExplanation, LayerTime } from '../../../../src/core/estimate/graph-cost/explain';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { timeBreakdown, timeRows, type TimeGrouping } from '../../../../src/core/present/time-breakdown';
import { profileOfFile } from './models';

const estimators = createEstimators(bundledLandmarks);
const nano = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

async function breakdownOf(path: string, batch?: number) {
  const explained = estimators.explainLatency(
    await profileOfFile(path),
    batch === undefined ? nano : { ...nano, batch },
  );
  if (!explained.ok) throw new Error(explained.error);
  return timeBreakdown(explained.value);
}

function explanation(layers: readonly Partial<LayerTime['layer']>[]): LatencyExplanation {
  const times = layers.map((layer, position): LayerTime => ({
    position,
    layer: {
      kind: 'dense',
      operators: ['Conv'],
      nodes: ['conv'],
      window: null,
      repeats: 1,
      output: { name: 'out', shape: [1, 8, 4, 4], dataType: 1 },
      macs: 0,
      readElements: 0,
      writtenElements: 0,
      weightElements: 0,
      ...layer,
    },
    latencyMs: 3,
    share: 0,
    arithmeticMs: 1,
    trafficMs: 1,
    launchMs: 1,
  }));
  return {
    latencyMs: 3 * layers.length + 1,
    overheadMs: 1,
    layers: times,
    resolution: 224,
    height: 224,
    width: 224,
    batch: 1,
  };
}

describe('where the time goes', () => {
  it.each<[string, number | undefined]>([
    ['samples/resnet18.onnx', undefined],
    ['samples/resnet18.onnx', 8],
    ['samples/densenet121.onnx', undefined],
    ['samples/anti-spoofing/cdcn.onnx', undefined],
  ])('sums to the latency for %s at batch %s, however it is grouped', async (path, batch) => {
    const breakdown = await breakdownOf(path, batch);
    for (const grouping of ['kernel', 'kind', 'stage'] satisfies TimeGrouping[]) {
      for (const most of [3, 15, Infinity]) {
        const rows = timeRows(breakdown, grouping, most);
        const sum = rows.reduce((total, row) => total + row.latencyMs, 0);
        expect(sum / breakdown.latencyMs).toBeCloseTo(1, 9);
        expect(rows.reduce((total, row) => total + row.share, 0)).toBeCloseTo(1, 9);
        for (const row of rows.filter(({ role }) => role !== 'overhead')) {
          expect(row.arithmeticMs + row.trafficMs + row.launchMs).toBeCloseTo(row.latencyMs, 9);
        }
      }
    }
  });

  it('lists the heaviest first and sums up the rest', async () => {
    const breakdown = await breakdownOf('samples/resnet18.onnx');
    const rows = timeRows(breakdown, 'kernel', 5);
    expect(rows).toHaveLength(7);
    expect(rows[0]).toMatchObject({ name: 'conv1', detail: 'Conv 7×7, stride 2 + Relu → 64×112×112 · compute-bound' });
    const listed = rows.slice(0, 5).map(({ latencyMs }) => latencyMs);
    expect([...listed].sort((one, other) => other - one)).toEqual(listed);
    expect(rows[5]).toMatchObject({ name: '18 lighter kernels', role: 'rest', kernels: 18 });
    expect(rows[6]).toMatchObject({ name: 'Calling the engine', role: 'overhead' });
  });

  it('groups by what kernels do and by the size that they write', async () => {
    const breakdown = await breakdownOf('samples/resnet18.onnx');
    expect(timeRows(breakdown, 'kind').map(({ name }) => name)).toContain('Matrix products');
    const stages = timeRows(breakdown, 'stage');
    expect(stages.map(({ name }) => name)).toEqual(expect.arrayContaining(['56×56', '28×28', '14×14', '7×7']));
    // Of ResNet-18's stem only its convolution writes 112×112.
    expect(stages.find(({ name }) => name === '112×112')?.kernels).toBe(1);
  });

  it('tells depthwise convolutions from dense ones', () => {
    const window = { kernel: [3, 3], strides: [2, 2], groups: 8 };
    const { kernels } = timeBreakdown(explanation([{ kind: 'depthwise', operators: ['Conv', 'Clip'], window }]));
    expect(kernels[0]?.detail).toBe('Conv 3×3 depthwise, stride 2 + Clip → 8×4×4');
  });

  it('cuts names that are long, and goes by what there is where they are missing', () => {
    const { kernels } = timeBreakdown(
      explanation([{ nodes: ['x'.repeat(100_000)] }, { nodes: [''] }, { nodes: [], operators: ['Relu'] }]),
    );
    expect(kernels[0]?.name).toHaveLength(160);
    expect(kernels.slice(1).map(({ name }) => name)).toEqual(['out', 'out']);
  });

  it('sums up the lightest of very many kernels', () => {
    const breakdown = timeBreakdown(explanation(Array.from({ length: 1500 }, () => ({}))));
    expect(breakdown.kernels).toHaveLength(1000);
    expect(breakdown.lighter).toEqual({
      latencyMs: 1500,
      arithmeticMs: 500,
      trafficMs: 500,
      launchMs: 500,
      kernels: 500,
    });
    expect(timeRows(breakdown, 'kernel').at(-2)).toMatchObject({ name: '500 lighter kernels', latencyMs: 1500 });
  });

  it('says what is not known of a size', () => {
    const { kernels } = timeBreakdown(
      explanation([
        { output: { name: 'a', shape: null, dataType: 1 } },
        { output: { name: 'b', shape: [1, 'tokens', 768], dataType: 1 } },
        { output: { name: 'c', shape: [1, 10], dataType: 1 }, repeats: 4 },
      ]),
    );
    expect(kernels.map(({ stage }) => stage)).toEqual(['size not known', 'sequences', 'vectors']);
    expect(kernels.map(({ detail }) => detail)).toEqual(['Conv', 'Conv → tokens×768', 'Conv, 4 times → 10']);
  });
});
