import { describe, expect, it } from 'vitest';
import { type PlainNode, model, readFixture } from '../../onnx/shapes/models';
import { profiled } from '../profiled';

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
    // One of two: which is not told, so that the usual is taken and the other said.
    ['either of two', [20, 23], [relu], 2 * (kernel + 16)],
    // Numbers of no export that is known.
    ['as many as none', [400], [], kernel + 16],
    ['too few', [3], [], kernel + 16],
  ])('are counted: %s', (_, numbers, between, parameters) => {
    expect(exported(numbers, between).parameters).toBe(parameters);
  });

  it('are certain where the numbers allow one reading, and doubtful otherwise', () => {
    const isDoubtful = (numbers: readonly number[]) =>
      exported(numbers, [relu]).evidence.some((sentence) => sentence.includes('Had all of these biases of their own'));
    expect(
      [
        [19, 22],
        [21, 24],
        [20, 23],
      ].map(isDoubtful),
    ).toEqual([false, false, true]);
  });

  it('are not told where the file still computes the shape of a view', () => {
    // x.view(x.size(0), -1) on a dynamic axis: its constants are gone, as many as biases would be.
    const shape: PlainNode = ['Shape', ['c0'], ['s']];
    const reshape: PlainNode = ['Reshape', ['c0', 's'], ['y']];
    expect(exported([14], [], [shape, reshape]).parameters).toBe(kernel + 16);
  });

  it('are told from the shape that a view computed', () => {
    // x.view(x.size(0), -1) at opset 13: six values that are gone.
    const constant: PlainNode = ['Reshape', ['c0', 't'], ['y']];
    expect(exported([19], [], [constant]).parameters).toBe(kernel + 16 + 8);
    expect(exported([18], [], [constant]).parameters).toBe(kernel + 16);
  });
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
