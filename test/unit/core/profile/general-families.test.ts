import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concernsOf } from '../../../../src/core/estimate/concerns';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { formatThroughput } from '../../../../src/core/figures';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import type { Graph, Model, Node } from '../../../../src/core/onnx/model';
import { readModel } from '../../../../src/core/onnx/read';
import { recogniseFamily } from '../../../../src/core/profile/recognise';
import { readNetwork } from '../../../../src/core/profile/structure/network';
import { buildGraph } from '../../../../src/core/zoo/graph-builder';
import { loadFixture, withoutNames } from './fixtures';
import { profiled } from './profiled';
import { makeNode, makeTensor } from './rewrites';

const folder = join(__dirname, '../../../fixtures/torch-2.11');

const { fixtures } = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as {
  fixtures: { file: string; family: string | null; variant: string | null; parameters: number }[];
};

async function load(file: string): Promise<Model> {
  const model = await readModel(memorySource(readFileSync(join(folder, file))));
  if (!model.ok) throw new Error(`${file}: ${model.error.message}`);
  return model.value;
}

describe('networks as timm and torchvision have them, exported by torch 2.11', () => {
  it.each(fixtures.map((truth) => [truth.file, truth] as const))('%s', async (file, { family, variant }) => {
    const model = await load(file);
    for (const each of [model, withoutNames(model)]) {
      const recognised = recogniseFamily(readNetwork(each.graph));
      expect(recognised?.family ?? null).toBe(family);
      expect(recognised?.variant ?? null).toBe(variant);
      if (family !== null) expect(recognised?.confidence).toBeGreaterThan(0.9);
    }
  });
});

describe('depthwise convolutions behind paddings of their own', () => {
  it('are not the end of a body, behind which authors may write biases', async () => {
    const { evidence } = profiled(await load('../biases/timm-tf_efficientnet_lite0-legacy.onnx'));
    expect(evidence[1]).toMatch(/^49 convolution biases taken as left by folded BatchNormalization/);
    expect(evidence[1]).toMatch(/EfficientNet has BatchNormalization instead of biases after its convolutions\.$/);
  });
});

describe('RepGhost as others write it', () => {
  it.each(['repghost_w0.5', 'repghost_w0.5_deployed'])('is %s without activations in its modules', async (name) => {
    for (const way of ['folded', 'unfolded']) {
      const published = await loadFixture(`${name}.${way}-scrambled.onnx`);
      const { nodes } = published.graph;
      const isDepthwise = ({ opType, attributes }: Node) => {
        const group = attributes.get('group');
        return opType === 'Conv' && group?.kind === 'int' && group.value > 1;
      };
      const read = new Set(nodes.filter(isDepthwise).map(({ inputs }) => inputs[0]));
      const dropped = new Map(
        nodes
          .filter(({ opType, outputs }) => opType === 'Relu' && read.has(outputs[0]))
          .map(({ inputs, outputs }) => [outputs[0], inputs[0]!]),
      );
      const kept = nodes
        .filter(({ outputs }) => !dropped.has(outputs[0]))
        .map((node) => ({ ...node, inputs: node.inputs.map((input) => dropped.get(input) ?? input) }));
      expect(kept.length).toBeLessThan(nodes.length - 16);
      const { family, variant, parameters } = profiled({ ...published, graph: { ...published.graph, nodes: kept } });
      const original = profiled(published);
      expect([family, variant, parameters]).toEqual(['RepGhost', original.variant, original.parameters]);
    }
  });
});

describe('a network in its training form', () => {
  // Multiply–accumulates of the deployed form: Vasu et al. 2023, Table 9 (275 M); Ding et al. 2021, Table 4 (1.4 G), where
  // every 3×3 has those of a plain network of A0's depths and widths.
  it.each([
    ['timm-mobileone_s0-legacy.onnx', 275_110_400],
    ['timm-repvgg_a0-legacy.onnx', 1_361_451_008],
  ])('%s says what its deployed form takes', async (file, macs) => {
    const profile = profiled(await load(file));
    const trained = profile.costAt({});
    const deployed = profile.deployedForm?.costAt({});
    if (!trained.ok || deployed?.ok !== true) throw new Error('no cost');
    expect(deployed.value.macs).toBe(macs);
    expect(deployed.value.total.macs).toBe(macs);
    const convolutions = deployed.value.layers.filter(({ window }) => window !== null);
    expect(convolutions).toHaveLength(deployed.value.weightedLayers - 1);
    for (const { operators } of convolutions) expect(operators).not.toContain('Add');
    const elements = convolutions.reduce((sum, layer) => sum + layer.readElements + layer.writtenElements, 0);
    const [classifier] = deployed.value.layers.slice(-1);
    expect(deployed.value.activationElements).toBe(
      elements + (classifier?.readElements ?? 0) + (classifier?.writtenElements ?? 0),
    );
    const query = { device: 'jetson-nano', runtime: 'tensorrt-fp32' } as const;
    const prediction = createEstimators(bundledLandmarks).predict(profile, query);
    const [concern] = concernsOf(profile, query, prediction).filter(({ code }) => code === 'training-form');
    expect(concern?.message).toContain(
      `${deployed.value.layers.length} kernels instead of ${trained.value.layers.length}`,
    );
    const { estimate, deployedFps } = prediction;
    expect(deployedFps).toBeGreaterThan(estimate?.throughputFps ?? Infinity);
    expect(concern?.message).toContain(
      `: ${formatThroughput(deployedFps ?? 0)} instead of ${formatThroughput(estimate?.throughputFps ?? 0)} (+`,
    );
  });

  it('has no deployed form once it is deployed, and is recognised then too', () => {
    const rows = [
      [48, 1],
      [48, 2],
      [96, 4],
      [192, 14],
      [1280, 1],
    ] as const;
    const built = buildGraph('', { batch: 1, resolution: 224 }, (builder, image) => {
      let value = image;
      for (const [outputs, repeats] of rows) {
        for (let index = 0; index < repeats; index++) {
          value = builder.relu(builder.convolution(value, { outputs, kernel: 3, stride: index === 0 ? 2 : 1 }));
        }
      }
      return builder.linear(builder.globalAverage(value), 1000);
    });
    const profile = profiled(modelOf(built.graph));
    expect(profile.variant).toBe('RepVGG-A0 deployed');
    // Ding et al. 2021, Table 4: 8.30 M parameters.
    expect(profile.parameters).toBe(8_309_384);
    expect(profile.deployedForm).toBeNull();
    expect(profile.macs).toBe(1_361_451_008);
  });
});

function modelOf(graph: Graph): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', 13]]),
    producer: { name: '', version: '' },
    graph,
  } as unknown as Model;
}

describe('networks that nobody has published', () => {
  it('stay unrecognised, whatever their layers', () => {
    const random = randomNumbers(20261128);
    for (let count = 0; count < 150; count++) {
      const graph = randomNetwork(random);
      const recognised = recogniseFamily(readNetwork(graph));
      expect(recognised?.variant ?? null, graph.nodes.map(({ opType }) => opType).join(' ')).toBeNull();
    }
  });
});

/** Numbers from 0 to 1 (Park and Miller 1988). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** 6 to 30 convolutions of odd widths with shortcuts, pools and activations where chance puts them. */
function randomNetwork(random: () => number): Graph {
  const nodes: Node[] = [];
  const tensors = [];
  const below = (limit: number): number => Math.floor(random() * limit);
  let value = 'input';
  let channels = 3;
  for (let index = 0; index < 6 + below(25); index++) {
    const before = value;
    const isDepthwise = index > 0 && random() < 0.3;
    const kernel = isDepthwise ? 3 : [1, 3, 5][below(3)]!;
    const outputs = isDepthwise || random() < 0.4 ? channels : 5 + 2 * below(60);
    const weight = makeTensor(`weight ${index}`, [outputs, isDepthwise ? 1 : channels, kernel, kernel]);
    tensors.push(weight, makeTensor(`bias ${index}`, [outputs]));
    const ints = (...values: number[]) => ({ kind: 'ints', values }) as const;
    const attributes = { group: { kind: 'int', value: isDepthwise ? channels : 1 }, strides: ints(1, 1) } as const;
    nodes.push(makeNode('Conv', [value, weight.name, `bias ${index}`], [`conv ${index}`], attributes));
    value = `conv ${index}`;
    if (random() < 0.6) {
      nodes.push(makeNode('Relu', [value], [`act ${index}`]));
      value = `act ${index}`;
    }
    if (before !== 'input' && outputs === channels && random() < 0.5) {
      nodes.push(makeNode('Add', [value, before], [`sum ${index}`]));
      value = `sum ${index}`;
    }
    if (random() < 0.15) {
      nodes.push(makeNode('MaxPool', [value], [`pool ${index}`], { kernel_shape: ints(2, 2), strides: ints(2, 2) }));
      value = `pool ${index}`;
    }
    channels = outputs;
  }
  nodes.push(makeNode('GlobalAveragePool', [value], ['pooled']), makeNode('Flatten', ['pooled'], ['flat']));
  tensors.push(makeTensor('classes', [10, channels]));
  nodes.push(makeNode('Gemm', ['flat', 'classes'], ['output'], { transB: { kind: 'int', value: 1 } }));
  return {
    name: '',
    inputs: [{ name: 'input', dataType: 1, shape: [1, 3, 64, 64] }],
    outputs: [{ name: 'output', dataType: 1, shape: null }],
    nodes,
    initializers: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    valueInfos: new Map(),
  };
}
