import { copyFile, mkdtemp, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import papaparse from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, fixtures, type CommandLine } from '../command-line';

interface Row {
  file: string;
  ok: boolean;
  estimate: { throughputFps: number; resolution: number; batch: number; powerMode: string; certainty: string } | null;
  model: { parameters: number; macs: number };
  target?: { met: boolean };
  paretoFront: boolean;
  macs: number;
  memoryBytes: number;
  fileBytes: number;
  error: { code: string };
}

let cli: CommandLine;
let folder: string;

const names = ['resnet18', 'resnet50', 'mobilenet_v2', 'squeezenet1_1'];

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-compare-'));
  for (const name of names) {
    await copyFile(path.join(fixtures, `${name}.folded.onnx`), path.join(folder, `${name}.onnx`));
  }
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

const compare = (args: string[]) => cli.run(['compare', ...args], { cwd: folder });

async function compareJson(...args: string[]) {
  const outcome = await compare(['--json', ...args]);
  return { ...outcome, rows: JSON.parse(outcome.stdout) as Row[] };
}

describe('framecast compare', () => {
  it('answers as predict does, fastest first, with the front marked', async () => {
    const { code, stderr, rows } = await compareJson('.');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const fps = rows.map(({ estimate }) => estimate!.throughputFps);
    expect(fps).toEqual([...fps].sort((a, b) => b - a));
    const predicted = await cli.run(['predict', '--json', '.'], { cwd: folder });
    const answers = JSON.parse(predicted.stdout) as Row[];
    for (const row of rows) {
      expect(row).toMatchObject(answers.find(({ file }) => file === row.file)!);
      const beaten = rows.some(
        (other) =>
          other.estimate!.throughputFps > row.estimate!.throughputFps && other.model.parameters < row.model.parameters,
      );
      expect(row.paretoFront, row.file).toBe(!beaten);
      expect(row.macs).toBe(row.model.macs);
      expect(row.memoryBytes).toBeGreaterThan(2 * row.model.parameters);
      expect(row.fileBytes).toBeGreaterThan(1000);
    }
  });

  it('prints a table with the same order and marks', async () => {
    const { rows } = await compareJson('.');
    const { stdout, code } = await compare(['.', '--target-fps', '60']);
    const narrow = await cli.run(['compare', '.', '--target-fps', '60'], { cwd: folder, env: { COLUMNS: '80' } });
    for (const line of narrow.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(narrow.stdout).toMatch(/^◆★? +squeezenet1_1\.onnx .* FPS .* met$/m);
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('Jetson Nano, TensorRT FP16');
    const order = lines.flatMap((line) => names.filter((name) => / FPS /.test(line) && line.includes(`${name}.onnx`)));
    expect(order).toEqual(rows.map(({ file }) => path.basename(file, '.onnx')));
    for (const { file, paretoFront } of rows) {
      const line = lines.find((each) => each.includes(file))!;
      expect(line.startsWith('◆')).toBe(paretoFront);
      expect(line).toMatch(/(met|missed|likely|unlikely)$/);
    }
    expect(stdout).toContain('4 models: 3 meet 60 FPS, 1 misses it.');
  });

  it('exits with 0 when all meet the target and with 2 when a file cannot be read, which is listed', async () => {
    expect((await compare(['squeezenet1_1.onnx', '--target-fps', '60'])).code).toBe(0);
    await writeFile(path.join(folder, 'torn.txt'), 'hello');
    const { code, rows, stderr } = await compareJson('resnet18.onnx', 'torn.txt', '--target-fps', '60');
    expect(code).toBe(2);
    expect(rows.map(({ ok }) => ok)).toEqual([true, false]);
    expect(rows[1]!.error.code).toBe('not-onnx');
    expect(stderr).toContain('torn.txt: ');
  });

  it('says at which size each is judged where sizes differ, and not where one is asked for', async () => {
    const cdcn = path.join(fixtures, 'cdcn.folded.onnx');
    const { stdout } = await compare(['resnet18.onnx', cdcn]);
    expect(stdout).toMatch(/cdcn\.folded\.onnx .* 256×256 /);
    expect(stdout).toMatch(/resnet18\.onnx .* 224×224 /);
    expect(stdout).toMatch(/^Input sizes differ.*--resolution/m);
    const same = await compare(['resnet18.onnx', cdcn, '--resolution', '224']);
    expect(same.stdout).not.toMatch(/Input/);
  });

  it('takes boards and runtimes by the names that people give them, and prints checks for build servers', async () => {
    const args = ['resnet18.onnx', 'torn.txt', '--device', 'Orin Nano', '--runtime', 'trt', '--target-fps', '30'];
    const { code, stdout } = await compare([...args, '--format', 'junit']);
    expect(code).toBe(2);
    expect(stdout).toContain('tests="2" failures="0" errors="1"');
    expect(stdout).toContain('classname="resnet18.onnx" name="at least 30 FPS on Jetson Orin Nano 8GB, TensorRT FP16"');
    const both = await compare(['.', '--json', '--format', 'sarif']);
    expect(both.code).toBe(2);
  });

  it('judges at another size', async () => {
    const { rows } = await compareJson('resnet18.onnx', '--resolution', '448', '--batch', '2');
    expect(rows[0]!.estimate).toMatchObject({ resolution: 448, batch: 2 });
    expect(rows[0]!.macs / rows[0]!.model.macs).toBeGreaterThan(7.9);
  });

  it('prints CSV and Markdown with a line per file', async () => {
    const { rows } = await compareJson('.');
    const csv = await compare(['.', '--csv']);
    const { data, errors } = papaparse.parse<Record<string, string>>(csv.stdout.trimEnd(), { header: true });
    expect(errors).toEqual([]);
    expect(data.map(({ file }) => file)).toEqual(rows.map(({ file }) => file));
    expect(data.map((row) => Number(row['throughput_fps']))).toEqual(rows.map((row) => row.estimate!.throughputFps));
    for (const field of ['powerMode', 'certainty'] as const) {
      const column = field === 'powerMode' ? 'power_mode' : field;
      expect(data.map((row) => row[column])).toEqual(rows.map((row) => row.estimate![field]));
    }
    const wide = await compare([
      '.',
      '--csv',
      '--device',
      'orin-nano-8gb',
      '--power-mode',
      '15W',
      '--resolution',
      '320x224',
    ]);
    expect(papaparse.parse<Record<string, string>>(wide.stdout.trimEnd(), { header: true }).data[0]).toMatchObject({
      power_mode: '15W',
      width: '320',
      height: '224',
    });
    const markdown = await compare(['.', '--markdown']);
    expect(markdown.stdout.split('\n').filter((line) => /^\| .*\.onnx/.test(line))).toHaveLength(4);
  });

  it('refuses two forms at once, an unknown device and no path', async () => {
    for (const args of [['.', '--csv', '--json'], ['.', '--csv', '--markdown'], ['.', '--device', 'toaster'], []]) {
      const { code, stdout, stderr } = await compare(args);
      expect(code, args.join(' ')).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).not.toBe('');
    }
  });

  it('counts external data into the size of a file, whatever names lead to it', async () => {
    const here = await mkdtemp(path.join(folder, 'external-'));
    await copyFile(path.join(fixtures, 'squeezenet1_1.external.onnx'), path.join(here, 'net.onnx'));
    const sizeOf = async () => (await compareJson(path.join(here, 'net.onnx'))).rows[0]!.fileBytes;
    const alone = (await stat(path.join(here, 'net.onnx'))).size;
    expect(await sizeOf()).toBe(alone);
    await writeFile(path.join(here, 'squeezenet1_1.weights.bin'), Buffer.alloc(12_345));
    expect(await sizeOf()).toBe(alone + 12_345);
  });
});

describe('hostile names', () => {
  const hostile = [
    'esc\u001b[31mred.onnx',
    'c1\u009b31m.onnx',
    'turn\u202exnno.onnx',
    'over\rwrite.onnx',
    'two\nlines.onnx',
    'a|b.onnx',
    '=1+1.onnx',
    'smile😀.onnx',
  ];
  let here: string;

  beforeAll(async () => {
    here = await mkdtemp(path.join(folder, 'hostile-'));
    for (const name of hostile) await copyFile(path.join(folder, 'squeezenet1_1.onnx'), path.join(here, name));
    await writeFile(path.join(here, 'broken\u001b[2J.onnx'), 'hello');
  });

  const run = (...args: string[]) => cli.run(['compare', ...args], { cwd: here });

  it.each(['table', '--csv', '--markdown', '--json'])(
    'neither steer the terminal nor turn text around: %s',
    async (form) => {
      const { code, stdout, stderr } = await run('.', ...(form === 'table' ? [] : [form]));
      expect(code).toBe(2);
      // eslint-disable-next-line no-control-regex -- what must not reach a terminal
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(stdout).toContain('smile😀');
    },
  );

  it('are whole in JSON, one row each in CSV and Markdown, and no formula', async () => {
    const files = (JSON.parse((await run('.', '--json')).stdout) as Row[]).map(({ file }) => file);
    expect(files.sort()).toEqual([...hostile, 'broken\u001b[2J.onnx'].sort());
    const csv = papaparse.parse<Record<string, string>>((await run('.', '--csv')).stdout.trimEnd(), { header: true });
    expect(csv.errors).toEqual([]);
    expect(csv.data).toHaveLength(hostile.length + 1);
    expect(csv.data.map(({ file }) => file)).toContain("'=1+1.onnx");
    const rows = (await run('.', '--markdown')).stdout.split('\n').filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(hostile.length + 2);
    expect(new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length)).size).toBe(1);
  });

  it('and links that lead in circles name each file once, by its plainest path', async () => {
    await symlink('.', path.join(here, 'again'));
    try {
      const files = (JSON.parse((await run('.', '--json')).stdout) as Row[]).map(({ file }) => file);
      expect(files).toHaveLength(hostile.length + 1);
      expect(files.filter((file) => file.includes('/'))).toEqual([]);
    } finally {
      await unlink(path.join(here, 'again'));
    }
  });
});

describe('own landmarks', () => {
  const measured = {
    schema: 1,
    model: 'resnet34',
    family: 'ResNet',
    parameters: 21_797_672,
    device: 'jetson-nano',
    batch: 1,
    runtime: 'tensorrt-fp16',
    resolution: 224,
    throughputFps: 40,
    campaign: 'desk',
    source: 'benchmark',
  };

  it('change what is compared as they change predictions, and are said to', async () => {
    const landmarks = path.join(folder, 'own.jsonl');
    await writeFile(landmarks, `${JSON.stringify(measured)}\n`);
    const table = await compare(['resnet18.onnx', '--landmarks', landmarks]);
    expect(table.stdout).toMatch(/Uses 1 landmark of your own.*\nYour board is .* slower than the paper's/);
    const json = await compareJson('resnet18.onnx', '--landmarks', landmarks);
    expect(json.stderr).toMatch(/Uses 1 landmark of your own/);
    const without = await compareJson('resnet18.onnx');
    expect(json.rows[0]!.estimate!.throughputFps).toBeLessThan(0.95 * without.rows[0]!.estimate!.throughputFps);
  });

  it('that are broken make it incomplete only in a file that was named', async () => {
    const landmarks = path.join(folder, 'broken.jsonl');
    await writeFile(landmarks, 'no JSON\n');
    const named = await compare(['resnet18.onnx', '--landmarks', landmarks]);
    const kept = await cli.run(['compare', 'resnet18.onnx'], { cwd: folder, env: { FRAMECAST_LANDMARKS: landmarks } });
    expect([named.code, kept.code]).toEqual([2, 0]);
    for (const { stderr } of [named, kept]) expect(stderr).toMatch(/line 1/);
  });
});
