import { describe, expect, it } from 'vitest';
import type { Model, Node, Tensor } from '../../../../src/core/onnx/model';
import { profiled } from './profiled';
import { loadFixture } from './fixtures';
import { append, makeNode, makeTensor } from './rewrites';

/** A network from `x` to `y` on 3×32×32 images. */
function makeModel(nodes: readonly Node[], initializers: readonly Tensor[]): Model {
  const value = (name: string, shape: readonly number[] | null) => ({ name, dataType: 1, shape });
  return {
    irVersion: 8,
    producer: { name: '', version: '' },
    opsets: new Map([['', 14]]),
    graph: {
      name: '',
      inputs: [value('x', [1, 3, 32, 32])],
      outputs: [value('y', null)],
      nodes,
      initializers: new Map(initializers.map((tensor) => [tensor.name, tensor])),
      valueInfos: new Map(),
    },
    externalFiles: [],
    warnings: [],
  };
}

/** Two convolutions with folded weights, each applied to `x`, whose results are added. */
function twoTowers(firstNames: readonly [string, string], secondNames: readonly [string, string]): Model {
  const tower = (index: number, [first, second]: readonly [string, string]): Node[] => {
    const tensor = (number: number): string => `onnx::Conv_${10 * index + number}`;
    return [
      { ...makeNode('Conv', ['x', tensor(1), tensor(2)], [`a${index}`]), name: first },
      makeNode('Relu', [`a${index}`], [`b${index}`]),
      { ...makeNode('Conv', [`b${index}`, tensor(3), tensor(4)], [`c${index}`]), name: second },
    ];
  };
  const tensors = [1, 2].flatMap((index) => [
    makeTensor(`onnx::Conv_${10 * index + 1}`, [8, 3, 3, 3]),
    makeTensor(`onnx::Conv_${10 * index + 2}`, [8]),
    makeTensor(`onnx::Conv_${10 * index + 3}`, [4, 8, 3, 3]),
    makeTensor(`onnx::Conv_${10 * index + 4}`, [4]),
  ]);
  return makeModel([...tower(1, firstNames), ...tower(2, secondNames), makeNode('Add', ['c1', 'c2'], ['y'])], tensors);
}

/** Kernels and the two vectors of the BatchNormalization after each. */
const ONE_TOWER = 8 * 3 * 9 + 2 * 8 + 4 * 8 * 9 + 2 * 4;

describe('a module that is applied twice', () => {
  it('counts once by the names that torch gives its operators, though folding left two copies', () => {
    const names = ['/net/a/Conv', '/net/b/Conv'] as const;
    const model = twoTowers(names, ['/net/a_1/Conv', '/net/b_1/Conv']);
    // torch merges copies that are equal: each is then an Identity of the first.
    const stored = [...model.graph.initializers.values()];
    const copies = [1, 2, 3, 4].map((number) =>
      makeNode('Identity', [`onnx::Conv_1${number}`], [`onnx::Conv_2${number}`]),
    );
    const merged = makeModel([...copies, ...model.graph.nodes], stored.slice(0, 4));
    const profile = profiled(merged);
    expect(profile.parameters).toBe(ONE_TOWER);
    expect(profile.evidence.join(' ')).toContain('2 layers apply modules once more');
  });

  it('has a normalisation for each application where the copies differ, as heads shared by levels do', () => {
    const profile = profiled(twoTowers(['/net/a/Conv', '/net/b/Conv'], ['/net/a_1/Conv', '/net/b_1/Conv']));
    expect(profile.parameters).toBe(ONE_TOWER + 2 * (8 + 4));
    expect(profile.evidence.join(' ')).toContain(`would have ${ONE_TOWER} parameters`);
  });

  it('is not seen in two modules with names of their own', () => {
    const profile = profiled(twoTowers(['/left/a/Conv', '/left/b/Conv'], ['/right/a/Conv', '/right/b/Conv']));
    expect(profile.parameters).toBe(2 * ONE_TOWER);
  });

  /** Folded towers over two levels that lead to one kernel, in a file without names; `before` each is a kernel of its own. */
  function levelsWithoutNames(before: boolean): Model {
    const level = (index: number, input: string): Node[] => [
      ...(before ? [makeNode('Conv', [input, `p${index}`, `q${index}`], [`l${index}`])] : []),
      makeNode('Conv', [before ? `l${index}` : input, `${10 * index}`, `${10 * index + 1}`], [`t${index}`]),
      makeNode('Relu', [`t${index}`], [`r${index}`]),
      makeNode('Conv', [`r${index}`, '7', '8'], [`h${index}`]),
    ];
    const stem = makeNode('Conv', ['x', '5', '6'], ['s']);
    const pooled = makeNode('MaxPool', ['s'], ['m'], { kernel_shape: { kind: 'ints', values: [2, 2] } });
    const tensors = [1, 2].flatMap((index) => [
      ...(before ? [makeTensor(`p${index}`, [3, 3, 3, 3]), makeTensor(`q${index}`, [3])] : []),
      makeTensor(`${10 * index}`, [8, 3, 3, 3]),
      makeTensor(`${10 * index + 1}`, [8]),
    ]);
    const nodes = [stem, ...level(1, 's'), pooled, ...level(2, 'm'), makeNode('Concat', ['h1', 'h2'], ['y'])];
    tensors.push(makeTensor('5', [3, 3, 1, 1]), makeTensor('6', [3]));
    return makeModel(nodes, [...tensors, makeTensor('7', [4, 8, 1, 1]), makeTensor('8', [4])]);
  }

  it('is seen without names by the weights that its copies lead to, and both other counts are said', () => {
    const { parameters, evidence } = profiled(levelsWithoutNames(false));
    const tower = 8 * 27 + 8;
    expect(parameters).toBe(12 + tower + 4 * 8 + 4);
    expect(evidence.join(' ')).toContain(`own, they would make it ${12 + 2 * tower + 4 * 8 + 4} parameters`);
  });

  it('ends without names where a convolution directly follows another, as those of a pyramid', () => {
    const { parameters } = profiled(levelsWithoutNames(true));
    expect(parameters).toBe(12 + 8 * 27 + 8 + 4 * 8 + 4 + 2 * (3 * 27 + 3));
  });

  it('may be one of PReLU, which a file without names does not tell: the least count is said', () => {
    const model = makeModel(
      [
        makeNode('Conv', ['x', '1', '2'], ['a']),
        makeNode('PRelu', ['a', '3'], ['b']),
        makeNode('Conv', ['b', '4', '5'], ['c']),
        makeNode('PRelu', ['c', '6'], ['y']),
      ],
      [
        makeTensor('1', [8, 3, 3, 3]),
        makeTensor('2', [8]),
        makeTensor('3', [1, 1, 1]),
        makeTensor('4', [8, 8, 3, 3]),
        makeTensor('5', [8]),
        makeTensor('6', [1, 1, 1]),
      ],
    );
    const { parameters, evidence } = profiled(model);
    expect(parameters).toBe(8 * 27 + 8 + 8 * 72 + 8 + 2);
    expect(evidence.join(' ')).toContain(`${parameters - 1} at least`);
    expect(evidence.join(' ')).toContain('No known architecture family: 2 convolutions.');
  });

  it('has one normalisation, though folding left copies of its reshaped vectors', () => {
    const applied = (index: number, input: string, scale: string, shift: string): Node[] => [
      makeNode('Conv', [input, 'head.weight'], [`h${index}`]),
      makeNode('InstanceNormalization', [`h${index}`, 'ones', 'zeros'], [`n${index}`]),
      makeNode('Mul', [`n${index}`, scale], [`m${index}`]),
      makeNode('Add', [`m${index}`, shift], [`r${index}`]),
    ];
    const constant = (name: string): Node =>
      makeNode('Constant', [], [name], { value: { kind: 'tensor', value: makeTensor(name, [3]) } });
    const vectors = [1, 2, 3, 4].map((number) => makeTensor(`onnx::Mul_${number}`, [3, 1, 1]));
    const model = makeModel(
      [
        constant('ones'),
        constant('zeros'),
        ...applied(1, 'x', 'onnx::Mul_1', 'onnx::Mul_2'),
        ...applied(2, 'r1', 'onnx::Mul_3', 'onnx::Mul_4'),
        makeNode('Relu', ['r2'], ['y']),
      ],
      [makeTensor('head.weight', [3, 3, 1, 1]), ...vectors],
    );
    expect(profiled(model).parameters).toBe(3 * 3 + 2 * 3);
  });
});

describe('single numbers', () => {
  const scaledBy = (name: string): Model =>
    makeModel(
      [makeNode('Conv', ['x', 'conv.weight', 'conv.bias'], ['c']), makeNode('Mul', ['c', name], ['y'])],
      [makeTensor('conv.weight', [4, 3, 3, 3]), makeTensor('conv.bias', [4]), makeTensor(name, [], [2])],
    );

  it('count where they carry the path of a parameter', () => {
    expect(profiled(scaledBy('scales.0.scale')).parameters).toBe(4 * 27 + 4 + 1);
  });

  it('do not count where a converter named them', () => {
    for (const name of ['const_fold_opt__12', 'model/truediv/y:0', '112', 'onnx::Mul_5'])
      expect(profiled(scaledBy(name)).parameters).toBe(4 * 27 + 4);
  });
});

describe('tensors computed from others', () => {
  it('counts a normalised matrix once, without the norms stored beside it', () => {
    const model = makeModel(
      [
        makeNode('Flatten', ['x'], ['f']),
        makeNode('Div', ['margin.weight', 'onnx::Div_9'], ['normalised']),
        makeNode('MatMul', ['f', 'normalised'], ['y']),
      ],
      [makeTensor('margin.weight', [3072, 10]), makeTensor('onnx::Div_9', [1, 10])],
    );
    expect(profiled(model).parameters).toBe(3072 * 10);
  });

  it('counts a table that is cut to the size of the input, and the vectors of the normalisation that ends the network', () => {
    const axes = { axes: { kind: 'ints', values: [-1] } } as const;
    const table = makeTensor('positions', [1, 40, 30]);
    const model = makeModel(
      [
        makeNode('Conv', ['x', 'conv.weight', 'conv.bias'], ['c']),
        makeNode('Reshape', ['c', 'to tokens'], ['t']),
        makeNode('Shape', ['t'], ['shape']),
        makeNode('Slice', ['shape', 'one', 'two'], ['tokens']),
        makeNode('Slice', ['positions', 'zero', 'tokens', 'one'], ['cut']),
        makeNode('Add', ['t', 'cut'], ['p']),
        makeNode('MatMul', ['p', 'fc.weight'], ['f']),
        makeNode('Gather', ['f', 'zero'], ['g'], { axis: { kind: 'int', value: 1 } }),
        makeNode('ReduceMean', ['g'], ['mean'], axes),
        makeNode('Sub', ['g', 'mean'], ['d']),
        makeNode('Mul', ['d', 'd'], ['q']),
        makeNode('ReduceMean', ['q'], ['variance'], axes),
        makeNode('Sqrt', ['variance'], ['deviation']),
        makeNode('Div', ['d', 'deviation'], ['n']),
        makeNode('Mul', ['n', 'n.weight'], ['w']),
        makeNode('Add', ['w', 'n.bias'], ['y']),
      ],
      [
        makeTensor('conv.weight', [4, 3, 3, 3]),
        makeTensor('conv.bias', [4]),
        table,
        makeTensor('fc.weight', [30, 30]),
        makeTensor('n.weight', [30]),
        makeTensor('n.bias', [30]),
        ...[
          ['zero', 0],
          ['one', 1],
          ['two', 2],
        ].map(([name, value]) => ({
          ...makeTensor(String(name), [1], [Number(value)]),
          dataType: 7,
        })),
        { ...makeTensor('to tokens', [3], [1, -1, 30]), dataType: 7 },
      ],
    );
    const { parameters, evidence } = profiled(model);
    expect(parameters).toBe(112 + 40 * 30 + 900 + 2 * 30);
    expect(evidence.join(' ')).toContain('With buffers, the network would have 1,072 parameters');
  });

  it('takes a bias with the name of its module as the author’s, whatever the weight was computed from', () => {
    const model = makeModel(
      [makeNode('Conv', ['x', 'onnx::Conv_7', 'first.bias'], ['c']), makeNode('Relu', ['c'], ['y'])],
      [makeTensor('onnx::Conv_7', [4, 3, 3, 3]), makeTensor('first.bias', [4])],
    );
    const profile = profiled(model);
    expect(profile.parameters).toBe(4 * 27 + 4);
    expect(profile.evidence.join(' ')).toContain('the weight was computed, and may be made of more');
  });

  it('sees a convolution whose weight is divided by its largest singular value', () => {
    const model = makeModel(
      [
        makeNode('Flatten', ['conv.weight_orig'], ['matrix']),
        makeNode('MatMul', ['matrix', 'conv.v'], ['product']),
        makeNode('MatMul', ['conv.u', 'product'], ['sigma']),
        makeNode('Div', ['conv.weight_orig', 'sigma'], ['weight']),
        makeNode('Conv', ['x', 'weight'], ['y']),
      ],
      [makeTensor('conv.weight_orig', [8, 3, 3, 3]), makeTensor('conv.u', [8]), makeTensor('conv.v', [27])],
    );
    expect(profiled(model).evidence[0]).toContain('1 convolution.');
  });
});

describe('tensors of which the file does not tell all', () => {
  const CONV = [makeTensor('conv.weight', [4, 3, 3, 3]), makeTensor('conv.bias', [4])];
  const OWN = 4 * 27 + 4;
  const conv = makeNode('Conv', ['x', 'conv.weight', 'conv.bias'], ['c']);
  const counts = (model: Model): [number, string] => {
    const { parameters, evidence } = profiled(model);
    return [parameters, evidence.join(' ')];
  };

  it('counts a gain under a name of its own, and says what the count is if it is fixed', () => {
    const [parameters, said] = counts(
      makeModel([conv, makeNode('Mul', ['c', 'gain'], ['y'])], [...CONV, makeTensor('gain', [], [2])]),
    );
    expect(parameters).toBe(OWN + 1);
    expect(said).toContain(`If fixed, the network would have ${OWN} parameters`);
  });

  it('takes the keys’ part of a joined bias for zeros, as in BEiT', () => {
    const nodes = [
      conv,
      makeNode('MatMul', ['c', 'onnx::MatMul_5'], ['m']),
      makeNode('Add', ['onnx::Add_4', 'm'], ['a']),
      makeNode('Softmax', ['a'], ['y']),
    ];
    const [parameters, said] = counts(
      makeModel(nodes, [...CONV, makeTensor('onnx::MatMul_5', [30, 90]), makeTensor('onnx::Add_4', [90])]),
    );
    expect(parameters).toBe(OWN + 30 * 90 + 60);
    expect(said).toContain(`would have ${(OWN + 30 * 90 + 90).toLocaleString('en-US')} parameters`);
  });

  it('counts the layers of a network of constants, without the coordinates that it reads', () => {
    const nodes = [
      conv,
      makeNode('MatMul', ['offsets', 'onnx::MatMul_7'], ['m']),
      makeNode('Add', ['mlp.bias', 'm'], ['a']),
      makeNode('Relu', ['a'], ['r']),
      makeNode('MatMul', ['r', 'onnx::MatMul_8'], ['b']),
      makeNode('Add', ['c', 'b'], ['s']),
      makeNode('Conv', ['s', 'last.weight'], ['y']),
    ];
    const made = [
      makeTensor('last.weight', [4, 4, 1, 1]),
      makeTensor('offsets', [15, 15, 2]),
      makeTensor('onnx::MatMul_7', [2, 16]),
      makeTensor('mlp.bias', [16]),
      makeTensor('onnx::MatMul_8', [16, 4]),
    ];
    expect(counts(makeModel(nodes, [...CONV, ...made]))[0]).toBe(OWN + 2 * 16 + 16 + 16 * 4 + 16);
  });

  it('does not count cosines and sines that turn features, nor one mask for all heads', () => {
    const nodes = [
      conv,
      makeNode('Mul', ['c', 'cos'], ['one']),
      makeNode('Neg', ['c'], ['n']),
      makeNode('Concat', ['n', 'c'], ['turned']),
      makeNode('Mul', ['turned', 'sin'], ['other']),
      makeNode('Add', ['one', 'other'], ['rotated']),
      makeNode('Add', ['rotated', 'mask'], ['s']),
      makeNode('Softmax', ['s'], ['p']),
      makeNode('Conv', ['p', 'last.weight'], ['y']),
    ];
    const tables = ['cos', 'sin', 'mask'].map((name) => makeTensor(name, [30, 30]));
    const last = makeTensor('last.weight', [4, 4, 1, 1]);
    const [parameters, said] = counts(makeModel(nodes, [...CONV, ...tables, last]));
    expect(parameters).toBe(OWN + 16);
    expect(said).toContain('1,800 cosines and sines');
    expect(said).toContain('900 numbers of attention masks');
  });

  it('says that a table may be a buffer, a kernel weight-normalised and a depthwise one a blur', () => {
    const nodes = [
      makeNode('Conv', ['x', 'onnx::Conv_9', 'conv.bias'], ['c']),
      makeNode('Conv', ['c', 'blur'], ['d'], { group: { kind: 'int', value: 4 } }),
      makeNode('Add', ['d', 'positions'], ['e']),
      makeNode('Conv', ['e', 'last.weight', 'last.bias'], ['y']),
    ];
    const [parameters, said] = counts(
      makeModel(nodes, [
        makeTensor('onnx::Conv_9', [4, 3, 3, 3]),
        makeTensor('conv.bias', [4]),
        makeTensor('blur', [4, 1, 3, 3]),
        makeTensor('positions', [1, 4, 28, 28]),
        makeTensor('last.weight', [4, 4, 1, 1]),
        makeTensor('last.bias', [4]),
      ]),
    );
    const all = OWN + 36 + 4 * 784 + 20;
    expect(parameters).toBe(all);
    for (const other of [all - 36, all - 4 * 784, all + 4])
      expect(said).toContain(`${other.toLocaleString('en-US')} parameters`);
  });

  it('counts a normalisation that is applied twice once, by the names of its operators', () => {
    const norm = (name: string, x: string, y: string): Node => ({
      ...makeNode('LayerNormalization', [x, 'n.weight', 'n.bias'], [y]),
      name,
    });
    const vectors = [makeTensor('n.weight', [30]), makeTensor('n.bias', [30])];
    const twice = (second: string): [number, string] =>
      counts(makeModel([conv, norm('/n/LN', 'c', 'a'), norm(second, 'a', 'y')], [...CONV, ...vectors]));
    expect(twice('/n_1/LN')[0]).toBe(OWN + 60);
    expect(twice('/n_1/LN')[1]).toContain(`would have ${OWN + 120} parameters`);
    expect(twice('/m/LN')[0]).toBe(OWN + 120);
    expect(twice('/m/LN')[1]).toContain(`would have ${OWN + 60} parameters`);
  });

  it('leaves out maps of coordinates that the exporter put together', () => {
    const constant = (name: string, dims: readonly number[], values: readonly number[] | null = null): Node =>
      makeNode('Constant', [], [name], {
        value: { kind: 'tensor', value: { ...makeTensor(name, dims, values), dataType: values === null ? 1 : 7 } },
      });
    const nodes = [
      conv,
      constant('line', [1, 1, 1, 30]),
      constant('size', [4], [1, 1, 30, 30]),
      makeNode('Expand', ['line', 'size'], ['columns']),
      makeNode('Transpose', ['columns'], ['rows'], { perm: { kind: 'ints', values: [0, 1, 3, 2] } }),
      makeNode('Concat', ['rows', 'columns'], ['grid'], { axis: { kind: 'int', value: 1 } }),
      makeNode('Concat', ['c', 'grid'], ['joined'], { axis: { kind: 'int', value: 1 } }),
      makeNode('Conv', ['joined', 'last.weight'], ['y']),
    ];
    expect(counts(makeModel(nodes, [...CONV, makeTensor('last.weight', [4, 6, 1, 1])]))[0]).toBe(OWN + 24);
  });

  it('leaves out the places and waves of a code of positions, and counts the layer that is applied to it', () => {
    // As EdgeNeXt writes it: places counted in a mask of the image, their sines and cosines, a 1×1 convolution.
    const nodes = [
      conv,
      makeNode('CumSum', ['mask', 'axis'], ['places']),
      makeNode('Unsqueeze', ['places', 'axes'], ['column']),
      makeNode('Div', ['column', 'waves'], ['angles']),
      makeNode('Sin', ['angles'], ['sines']),
      makeNode('Cos', ['angles'], ['cosines']),
      makeNode('Concat', ['sines', 'cosines'], ['code'], { axis: { kind: 'int', value: 3 } }),
      makeNode('Transpose', ['code'], ['planes'], { perm: { kind: 'ints', values: [0, 3, 1, 2] } }),
      makeNode('Conv', ['planes', 'embed.weight', 'embed.bias'], ['embedded']),
      makeNode('Add', ['c', 'embedded'], ['s']),
      makeNode('Conv', ['s', 'last.weight'], ['y']),
    ];
    const made = [
      makeTensor('last.weight', [4, 4, 1, 1]),
      makeTensor('mask', [1, 30, 30]),
      makeTensor('axis', [1], [1]),
      makeTensor('axes', [1], [-1]),
      makeTensor('waves', [8]),
      makeTensor('embed.weight', [4, 16, 1, 1]),
      makeTensor('embed.bias', [4]),
    ];
    expect(counts(makeModel(nodes, [...CONV, ...made]))[0]).toBe(OWN + 4 * 16 + 4 + 16);
  });
});

describe('answers beside a recognised network', () => {
  it('have biases of their own', async () => {
    const model = await loadFixture('resnet18.folded-scrambled.onnx');
    const before = profiled(model);
    const pooled = model.graph.nodes.find((node) => node.opType === 'GlobalAveragePool')?.inputs[0] ?? '';
    const extended = append(model, (x, y) => [makeNode('Identity', [x], [y])], [
      makeTensor('w', [3, 512, 3, 3]),
      makeTensor('b', [3]),
    ]);
    const { graph } = extended;
    const profile = profiled({
      ...extended,
      graph: {
        ...graph,
        nodes: [...graph.nodes, makeNode('Conv', [pooled, 'w', 'b'], ['depth'])],
        outputs: [...graph.outputs, { name: 'depth', dataType: 1, shape: null }],
      },
    });
    expect(profile.family).toBe('ResNet');
    expect(profile.parameters).toBe(before.parameters + 3 * 512 * 9 + 3);
  });
});
