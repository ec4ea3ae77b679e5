import { beforeAll, describe, expect, it } from 'vitest';
import type { Attribute, Graph, Model, Node, Tensor } from '../../../../src/core/onnx/model';
import type { ModelProfile } from '../../../../src/core/profile/profile';
import { profiled } from './profiled';
import { loadFixture, withoutNames } from './fixtures';
import { append, makeNode, makeTensor, rewriteNodes } from './rewrites';

const ints = (values: readonly number[]): Attribute => ({ kind: 'ints', values });
const int = (value: number): Attribute => ({ kind: 'int', value });

/** Nodes in the place of others, with tensors that they need; names are made up as they are needed. */
function rewrite(model: Model, change: (node: Node, make: Maker) => readonly Node[] | null): Model {
  const added: Tensor[] = [];
  let count = 0;
  const { initializers } = model.graph;
  const make: Maker = {
    name: () => `made ${count++}`,
    tensor: (dims, values = null, dataType = values !== null && values.every(Number.isInteger) ? INT64 : FLOAT) => {
      const tensor = { ...makeTensor(make.name(), dims, values), dataType };
      added.push(tensor);
      return tensor.name;
    },
    number: (value) => make.tensor([], [value], FLOAT),
    dims: (name = '') => initializers.get(name)?.dims ?? [],
  };
  const nodes = model.graph.nodes.flatMap((node) => change(node, make) ?? [node]);
  return rewriteNodes({ ...model, graph: { ...model.graph, nodes } }, (node) => [node], added);
}

interface Maker {
  readonly name: () => string;
  readonly tensor: (dims: readonly number[], values?: readonly number[] | null, dataType?: number) => string;
  readonly number: (value: number) => string;
  readonly dims: (name?: string) => readonly number[];
}

const FLOAT = 1;
const INT8 = 3;
const INT64 = 7;

const [first, last] = [(node: Node): string => node.inputs[0] ?? '', (node: Node): string => node.outputs[0] ?? ''];

type Rewrite = (model: Model) => Model;

/** Every result of `from` goes through `more`, which reads `x` and writes `y`. */
function after(model: Model, from: string, more: (x: string, y: string, make: Maker) => readonly Node[]): Model {
  return rewrite(model, (node, make) => {
    if (node.opType !== from) return null;
    const x = make.name();
    return [{ ...node, outputs: [x] }, ...more(x, last(node), make)];
  });
}

const biasesAdded: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    const [x, weight, bias] = node.inputs;
    if (node.opType !== 'Conv' || x === undefined || weight === undefined || bias === undefined) return null;
    const [inner, shaped] = [make.name(), make.name()];
    return [
      { ...node, inputs: [x, weight], outputs: [inner] },
      makeNode('Reshape', [bias, make.tensor([4], [1, -1, 1, 1])], [shaped]),
      makeNode('Add', [shaped, inner], node.outputs),
    ];
  });

const productAndSum: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    if (node.opType !== 'Gemm') return null;
    const [outputs = 0, inputs = 0] = make.dims(node.inputs[1]);
    const product = make.name();
    return [
      makeNode('MatMul', [first(node), make.tensor([inputs, outputs])], [product]),
      makeNode('Add', [product, make.tensor([1, outputs])], node.outputs),
    ];
  });

/** Every BatchNormalization as operators that each take a vector, such as `['Sub', 'Mul', 'Mul', 'Add']`. */
const normsAs =
  (...operators: readonly string[]): Rewrite =>
  (model) =>
    rewrite(model, (node, make) => {
      if (node.opType !== 'BatchNormalization') return null;
      const [channels = 0] = make.dims(node.inputs[1]);
      const names = [...operators.slice(1).map(() => make.name()), last(node)];
      return operators.map((operator, index) =>
        makeNode(
          operator,
          [index === 0 ? first(node) : (names[index - 1] as string), make.tensor([1, channels, 1, 1])],
          [names[index] as string],
        ),
      );
    });

/** γ/√(σ² + ε) and β − μ·γ/√(σ² + ε), computed from the stored vectors. */
const frozen: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    if (node.opType !== 'BatchNormalization') return null;
    const shaped = node.inputs.slice(1).map((name) => ({ name, shaped: make.name() }));
    const [gamma, beta, mean, variance] = shaped.map((each) => each.shaped) as [string, string, string, string];
    const [sum, root, scale, offset, shift, product] = Array.from({ length: 6 }, () => make.name()) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return [
      ...shaped.map((each) => makeNode('Reshape', [each.name, make.tensor([4], [1, -1, 1, 1])], [each.shaped])),
      makeNode('Add', [variance, make.number(1e-5)], [sum]),
      makeNode('Sqrt', [sum], [root]),
      makeNode('Div', [gamma, root], [scale]),
      makeNode('Mul', [mean, scale], [offset]),
      makeNode('Sub', [beta, offset], [shift]),
      makeNode('Mul', [first(node), scale], [product]),
      makeNode('Add', [product, shift], node.outputs),
    ];
  });

const channelsLast: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    if (!['Conv', 'MaxPool', 'GlobalAveragePool', 'BatchNormalization'].includes(node.opType)) return null;
    const [before, result] = [make.name(), make.name()];
    return [
      makeNode('Transpose', [first(node)], [before], { perm: ints([0, 3, 1, 2]) }),
      { ...node, inputs: [before, ...node.inputs.slice(1)], outputs: [result] },
      makeNode('Transpose', [result], node.outputs, { perm: ints([0, 2, 3, 1]) }),
    ];
  });

const meanOverOneAxisEach: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    if (node.opType !== 'GlobalAveragePool') return null;
    const rows = make.name();
    return [
      makeNode('ReduceMean', node.inputs, [rows], { axes: ints([3]) }),
      makeNode('ReduceMean', [rows], node.outputs, { axes: ints([2]) }),
    ];
  });

const meanOverFlattened: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    if (node.opType !== 'GlobalAveragePool') return null;
    const [flat, mean] = [make.name(), make.name()];
    return [
      makeNode('Reshape', [first(node), make.tensor([3], [0, 0, -1])], [flat]),
      makeNode('ReduceMean', [flat], [mean], { axes: ints([2]) }),
      makeNode('Unsqueeze', [mean, make.tensor([1], [3])], node.outputs),
    ];
  });

const minimumFirst: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    if (node.opType !== 'Clip') return null;
    const below = make.name();
    return [
      makeNode('Min', [first(node), make.number(6)], [below]),
      makeNode('Max', [make.number(0), below], node.outputs),
    ];
  });

/** 8-bit integers with factors found at run time, as onnxruntime's quantize_dynamic writes them. */
const dynamicallyQuantised: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    const isConv = node.opType === 'Conv';
    if (!isConv && node.opType !== 'Gemm') return null;
    const dims = make.dims(node.inputs[1]);
    const [outputs = 0] = dims;
    const [q, scale, zero, whole, real, factor, product] = Array.from({ length: 7 }, () => make.name()) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const weight = make.tensor(isConv ? dims : [...dims].reverse(), null, INT8);
    const multiplied = isConv ? makeNode('ConvInteger', [q, weight, zero], [whole]) : null;
    return [
      makeNode('DynamicQuantizeLinear', [first(node)], [q, scale, zero]),
      multiplied === null
        ? makeNode('MatMulInteger', [q, weight, zero, make.tensor([outputs], null, INT8)], [whole])
        : { ...multiplied, attributes: node.attributes },
      makeNode('Cast', [whole], [real], { to: int(FLOAT) }),
      makeNode('Mul', [scale, make.tensor([isConv ? 1 : outputs])], [factor]),
      makeNode('Mul', [real, factor], [node.inputs.length > 2 ? product : last(node)]),
      ...(node.inputs.length > 2
        ? [makeNode('Add', [product, make.tensor(isConv ? [1, outputs, 1, 1] : [outputs])], node.outputs)]
        : []),
    ];
  });

/** (x/255 − mean)·(1/deviation) in the order of a camera's colours, and a scale and shift on top. */
const preprocessing: Rewrite = (model) => {
  const [input] = model.graph.inputs;
  const colours = (name: string): Tensor => makeTensor(name, [1, 3, 1, 1]);
  const read = rewriteNodes(
    model,
    (node) => [{ ...node, inputs: node.inputs.map((name) => (name === input?.name ? 'prepared' : name)) }],
    ['mean', 'deviation', 'scale', 'shift']
      .map(colours)
      .concat([makeTensor('levels', [], [255]), { ...makeTensor('order', [3], [2, 1, 0]), dataType: INT64 }]),
  );
  const nodes = [
    makeNode('Gather', [input?.name ?? '', 'order'], ['p1'], { axis: int(1) }),
    makeNode('Div', ['p1', 'levels'], ['p2']),
    makeNode('Sub', ['p2', 'mean'], ['p3']),
    makeNode('Mul', ['p3', 'deviation'], ['p4']),
    makeNode('Mul', ['p4', 'scale'], ['p5']),
    makeNode('Add', ['p5', 'shift'], ['prepared']),
  ];
  return { ...read, graph: { ...read.graph, nodes: [...nodes, ...read.graph.nodes] } };
};

/** Every weight and bias of convolutions and linear layers cut out of one tensor. */
const packed: Rewrite = (model) => {
  let offset = 0;
  const cut = rewrite(model, (node, make) => {
    if (node.opType !== 'Conv' && node.opType !== 'Gemm') return null;
    const cuts: Node[] = [];
    const inputs = node.inputs.map((name, position) => {
      const dims = make.dims(name);
      if (position === 0) return name;
      const [slice, shaped] = [make.name(), make.name()];
      const end = offset + dims.reduce((product, dim) => product * dim, 1);
      cuts.push(
        makeNode('Slice', ['all weights', make.tensor([1], [offset]), make.tensor([1], [end])], [slice]),
        makeNode('Reshape', [slice, make.tensor([dims.length], dims)], [shaped]),
      );
      offset = end;
      return shaped;
    });
    return [...cuts, { ...node, inputs }];
  });
  return rewriteNodes(cut, (node) => [node], [makeTensor('all weights', [offset])]);
};

/** The whole network as one branch of an `If`, whose values have the names of outer ones. */
const inBranch: Rewrite = (model) => {
  const { graph } = model;
  const inner: Graph = { ...graph, inputs: [], initializers: new Map() };
  const other: Graph = { ...inner, nodes: [makeNode('Identity', [graph.inputs[0]?.name ?? ''], ['o'])], outputs: [] };
  const node = makeNode('If', ['condition'], [graph.outputs[0]?.name ?? ''], {
    then_branch: { kind: 'graph', value: inner },
    else_branch: { kind: 'graph', value: other },
  });
  const condition = { ...makeTensor('condition', [], [1]), dataType: 9 };
  return rewriteNodes({ ...model, graph: { ...graph, nodes: [node] } }, (each) => [each], [condition]);
};

/** As onnxruntime's optimiser writes for a CPU: channels in blocks, sums and activations in the convolutions. */
const inBlocks: Rewrite = (model) => {
  const { nodes } = model.graph;
  const producer = new Map(nodes.map((node) => [last(node), node]));
  const fused = new Set<Node>();
  const relu = { activation: { kind: 'string', value: 'Relu' } } as const;
  const conv = (node: Node, more: Partial<Node>): Node => ({ ...node, domain: 'com.microsoft.nchwc', ...more });
  const whole = new Map<Node, Node>();
  for (const node of nodes) {
    if (node.opType !== 'Relu') continue;
    const before = producer.get(first(node));
    const sum = before?.opType === 'Add' ? before : undefined;
    const convolution = sum === undefined ? before : producer.get(first(sum));
    if (convolution?.opType !== 'Conv') continue;
    for (const part of [convolution, ...(sum === undefined ? [] : [sum])]) fused.add(part);
    const { attributes, inputs } = convolution;
    const added = sum === undefined ? [] : [sum.inputs[1] ?? ''];
    const merged = { attributes: new Map([...attributes, ...Object.entries(relu)]), inputs: [...inputs, ...added] };
    whole.set(node, conv(convolution, { ...merged, outputs: node.outputs }));
  }
  return rewrite(model, (node, make) => {
    if (fused.has(node)) return [];
    if (node.opType === 'Conv') return [conv(node, {})];
    if (node.opType === 'MaxPool') return [{ ...node, domain: 'com.microsoft.nchwc' }];
    if (node.opType !== 'GlobalAveragePool') return whole.has(node) ? [whole.get(node) as Node] : null;
    const pooled = make.name();
    const back = makeNode('ReorderOutput', [pooled], node.outputs, { channels: int(512) });
    return [
      { ...node, domain: 'com.microsoft.nchwc', outputs: [pooled] },
      { ...back, domain: 'com.microsoft.nchwc' },
    ];
  });
};

/** The same for whole numbers of 8 bits: channels last, kernels as ever. */
const channelsLastInIntegers: Rewrite = (model) =>
  rewrite(model, (node, make) => {
    const [inner, out] = [make.name(), make.name()];
    const scale = (): string => make.tensor([], [1], FLOAT);
    const zero = (): string => make.tensor([], [0], INT8);
    const around = (middle: Node): Node[] => [
      makeNode('Transpose', [first(node)], [inner], { perm: ints([0, 2, 3, 1]) }),
      { ...middle, domain: 'com.microsoft', outputs: [out] },
      makeNode('Transpose', [out], node.outputs, { perm: ints([0, 3, 1, 2]) }),
    ];
    if (node.opType === 'MaxPool') return around({ ...node, opType: 'NhwcMaxPool', inputs: [inner] });
    if (node.opType !== 'Conv') return null;
    const [kernel, bias] = [1, 2].map((at) => make.tensor(make.dims(node.inputs[at]), null, INT8)) as [string, string];
    const inputs = [inner, scale(), zero(), kernel, scale(), zero(), scale(), zero(), bias];
    const attributes = new Map([...node.attributes, ['channels_last', int(1)] as const]);
    return around({ ...node, opType: 'QLinearConv', inputs, attributes });
  });

const WAYS: readonly (readonly [string, Rewrite, readonly string[]])[] = [
  ['a bias added after each convolution', biasesAdded, ['folded']],
  ['matrix products with a sum after them', productAndSum, ['folded', 'unfolded']],
  ['normalisation as a product and a sum', normsAs('Mul', 'Add'), ['unfolded']],
  ['normalisation in four steps', normsAs('Sub', 'Mul', 'Mul', 'Add'), ['unfolded']],
  ['normalisation with a division', normsAs('Sub', 'Div', 'Mul', 'Add'), ['unfolded']],
  ['channels last between layers', channelsLast, ['folded', 'unfolded']],
  ['a mean over each axis', meanOverOneAxisEach, ['folded', 'unfolded']],
  ['a mean over the flattened map', meanOverFlattened, ['folded', 'unfolded']],
  ['a minimum and then a maximum', minimumFirst, ['folded', 'unfolded']],
  ['dynamic quantisation', dynamicallyQuantised, ['folded']],
  ['preprocessing in the graph', preprocessing, ['folded', 'unfolded']],
  ['weights cut out of one tensor', packed, ['folded']],
];

const NETWORKS = ['resnet18', 'mobilenet_v2', 'mobilenet_v3_small', 'vgg11', 'squeezenet1_1', 'shufflenet_v2_x0_5'];

/** Flattening and channel shuffles would need other shapes with channels last. */
const NOT_CHANNELS_LAST = ['vgg11', 'squeezenet1_1', 'shufflenet_v2_x0_5'];

const profiles = new Map<string, { readonly model: Model; readonly profile: ModelProfile }>();

async function exported(file: string): Promise<{ readonly model: Model; readonly profile: ModelProfile }> {
  const known = profiles.get(file);
  if (known !== undefined) return known;
  const model = await loadFixture(file);
  const read = { model, profile: profiled(model) };
  profiles.set(file, read);
  return read;
}

describe('the same network written in another way', () => {
  for (const [way, change, sources] of WAYS) {
    for (const network of NETWORKS) {
      if (change === channelsLast && NOT_CHANNELS_LAST.includes(network)) continue;
      it.each(sources)(`${way}: ${network} %s`, async (source) => {
        const { model, profile } = await exported(`${network}.${source}.onnx`);
        for (const version of [change(model), withoutNames(change(model))]) {
          const other = profiled(version);
          expect(other.family).toBe(profile.family);
          expect(other.variant).toBe(profile.variant);
          expect(other.parameters).toBe(profile.parameters);
        }
      });
    }
  }
});

describe('a file that onnxruntime optimised', () => {
  it.each([
    ['in blocks', inBlocks],
    ['channels last', channelsLastInIntegers],
  ])('%s has the family, parameters and work of the network', async (_, change) => {
    const { model, profile } = await exported('resnet18.folded.onnx');
    const { variant, parameters, macs, uncosted } = profiled(change(model));
    expect({ variant, parameters, macs, uncosted }).toEqual({
      variant: profile.variant,
      parameters: profile.parameters,
      macs: profile.macs,
      uncosted: [],
    });
  });
});

describe('normalisation written as arithmetic', () => {
  let unfolded: { readonly model: Model; readonly profile: ModelProfile };
  beforeAll(async () => {
    unfolded = await exported('resnet18.unfolded.onnx');
  });

  it('says what the count would be with frozen vectors', () => {
    const profile = profiled(normsAs('Mul', 'Add')(unfolded.model));
    expect(profile.parameters).toBe(11_689_512);
    expect(profile.evidence.join(' ')).toContain('frozen, the network would have 11,679,912 parameters.');
  });

  it('does not count vectors computed from stored statistics, and says so', () => {
    const profile = profiled(frozen(unfolded.model));
    expect(profile.family).toBe('ResNet');
    expect(profile.parameters).toBe(11_679_912);
    expect(profile.evidence.join(' ')).toContain('trained, the network would have 11,689,512 parameters.');
  });

  it('does not take the scale and shift of another normalisation for it', () => {
    const other = rewriteNodes(unfolded.model, (node) =>
      node.opType === 'BatchNormalization' ? [{ ...node, opType: 'InstanceNormalization' }] : [node],
    );
    const scaled = after(other, 'InstanceNormalization', (x, y, make) => {
      const product = make.name();
      return [
        makeNode('Mul', [x, make.tensor([64, 1, 1])], [product]),
        makeNode('Add', [product, make.tensor([64, 1, 1])], [y]),
      ];
    });
    expect(profiled(scaled).evidence.join(' ')).not.toContain('written out as arithmetic');
  });
});

describe('what surrounds a network', () => {
  it('counts the weights of a sub-graph whose values have names of outer ones', async () => {
    const { model, profile } = await exported('resnet18.unfolded.onnx');
    expect(profiled(inBranch(model)).parameters).toBe(profile.parameters);
  });

  it('says that it does not undo folding in sub-graphs', async () => {
    const { model, profile } = await exported('resnet18.folded.onnx');
    const inside = profiled(inBranch(model));
    expect(inside.parameters).toBe(profile.parameters - 4800);
    expect(inside.evidence.join(' ')).toContain('20 convolutions with a bias in sub-graphs');
    expect(profile.evidence.join(' ')).not.toContain('sub-graphs');
  });

  it('leaves a BatchNormalization of the pixels to the input', async () => {
    const { model, profile } = await exported('vgg11.folded.onnx');
    const [input] = model.graph.inputs;
    const vectors = ['n1', 'n2', 'n3', 'n4'].map((name) => makeTensor(name, [3]));
    const read = rewriteNodes(
      model,
      (node) => [{ ...node, inputs: node.inputs.map((name) => (name === input?.name ? 'pixels' : name)) }],
      vectors,
    );
    const norm = makeNode('BatchNormalization', [input?.name ?? '', 'n1', 'n2', 'n3', 'n4'], ['pixels']);
    const normalised = profiled({ ...read, graph: { ...read.graph, nodes: [norm, ...read.graph.nodes] } });
    expect(normalised.family).toBe('VGG');
    expect(normalised.parameters).toBe(profile.parameters + 6);
  });

  it('counts a trained scale of the features behind the network', async () => {
    const { model, profile } = await exported('resnet18.folded.onnx');
    const scaled = append(model, (x, y) => [makeNode('Mul', [x, 'temperatures'], [y])], [
      makeTensor('temperatures', [1000]),
    ]);
    expect(profiled(scaled).parameters).toBe(profile.parameters + 1000);
  });
});
