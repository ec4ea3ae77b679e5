import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, root, type CommandLine } from '../command-line';

interface Row {
  name: string;
  origin: string;
  throughputFps: number;
  hter: { percent: number } | null;
  front: string[];
}

let cli: CommandLine;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-fas-cli-'));
  env = { FRAMECAST_FAS_MODELS: path.join(folder, 'fas-models.jsonl') };
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true });
});

const mine = {
  schema: 1,
  id: 'mine',
  name: 'Mine',
  parameters: 2e6,
  throughputFps: 90,
  basis: 'predicted',
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  family: null,
  centralDifferences: 3,
  file: null,
  comment: '',
  hter: { percent: 9.5, dataset: 'In-house', protocol: 'intra' },
  acer: null,
};

describe('framecast fas', () => {
  it('prints Table 3 with its marks', async () => {
    const { code, stdout, stderr } = await cli.run(['fas'], { env });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^SSAN-R +42\.8† +8\.14 M +13\.72% +– +HTER +Wang et al\. 2022$/m);
    expect(stdout).toMatch(/^DC-CDN\* +1\.2‡ +2\.50 M +18\.82% +0\.4% +Yu et al\. 2021$/m);
    expect(stdout).toMatch(/did not run on TensorRT/);
    expect(stdout).toMatch(/1 to 3 FPS/);
  });

  it('puts own models beside them, with the test that their rates come from', async () => {
    await writeFile(env['FRAMECAST_FAS_MODELS']!, `${JSON.stringify(mine)}\nnot json\n`);
    const { code, stdout, stderr } = await cli.run(['fas'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/line 2 is skipped: It is not JSON/);
    expect(stdout).toMatch(/^Mine +90 +2\.00 M +9\.5% \[1\] +– +HTER +predicted in TensorRT FP16 on Jetson Nano$/m);
    expect(stdout).toMatch(/^\[1\] In-house, intra$/m);
    expect(stdout).toMatch(/HTER is from 2 different tests/);
    expect(stdout).toMatch(/^Mine: 3 central-difference convolutions\./m);
  });

  it('predicts own models anew from their files and own landmarks, and shows them as saved where files are gone', async () => {
    const file = path.join(folder, 'predicted.jsonl');
    const landmarks = path.join(folder, 'landmarks.jsonl');
    const backbone = {
      ...mine,
      name: 'Backbone',
      throughputFps: 1,
      centralDifferences: 0,
      file: path.join(root, 'samples/resnet18.onnx'),
    };
    const gone = { ...backbone, name: 'Gone', file: path.join(folder, 'no-such.onnx') };
    await writeFile(file, [backbone, gone].map((model) => JSON.stringify(model)).join('\n'));
    const throughputs = async (...args: string[]): Promise<Record<string, number>> => {
      const { code, stdout } = await cli.run(['fas', '--json', '--models', file, ...args], { env });
      expect(code).toBe(0);
      const { rows } = JSON.parse(stdout) as { rows: Row[] };
      return Object.fromEntries(rows.map(({ name, throughputFps }) => [name, throughputFps]));
    };
    const published = await throughputs();
    expect(published['Backbone']).toBeGreaterThan(80);
    expect(published['Gone']).toBe(1);
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
    await writeFile(landmarks, `${JSON.stringify(measured)}\n`);
    expect((await throughputs('--landmarks', landmarks))['Backbone']).toBeLessThan(0.95 * published['Backbone']!);
  });

  it('refuses a file that is named and does not exist', async () => {
    const { code, stdout, stderr } = await cli.run(['fas', '--models', path.join(folder, 'no-such.jsonl')], { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/no-such\.jsonl cannot be read: there is no such file/);
  });

  it('prints one JSON object', async () => {
    const file = path.join(folder, 'own.jsonl');
    await writeFile(file, `${JSON.stringify(mine)}\n`);
    const { code, stdout } = await cli.run(['fas', '--json', '--models', file], { env });
    expect(code).toBe(0);
    const { rows, problems } = JSON.parse(stdout) as { rows: Row[]; problems: string[] };
    expect(problems).toEqual([]);
    expect(rows).toHaveLength(12);
    expect(rows.filter(({ front }) => front.includes('hter')).map(({ name }) => name)).toEqual([
      'Mine',
      'SSAN-R',
      'HFN',
    ]);
    expect(rows.find(({ name }) => name === 'FeatherNetA')).toMatchObject({
      throughputFps: 213.5,
      hter: null,
      front: [],
    });
  });
});
