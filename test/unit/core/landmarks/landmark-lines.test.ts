import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLandmarkLines, writeLandmarkRow } from '../../../../src/core/landmarks/landmark-lines';

const valid = {
  schema: 1,
  model: 'resnet18',
  family: 'ResNet',
  parameters: 11_689_512,
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
  throughputFps: 88.1,
  campaign: 'desk',
  source: 'benchmark job 7',
};

function reasonFor(fields: Record<string, unknown>): string {
  const { lines, broken } = parseLandmarkLines(JSON.stringify({ ...valid, ...fields }));
  expect(lines).toEqual([]);
  expect(broken).toHaveLength(1);
  return broken[0]!.reason;
}

describe('parseLandmarkLines', () => {
  it('reads a landmark and keeps the fields it does not know', () => {
    const { lines, broken } = parseLandmarkLines(JSON.stringify({ ...valid, clocksMHz: 921.6 }));
    const { schema, ...landmark } = valid;
    expect(schema).toBe(1);
    expect(broken).toEqual([]);
    expect(lines).toEqual([{ line: 1, id: null, landmark, record: { ...valid, clocksMHz: 921.6 } }]);
  });

  it('keeps fields that it does not know inside a measurement, too, when the line is written anew', () => {
    const state = {
      gpuMHz: 921.6,
      gpuMinMHz: 76.8,
      gpuMaxMHz: 921.6,
      cpuMHz: null,
      cpuMinMHz: null,
      cpuMaxMHz: null,
      temperaturesC: {},
      gpuLoad: null,
      availableBytes: null,
      swapUsedBytes: null,
      swappedPages: null,
      powerMode: 'MAXN',
      fanRpm: 3000,
    };
    const measurement = {
      jobId: '7',
      measuredAt: '2026-01-01T00:00:00Z',
      way: 'trtexec',
      warmupRuns: 10,
      trialTimesMs: [11.35],
      inputShapes: {},
      modelSha256: 'f00',
      workspaceMiB: 512,
      engine: null,
      powerW: 4.8,
      software: {
        l4t: null,
        jetpack: null,
        tensorrt: null,
        cuda: null,
        torch: null,
        python: null,
        distribution: 'L4T',
      },
      boardModel: null,
      clocksLocked: null,
      headless: null,
      before: state,
      after: state,
      disturbances: [],
    };
    const written = { ...valid, id: 'a', measurement };
    const [line] = parseLandmarkLines(JSON.stringify(written)).lines;
    const again: unknown = JSON.parse(writeLandmarkRow({ ...line!.landmark, verdict: 'off' }, 'a', line!.record));
    expect(again).toEqual({ ...written, verdict: 'off' });
  });

  it('accepts a byte order mark, CRLF, blank lines and a missing last line break', () => {
    const line = JSON.stringify(valid);
    const { lines, broken } = parseLandmarkLines(`\uFEFF${line}\r\n\r\n  \n${line}`);
    expect(lines.map((item) => item.line)).toEqual([1, 4]);
    expect(broken).toEqual([]);
  });

  it('reports each broken line by its number and reads the others', () => {
    const line = JSON.stringify(valid);
    const { lines, broken } = parseLandmarkLines(`${line}\n{"schema": 1, "mod\n[1]\nnull\n${line}`);
    expect(lines.map((item) => item.line)).toEqual([1, 5]);
    expect(broken.map((item) => item.line)).toEqual([2, 3, 4]);
    expect(broken[0]!.reason).toContain('not JSON');
    expect(broken[1]!.reason).toContain('JSON object');
    expect(broken[2]!.reason).toContain('JSON object');
  });

  it.each([
    [{ throughputFps: 0 }, '"throughputFps" must be greater than 0'],
    [{ throughputFps: '88' }, '"throughputFps" must be a number'],
    [{ throughputFps: undefined }, '"throughputFps" is missing'],
    [{ parameters: 1.5 }, '"parameters" must be a positive whole number'],
    [{ parameters: 0 }, '"parameters" must be a positive whole number'],
    [{ resolution: -224 }, '"resolution" must be a positive whole number'],
    [{ batch: null }, '"batch" must be a positive whole number'],
    [{ runtime: 'onnxruntime' }, '"runtime" must be one of tensorrt-fp16'],
    [{ family: 3 }, '"family" must be text'],
    [{ model: '  ' }, '"model" must not be empty'],
    [{ campaign: undefined }, '"campaign" is missing'],
    [{ schema: undefined }, '"schema" is missing'],
    [{ schema: '1' }, '"schema" must be 1'],
    [{ schema: 2 }, 'newer than this Framecast'],
  ])('explains %o', (fields, reason) => {
    expect(reasonFor(fields)).toContain(reason);
  });

  it('refuses a throughput that JSON reads as infinite', () => {
    const text = JSON.stringify(valid).replace('88.1', '1e999');
    expect(parseLandmarkLines(text).broken[0]!.reason).toContain('"throughputFps" must be finite');
  });

  it('refuses a line that is nested too deep to be written again', () => {
    const nested = (levels: number): string =>
      JSON.stringify(valid).replace('{', `{"extra":${'['.repeat(levels)}${']'.repeat(levels)},`);
    const { lines, broken } = parseLandmarkLines([nested(20_000), nested(50)].join('\n'));
    expect(broken).toEqual([{ line: 1, reason: expect.stringContaining('nested') }]);
    expect(lines.map(({ landmark, record }) => writeLandmarkRow(landmark, null, record))).toEqual([
      expect.stringContaining('[[[['),
    ]);
  });

  it('names every wrong field of a line', () => {
    const reason = reasonFor({ throughputFps: -1, batch: 0, device: undefined });
    expect(reason).toMatch(/throughputFps/);
    expect(reason).toMatch(/batch/);
    expect(reason).toMatch(/device/);
  });

  it('accepts a model without a family', () => {
    expect(parseLandmarkLines(JSON.stringify({ ...valid, family: null })).lines[0]!.landmark.family).toBeNull();
  });

  it('never throws and accounts for every line that is not blank', () => {
    const text = fc
      .array(fc.oneof(fc.string(), fc.json(), fc.constant(JSON.stringify(valid))))
      .map((rows) => rows.join('\n'));
    fc.assert(
      fc.property(text, (content) => {
        const { lines, broken } = parseLandmarkLines(content);
        const rows = content.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
        expect(lines.length + broken.length).toBe(rows.filter((row) => row.trim() !== '').length);
      }),
    );
  });
});
