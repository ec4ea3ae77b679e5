import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../../../../src/core/onnx/data-types';
import type { Attribute, Model } from '../../../../../src/core/onnx/model';
import { inferShapes } from '../../../../../src/core/onnx/shapes/infer';
import { rules } from '../../../../../src/core/onnx/shapes/registry';
import { costOf } from '../../../../../src/core/profile/cost/cost';
import { type PlainNode, graph, infer, model, refusal } from './models';

describe('graphs that contradict themselves', () => {
  it('refuses a cycle', () => {
    const cyclic = model({
      inputs: { x: [1] },
      nodes: [
        ['Add', ['x', 'b'], ['a']],
        ['Relu', ['a'], ['b']],
      ],
    });
    expect(refusal(cyclic)).toMatchObject({ code: 'cycle' });
    expect(refusal(cyclic).message).toContain('"a" (Add)');
  });

  it('refuses a node that reads its own output', () => {
    expect(refusal(model({ nodes: [['Relu', ['a'], ['a']]] })).code).toBe('cycle');
  });

  it('refuses a cycle that runs through a captured value', () => {
    const branch = graph({ nodes: [['Relu', ['later'], ['inner']]] });
    const nodes: PlainNode[] = [
      ['If', ['x'], ['y'], { then_branch: branch, else_branch: branch }],
      ['Relu', ['y'], ['later']],
    ];
    expect(refusal(model({ inputs: { x: [] }, nodes })).code).toBe('cycle');
  });

  it('refuses two producers of one value', () => {
    const nodes: PlainNode[] = [
      ['Relu', ['x'], ['y']],
      ['Tanh', ['x'], ['y']],
    ];
    expect(refusal(model({ inputs: { x: [1] }, nodes })).code).toBe('invalid-graph');
  });

  it('sorts nodes that come before what they read', () => {
    const nodes: PlainNode[] = [
      ['Relu', ['b'], ['c']],
      ['Transpose', ['a'], ['b']],
      ['Relu', ['x'], ['a']],
    ];
    const result = infer(model({ inputs: { x: [2, 3] }, outputs: ['c'], nodes }));
    expect(result.values.get('c')?.shape).toEqual([3, 2]);
    expect(result.nodes.map(({ node }) => node.outputs[0])).toEqual(['a', 'b', 'c']);
  });

  it('takes an image of one row at a larger size, flattened', () => {
    const row = model({ inputs: { x: [1, 1, 1, 28] }, nodes: [['Flatten', ['x'], ['y']]], outputs: ['y'] });
    expect(infer(row, { height: 28, width: 28 }).values.get('y')?.shape).toEqual([1, 784]);
  });

  it('takes a chain longer than any call stack', () => {
    const nodes = Array.from({ length: 60_000 }, (_, i): PlainNode => ['Relu', [`v${i}`], [`v${i + 1}`]]);
    const result = infer(model({ inputs: { v0: [2] }, nodes: nodes.reverse(), outputs: ['v60000'] }));
    expect(result.values.get('v60000')?.shape).toEqual([2]);
  });

  it('names a contradiction and leaves the value unknown', () => {
    const result = infer(
      model({ inputs: { x: [1, 3, 8, 8] }, weights: { w: [4, 5, 3, 3] }, nodes: [['Conv', ['x', 'w'], ['y']]] }),
    );
    expect(result.values.get('y')?.shape).toBeNull();
    expect(result.unresolved).toEqual([{ operator: 'Conv', node: 'y', reason: expect.stringContaining('3 and 5') }]);
  });
});

describe('sizes beyond any memory', () => {
  it('refuses a tensor of more than 2^53 elements', () => {
    const huge = model({
      inputs: { x: [1, 1] },
      int64: { t: [2 ** 30, 2 ** 30] },
      nodes: [['Expand', ['x', 't'], ['y']]],
    });
    expect(refusal(huge)).toMatchObject({ code: 'overflow' });
  });

  it('refuses an input of that size', () => {
    expect(refusal(model({ inputs: { x: [2 ** 40, 2 ** 40] }, nodes: [] })).code).toBe('overflow');
  });

  it('refuses a dimension that no number holds', () => {
    const nodes: PlainNode[] = [['Tile', ['x', 'r'], ['y']]];
    expect(refusal(model({ inputs: { x: [2 ** 40] }, int64: { r: [2 ** 40] }, nodes })).code).toBe('overflow');
  });

  it('refuses work of more than 2^53 multiply-accumulates', () => {
    const wide = model({
      inputs: { x: [2 ** 25, 2 ** 20] },
      weights: { w: [2 ** 20, 2 ** 20] },
      nodes: [['MatMul', ['x', 'w'], ['y']]],
    });
    const cost = costOf(wide, infer(wide));
    expect(cost.ok ? null : cost.error.code).toBe('overflow');
  });

  it('does not build the elements of an empty tensor with a huge dimension', () => {
    const nodes: PlainNode[] = [
      ['ConstantOfShape', ['s'], ['a']],
      ['Transpose', ['a'], ['b']],
      ['Gather', ['a', 'i'], ['c']],
      ['Add', ['a', 'a'], ['d']],
    ];
    const result = infer(model({ int64: { s: [0, 2 ** 45], i: [0, 0, 0] }, nodes, outputs: ['b', 'c', 'd'] }));
    expect(result.values.get('b')?.shape).toEqual([2 ** 45, 0]);
    expect(result.values.get('c')?.shape).toEqual([3, 2 ** 45]);
  });

  it.each([
    ['whose count is known', 'n', 'too-large'],
    ['that a condition ends', '', null],
  ])('stops loops inside loops %s', (_, trips, code) => {
    const inputs = { i: [], c: [], s: [2] };
    const outputs = ['c2', 's2'];
    const condition: PlainNode = ['Identity', ['c'], ['c2']];
    let body = graph({ inputs, outputs, nodes: [condition, ['Relu', ['s'], ['s2']]] });
    for (let level = 0; level < 60; level++)
      body = graph({ inputs, outputs, nodes: [condition, ['Loop', [trips, 'on', 's'], ['s2'], { body }]] });
    const nested = model({
      inputs: { s: [2] },
      int64: { n: [2], on: [1] },
      nodes: [['Loop', [trips, 'on', 's'], ['y'], { body }]],
    });
    const shapes = inferShapes(nested);
    expect(shapes.ok ? null : shapes.error.code).toBe(code);
  });
});

describe('what is asked for', () => {
  const net = model({ inputs: { x: [1, 3, 8, 8] }, nodes: [['Relu', ['x'], ['y']]] });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses a resolution of %s', (resolution) => {
    expect(refusal(net, { resolution }).code).toBe('invalid-graph');
  });

  it('stops when cancelled', () => {
    const nodes = Array.from({ length: 2000 }, (_, i): PlainNode => ['Relu', [`v${i}`], [`v${i + 1}`]]);
    const long = model({ inputs: { v0: [2] }, nodes });
    expect(refusal(long, { signal: { aborted: true } }).code).toBe('cancelled');
  });
});

/** Any operator with any inputs and attributes. */
const number = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.constantFrom(2 ** 31, -(2 ** 63), 2 ** 63, 0.5, NaN, Infinity, 2 ** 52),
);
const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.record({ kind: fc.constant('int' as const), value: number }),
  fc.record({ kind: fc.constant('float' as const), value: number }),
  fc.record({ kind: fc.constant('ints' as const), values: fc.array(number, { maxLength: 6 }) }),
  fc.record({ kind: fc.constant('floats' as const), values: fc.array(number, { maxLength: 6 }) }),
  fc.record({
    kind: fc.constant('string' as const),
    value: fc.constantFrom('SAME_UPPER', 'VALID', 'ij,jk->ik', '...i,i...', 'bidirectional', 'edge'),
  }),
);
const names = [
  'axis',
  'axes',
  'perm',
  'kernel_shape',
  'strides',
  'pads',
  'dilations',
  'group',
  'auto_pad',
  'ceil_mode',
  'split',
  'starts',
  'ends',
  'scales',
  'blocksize',
  'keepdims',
  'transA',
  'to',
  'shape',
  'equation',
  'k',
  'batch_dims',
  'output_shape',
  'output_padding',
  'hidden_size',
  'direction',
  'layout',
  'allowzero',
  'noop_with_empty_axes',
  'pooled_shape',
  'output_height',
  'start',
  'end',
  'broadcast',
  'num_scan_inputs',
  'mode',
  'dtype',
];
const dims = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom<number | string | null>('n', null)), {
  maxLength: 5,
});
const hostile: fc.Arbitrary<Model> = fc
  .record({
    shapes: fc.array(fc.option(dims, { nil: null }), { minLength: 3, maxLength: 3 }),
    vectors: fc.array(fc.array(number, { maxLength: 5 }), { minLength: 3, maxLength: 3 }),
    steps: fc.array(
      fc.record({
        operator: fc.constantFrom(...rules.keys(), 'Unheard'),
        inputs: fc.array(fc.nat(14), { maxLength: 5 }),
        outputs: fc.integer({ min: 1, max: 3 }),
        attributes: fc.dictionary(fc.constantFrom(...names), attribute, { maxKeys: 4 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    opset: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ shapes, vectors, steps, opset }) => {
    const values = ['', 'x0', 'x1', 'x2', 'c0', 'c1', 'c2'];
    const nodes = steps.map((step, index) => {
      const inputs = step.inputs.map((pick) => values[pick % values.length]!);
      const outputs = Array.from({ length: step.outputs }, (_, i) => `n${index}_${i}`);
      values.push(...outputs);
      const at = step.operator.lastIndexOf('.');
      return {
        name: '',
        domain: at < 0 ? '' : step.operator.slice(0, at),
        opType: step.operator.slice(at + 1),
        inputs,
        outputs,
        attributes: new Map(Object.entries(step.attributes)),
      };
    });
    const base = model({ nodes: [], inputs: Object.fromEntries(shapes.map((shape, i) => [`x${i}`, shape])) }, opset);
    const constants = vectors.map((values, i) => ({
      name: `c${i}`,
      dims: [values.length],
      elements: values.length,
      dataType: i === 2 ? DataType.FLOAT : DataType.INT64,
      payload: { kind: 'absent' as const },
      values,
      sparse: false,
      storedElements: values.length,
    }));
    const outputs = nodes.flatMap((node) => node.outputs).map((name) => ({ name, dataType: 0, shape: null }));
    const initializers = new Map(constants.map((tensor) => [tensor.name, tensor]));
    return { ...base, graph: { ...base.graph, nodes, outputs, initializers } };
  });

describe('any operators with any inputs and attributes', () => {
  it.each([{}, { batch: 2, resolution: 16 }])('give shapes that are numbers, or a coded failure (%o)', (options) => {
    fc.assert(
      fc.property(hostile, (any) => {
        const shapes = inferShapes(any, options);
        if (!shapes.ok) {
          expect(['overflow', 'shape-conflict', 'invalid-graph']).toContain(shapes.error.code);
          return;
        }
        for (const { shape, elements } of shapes.value.values.values()) {
          for (const dimension of shape ?? []) {
            if (typeof dimension === 'number') expect(Number.isSafeInteger(dimension) && dimension >= 0).toBe(true);
          }
          for (const element of elements ?? [])
            if (typeof element === 'number') expect(Number.isFinite(element)).toBe(true);
        }
        const cost = costOf(any, shapes.value);
        if (!cost.ok) {
          expect(cost.error.code).toBe('overflow');
          return;
        }
        const { total, uncostedShare, peakActivation } = cost.value;
        for (const count of [...Object.values(total), cost.value.macs, uncostedShare, peakActivation?.bytes ?? 0]) {
          expect(Number.isFinite(count) && count >= 0, String(count)).toBe(true);
        }
        expect(uncostedShare).toBeLessThanOrEqual(1);
      }),
      { numRuns: 4000 },
    );
  });
});
