import { describe, expect, it, vi } from 'vitest';
import type { ShapeOptions } from '../../../../../src/core/onnx/shapes/infer';
import { sizeFromConstants } from '../../../../../src/core/onnx/shapes/size-from-constants';
import { type PlainGraph, type PlainNode, infer, model, refusal } from './models';

describe('an input whose size is open in a graph whose constants fit one size', () => {
  const assumed = { resolution: 224, batch: 1 };
  const fittingOf = (plain: PlainGraph, options: ShapeOptions = {}) => {
    const { fitting, image } = infer(model(plain), { assumed, ...options });
    return { size: fitting && `${fitting.width}×${fitting.height}`, fits: fitting?.fits, shape: image?.shape };
  };
  /** Halves the input's sides this often. */
  const halvings = (times: number): PlainNode[] =>
    Array.from({ length: times }, (_, at) => [
      'MaxPool',
      [at === 0 ? 'x' : `p${at}`],
      [`p${at + 1}`],
      { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    ]);
  const open = { x: ['n', 4, 'h', 'w'] };

  it('is as large as its fully-connected layer wants', () => {
    const classifier: PlainGraph = {
      inputs: open,
      weights: { w: [4 * 7 * 7, 10] },
      nodes: [...halvings(4), ['Flatten', ['p4'], ['f']], ['Gemm', ['f', 'w'], ['y']]],
    };
    expect(fittingOf(classifier)).toEqual({ size: '112×112', fits: 'only', shape: [1, 4, 112, 112] });
    expect(fittingOf(classifier, { batch: 3 })).toMatchObject({ size: '112×112', shape: [3, 4, 112, 112] });
    expect(infer(model(classifier), { assumed }).unresolved).toEqual([]);
    expect(refusal(model(classifier), { assumed, resolution: 128 }).message).toMatch(
      /^This network cannot run at the size asked for: .* 256 and 196\. Export it at that size instead\.$/,
    );
  });

  it('is one at which a row of a fully-connected layer is one image', () => {
    const rows: PlainGraph = {
      inputs: { x: ['n', 6, 'h', 'w'] },
      weights: { w: [6 * 7 * 7, 10] },
      int64: { t: [-1, 6 * 7 * 7] },
      nodes: [...halvings(4), ['Reshape', ['p4', 't'], ['f']], ['Relu', ['f'], ['g']], ['Gemm', ['g', 'w'], ['y']]],
    };
    expect(fittingOf(rows)).toMatchObject({ size: '112×112' });
    // Asked for 224×224 it runs: as four rows.
    expect(infer(model(rows), { assumed, resolution: 224 }).values.get('y')?.shape).toEqual([4, 10]);
    // The same in a file that states its size is the author's.
    expect(fittingOf({ ...rows, inputs: { x: [1, 6, 224, 224] } })).toMatchObject({ size: null });
    // Channels that come last are rows of their own.
    const tokens: PlainGraph = {
      inputs: open,
      weights: { w: [4, 10] },
      int64: { t: [-1, 4] },
      nodes: [
        ['Transpose', ['x'], ['l'], { perm: [0, 2, 3, 1] }],
        ['Reshape', ['l', 't'], ['f']],
        ['MatMul', ['f', 'w'], ['y']],
      ],
    };
    expect(fittingOf(tokens)).toMatchObject({ size: null, shape: [1, 4, 224, 224] });
  });

  it('has the sides of a grid, and those of one axis alone', () => {
    const grid = (inputs: PlainGraph['inputs']): PlainGraph => ({
      inputs,
      weights: { g: [1, 4, 60, 80] },
      nodes: [...halvings(3), ['Add', ['p3', 'g'], ['y']]],
    });
    expect(fittingOf(grid(open))).toEqual({ size: '640×480', fits: 'only', shape: [1, 4, 480, 640] });
    expect(fittingOf(grid({ x: [1, 4, 480, 'w'] }))).toMatchObject({ size: '640×480' });
    // Another size is answered as for a network that was exported for this one.
    const other = infer(model(grid(open)), { assumed, resolution: 320 });
    expect(other.values.get('y')?.shape).toEqual([1, 4, 40, 40]);
    expect(other.adjustments).toHaveLength(1);
  });

  it('has a usual shape where only the number of anchors is known', () => {
    const anchors = 3 * 30 * 40 + 2 * 15 * 20 + 2 * 8 * 10 + 3 * 4 * 5;
    const levels = [3, 4, 5, 6].flatMap((level, at): PlainNode[] => [
      ['Conv', [`p${level}`, `w${at}`], [`c${at}`]],
      ['Reshape', [`c${at}`, 't'], [`r${at}`]],
    ]);
    const detector: PlainGraph = {
      inputs: open,
      weights: {
        w0: [12, 4, 1, 1],
        w1: [8, 4, 1, 1],
        w2: [8, 4, 1, 1],
        w3: [12, 4, 1, 1],
        priors: [1, anchors, 4],
      },
      int64: { t: [1, -1, 4] },
      nodes: [
        ...halvings(6),
        ...levels,
        ['Concat', ['r0', 'r1', 'r2', 'r3'], ['all'], { axis: 1 }],
        ['Mul', ['all', 'priors'], ['y']],
      ],
    };
    expect(fittingOf(detector)).toMatchObject({ size: '320×240', fits: 'area' });
  });

  it('is the first of several that the windows fit into', () => {
    const deep: PlainGraph = {
      inputs: open,
      nodes: [...halvings(6), ['MaxPool', ['p6'], ['y'], { kernel_shape: [6, 6] }]],
    };
    expect(fittingOf(deep)).toEqual({ size: '512×512', fits: 'some', shape: [1, 4, 512, 512] });
  });

  it('is the usual one where the graph contradicts itself at every size, or is too large to try', () => {
    const contradiction: PlainNode = ['Add', ['a', 'b'], ['c']];
    const broken: PlainGraph = {
      inputs: open,
      weights: { a: [3], b: [4] },
      nodes: [['Relu', ['x'], ['y']], contradiction],
      outputs: ['y'],
    };
    expect(fittingOf(broken)).toMatchObject({ size: null, shape: [1, 4, 224, 224] });
    const sides = { height: null, width: null, isSquare: false };
    const probe = vi.fn(() => []);
    expect(sizeFromConstants(sides, { height: 224, width: 224 }, probe, 2)).toBeNull();
    expect(probe).toHaveBeenCalledTimes(2);
  });
});
