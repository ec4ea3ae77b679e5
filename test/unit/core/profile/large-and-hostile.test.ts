import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import { inferShapes } from '../../../../src/core/onnx/shapes/infer';
import { readModel } from '../../../../src/core/onnx/read';
import { profileModel } from '../../../../src/core/profile/profile-model';
import { readNetwork } from '../../../../src/core/profile/structure/network';
import { WorkBudget, withinBudget } from '../../../../src/core/work-budget';
import { success } from '../../../../src/core/result';
import { graph, model, type PlainNode } from '../onnx/shapes/models';
import * as wire from '../onnx/wire';
import { withCpuTime } from '../../cpu-time';
import { profiled } from './profiled';

const image = { x: [1, 4, 8, 8] };

function manyRelus(count: number): PlainNode[] {
  return Array.from({ length: count }, (_, i): PlainNode => ['Relu', ['x'], [`v${i}`]]);
}

describe('a model that takes more work than any network', () => {
  it('is answered or refused with a code by its size alone', () => {
    const chain = Array.from({ length: 130_000 }, (_, i): PlainNode => ['Relu', [i ? `v${i}` : 'x'], [`v${i + 1}`]]);
    expect(profileModel(model({ inputs: image, nodes: chain }))).toMatchObject({
      ok: false,
      error: { code: 'too-large', message: expect.stringContaining('Simplify it') },
    });
  });

  it.each([
    ['long constants', (i: number): PlainNode => ['Add', [i ? `c${i}` : 'c', 'c'], [`c${i + 1}`]]],
    ['single numbers of long constants', (i: number): PlainNode => ['ReduceProd', ['c'], [`c${i + 1}`]]],
  ])('ends where %s are computed without end', (_, nodeAt) => {
    const nodes = Array.from({ length: 3000 }, (_, i) => nodeAt(i));
    const big = model({ inputs: image, floats: { c: new Array<number>(1024).fill(1) }, nodes });
    const cost = profiled(big).costAt({});
    expect(cost.ok ? null : cost.error.code).toBe('too-large');
  });

  it('ends for a rank that no tensor has', () => {
    const profile = profiled(model({ inputs: { x: new Array<number>(2000).fill(1) }, nodes: manyRelus(2) }));
    expect(profile.input).toMatchObject({ shape: null });
    const cost = profile.costAt({});
    expect(cost.ok ? null : cost.error.message).toContain('2000 dimensions');
  });

  it('spends one budget in all stages', () => {
    const budget = new WorkBudget({ nodes: 10, steps: 10, foldedElements: 10, textLength: 10 });
    const spent = withinBudget(() => {
      for (let i = 0; i < 11; i++) budget.steps(1);
      return success(0);
    });
    expect(spent.ok ? null : spent.error.code).toBe('too-large');
  });

  it.each([
    ['a sum', ['Sum', manyRelus(5_000).map((node) => node[2][0]!), ['y']]],
    ['a concatenation', ['Concat', manyRelus(5_000).map((node) => node[2][0]!), ['y'], { axis: 1 }]],
  ] as const)('takes %s of 5,000 values', (_, join) => {
    const cost = profiled(model({ inputs: image, nodes: [...manyRelus(5_000), join] })).costAt({});
    expect(cost.ok && cost.value.layers.length).toBeGreaterThanOrEqual(5_000);
  });

  it('takes a split into 30,000 parts, the last of which is right', () => {
    const parts = Array.from({ length: 30_000 }, (_, i) => `p${i}`);
    const split = model({
      inputs: { x: [1, 30_000] },
      nodes: [
        ['Split', ['x'], parts, { axis: 1 }],
        ['Relu', ['p29999'], ['y']],
      ],
    });
    const cost = profiled(split).costAt({});
    expect(cost.ok && cost.value.layers.at(-1)?.output.shape).toEqual([1, 1]);
  });
});

describe('work that grows with the size of a model, not with its square', () => {
  const chainOf = (count: number, node: PlainNode): PlainNode[] =>
    Array.from({ length: count }, (_, i) => [node[0], [i ? `v${i}` : 'x', ...node[1]], [`v${i + 1}`], node[3] ?? {}]);

  it('reads a long way back over what only moves data once', () => {
    const moves = model({
      inputs: image,
      int64: { i: [0] },
      nodes: chainOf(60_000, ['Gather', ['i'], [], { axis: 0 }]),
    });
    expect(withCpuTime(() => readNetwork(moves.graph)).cpuMs).toBeLessThan(10_000);
  });

  it('takes one kernel that 20,000 convolutions share', () => {
    const nodes = chainOf(20_000, ['Conv', ['w'], []]);
    const shared = model({ inputs: image, weights: { w: [4, 4, 1, 1] }, nodes });
    const { result, cpuMs } = withCpuTime(() => profiled(shared));
    expect(result.parameters).toBe(16);
    expect(cpuMs).toBeLessThan(10_000);
  });

  it('takes 20,000 layers whose weights are small enough to be known', () => {
    const nodes = chainOf(20_000, ['Add', ['b'], []]);
    const biased = model({ inputs: { x: [1, 600] }, floats: { b: new Array<number>(600).fill(1) }, nodes });
    const cost = profiled(biased).costAt({});
    expect(cost.ok ? null : cost.error.message).toBeNull();
  });

  it('compares the axes of a loop with few of its operands at another size', () => {
    const states = Array.from({ length: 20_000 }, (_, i) => i);
    const body = graph({
      inputs: { i: [], c: [], ...Object.fromEntries(states.map((i) => [`s${i}`, null])) },
      outputs: ['c2', ...states.map((i) => `t${i}`)],
      nodes: [['Identity', ['c'], ['c2']], ...states.map((i): PlainNode => ['Relu', [`s${i}`], [`t${i}`]])],
    });
    const loop: PlainNode = ['Loop', ['', '', ...states.map(() => 'flat')], states.map((i) => `o${i}`), { body }];
    const wide = model({ inputs: image, nodes: [['Flatten', ['x'], ['flat']], loop] });
    const { result, cpuMs } = withCpuTime(() => inferShapes(wide, { resolution: 16 }));
    expect(result.ok && result.value.values.get('o19999')?.shape).toEqual([1, 4 * 16 * 16]);
    expect(cpuMs).toBeLessThan(10_000);
  });
});

describe('names and lists of any length', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('takes an operator called %s', (name) => {
    const profile = profiled(model({ inputs: image, nodes: [[name, ['x'], ['y']]] }));
    expect(profile.uncosted).toEqual([name]);
  });

  it('names few of many unknown operators, and those shortly', () => {
    const nodes = Array.from({ length: 100 }, (_, i): PlainNode => [`${'Long'.repeat(100)}${i}`, ['x'], [`y${i}`]]);
    const { uncosted } = profiled(model({ inputs: image, nodes }));
    expect(uncosted).toHaveLength(11);
    expect(uncosted.at(-1)).toBe('and 90 others');
    expect(Math.max(...uncosted.map((name) => name.length))).toBeLessThanOrEqual(100);
  });

  it('shortens a message that a name is in', async () => {
    const bad = wire.initializer(wire.tensor('x'.repeat(60_000), [2, 2], 1, wire.rawData(new Float32Array(3))));
    const read = await readModel(memorySource(wire.model([bad])));
    expect(read.ok ? 0 : read.error.message.length).toBeLessThanOrEqual(600);
  });

  it('refuses a Scan whose counts do not fit its body', () => {
    const body = graph({ inputs: { s: [1] }, nodes: [['Relu', ['s'], ['o']]] });
    const scan = model({ inputs: image, nodes: [['Scan', ['x'], ['y'], { body, num_scan_inputs: -3 }]] });
    expect(profiled(scan).uncosted).toEqual(['Scan']);
  });

  it('takes a sum of 130,000 operands', () => {
    const sum: PlainNode = ['Sum', new Array<string>(130_000).fill('x'), ['y']];
    expect(profiled(model({ inputs: image, nodes: [sum] })).costAt({}).ok).toBe(true);
  });
});
