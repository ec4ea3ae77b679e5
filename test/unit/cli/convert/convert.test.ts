import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filledFixture } from '../../../bench/ladder/filled-fixture';
import { buildCommandLine, type CommandLine } from '../command-line';

let cli: CommandLine;
let folder: string;
let model: string;

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-convert-'));
  model = path.join(folder, 'mobilenet.onnx');
  const exported = new URL('../../../fixtures/torch-2.11/mobilenet_v3_large.onnx', import.meta.url);
  await writeFile(model, await filledFixture(exported));
});

afterAll(async () => {
  await cli.remove();
  await rm(folder, { recursive: true, force: true });
});

const operatorsOf = async (file: string): Promise<ReadonlySet<string>> => {
  const { graph } = onnx.ModelProto.decode(await readFile(file));
  return new Set((graph?.node ?? []).map(({ opType }) => opType ?? ''));
};

describe('framecast convert', () => {
  it('writes what TensorRT 8.2 reads and says what it did', async () => {
    const file = path.join(folder, 'old.onnx');
    const { code, stdout } = await cli.run(['convert', model, '-o', file, '--for', 'tensorrt-8.2']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/HardSwish ×21 written.*axes of ReduceMean ×9.*opset lowered from 20 to 13/s);
    expect((await operatorsOf(file)).has('HardSwish')).toBe(false);
  });

  it('writes FP16 and INT8 for TensorRT 11, as JSON', async () => {
    for (const precision of ['fp16', 'int8']) {
      const file = path.join(folder, `${precision}.onnx`);
      const { code, stdout } = await cli.run([
        'convert',
        model,
        '-o',
        file,
        '--for',
        `tensorrt-11-${precision}`,
        '--json',
      ]);
      expect(code).toBe(0);
      const { rewrites, bytes } = JSON.parse(stdout) as { rewrites: { code: string }[]; bytes: number };
      expect(rewrites.map((rewrite) => rewrite.code)).toContain(precision);
      expect((await readFile(file)).length).toBe(bytes);
      expect((await operatorsOf(file)).has('QuantizeLinear')).toBe(precision === 'int8');
    }
  });

  it('replaces nothing unasked, and names what is wrong', async () => {
    const taken = await cli.run(['convert', model, '-o', model, '--for', 'tensorrt-8.2']);
    expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining('--force replaces it') });
    const unknown = await cli.run(['convert', model, '-o', path.join(folder, 'x.onnx'), '--for', 'tensorrt-6.0']);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('7.1') });
    const stripped = new URL('../../../fixtures/torch-2.11/mobilenet_v3_large.onnx', import.meta.url).pathname;
    const lost = await cli.run(['convert', stripped, '-o', path.join(folder, 'y.onnx'), '--for', 'tensorrt-8.2']);
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringMatching(/keeps weights in .*next to the model/) });
  });
});
