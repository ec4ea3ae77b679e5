import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { isInFits, type Landmark } from '../../../../src/core/landmarks/landmark';
import { collectLandmarks } from '../../../../src/core/landmarks/landmark-collection';
import { planImport } from '../../../../src/core/landmarks/landmark-import';
import { rowOfLandmark, writtenColumns } from '../../../../src/core/landmarks/landmark-table';
import { writeLandmarkRow } from '../../../../src/core/landmarks/landmark-lines';
import type { Disturbance } from '../../../../src/core/landmarks/backends';
import type { BoardState, Measurement } from '../../../../src/core/landmarks/measurement';
import { parseExchange, writeExchange } from '../../../../src/files/landmark-exchange';
import { withCpuTime } from '../../cpu-time';

const header = 'model,family,parameters,device,runtime,resolution_px,batch,throughput_fps,campaign,source';
const row = 'resnet18,ResNet,11689512,jetson-nano,tensorrt-fp16,224,1,88.1,desk,job 7';
const landmark: Landmark = {
  model: 'resnet18',
  family: 'ResNet',
  parameters: 11_689_512,
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
  throughputFps: 88.1,
  campaign: 'desk',
  source: 'job 7',
};

const idle: BoardState = {
  gpuMHz: 921.6,
  gpuMinMHz: 921.6,
  gpuMaxMHz: 921.6,
  cpuMHz: null,
  cpuMinMHz: null,
  cpuMaxMHz: null,
  temperaturesC: { GPU: 34 },
  gpuLoad: 0,
  availableBytes: null,
  swapUsedBytes: null,
  swappedPages: null,
  powerMode: 'MAXN',
};

const measuredUnder = (disturbances: readonly Disturbance[]): Measurement => ({
  jobId: '7',
  measuredAt: '2026-01-01T00:00:00Z',
  way: 'trtexec',
  warmupRuns: 10,
  trialTimesMs: [11.35],
  inputShapes: { input: [1, 3, 224, 224] },
  modelSha256: 'f00',
  workspaceMiB: 512,
  engine: null,
  software: { l4t: null, jetpack: '4.6.1', tensorrt: '8.2.1', cuda: null, torch: null, python: null },
  boardModel: null,
  clocksLocked: true,
  headless: true,
  before: idle,
  after: idle,
  disturbances,
});

const parse = (text: string) => parseExchange(text, 'board.csv');

/** The one row that is refused, with the good row around it taken. */
function reasonFor(changed: string, head = header, good = row): string {
  const { lines, broken } = parse([head, good, changed, good].join('\n'));
  expect(lines.map(({ line }) => line)).toEqual([2, 4]);
  expect(broken.map(({ line }) => line)).toEqual([3]);
  return broken[0]!.reason;
}

const withCell = (index: number, text: string) =>
  row
    .split(',')
    .map((cell, at) => (at === index ? text : cell))
    .join(',');

describe('a CSV file', () => {
  it('is read by its documented columns', () => {
    const { lines, broken } = parse(`${header}\n${row}\n`);
    expect(broken).toEqual([]);
    expect(lines).toEqual([{ line: 2, id: null, landmark, record: {} }]);
  });

  it('may have a byte order mark, CRLF, semicolons or tabs, quotes, blank lines and other columns', () => {
    for (const separator of [';', '\t']) {
      const text = [`${header},Ambient °C`, '', `${row},25`].join('\r\n').replaceAll(',', separator);
      const { lines, broken } = parse(`\uFEFF${text.replace('job 7', `"job ""7""${separator} desk"`)}`);
      expect(broken).toEqual([]);
      expect(lines[0]).toMatchObject({ line: 3, record: { 'Ambient °C': '25' } });
      expect(lines[0]!.landmark).toEqual({ ...landmark, source: `job "7"${separator} desk` });
    }
  });

  it('may leave out what has a default, and name columns, devices, runtimes and families freely', () => {
    const text =
      'Name;Params;Board;Runtime;Resolution;FPS;Family\nr18;11689512;Jetson Nano;TensorRT FP16;224x224;88.1;resnet';
    expect(parse(text).lines[0]!.landmark).toEqual({
      ...landmark,
      model: 'r18',
      campaign: 'own',
      source: 'imported from board.csv',
    });
  });

  it('may have inputs that are not square and power modes, which are written as they are read', () => {
    const text = [`${header},power_mode`, `${withCell(5, '640x480')},5W`].join('\n');
    const [line] = parse(text).lines;
    expect(line!.landmark).toMatchObject({ height: 480, width: 640, resolution: 554, powerMode: '5W' });
    const written = [writtenColumns, rowOfLandmark(line!.landmark)].map((cells) => cells.join(',')).join('\n');
    expect(written).toContain(',5W,640x480,');
    expect(parse(written).lines[0]!.landmark).toEqual(line!.landmark);
  });

  it('may start with the line in which spreadsheets name the separator', () => {
    const { lines, broken } = parse(`sep=;\r\n${[header, row, 'x'].join('\r\n').replaceAll(',', ';')}`);
    expect(lines.map(({ line, landmark: { model } }) => [line, model])).toEqual([[3, 'resnet18']]);
    expect(broken).toMatchObject([{ line: 4 }]);
  });

  it('counts the lines of quoted cells', () => {
    const note = withCell(9, '"two\nlines"');
    const { lines, broken } = parse([header, note, 'x,y', row].join('\n'));
    expect(lines.map(({ line }) => line)).toEqual([2, 5]);
    expect(broken.map(({ line }) => line)).toEqual([4]);
  });

  it.each([
    [withCell(7, '0'), 'not greater than 0'],
    [withCell(7, '-88.1'), 'not greater than 0'],
    [withCell(7, ''), 'throughput_fps is empty'],
    [withCell(7, 'fast'), 'is not a number'],
    [withCell(7, 'NaN'), 'is not a number'],
    [withCell(7, '1e999'), 'too large'],
    [withCell(7, '88.1 fps'), 'write the number alone'],
    [withCell(7, '11.4 ms'), 'is a time'],
    [withCell(7, '"85,4"'), 'has a decimal comma; write 85.4'],
    [withCell(7, '85,4'), 'decimal comma splits a number'],
    [withCell(2, '11.69M'), 'write the number alone'],
    [withCell(2, '"11,689,512"'), 'separators'],
    [withCell(2, '11.69'), 'too few for a network; give the whole number'],
    [withCell(2, '138'), 'too few for a network; give the whole number'],
    [withCell(2, '11689512.5'), 'positive whole number'],
    [withCell(4, 'onnxruntime'), 'Runtime "onnxruntime" is none of'],
    [withCell(5, '20000x160'), 'not from 1 to 16,384 pixels a side'],
    [withCell(6, '0'), 'not greater than 0'],
    [withCell(0, ''), '"model" must not be empty'],
    ['resnet18', 'has 1 cells'],
    [withCell(0, 'res"net"18'), ''],
  ])('names what is wrong with %s', (changed, reason) => {
    if (reason === '') expect(parse([header, changed].join('\n')).lines[0]!.landmark.model).toBe('res"net"18');
    else expect(reasonFor(changed)).toContain(reason);
  });

  it('names a decimal comma in a file with semicolons', () => {
    const semicolons = (text: string) => text.replaceAll(',', ';');
    const reason = reasonFor(
      semicolons(withCell(7, '88x1')).replace('88x1', '88,1'),
      semicolons(header),
      semicolons(row),
    );
    expect(reason).toContain('write 88.1');
  });

  it.each([
    ['latency_ms', 'holds times, not inputs per second'],
    ['Latency [ms]', 'holds times'],
    ['ms', 'holds times'],
    ['rate', 'lacks column throughput_fps'],
    ['images/s', 'name it throughput_fps if it is inputs per second'],
    ['Throughput [1/s]', 'name it throughput_fps'],
    ['inferences per sec', 'name it throughput_fps'],
  ])('says what a header with %s for the throughput lacks, and that no row was taken', (name, reason) => {
    const { lines, broken } = parse([header.replace('throughput_fps', name), row, row].join('\n'));
    expect(lines).toEqual([]);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatchObject({ line: 1 });
    expect(broken[0]!.reason).toContain(reason);
    expect(broken[0]!.reason).toContain('None of the 2 rows was taken');
  });

  it('asks for whole parameters where a header has them in millions', () => {
    const { broken } = parse([header.replace('parameters', 'parameters (M)'), row].join('\n'));
    expect(broken[0]!.reason).toContain('whole number');
  });

  it('loses only its own line to a quotation mark that is left open', () => {
    const { lines, broken } = parse([header, row, withCell(9, '"open'), row, row].join('\n'));
    expect(lines.map(({ line }) => line)).toEqual([2, 4, 5]);
    expect(broken).toMatchObject([{ line: 3 }]);
  });

  it('is read in time that grows with its length, whatever its quotes', { timeout: 60_000 }, () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => withCell(9, index % 3 === 0 ? '"open' : 'x'));
    const { result, cpuMs } = withCpuTime(() => parse([header, ...rows].join('\n')));
    expect(result.lines.length + result.broken.length).toBeGreaterThan(6000);
    expect(cpuMs).toBeLessThan(8000);
  });

  it('counts no rows where a first line that is no header stands alone', () => {
    expect(parse(row).broken).toEqual([{ line: 1, reason: expect.stringMatching(/must have: [\w, ]+\.$/) }]);
  });

  it('may be empty or a header alone', () => {
    expect(parse('')).toEqual({ lines: [], broken: [] });
    expect(parse(`${header}\n`)).toEqual({ lines: [], broken: [] });
  });
});

describe('what was exported', () => {
  const hostile: Landmark = {
    ...landmark,
    model: '=HYPERLINK("x")',
    family: null,
    comment: 'line one\nline "two", three',
    verdict: 'outlier',
    throughputFps: 88.12345678901234,
  };

  it('comes back the same from CSV, and spreadsheets compute none of it', () => {
    const text = writeExchange([{ landmark }, { landmark: hostile }], 'csv');
    expect(text).toContain('"\'=HYPERLINK(""x"")"');
    expect(parse(text).lines.map((line) => line.landmark)).toEqual([landmark, hostile]);
  });

  it.each([
    ['a formula over two lines', '=HYPERLINK("http://x","y")\nmore'],
    ['a formula after an apostrophe', "'=1+1"],
    ['signs', '-1 @ +2'],
    ['a tab', '\tx'],
    ['white space around it', '  x\r\ny '],
    ['separators and quotes', 'a;b,"c"\t\'d'],
  ])('keeps a comment with %s through CSV and disarms it there', (_, comment) => {
    const text = writeExchange([{ landmark: { ...landmark, comment } }], 'csv');
    expect(text).not.toMatch(/(^|,|\n)"?[=+\-@\t]/);
    expect(parse(text).lines[0]!.landmark).toEqual({ ...landmark, comment });
  });

  it('keeps any text through CSV and JSON Lines', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab=+-@\'",;\t\r\n é\uFEFF') });
    fc.assert(
      fc.property(text, text, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (model, comment, throughputFps) => {
        fc.pre(model.trim() !== '' && comment.trim() !== '');
        const one: Landmark = { ...landmark, model: model.trim(), comment, throughputFps };
        for (const format of ['csv', 'jsonl'] as const) {
          const { lines, broken } = parse(writeExchange([{ landmark: one }, { landmark }], format));
          expect(broken).toEqual([]);
          expect(lines.map((line) => line.landmark)).toEqual([one, landmark]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not let a disturbed measurement slip into fits through CSV, which cannot say so', () => {
    const disturbed: Landmark = { ...landmark, measurement: measuredUnder(['throttled']) };
    const exported = (one: Landmark) => parse(writeExchange([{ landmark: one }], 'csv')).lines[0]!.landmark;
    expect(isInFits(disturbed)).toBe(false);
    expect(exported(disturbed)).toEqual({ ...landmark, powerMode: 'MAXN', verdict: 'off' });
    expect(exported({ ...disturbed, verdict: 'accepted' })).toEqual({
      ...landmark,
      powerMode: 'MAXN',
      verdict: 'accepted',
    });
    expect(exported({ ...landmark, measurement: measuredUnder([]) })).toEqual({ ...landmark, powerMode: 'MAXN' });
  });

  it('comes back whole from JSON Lines, with kernels and fields that nobody knows', () => {
    const costed = { ...landmark, kernels: [[0, 1, 70276800, 150528, 193600, 23232, 121, 4, 1, 64]] };
    const text = writeExchange([{ landmark: costed, record: { ambientC: 25, schema: 1, id: 'x' } }], 'jsonl');
    const { lines } = parseExchange(text, 'x.jsonl');
    expect(lines[0]!.landmark).toEqual(costed);
    expect(lines[0]!.record).toEqual({ schema: 1, ...costed, ambientC: 25 });
  });
});

describe('planImport', () => {
  const { entries } = collectLandmarks([]);

  it('tells new landmarks from known and repeated ones, and names the impossible', () => {
    const text = [
      landmark,
      landmark,
      bundledLandmarks[3]!,
      { ...landmark, throughputFps: 9e5 },
      { ...landmark, campaign: 'paper' },
      { ...landmark, family: 'MyNet', throughputFps: 80 },
    ]
      .map((item) => writeLandmarkRow(item, null))
      .join('\n');
    const plan = planImport(parseExchange(`${text}\n{broken`, 'x'), entries);
    expect(plan.fresh.map(({ line }) => line)).toEqual([1, 6]);
    expect(plan.repeated.map(({ line }) => line)).toEqual([2, 3]);
    expect(plan.refused.map(({ line }) => line)).toEqual([4, 5, 7]);
    expect(plan.refused[0]!.reason).toContain('above');
    const noMode = expect.stringMatching(
      /^No power mode is given, and Jetson Nano has MAXN, 5W\. .* counts less/,
    ) as string;
    expect(plan.remarks).toMatchObject([{ line: 1, reason: noMode }, { line: 6 }]);
  });

  it("names what somebody else says of a known landmark, which does not change the user's own judgement", () => {
    const published = bundledLandmarks[0]!;
    const text = [
      { ...published, verdict: 'outlier' as const },
      { ...published, comment: 'hot' },
      { ...published, verdict: 'accepted' as const },
      landmark,
      { ...landmark, verdict: 'off' as const, comment: 'hot' },
    ]
      .map((item) => writeLandmarkRow(item, null))
      .join('\n');
    const { repeated, remarks } = planImport(parseExchange(text, 'x'), entries);
    expect(repeated.map(({ line }) => line)).toEqual([1, 2, 3, 5]);
    const judged = remarks.filter(({ line }) => line !== 4);
    expect(
      judged.map(({ line, reason }) => [line, /not taken over from this file: (.*)\. Judge/.exec(reason)?.[1]]),
    ).toEqual([
      [1, 'verdict outlier'],
      [2, 'comment'],
      [5, 'verdict off, comment'],
    ]);
  });

  it('names landmarks that no fit can learn from', () => {
    const text = [header, withCell(1, ''), withCell(1, '').replace('resnet18', 'mine')].join('\n');
    const { fresh, remarks } = planImport(parse(text), entries);
    expect(fresh.map(({ line }) => line)).toEqual([2, 3]);
    expect(remarks).toEqual([
      { line: 2, reason: expect.stringContaining('No power mode') },
      { line: 3, reason: expect.stringContaining('no fit can learn from it') },
    ]);
  });

  it('names a device that may be misspelt, once, and takes its landmarks', () => {
    const boards = ['jetson-nanoo', 'jetson-nanoo', 'Jetson Nano', 'board-acme-x', 'stand-in', 'bench'];
    const text = [header, ...boards.map((board, index) => withCell(3, board).replace('resnet18', `r${index}`))].join(
      '\n',
    );
    const known = collectLandmarks([
      { origin: 'own', file: 'x', lines: parse([header, withCell(3, 'bench')].join('\n')).lines, broken: [] },
    ]).entries;
    const { fresh, remarks } = planImport(parse(text), known);
    expect(fresh).toHaveLength(6);
    expect(remarks).toEqual([
      { line: 2, reason: expect.stringMatching(/"jetson-nanoo" is not one .* jetson-nano,/) },
      { line: 4, reason: expect.stringContaining('No power mode') },
    ]);
  });

  it('adds nothing the second time', () => {
    const file = parse(`${header}\n${row}`);
    const source = { origin: 'own' as const, file: 'own', ...file };
    const plan = planImport(file, collectLandmarks([source]).entries);
    expect(plan).toMatchObject({ fresh: [], refused: [] });
    expect(plan.repeated).toHaveLength(1);
  });
});
