import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import table2 from '../../../../src/core/landmarks/reported/table2.json';
import { buildCommandLine, fixtures, type CommandLine } from '../command-line';

const resnet18 = path.join(fixtures, 'resnet18.folded.onnx');
const resnet50 = path.join(fixtures, 'resnet50.folded.onnx');

let cli: CommandLine;
let folder: string;

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-models-'));
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

/** A folder of its own with copies of ResNet-18 under these names. */
async function folderWith(...names: string[]): Promise<string> {
  const made = await mkdtemp(path.join(folder, 'case-'));
  for (const name of names) {
    await mkdir(path.dirname(path.join(made, name)), { recursive: true });
    await copyFile(resnet18, path.join(made, name));
  }
  return made;
}

/** The parsed output of `predict --json`. */
async function predictJson(args: string[], cwd?: string) {
  const outcome = await cli.run(['predict', '--json', ...args], cwd === undefined ? {} : { cwd });
  const answers = JSON.parse(outcome.stdout) as {
    file: string;
    ok: boolean;
    model: { parameters: number; family: string; variant: string };
    estimate: { throughputFps: number; latencyMs: number; extrapolated: boolean; method: string } | null;
    alternatives: { method: string; throughputFps?: number; reason?: string }[];
    why?: string;
    reason?: string;
    target?: { met: boolean };
    warnings?: string[];
    concerns: { code: string; severity: string; message: string }[];
    error: { code: string; message: string };
  }[];
  return { ...outcome, answers };
}

/** What Equation 2 says, whether it speaks or stands beside. */
function byEquation2(answer: Awaited<ReturnType<typeof predictJson>>['answers'][number]): number {
  const answers = [answer.estimate, ...answer.alternatives];
  return answers.find((item) => item?.method === 'landmark-fit')!.throughputFps!;
}

describe('framecast predict', () => {
  const networks: Record<string, string> = {
    'mobilenet_v2 width=0.2': 'mobilenet_v2_w0.2',
    'mobilenet_v2 width=0.25': 'mobilenet_v2_w0.25',
    'mobilenet_v2 width=0.5': 'mobilenet_v2_w0.5',
    'mobilenet_v2 width=0.6': 'mobilenet_v2_w0.6',
    'mobilenet_v2 width=0.75': 'mobilenet_v2_w0.75',
    'mobilenet_v2 width=0.8': 'mobilenet_v2_w0.8',
    'mobilenet_v2 width=0.9': 'mobilenet_v2_w0.9',
    'mobilenet_v2 width=1': 'mobilenet_v2',
  };

  it.each(['folded', 'folded-scrambled', 'unfolded'])("predicts the paper's Table 2 from %s exports", async (way) => {
    const files = table2.rows.map((row) => `${networks[row.model] ?? row.model.split(' ')[0]}.${way}.onnx`);
    const { code, answers } = await predictJson(files);
    expect(code).toBe(0);
    expect(answers.map((answer) => answer.file)).toEqual(files);
    answers.forEach((answer, index) => {
      const row = table2.rows[index]!;
      expect(answer.model).toMatchObject({ family: row.family, parameters: row.parameters });
      expect(Math.abs(byEquation2(answer) - row.paperPredictedFps), row.model).toBeLessThanOrEqual(0.02);
      // The method with the smaller error on landmarks left out.
      expect(answer.estimate).toMatchObject({ method: row.family === 'ResNet' ? 'graph-cost' : 'landmark-fit' });
    });
  });

  it('says what matters on the board: in words, in the table and in JSON', async () => {
    const alone = await cli.run(['predict', 'cdcn.folded.onnx']);
    expect(alone.stdout).toMatch(/On this board\n {2}- Warning: 13 central-difference convolutions run as two/);
    const several = await cli.run(['predict', 'cdcn.folded.onnx', 'resnet18.folded.onnx', 'mobilenet_v2.folded.onnx']);
    expect(several.stdout).toMatch(/^Central-difference .*: cdcn\.folded\.onnx$/m);
    expect(several.stdout).toMatch(/^Little gain from FP16 .*: mobilenet_v2\.folded\.onnx$/m);
    const { answers } = await predictJson(['cdcn.folded.onnx', 'resnet18.folded.onnx']);
    expect(answers[0]!.concerns).toMatchObject([{ code: 'central-difference', severity: 'warning' }]);
    expect(answers[1]!.concerns).toEqual([]);
  });

  it('prints JSON with the documented fields in the documented order', async () => {
    const { answers, stderr } = await predictJson(['resnet18.folded.onnx']);
    const [answer] = answers;
    expect(stderr).toBe('');
    expect(Object.keys(answer!).join(' ')).toBe('file ok model estimate measured verdict alternatives why concerns');
    expect(Object.keys(answer!.model).join(' ')).toBe(
      'parameters storedParameters family variant confidence evidence input macs activationElements weightElements opset uncosted',
    );
    expect(Object.keys(answer!.estimate!).slice(0, 10).join(' ')).toBe(
      'device runtime resolution batch throughputFps latencyMs interval method landmarks extrapolated',
    );
    expect(answer!.estimate).toMatchObject({ device: 'jetson-nano', runtime: 'tensorrt-fp16', resolution: 224 });
    expect(answer!.estimate).toHaveProperty('powerMode', 'MAXN');
    expect(answer!.estimate).toHaveProperty('certainty');
  });

  it('shows one model as a card and several as an aligned table', async () => {
    const card = await cli.run(['predict', 'resnet18.folded.onnx']);
    expect(card.stdout).toMatch(
      /\d FPS on Jetson Nano, TensorRT FP16\n.*\n {2}From \d+ measurements on this board\.\n/,
    );
    expect(card.stdout).not.toMatch(/Notes|Evidence|Family fit/);
    const explained = await cli.run(['predict', 'resnet18.folded.onnx', '--explain']);
    expect(explained.stdout).toMatch(/Why +Using the graph-cost estimate: /);
    expect(explained.stdout).toMatch(/Family fit \(Equation 2\): 86\.4 FPS/);
    expect(explained.stdout).toMatch(/Evidence/);
    expect(card.stdout).toMatch(/Parameters +11\.69 M \(11,689,512; the file stores 11,684,712\)/);
    const three = ['resnet18.folded.onnx', 'resnet50.folded.onnx', 'alexnet.folded.onnx'];
    const table = await cli.run(['predict', ...three]);
    expect(table.code).toBe(0);
    const lines = table.stdout.split('\n');
    const header = lines.find((line) => line.includes('File '))!;
    const rows = lines.filter((line) => /^[^a-z]{3,4}(resnet|alexnet)\w*\.folded\.onnx {2}/.test(line));
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.slice(0, header.indexOf('Parameters') + 'Parameters'.length)).toMatch(/ M$/);
    expect((await cli.run(['compare', ...three])).stdout).toBe(table.stdout);
  });

  it('gives an answer without an estimate its reason', async () => {
    const { code, answers } = await predictJson([
      'alexnet.folded.onnx',
      'resnet18.folded.onnx',
      '--runtime=tensorrt-int8',
    ]);
    expect(code).toBe(0);
    expect(answers[0]).toMatchObject({ ok: true, estimate: null });
    expect(answers[0]!.reason).toContain('has no INT8 arithmetic');
    expect(answers[1]!.estimate).toBeNull();
  });

  it('predicts for the Xavier and for PyTorch', async () => {
    const xavier = await predictJson(['resnet18.folded.onnx', '--device', 'jetson-agx-xavier']);
    // The figure of netspresso, whose three ResNets Equation 2 goes through; torch2trt measured 722 FPS.
    expect(byEquation2(xavier.answers[0]!)).toBeCloseTo(942, 0);
    expect(xavier.answers[0]!.estimate!.throughputFps / 942).toBeCloseTo(1, 0);
    const pytorch = await predictJson(['resnet18.folded.onnx', '--runtime', 'pytorch-fp16']);
    expect(byEquation2(pytorch.answers[0]!)).toBeCloseTo(29.41, 2);
  });

  it("answers for the model's own resolution and for the one that is asked for", async () => {
    const [own] = (await predictJson(['resnet18_2classes_112.folded.onnx'])).answers;
    expect(own!.estimate).toMatchObject({ resolution: 112, method: 'graph-cost', extrapolated: true });
    expect(own!.alternatives[0]!.reason).toContain('112×112');
    const [asked] = (await predictJson(['resnet18_2classes_112.folded.onnx', '--resolution', '224'])).answers;
    expect(asked!.estimate).toMatchObject({ resolution: 224, extrapolated: false });
    expect(own!.estimate!.throughputFps / asked!.estimate!.throughputFps).toBeGreaterThan(1.5);
  });

  it('answers for a model whose external weights are missing, with a warning', async () => {
    const { code, answers, stderr } = await predictJson(['resnet18.external.onnx']);
    expect(code).toBe(0);
    expect(byEquation2(answers[0]!)).toBeCloseTo(86.36, 2);
    expect(answers[0]!.warnings!.join()).toContain('resnet18.weights.bin, which is missing');
    expect(stderr).toContain('resnet18.weights.bin, which is missing');
  });
});

describe('the exit status', () => {
  it('is 0 when every target is met and 1 when one is missed', async () => {
    expect(await predictJson([resnet18, '--target-fps', '80'])).toMatchObject({
      code: 0,
      answers: [{ target: { met: true } }],
    });
    const missed = await predictJson([resnet18, resnet50, '--target-fps', '80']);
    expect(missed.code).toBe(1);
    expect(missed.answers.map((answer) => answer.target!.met)).toEqual([true, false]);
    expect((await cli.run(['predict', resnet50, '--target-fps', '80'])).stdout).toContain('Misses 80 FPS');
  });

  it('is 1 when there is no estimate to hold against the target', async () => {
    const int8 = ['predict', 'alexnet.folded.onnx', '--runtime', 'tensorrt-int8'];
    const unknown = await cli.run([...int8, '--target-fps', '1']);
    expect(unknown.code).toBe(1);
    expect(unknown.stdout).toContain('Not known to reach 1 FPS');
    expect((await cli.run(int8)).code).toBe(0);
  });

  it('is 2 when a file cannot be read, even when a target is missed too, and the others are answered', async () => {
    const here = await folderWith('good.onnx');
    await writeFile(path.join(here, 'empty.onnx'), '');
    await writeFile(path.join(here, 'page.onnx'), '<!DOCTYPE html><html></html>');
    const { code, answers, stderr } = await predictJson(
      ['good.onnx', 'empty.onnx', 'page.onnx', 'none.onnx', '--target-fps', '500'],
      here,
    );
    expect(code).toBe(2);
    expect(answers.map((answer) => answer.ok)).toEqual([true, false, false, false]);
    expect(answers.slice(1).map((answer) => answer.error.code)).toEqual(['empty', 'not-onnx', 'unreadable']);
    expect(stderr).toContain('framecast: empty.onnx: ');
    expect((await cli.run(['predict', 'good.onnx', 'empty.onnx'], { cwd: here })).stdout).toContain('good.onnx');
  });

  it('carries the offset of an error where one is known', async () => {
    const here = await folderWith();
    const whole = await readFile(resnet18);
    await writeFile(path.join(here, 'cut.onnx'), whole.subarray(0, whole.length >> 1));
    const { answers } = await predictJson(['cut.onnx'], here);
    expect(answers[0]!.error).toMatchObject({ code: 'truncated', offset: expect.any(Number) });
  });

  it.each([
    [[], 'Usage: framecast'],
    [['predict'], "missing required argument 'path'"],
    [['predicct', 'x.onnx'], "unknown command 'predicct'"],
    [['predict', 'x.onnx', '--bach', '1'], "unknown option '--bach'"],
    [['predict', 'x.onnx', '--batch', '0'], 'whole number, 1 or more'],
    [['predict', 'x.onnx', '--batch', '1.5'], 'whole number, 1 or more'],
    [['predict', 'x.onnx', '--resolution', '1e3'], 'such as 640x480'],
    [['predict', 'x.onnx', '--resolution', '99999999999999999999'], 'such as 640x480'],
    [['predict', 'x.onnx', '--target-fps', '-5'], 'greater than 0'],
    [['predict', 'x.onnx', '--target-fps', 'fast'], 'greater than 0'],
    [['predict', 'x.onnx', '--target-fps', 'Infinity'], 'greater than 0'],
    [['predict', 'x.onnx', '--runtime', 'onnxruntime'], 'tensorrt-fp16, tensorrt-fp32'],
    [['predict', 'x.onnx', '--device', 'jetson-nan'], 'Known devices: jetson-nano, jetson-agx-xavier'],
    [['predict', '-odd.onnx'], 'put -- before a path that starts with a dash'],
  ])('is 2 for %j, with a sentence on standard error alone', async (args, message) => {
    const outcome = await cli.run(args);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stdout).toBe('');
  });

  it('is 0 for help and version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../../../package.json', import.meta.url), 'utf8'));
    expect(await cli.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await cli.run(['predict', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/--target-fps[\s\S]*Exit status:/);
    expect((await cli.run(['--help'])).stdout).toContain('predict');
  });
});

describe('the paths', () => {
  it('search a folder in any depth, in natural order, without node_modules and hidden folders', async () => {
    const here = await folderWith('b/net10.onnx', 'b/net9.onnx', 'A.ONNX', 'node_modules/x.onnx', '.hidden/y.onnx');
    await writeFile(path.join(here, 'readme.txt'), 'text');
    const { answers } = await predictJson(['.'], here);
    expect(answers.map((answer) => answer.file)).toEqual(['A.ONNX', 'b/net9.onnx', 'b/net10.onnx']);
  });

  it('may be patterns, quoted, below a folder or absolute', async () => {
    const here = await folderWith('one/a.onnx', 'two/b.onnx', 'two/c.onnx');
    await writeFile(path.join(here, 'two/notes.md'), 'text');
    const files = async (...patterns: string[]) => (await predictJson(patterns, here)).answers.map((item) => item.file);
    expect(await files('*/[bc].onnx')).toEqual(['two/b.onnx', 'two/c.onnx']);
    expect(await files('two/**')).toEqual(['two/b.onnx', 'two/c.onnx']);
    expect(await files(`${here}/{one,two}/*.onnx`)).toEqual(
      ['one/a.onnx', 'two/b.onnx', 'two/c.onnx'].map((name) => path.join(here, name)),
    );
  });

  it('are taken literally when they exist, whatever characters they have', async () => {
    const names = [
      'net[1].onnx',
      '*.onnx',
      '-dash.onnx',
      'mit Leer zeichen.onnx',
      'モデル.onnx',
      '{a,b}.onnx',
      '!x.onnx',
      'back\\slash.onnx',
    ];
    const here = await folderWith(...names, 'net1.onnx');
    const { code, answers } = await predictJson(['--', ...names], here);
    expect(code).toBe(0);
    expect(answers.map((answer) => answer.file)).toEqual(names);
    await mkdir(path.join(here, 'dir[0]'));
    await copyFile(resnet18, path.join(here, 'dir[0]/inner.onnx'));
    expect((await predictJson(['dir[0]'], here)).answers.map((answer) => answer.file)).toEqual(['dir[0]/inner.onnx']);
  });

  it('may have the separators of Windows', async () => {
    const here = await folderWith('models/net.onnx');
    const { answers } = await predictJson(['models\\net.onnx'], here);
    expect(answers).toMatchObject([{ file: 'models/net.onnx', ok: true }]);
  });

  it('name a file once, however often and by whatever way', async () => {
    const here = await folderWith('net.onnx');
    await symlink('net.onnx', path.join(here, 'link.onnx'));
    const { answers } = await predictJson(['net.onnx', './net.onnx', path.join(here, 'net.onnx'), '*.onnx', '.'], here);
    expect(answers.map((answer) => answer.file)).toEqual(['net.onnx']);
  });

  it('survive links that lead in circles or nowhere', async () => {
    const here = await folderWith('models/net.onnx');
    await symlink('..', path.join(here, 'models/up'));
    await symlink('self.onnx', path.join(here, 'self.onnx'));
    await symlink('gone.onnx', path.join(here, 'dangling.onnx'));
    const { code, answers } = await predictJson(['self.onnx', 'dangling.onnx', 'models'], here);
    expect(code).toBe(2);
    expect(answers.map(({ file, ok }) => [file, ok])).toEqual([
      ['self.onnx', false],
      ['dangling.onnx', false],
      ['models/net.onnx', true],
    ]);
  });

  it('name a link in a folder that leads to nothing, once, with what to do', async () => {
    const here = await folderWith('models/net.onnx');
    await symlink('../.git/annex/objects/aa', path.join(here, 'models/annexed.onnx'));
    await symlink('circle.onnx', path.join(here, 'models/circle.onnx'));
    await symlink('.', path.join(here, 'models/again'));
    for (const named of ['models', 'models/**']) {
      const { code, answers } = await predictJson([named], here);
      expect(code).toBe(2);
      expect(answers.map(({ file, ok }) => [file, ok])).toEqual([
        ['models/annexed.onnx', false],
        ['models/circle.onnx', false],
        ['models/net.onnx', true],
      ]);
      const [annexed, circle] = answers.map(({ error }) => error);
      expect(annexed).toMatchObject({ code: 'unreadable', message: expect.stringMatching(/git annex get/) as string });
      expect(circle).toMatchObject({ message: expect.stringMatching(/leads back to itself/) as string });
    }
  });

  it('follow a link to a folder elsewhere', async () => {
    const elsewhere = await folderWith('net.onnx');
    const here = await folderWith();
    await symlink(elsewhere, path.join(here, 'linked'));
    expect((await predictJson(['.'], here)).answers.map((answer) => answer.file)).toEqual(['linked/net.onnx']);
  });

  it('report a folder without models and a pattern without matches', async () => {
    const here = await folderWith();
    const { code, answers } = await predictJson(['.', 'none/*.onnx', '[.onnx', ''], here);
    expect(code).toBe(2);
    expect(answers.map((answer) => answer.error.code)).toEqual(['no-match', 'no-match', 'unreadable', 'unreadable']);
  });
});

describe('own landmarks', () => {
  const line = (fields: object) =>
    JSON.stringify({
      schema: 1,
      family: 'ResNet',
      device: 'stand-in',
      runtime: 'tensorrt-fp16',
      resolution: 224,
      batch: 1,
      campaign: 'desk',
      source: 'benchmark',
      ...fields,
    });
  const rows = [
    line({ model: 'resnet18', parameters: 11_689_512, throughputFps: 100 }),
    line({ model: 'resnet34', parameters: 21_797_672, throughputFps: 60 }),
    line({ model: 'resnet50', parameters: 25_557_032, throughputFps: 50 }),
    line({ model: 'resnet101', parameters: 44_549_160, throughputFps: 30 }),
  ];

  it('make a device of their own known and are fitted', async () => {
    const here = await folderWith();
    await writeFile(path.join(here, 'mine.jsonl'), rows.join('\n'));
    const args = [resnet18, '--device', 'stand-in', '--landmarks', 'mine.jsonl'];
    const { code, answers } = await predictJson(args, here);
    expect(code).toBe(0);
    expect(answers[0]!.estimate).toMatchObject({ device: 'stand-in', landmarks: 4, campaigns: ['desk'] });
    expect(Math.abs(byEquation2(answers[0]!) - 100)).toBeLessThan(2);
    expect(Math.abs(answers[0]!.estimate!.throughputFps - 100)).toBeLessThan(10);
  });

  it('are read past broken lines, each reported by its number, with exit status 2', async () => {
    const here = await folderWith();
    const forged = line({ campaign: 'paper', model: 'resnet18', parameters: 11_689_512, throughputFps: 999 });
    await writeFile(path.join(here, 'mine.jsonl'), ['{broken', ...rows, forged].join('\n'));
    const { code, answers, stderr } = await predictJson(
      [resnet18, '--device', 'stand-in', '--landmarks', 'mine.jsonl'],
      here,
    );
    expect(code).toBe(2);
    expect(answers[0]!.estimate).not.toBeNull();
    expect(stderr).toContain('mine.jsonl, line 1 is skipped');
    expect(stderr).toContain('mine.jsonl, line 6 is skipped: paper is a published campaign');
  });

  it('are an error when their file cannot be read', async () => {
    const outcome = await cli.run(['predict', resnet18, '--landmarks', 'none.jsonl']);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain('none.jsonl cannot be read: there is no such file');
  });
});

describe('the terminal', () => {
  it('shows extrapolated figures as such', async () => {
    const { stdout } = await cli.run(['predict', 'resnet18_2classes_112.folded.onnx', 'mobilenet_v2.folded.onnx']);
    expect(stdout).toMatch(/_112\.folded\.onnx .* \* \d+ FPS/);
    expect(stdout).toMatch(/mobilenet_v2\.folded\.onnx .* {3}8\d\.\d FPS/);
    expect(stdout).toContain('* extrapolated beyond the landmarks');
  });

  it('gets colours only where they are wanted', async () => {
    const escape = '\u001b[';
    expect((await cli.run(['predict', resnet18])).stdout).not.toContain(escape);
    expect((await cli.run(['predict', resnet18], { env: { FORCE_COLOR: '1' } })).stdout).toContain(escape);
    expect((await cli.run(['predict', resnet18], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain(
      escape,
    );
  });

  it('is safe from control characters in a file name', async () => {
    const here = await folderWith('a\u001b[2Jb.onnx', 'c\nd.onnx');
    const { stdout, stderr } = await cli.run(['predict', '.', 'gone\u0007.onnx'], { cwd: here });
    expect(stdout).not.toContain('\u001b[2J');
    expect(stdout).not.toContain('c\nd.onnx');
    expect(stdout).toContain('a␛[2Jb.onnx');
    expect(stderr).not.toContain('\u0007');
  });

  it('may be gone: a closed pipe is no crash', { timeout: 120_000 }, async () => {
    const child = spawn(process.execPath, [cli.bundle, 'predict', '--json', resnet18], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.destroy();
    await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).not.toMatch(/EPIPE|Error|at /);
  });
});
