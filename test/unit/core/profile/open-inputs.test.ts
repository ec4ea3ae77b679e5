import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import type { Attribute, Graph, Model, ValueInfo } from '../../../../src/core/onnx/model';
import { readModel } from '../../../../src/core/onnx/read';
import { withoutNames } from './fixtures';
import { profiled } from './profiled';
import { makeNode, makeTensor, rewriteNodes } from './rewrites';

/** Networks whose files leave the batch, the height and the width of their input open. */

const folder = join(__dirname, '../../../fixtures');

async function load(file: string): Promise<Model> {
  const model = await readModel(memorySource(readFileSync(join(folder, file))));
  if (!model.ok) throw new Error(`${file}: ${model.error.message}`);
  return model.value;
}

/** The same file with symbols for all of its input's dims but the channels, and without shapes that say otherwise. */
function opened(model: Model): Model {
  const { graph } = model;
  const free = (info: ValueInfo): ValueInfo => ({ ...info, shape: info.shape?.map(() => null) ?? null });
  const open = (info: ValueInfo): ValueInfo =>
    info.shape?.length === 4 && !graph.initializers.has(info.name) && info === graph.inputs[0]
      ? { ...info, shape: ['batch', info.shape[1] ?? null, 'height', 'width'] }
      : info;
  const changed: Graph = {
    ...graph,
    inputs: graph.inputs.map(open),
    outputs: graph.outputs.map(free),
    valueInfos: new Map(),
  };
  return { ...model, graph: changed };
}

/** Ways of one network give the same graph but for where its weights are; these have other operators. */
const WAYS = /\.(?:folded|unfolded|folded-scrambled|unfolded-scrambled)\.onnx$/;

describe('a fixed input that is made open', () => {
  const files = ['exported', 'torch-2.11', 'resized', 'faces', 'biases'].flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith('.onnx') && (name !== 'exported' || WAYS.test(file)))
      .map((file) => `${name}/${file}`),
  );

  it.each(files)('%s keeps its family and its parameters', async (file) => {
    const model = await load(file);
    const [fixed, open] = [profiled(model), profiled(opened(model))];
    const facts = ({ family, variant, confidence, parameters }: typeof fixed) => [
      family,
      variant,
      confidence,
      parameters,
    ];
    expect(facts(open)).toEqual(facts(fixed));
  });
});

describe('vision transformers exported with an open input', () => {
  const truths = JSON.parse(readFileSync(join(folder, 'open/truth.json'), 'utf8')) as {
    file: string;
    variant: string;
    parameters: number;
  }[];

  it.each(truths)('$file', async ({ file, variant, parameters }) => {
    const model = await load(`open/${file}`);
    for (const each of [model, withoutNames(model)]) {
      const profile = profiled(each);
      expect(profile).toMatchObject({ family: 'ViT', variant, parameters });
      expect(profile.confidence).toBeGreaterThan(0.9);
      expect(profile.macs).toBeGreaterThan(1e9);
    }
  });

  // As the exporter of torch 2.9 and later writes a token for each image of a free batch.
  it('is recognised with tokens that are expanded to a part of the shape', async () => {
    const model = await load('torch-2.11/deit_tiny_patch16_224.onnx');
    const { graph } = model;
    const [input] = graph.inputs;
    const isToken = (name: string): boolean => graph.initializers.get(name)?.dims.join() === '1,1,192';
    const part = (value: number): Attribute => ({ kind: 'int', value });
    const target = makeTensor('rest of the shape', [2], [1, 192]);
    let tokens = 0;
    const changed = rewriteNodes(
      model,
      (node) => {
        const token = node.opType === 'Concat' ? node.inputs.find(isToken) : undefined;
        if (token === undefined) return [node];
        tokens++;
        return [
          makeNode('Shape', [input?.name ?? ''], ['batch size'], { start: part(0), end: part(1) }),
          makeNode('Concat', ['batch size', target.name], ['token shape'], { axis: part(0) }),
          makeNode('Expand', [token, 'token shape'], ['tokens']),
          { ...node, inputs: node.inputs.map((name) => (name === token ? 'tokens' : name)) },
        ];
      },
      [{ ...target, dataType: 7 }],
    );
    expect(tokens).toBe(1);
    const [before, after] = [profiled(model), profiled(opened(changed))];
    expect(after).toMatchObject({ variant: before.variant, parameters: before.parameters });
  });
});
