import { describe, expect, it } from 'vitest';
import type { Attribute, Graph, Model, Node } from '../../../../src/core/onnx/model';
import { loadFixture, withoutNames } from './fixtures';
import { profiled } from './profiled';
import { makeTensor, rewriteNodes } from './rewrites';

/** Networks that are built as published members but for a layer, a width or an activation. */

type Change = (model: Model) => Model;

const ints = (...values: number[]): Attribute => ({ kind: 'ints', values });
const int = (value: number): Attribute => ({ kind: 'int', value });
const groupsOf = ({ attributes }: Node): number => {
  const group = attributes.get('group');
  return group?.kind === 'int' ? group.value : 1;
};
const dimsOf = ({ initializers }: Graph, name = ''): readonly number[] => initializers.get(name)?.dims ?? [];

function changedNode(node: Node, attributes: Readonly<Record<string, Attribute>>): Node {
  return { ...node, attributes: new Map([...node.attributes, ...Object.entries(attributes)]) };
}

/** The middle one of the convolutions that `accepts`, with a kernel of 5×5. */
function widerKernel(accepts: (node: Node, dims: readonly number[]) => boolean): Change {
  return (model) => {
    const { graph } = model;
    const found = graph.nodes.filter((node) => node.opType === 'Conv' && accepts(node, dimsOf(graph, node.inputs[1])));
    const chosen = found[Math.floor(found.length / 2)];
    if (chosen === undefined) throw new Error('no such convolution');
    const [outputs = 0, inputs = 0] = dimsOf(graph, chosen.inputs[1]);
    return rewriteNodes(
      model,
      (node) => [node === chosen ? changedNode(node, { kernel_shape: ints(5, 5), pads: ints(2, 2, 2, 2) }) : node],
      [makeTensor(chosen.inputs[1] ?? '', [outputs, inputs, 5, 5])],
    );
  };
}

const widerDepthwise = widerKernel((node, [, inputs, side]) => groupsOf(node) > 1 && inputs === 1 && side === 3);
const widerFull = widerKernel((node, [, , side]) => groupsOf(node) === 1 && side === 3);

/** All channels but those of the input and of the answer doubled, in a network of convolutions and linear layers. */
const doubled: Change = (model) => {
  const { graph } = model;
  const weighted = graph.nodes.filter(({ opType }) => opType === 'Conv' || opType === 'Gemm');
  const [first, last] = [weighted[0], weighted.at(-1)];
  const tensors = weighted.flatMap((node) => {
    const [outputs = 0, inputs = 0, ...kernel] = dimsOf(graph, node.inputs[1]);
    const wide = node === last ? outputs : 2 * outputs;
    const isNarrow = node === first || groupsOf(node) > 1;
    return [
      makeTensor(node.inputs[1] ?? '', [wide, isNarrow ? inputs : 2 * inputs, ...kernel]),
      makeTensor(node.inputs[2] ?? '', [wide]),
    ];
  });
  return rewriteNodes(
    model,
    (node) => [groupsOf(node) > 1 ? changedNode(node, { group: int(2 * groupsOf(node)) }) : node],
    tensors,
  );
};

/** The middle one of the sums of a value with what follows from it left out. */
const shallower: Change = (model) => {
  const { nodes } = model.graph;
  const producer = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const follows = (name: string, from: string, steps = 0): boolean =>
    name === from ||
    (steps < 12 && (producer.get(name)?.inputs ?? []).some((input) => follows(input, from, steps + 1)));
  const sums = nodes.flatMap((node) => {
    const [one = '', other = ''] = node.inputs;
    if (node.opType !== 'Add' || !producer.has(one) || !producer.has(other)) return [];
    return follows(one, other) ? [[node, other] as const] : follows(other, one) ? [[node, one] as const] : [];
  });
  const [sum, shortcut] = sums[Math.floor(sums.length / 2)] ?? [];
  if (sum === undefined || shortcut === undefined) throw new Error('no residual sum');
  return rewriteNodes(model, (node) =>
    node === sum ? [] : [{ ...node, inputs: node.inputs.map((name) => (name === sum.outputs[0] ? shortcut : name)) }],
  );
};

/** One gate in the middle left out. */
const ungated: Change = (model) => {
  const { nodes } = model.graph;
  const producer = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const isGate = (name: string, of: string, steps = 0): boolean => {
    const node = producer.get(name);
    if (node === undefined || steps > 8) return false;
    return node.opType === 'GlobalAveragePool'
      ? node.inputs[0] === of
      : node.inputs.some((input) => isGate(input, of, steps + 1));
  };
  const gates = nodes.flatMap((node) => {
    const [one = '', other = ''] = node.inputs;
    if (node.opType !== 'Mul') return [];
    return isGate(other, one) ? [[node, one] as const] : isGate(one, other) ? [[node, other] as const] : [];
  });
  const [gate, value] = gates[Math.floor(gates.length / 2)] ?? [];
  if (gate === undefined || value === undefined) throw new Error('no gate');
  return rewriteNodes(model, (node) =>
    node === gate ? [] : [{ ...node, inputs: node.inputs.map((name) => (name === gate.outputs[0] ? value : name)) }],
  );
};

/** Every ReLU, PReLU or bound of one as a LeakyReLU. */
const leaky: Change = (model) =>
  rewriteNodes(model, (node) => [
    ['Relu', 'PRelu', 'Clip'].includes(node.opType)
      ? { ...node, opType: 'LeakyRelu', inputs: node.inputs.slice(0, 1), attributes: new Map() }
      : node,
  ]);

/** The last convolution with seven more outputs. */
const longerAnswer: Change = (model) => {
  const { graph } = model;
  const last = graph.nodes.filter(({ opType }) => opType === 'Conv' || opType === 'Gemm').at(-1);
  const [outputs = 0, ...rest] = dimsOf(graph, last?.inputs[1]);
  const tensors = [makeTensor(last?.inputs[1] ?? '', [outputs + 7, ...rest])];
  if (last?.inputs[2] !== undefined) tensors.push(makeTensor(last.inputs[2], [outputs + 7]));
  return rewriteNodes(model, (node) => [node], tensors);
};

/** The last depthwise convolution, which reads the whole map, with a smaller kernel. */
const smallerGlobal: Change = (model) => {
  const { graph } = model;
  const last = graph.nodes.filter((node) => node.opType === 'Conv' && groupsOf(node) > 1).at(-1);
  const [outputs = 0] = dimsOf(graph, last?.inputs[1]);
  return rewriteNodes(model, (node) => [node === last ? changedNode(node, { kernel_shape: ints(5, 5) }) : node], [
    makeTensor(last?.inputs[1] ?? '', [outputs, 1, 5, 5]),
  ]);
};

const CHANGES: readonly (readonly [string, Change, readonly string[], RegExp])[] = [
  ['a wider depthwise kernel', widerDepthwise, ['shufflenet_v2_x1_0', 'efficientnet_v2_s'], /layers are not those/],
  ['a wider kernel', widerFull, ['googlenet', 'inception_v3', 'dla34', 'hrnet_w18_small_v1'], /layers are not those/],
  ['twice the width', doubled, ['alexnet', 'googlenet', 'squeezenet1_1'], /layers are not those/],
  ['a block less', shallower, ['dla34', 'hrnet_w18_small_v1'], /layers are not those/],
  ['a gate less', ungated, ['ghostnet', 'ghostfacenet', 'repghost_w0.5', 'feathernet_a'], /layers are not those/],
  ['other activations', leaky, ['resnet50', 'densenet121', 'mobilenet_v2', 'ghostfacenet', 'iresnet18'], /LeakyReLU/],
  ['a longer embedding', longerAnswer, ['ghostfacenet', 'ghostfacenet_w1.3'], /519 numbers/],
  ['another last depthwise convolution', smallerGlobal, ['ghostfacenet'], /layers are not those/],
];

describe('a published member with', () => {
  for (const [what, change, networks, sentence] of CHANGES) {
    it.each(networks)(`${what} is not called %s`, async (network) => {
      const model = await loadFixture(`${network}.folded-scrambled.onnx`);
      const original = profiled(model);
      expect(original.variant).not.toMatch(/modified/);
      for (const changed of [change(model), withoutNames(change(model))]) {
        const { family, variant, evidence } = profiled(changed);
        expect([family, variant]).toEqual([original.family, `${original.variant} modified`]);
        expect(evidence.join(' ')).toMatch(sentence);
      }
    });
  }
});

describe('a published member that answers otherwise', () => {
  it.each([
    'resnet18_2classes_112',
    'vgg16_2classes',
    'densenet121_2classes',
    'squeezenet1_1_2classes',
    'resnet18_grey',
  ])('%s keeps its name', async (network) => {
    const { variant } = profiled(await loadFixture(`${network}.folded-scrambled.onnx`));
    expect(variant).not.toMatch(/modified/);
  });
});
