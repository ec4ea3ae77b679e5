import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtures, type PlainNode, model, readBytes, readFixture } from '../../onnx/shapes/models';
import { profiled } from '../profiled';

const truth = JSON.parse(readFileSync(new URL('biases/truth.json', fixtures), 'utf8')) as Record<string, number>;

/** 3×3 convolutions of 8 channels, with BatchNormalization folded into each: the numbers in torch 1.13's names. */
function exported(numbers: readonly number[], between: readonly PlainNode[] = [], behind: readonly PlainNode[] = []) {
  const nodes = numbers.map((number, at): PlainNode => [
    'Conv',
    [at === 0 ? 'x' : 'r', `onnx::Conv_${number}`, `onnx::Conv_${number + 1}`],
    [`c${at}`],
  ]);
  const [first, ...rest] = nodes;
  const weights = numbers.flatMap((number) => [
    [`onnx::Conv_${number}`, [8, 8, 3, 3]] as const,
    [`onnx::Conv_${number + 1}`, [8]] as const,
  ]);
  return profiled(
    model({
      inputs: { x: [1, 8, 16, 16] },
      weights: Object.fromEntries(weights),
      int64: behind.length === 0 ? {} : { t: [1, -1] },
      nodes: [first!, ...between, ...rest, ...behind],
    }),
  );
}

const relu: PlainNode = ['Relu', ['c0'], ['r']];
const kernel = 8 * 8 * 9;

describe('biases beside folded BatchNormalization, by the numbers in names', () => {
  it.each<readonly [string, readonly number[], readonly PlainNode[], number]>([
    ['one without', [10], [], kernel + 16],
    ['one with', [11], [], kernel + 16 + 8],
    ['two without', [19, 22], [relu], 2 * (kernel + 16)],
    ['two with', [21, 24], [relu], 2 * (kernel + 16 + 8)],
    // One of two, or a tensor that is not used: said.
    ['either of two', [20, 23], [relu], 2 * (kernel + 16)],
    // Numbers of no export that is known.
    ['as many as none', [400], [], kernel + 16],
    ['too few', [3], [], kernel + 16],
  ])('are counted: %s', (_, numbers, between, parameters) => {
    expect(exported(numbers, between).parameters).toBe(parameters);
  });

  it.each(Object.entries(truth))(
    "are torch's own in %s, whatever else the exporter computed",
    async (file, parameters) => {
      const network = profiled(await readBytes(readFileSync(new URL(`biases/${file}`, fixtures))));
      const notes = network.evidence.join(' ');
      // Which three of five, or that they are biases at all, is not told.
      if (file.includes('some')) {
        expect(network.parameters).toBe(11_116);
        expect(notes).toContain('numbered 3 values more');
        expect(notes).toContain('between 11,152 and 11,188 parameters');
      } else {
        expect(network.parameters).toBe(parameters);
        expect(notes).not.toContain('numbered 3 values more');
        expect(notes).not.toContain('of their own as well, the network would');
      }
    },
  );
});

describe('a convolution that is published with a bias', () => {
  it('has BatchNormalization as well where its names are those of folding', async () => {
    const pfld = await readFixture('pfld.folded.onnx');
    const { initializers, nodes } = pfld.graph;
    const own = nodes.find(({ opType, inputs }) => opType === 'Conv' && !inputs[1]!.startsWith('onnx::'))!;
    const names = new Map(own.inputs.slice(1).map((name, at) => [name, `onnx::Conv_${9001 + at}`]));
    const renamed = (name: string) => names.get(name) ?? name;
    const graph = {
      ...pfld.graph,
      initializers: new Map(
        [...initializers].map(([name, tensor]) => [renamed(name), { ...tensor, name: renamed(name) }]),
      ),
      nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed) })),
    };
    // Scale and shift of 128 channels instead of a bias.
    const { parameters, evidence } = profiled({ ...pfld, graph });
    expect(parameters).toBe(profiled(pfld).parameters + 128);
    expect(evidence.join(' ')).toContain(`the network would have ${(parameters + 128).toLocaleString('en-US')}`);
  });
});
