import { describe, expect, it } from 'vitest';
import { readPipeline } from '../../../../src/core/pipeline/read-pipeline';

const devices = ['jetson-nano', 'jetson-orin-nano'];
const read = (text: string) => readPipeline(text, devices);

const good = `device: jetson-nano
runtime: tensorrt-fp16
camera_fps: 30
faces: 2
stages:
  - name: detect
    model: faces/detector.onnx
    input: 320x240
    every: 3
  - name: liveness
    model: liveness.onnx
    runs: faces
    batch: true
`;

/** Each problem with the line that it is on, counted from 1. */
function problems(text: string): readonly string[] {
  const { problems, position } = read(text);
  return problems.map(({ message, range }) => `${position(range.start).line + 1}: ${message}`);
}

describe('readPipeline', () => {
  it('reads a pipeline', () => {
    const { pipeline, problems } = read(good);
    expect(problems).toEqual([]);
    expect(pipeline).toMatchObject({ device: 'jetson-nano', runtime: 'tensorrt-fp16', cameraFps: 30, faces: 2 });
    expect(pipeline?.stages).toMatchObject([
      { name: 'detect', input: { height: 240, width: 320 }, runs: 1, every: 3, batch: false },
      { name: 'liveness', model: 'liveness.onnx', input: null, runs: 'faces', every: 1, batch: true },
    ]);
    expect(good.slice(pipeline!.stages[1]!.modelRange.start, pipeline!.stages[1]!.modelRange.end)).toBe(
      'liveness.onnx',
    );
  });

  it('takes the board and its power mode as people write them', () => {
    const { pipeline, problems } = read('device: Orin Nano\npower_mode: 15w\nstages: [{ model: a.onnx }]');
    expect(problems).toEqual([]);
    expect(pipeline).toMatchObject({ device: 'jetson-orin-nano', powerMode: '15W' });
  });

  it.each(['{a: '.repeat(12_000), '['.repeat(12_000), '- '.repeat(24_000), '? '.repeat(24_000)])(
    'refuses what is nested more deeply than YAML can be read: %.8s…',
    (text) => {
      expect(problems(`stages:\n${text}`)).toEqual([
        '1: This file is nested more deeply than 20 levels, which no pipeline is.',
      ]);
    },
  );

  it('names few of the faults of a text that is none', () => {
    expect(problems('{}\n'.repeat(10_000)).length).toBeLessThan(60);
    expect(problems('x'.repeat(50_001))).toEqual([
      '1: This file has 50,001 characters; a pipeline has 50,000 at most.',
    ]);
  });

  it('takes one number for a square input, and older names of keys', () => {
    const { pipeline, problems } = read('board: jetson-nano\ntarget_fps: 25\nstages: [{ model: a.onnx, input: 112 }]');
    expect(problems).toEqual([]);
    expect(pipeline).toMatchObject({ device: 'jetson-nano', cameraFps: 25, faces: 1 });
    expect(pipeline?.stages).toMatchObject([{ name: 'stage 1', input: { height: 112, width: 112 } }]);
  });

  it.each([
    ['faces: many', 'faces: many\nstages: [{ model: a.onnx }]', /^1: faces is a whole number from 0 to 1,000\./],
    ['no faces in part', 'faces: 1.5\nstages: [{ model: a.onnx }]', /^1: faces is a whole number/],
    ['a rate of 0', 'stages:\n  - model: a.onnx\n    runs: 0', /^3: runs is how often/],
    ['a negative rate', 'stages:\n  - model: a.onnx\n    runs: -1', /^3: runs is how often/],
    ['every 0th frame', 'stages:\n  - model: a.onnx\n    every: 0', /^3: every is a whole number from 1/],
    ['an unknown key', 'stages:\n  - model: a.onnx\n    evry: 2', /^3: A stage has no key evry\. Did you mean every\?/],
    ['an unknown device', 'device: orin-nanno\nstages: [{ model: a.onnx }]', /^1: .*Did you mean jetson-orin-nano\?/],
    ['an unknown runtime', 'runtime: fp16\nstages: [{ model: a.onnx }]', /^1: Runtime fp16 is not known/],
    ['a size beyond bounds', 'stages:\n  - model: a.onnx\n    input: 20000x10', /^3: input is width × height/],
    ['a size of 0', 'stages:\n  - model: a.onnx\n    input: 0x10', /^3: input is width × height/],
    ['no camera', 'camera_fps: 0\nstages: [{ model: a.onnx }]', /^1: camera_fps is a number more than 0/],
    ['a stage without a model', 'stages:\n  - name: detect', /^2: This stage has no model/],
    ['stages that are no list', 'stages: 3', /^1: stages is a list/],
    ['an alias that contains itself', 'stages: &all\n  - *all', /^2: \*all contains itself\./],
    ['batch without faces', 'stages:\n  - model: a.onnx\n    batch: true', /^3: `batch` has no effect/],
    ['broken YAML', 'stages: [{ model: a.onnx }', /^1: /],
    ['a prototype as a key', '__proto__: 1\nstages: [{ model: a.onnx }]', /^1: A pipeline has no key __proto__/],
  ])('puts a problem on the line of %s', (_, text, expected) => {
    expect(problems(text)).toEqual([expect.stringMatching(expected)]);
  });

  it('still answers for the stages that are right', () => {
    const { pipeline } = read('faces: x\nstages:\n  - model: a.onnx\n    runs: 0\n  - model: b.onnx\n  - 3\n');
    expect(pipeline?.stages.map(({ model }) => model)).toEqual(['b.onnx']);
    expect(pipeline?.faces).toBe(1);
  });

  it.each(['', '- a\n', '42', 'just text', '\u0000'])('says what a pipeline is for %j', (text) => {
    const { pipeline, problems } = read(text);
    expect(pipeline?.stages ?? []).toEqual([]);
    expect(problems.length).toBeGreaterThan(0);
  });

  it('is not outgrown by aliases of aliases', () => {
    const bomb = [
      'a0: &a0 [x]',
      ...Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`),
    ].join('\n');
    const { problems, pipeline } = read(`${bomb}\nstages: *a40`);
    expect(pipeline?.stages).toEqual([]);
    expect(JSON.stringify(problems).length).toBeLessThan(20_000);
  });

  it('keeps no more stages than people have', () => {
    const { pipeline, problems } = read(`stages:\n${'  - model: a.onnx\n'.repeat(100)}`);
    expect(pipeline?.stages).toHaveLength(64);
    expect(problems.some(({ message }) => message.includes('64 stages at most'))).toBe(true);
  });
});
