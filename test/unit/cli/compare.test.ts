import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import papaparse from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, fixtures, type CommandLine } from './command-line';

interface Row {
  file: string;
  ok: boolean;
  estimate: { throughputFps: number; resolution: number; batch: number } | null;
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
          other.estimate!.throughputFps > row.estimate!.throughputFps && other.model.parameters > row.model.parameters,
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
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('Jetson Nano, TensorRT FP16');
    const order = lines.flatMap((line) => names.filter((name) => line.includes(`${name}.onnx`)));
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
});
