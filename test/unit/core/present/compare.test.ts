import papaparse from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { Estimate, Prediction, Query } from '../../../../src/core/estimate/estimate';
import { verdictWord } from '../../../../src/core/estimate/verdict';
import {
  comparedModel,
  compareModels,
  groupBySize,
  sortCompared,
  type ComparedFile,
  type ComparedModel,
} from '../../../../src/core/present/compare';
import { comparisonCsv, comparisonMarkdown } from '../../../../src/core/present/compare-export';
import {
  comparedSummary,
  comparedText,
  frontMarks,
  intervalTitle,
  sizesDiffer,
} from '../../../../src/core/present/compare-text';
import { costing, profileOf } from '../estimate/profiles';
import { compareFiles, profileOfFile } from './models';

const query: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };

function estimate(throughputFps: number, changes: Partial<Estimate> = {}): Prediction {
  return {
    estimate: {
      ...query,
      resolution: 224,
      batch: 1,
      throughputFps,
      latencyMs: 1000 / throughputFps,
      interval: { level: 0.9, lowFps: throughputFps * 0.9, highFps: throughputFps * 1.1 },
      method: 'graph-cost',
      landmarks: 9,
      campaigns: ['paper'],
      crossValidatedError: 0.05,
      extrapolated: false,
      basis: '',
      certainty: 'inside',
      powerMode: null,
      notes: [],
      ...changes,
    },
    reason: null,
    why: null,
    alternatives: [],
  };
}

const refused: Prediction = { estimate: null, reason: 'The input is 112×96 pixels.', why: null, alternatives: [] };

function model(file: string, parameters: number, prediction: Prediction): ComparedFile {
  return {
    file,
    ok: true,
    fileBytes: 1234,
    prediction,
    profile: profileOf({ parameters, operators: new Map(), ...costing(1_000_000) }),
  };
}

const broken: ComparedFile = {
  file: 'broken.onnx',
  ok: false,
  error: { code: 'truncated', message: 'The file ends early.' },
};

const files: readonly ComparedFile[] = [
  model('small-slow.onnx', 1_000_000, estimate(50)),
  model('large-slow.onnx', 40_000_000, estimate(20)),
  broken,
  model('model-10.onnx', 5_000_000, refused),
  model('model-9.onnx', 5_000_000, refused),
  model('small-fast.onnx', 2_000_000, estimate(100)),
  model('twin.onnx', 2_000_000, estimate(100)),
];

const word = ({ verdict }: ComparedModel) => (verdict === null ? null : verdictWord(verdict));

describe('a comparison', () => {
  it('has the fastest first, models without a figure after them, and every file', () => {
    const { models, unreadable } = compareFiles(files, query, null);
    expect(models.map(({ file }) => file)).toEqual([
      'small-fast.onnx',
      'twin.onnx',
      'small-slow.onnx',
      'large-slow.onnx',
      'model-9.onnx',
      'model-10.onnx',
    ]);
    expect(unreadable).toEqual([{ file: 'broken.onnx', code: 'truncated', message: 'The file ends early.' }]);
  });

  it('marks the models that no other is both faster and smaller than, equal ones alike', () => {
    const { models } = compareFiles(files, query, null);
    const marked = models.filter(({ isOnFront }) => isOnFront).map(({ file }) => file);
    expect(marked).toEqual(['small-fast.onnx', 'twin.onnx', 'small-slow.onnx']);
  });

  it('says how each stands to the target, and nothing without one', () => {
    const { models } = compareFiles(files, query, 52);
    expect(models.map(word)).toEqual(['met', 'met', 'likely missed', 'missed', null, null]);
    expect(compareFiles(files, query, null).models.every(({ verdict }) => verdict === null)).toBe(true);
  });

  it('sorts by each column both ways and leaves what has no figure last', () => {
    const { models } = compareFiles(files, query, null);
    const order = (column: Parameters<typeof sortCompared>[1], descending: boolean): string[] =>
      sortCompared(models, column, descending).map(({ file }) => file.replace('.onnx', ''));
    expect(order('latency', false).slice(0, 2)).toEqual(['small-fast', 'twin']);
    expect(order('latency', true).slice(0, 2)).toEqual(['large-slow', 'small-slow']);
    expect(order('latency', true).slice(-2)).toEqual(['model-9', 'model-10']);
    expect(order('latency', false).slice(-2)).toEqual(['model-9', 'model-10']);
    expect(order('parameters', true)[0]).toBe('large-slow');
    expect(order('file', false)).toEqual(['large-slow', 'model-9', 'model-10', 'small-fast', 'small-slow', 'twin']);
  });

  it('sorts by how models stand to the target, from met to missed and what is unknown last', () => {
    const { models } = compareFiles(files, query, 52);
    const order = (descending: boolean) => sortCompared(models, 'target', descending).map(word);
    expect(order(true)).toEqual(['met', 'met', 'likely missed', 'missed', null, null]);
    expect(order(false)).toEqual(['missed', 'likely missed', 'met', 'met', null, null]);
  });

  it('is the same for rows that were made one by one, which keep what else they carry', () => {
    const rows = files.flatMap((file) =>
      file.ok ? [{ id: `file:///${file.file}`, ...comparedModel(file, query, 52) }] : [],
    );
    const unread = [{ file: 'broken.onnx', code: 'truncated', message: 'The file ends early.' }];
    const { models, unreadable: left } = compareModels(rows, unread);
    expect(models.map(({ id }) => id)).toContain('file:///twin.onnx');
    const plain = models.map((model) => ({ ...model, id: undefined }));
    expect({ models: plain, unreadable: left }).toEqual(compareFiles(files, query, 52));
  });

  it('gives cost and memory at the size that was judged', async () => {
    const profile = await profileOfFile('test/fixtures/exported/resnet18.folded.onnx');
    const at = (resolution: number, batch: number) =>
      compareFiles(
        [{ file: 'a', ok: true, fileBytes: 1, profile, prediction: estimate(10, { resolution, batch }) }],
        { ...query, resolution, batch },
        null,
      ).models[0]!;
    // torchvision's ResNet-18 does 1.814 GMAC on one image of 224×224; convolutions grow with the area.
    expect(at(224, 1).macs).toBe(1_814_073_344);
    expect(at(224, 2).macs).toBe(2 * 1_814_073_344);
    expect(at(448, 1).macs! / at(224, 1).macs!).toBeGreaterThan(3.9);
    // Half-precision weights, and activations on top.
    expect(at(224, 1).memoryBytes).toBeGreaterThan(2 * 11_689_512);
    expect(at(448, 1).memoryBytes).toBeGreaterThan(at(224, 1).memoryBytes!);
  });

  it('says that cost and memory are not known where they are not', () => {
    const [row] = compareFiles(
      [{ file: 'a', ok: true, fileBytes: 1, profile: profileOf({}), prediction: refused }],
      query,
      null,
    ).models;
    expect(row).toMatchObject({ macs: null, memoryBytes: null, throughputFps: null });
    expect(comparedText(row!)).toMatchObject({ macs: '–', memory: '–', throughput: '–', verdict: 'unknown' });
  });

  it('says that a size is without weights, be they in a missing file or in none', () => {
    const sizeOf = (fileBytes: number, missingWeights: readonly string[] = []) => {
      const profile = profileOf({ storedParameters: 1_000_000 });
      const file: ComparedFile = { file: 'a', ok: true, fileBytes, missingWeights, profile, prediction: refused };
      return comparedText(compareFiles([file], query, null).models[0]!).bytes;
    };
    // Four bits a number are enough.
    expect([sizeOf(500_000), sizeOf(499_999)]).toEqual(['500 kB', '500 kB + weights']);
    expect(sizeOf(4_000_000, ['Weights are stored in w.bin, which is missing.'])).toBe('4.00 MB + weights');
  });
});

describe('its summary', () => {
  it('counts what meets the target, misses it, has no prediction and cannot be read', () => {
    expect(comparedSummary(compareFiles(files, query, 52), 52)).toBe(
      '6 models: 2 meet 52 FPS, 2 miss it, 2 without a prediction. 1 file cannot be read.',
    );
    expect(comparedSummary(compareFiles(files.slice(0, 1), query, null), null)).toBe('1 model.');
  });

  it('names the level of the intervals where it is one', () => {
    const { models } = compareFiles(files, query, null);
    expect(intervalTitle(models)).toBe('90% interval');
    const other = { ...models[0]!, interval: { level: 0.8, lowFps: 1, highFps: 2 } };
    expect(intervalTitle([...models, other])).toBe('Interval');
  });
});

describe('models of different input sizes', () => {
  const small = model('face.onnx', 11_000_000, estimate(90, { resolution: 112 }));
  const markdownOf = (compared: readonly ComparedFile[]) =>
    comparisonMarkdown(compareFiles(compared, query, null), { query, targetFps: null });

  it('say theirs, and that they differ', () => {
    const { models } = compareFiles([small, ...files], query, null);
    expect(sizesDiffer(models)).toBe(true);
    const markdown = markdownOf([small, ...files]);
    expect(markdown).toMatch(/\| File \| Model \| Input \| FPS/);
    expect(markdown).toMatch(/\| face\.onnx .*\| 112×112 \| 90\.0 FPS/);
    expect(markdown).toMatch(/\| twin\.onnx .*\| 224×224 \| 100 FPS/);
    expect(markdown).toMatch(/\| model-9\.onnx .*\| – \| – \|/);
    expect(markdown).toMatch(/^- Input sizes differ: each model is judged at its own/m);
    const batched = model('batched.onnx', 1, estimate(90, { batch: 8 }));
    expect(markdownOf([batched, ...files])).toMatch(/\| 224×224, batch 8 \|/);
  });

  it('have a front for each size, and groups from the smallest size to those without a prediction', () => {
    const { models } = compareFiles([small, ...files], query, null);
    const marked = models.filter(({ isOnFront }) => isOnFront).map(({ file }) => file);
    expect(marked).toEqual(['small-fast.onnx', 'twin.onnx', 'face.onnx', 'small-slow.onnx']);
    const groups = groupBySize(models).map((group) => [group.size, group.models.map(({ file }) => file)]);
    expect(groups).toEqual([
      ['112×112', ['face.onnx']],
      ['224×224', ['small-fast.onnx', 'twin.onnx', 'small-slow.onnx', 'large-slow.onnx']],
      [null, ['model-9.onnx', 'model-10.onnx']],
    ]);
  });

  it('weigh published accuracy between standard networks alone, and say whose it is', () => {
    const standard = (file: string, family: string, parameters: number, fps: number): ComparedFile => ({
      ...model(file, parameters, estimate(fps)),
      ok: true,
      fileBytes: 1,
      prediction: estimate(fps),
      profile: profileOf({ family, parameters, operators: new Map(), ...costing(1_000_000) }),
    });
    // torchvision: ResNet-18 69.8%, ResNet-50 76.1%, VGG-16 71.6% on ImageNet.
    const compared = [
      standard('r18.onnx', 'ResNet', 11_689_512, 80),
      standard('r50.onnx', 'ResNet', 25_557_032, 33),
      standard('vgg16.onnx', 'VGG', 138_357_544, 10),
      standard('ten-classes.onnx', 'ResNet', 11_181_642, 81),
    ];
    const { models } = compareFiles(compared, query, null);
    expect(models.map(({ top1Percent }) => top1Percent)).toEqual([null, 69.758, 76.13, 71.592]);
    expect(models.map((each) => frontMarks(each, models))).toEqual(['◆', '★', '★', '']);
    expect(markdownOf(compared)).toMatch(/^- ★ .*more accurate, by the published top-1/m);
    expect(markdownOf(compared.slice(2))).not.toMatch(/★|Top-1/);
  });

  it('say nothing where all are the same, whatever has no figure', () => {
    expect(sizesDiffer(compareFiles(files, query, null).models)).toBe(false);
    expect(markdownOf(files)).not.toMatch(/Input/);
  });
});

describe('its export', () => {
  const context = { query, targetFps: 52 };

  it('is CSV that reads back with every file and figure', () => {
    const { data, errors } = papaparse.parse<Record<string, string>>(
      comparisonCsv(compareFiles(files, query, 52), context).trimEnd(),
      { header: true },
    );
    expect(errors).toEqual([]);
    expect(data).toHaveLength(files.length);
    expect(data[0]).toMatchObject({
      file: 'small-fast.onnx',
      throughput_fps: '100',
      interval_low_fps: '90',
      latency_ms: '10',
      parameters: '2000000',
      verdict: 'met',
      certainty: 'inside',
      target_fps: '52',
      pareto_front: 'true',
      runtime: 'tensorrt-fp16',
    });
    expect(data.find(({ file }) => file === 'model-9.onnx')).toMatchObject({
      throughput_fps: '',
      error: 'The input is 112×96 pixels.',
    });
    expect(data.at(-1)).toMatchObject({ file: 'broken.onnx', throughput_fps: '', error: 'The file ends early.' });
  });

  it('holds names with commas, quotes and line breaks, and disarms formulas', () => {
    const hostile = ['a,"b"\n.onnx', '=cmd|x.onnx'];
    const csv = comparisonCsv(
      compareFiles(
        hostile.map((file) => model(file, 1, estimate(1))),
        query,
        null,
      ),
      { query, targetFps: null },
    );
    const { data } = papaparse.parse<Record<string, string>>(csv.trimEnd(), { header: true });
    expect(data.map(({ file }) => file).sort()).toEqual(["'=cmd|x.onnx", 'a,"b"\n.onnx']);
  });

  it('is a Markdown table that no name can break', () => {
    const hostile = model('a|b`](x)\n# c.onnx', 3_000_000, estimate(30, { extrapolated: true }));
    const markdown = comparisonMarkdown(compareFiles([...files, hostile], query, 52), context);
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(2 + 7);
    const cells = rows.map((row) => row.replaceAll('\\|', '').split('|').length);
    expect(new Set(cells)).toEqual(new Set([12]));
    expect(markdown).toContain('| small-fast.onnx ◆ | ResNet-18');
    expect(markdown).toContain('30.0 FPS \\*');
    expect(markdown).toContain('- model-9.onnx: The input is 112×96 pixels.');
    expect(markdown).toContain('- broken.onnx cannot be read: The file ends early.');
    expect(markdown).not.toMatch(/^# c/m);
  });
});
