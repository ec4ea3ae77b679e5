import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, type CommandLine } from '../command-line';

let cli: CommandLine;
let folder: string;

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-zoo-'));
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

const zoo = (...args: string[]) => cli.run(['zoo', ...args], { cwd: folder });

describe('framecast zoo', () => {
  it('writes a model that predict recognises, and says its parameters and work', async () => {
    const made = await zoo('MobileNetV2', '--width', '0.5', '-o', 'half.onnx');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/MobileNetV2 width 0\.5/);
    expect(made.stdout).toMatch(/1\.97 M \(1,968,680\)/);
    expect(made.stdout).toMatch(/97\.13 MMAC at 224×224, batch 1/);
    const { stdout } = await cli.run(['predict', '--json', 'half.onnx'], { cwd: folder });
    const [answer] = JSON.parse(stdout) as { model: object; estimate: object }[];
    expect(answer!.model).toMatchObject({
      family: 'MobileNetV2',
      parameters: 1_968_680,
      variant: 'MobileNetV2 width 0.5',
    });
    expect(answer!.estimate).not.toBeNull();
  });

  it('takes layout, block, size and classes', async () => {
    const made = await zoo(
      ...['resnet', '--layout', '1,2,1,1', '--block', 'bottleneck', '--width', '0.25', '--resolution', '96'],
      ...['--batch', '2', '--classes', '10', '--json', '--output', 'small.onnx'],
    );
    expect(made.code).toBe(0);
    const facts = JSON.parse(made.stdout) as { bytes: number };
    expect(facts).toMatchObject({
      file: 'small.onnx',
      family: 'ResNet',
      variant: 'ResNet-17 [1,2,1,1] bottleneck width 0.25',
      settings: { layout: [1, 2, 1, 1], block: 'bottleneck', width: 0.25, widening: 1 },
      resolution: 96,
      batch: 2,
      classes: 10,
      seed: 1,
    });
    expect(facts.bytes).toBe((await readFile(path.join(folder, 'small.onnx'))).length);
  });

  it('writes equal files for equal seeds, and structure alone where that is asked for', async () => {
    const small = ['MobileNetV1', '--width', '0.1'];
    await zoo(...small, '--seed', '0', '-o', 'zero.onnx');
    await zoo(...small, '--seed', '0', '-o', 'again.onnx');
    await zoo(...small, '--seed', '9', '-o', 'nine.onnx');
    await zoo(...small, '--no-weights', '-o', 'bare.onnx');
    const [zero, again, nine, bare] = await Promise.all(
      ['zero', 'again', 'nine', 'bare'].map((name) => readFile(path.join(folder, `${name}.onnx`))),
    );
    expect(again!.equals(zero!)).toBe(true);
    expect(nine!.equals(zero!)).toBe(false);
    expect(bare!.length).toBeLessThan(30_000);
  });

  it('does not replace a file unless told to, and leaves no temporary file', async () => {
    const file = path.join(folder, 'kept.onnx');
    await writeFile(file, 'mine');
    const refused = await zoo('SqueezeNet', '-o', 'kept.onnx');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/kept\.onnx already exists.*--force/);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await zoo('SqueezeNet', '-o', 'kept.onnx', '--force')).code).toBe(0);
    expect((await readFile(file)).length).toBeGreaterThan(4_900_000);
    expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('lists families with their options', async () => {
    const listed = await zoo('--list');
    expect(listed.code).toBe(0);
    expect(listed.stdout).toMatch(/^ResNet\n/);
    expect(listed.stdout).toMatch(/--layout N,N,N,N \(default: 6,12,24,16\): layers in each/);
    expect(listed.stdout).toMatch(/--scale 0\.5\|1\|1\.5\|2 \(default: 1\)/);
    const json = JSON.parse((await zoo('--list', '--json')).stdout) as { name: string; options: { name: string }[] }[];
    expect(json.find(({ name }) => name === 'MnasNet')!.options.map(({ name }) => name)).toEqual(['alpha']);
  });

  it.each([
    [['Unknown', '-o', 'x.onnx'], /There are no reference models of Unknown\. There are of ResNet/],
    [['ResNet'], /Name the file to write with -o FILE/],
    [['ResNet', '-o', ''], /Name the file to write with -o FILE/],
    [['ResNet', '--width', '-1', '-o', 'x.onnx'], /width must be a number from 0\.0625 to 4/],
    [['ResNet', '--width', '1e9', '-o', 'x.onnx'], /width must be a number from 0\.0625 to 4/],
    [['ResNet', '--width', '0,5', '-o', 'x.onnx'], /It must be a number, such as 0\.75/],
    [['-o', 'x.onnx'], /Name a family/],
    [['VGG', '--width', '0.5', '-o', 'x.onnx'], /VGG has no option width\. Its options are depth/],
    [['ResNet', '--layout', '3,4,x,3', '-o', 'x.onnx'], /whole numbers with commas between/],
    [['ResNet', '--layout', '3,4', '-o', 'x.onnx'], /layout must be 4 whole numbers/],
    [['VGG', '--resolution', '100', '-o', 'x.onnx'], /VGG at 100×100: its classifier/],
    [['ResNet', '-o', 'no/such/folder/x.onnx'], /its folder does not exist/],
    [['ResNet', '--seed', '-1', '-o', 'x.onnx'], /0 or more/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await zoo(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(await readdir(folder)).not.toContain('x.onnx');
  });
});
