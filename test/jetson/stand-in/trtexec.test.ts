import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelChunks } from '../../../src/core/zoo/model-bytes';
import { referenceModel } from '../../../src/core/zoo/reference-model';
import { valueOf } from '../harness/result';
import { writeSysroot, type SysrootOptions, type TensorrtRelease } from './sysroot';

let folder: string;
let model: string;
let engines = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-trtexec-'));
  model = path.join(folder, 'squeeze net.onnx');
  const built = valueOf(referenceModel({ family: 'squeezenet', resolution: 64 }));
  await writeFile(model, Buffer.concat([...modelChunks(built, 1)].map((piece) => Buffer.from(piece))));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function trtexec(tensorrt: TensorrtRelease, args: readonly string[], options: SysrootOptions = {}): Promise<Ran> {
  const sysroot = path.join(folder, `it's ${tensorrt}`);
  await writeSysroot(sysroot, { ...options, tensorrt });
  return new Promise((resolve, reject) => {
    const places = ['usr/src/tensorrt/bin/trtexec', 'usr/bin/trtexec'].map((place) => path.join(sysroot, place));
    const child = spawn(places.find(existsSync)!, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}

const explicit = (tensorrt: TensorrtRelease): string[] => (tensorrt === '7.1' ? ['--explicitBatch'] : []);

/** Builds an engine and gives its file. */
async function build(tensorrt: TensorrtRelease, onnxFile = model, args: readonly string[] = []): Promise<string> {
  const engine = path.join(folder, `${(engines += 1)}.engine`);
  const ran = await trtexec(tensorrt, [
    `--onnx=${onnxFile}`,
    `--saveEngine=${engine}`,
    ...explicit(tensorrt),
    ...args,
    tensorrt === '10.3' ? '--skipInference' : '--buildOnly',
  ]);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return engine;
}

const timing = ['--exposeDMA', '--useSpinWait', '--warmUp=50', '--iterations=6', '--duration=0', '--avgRuns=1'];

describe('the trtexec of the stand-in device', () => {
  it.each([
    ['7.1', /^&&&& RUNNING TensorRT\.trtexec # trtexec --help\n/],
    ['8.2', /^&&&& RUNNING TensorRT\.trtexec \[TensorRT v8201\] # trtexec --help\n/],
    ['10.3', /^&&&& RUNNING TensorRT\.trtexec \[TensorRT v100300\] # trtexec --help\n/],
  ] as const)('%s: says its version as that release does, and that it is none', async (tensorrt, banner) => {
    const { stdout, code } = await trtexec(tensorrt, ['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(banner);
    expect(stdout).toContain('not a Jetson, not TensorRT');
  });

  it.each([
    ['7.1', '--noDataTransfers', '--noDataTransfers'],
    ['8.2', '--memPoolSize=workspace:256', '--memPoolSize workspace:256'],
    ['8.5', '--skipInference', '--skipInference'],
    ['10.3', '--workspace=256', '--workspace 256'],
    ['10.3', '--explicitBatch', '--explicitBatch'],
    ['10.3', '--buildOnly', '--buildOnly'],
    ['8.0', '--nonsense', '--nonsense'],
    ['11.4', '--fp16', '--fp16'],
    ['11.4', '--int8', '--int8'],
  ] as const)('%s does not take %s', async (tensorrt, option, shown) => {
    const { code, stdout, stderr } = await trtexec(tensorrt, [`--onnx=${model}`, option]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Unknown option: ${shown}`);
    // From 11 on, it says no more than that.
    expect(stdout.includes('&&&& FAILED TensorRT.trtexec')).toBe(tensorrt !== '11.4');
  });

  it('takes with 11.4 what has no effect any more, and says so', async () => {
    const { stderr } = await trtexec('11.4', ['--onnx=missing', '--useSpinWait', '--noDataTransfers', '--noCudaGraph']);
    expect(stderr.match(/--\w+ has no effect/g)).toEqual([
      '--noDataTransfers has no effect',
      '--useSpinWait has no effect',
    ]);
  });

  it.each(['7.1', '8.0', '8.2', '8.5', '10.3'] as const)('%s builds, loads and really runs', async (tensorrt) => {
    const engine = await build(tensorrt, model, ['--fp16']);
    const { code, stdout } = await trtexec(tensorrt, [`--loadEngine=${engine}`, ...explicit(tensorrt), ...timing]);
    expect(code).toBe(0);
    const times = [
      ...stdout.matchAll(/Average on 1 runs - GPU latency: ([\d.e-]+) ms - Host latency: [\d.e-]+ ms \(/g),
    ];
    // At least as many as asked for, none like another: they are measured.
    expect(times.length).toBeGreaterThanOrEqual(6);
    expect(new Set(times.map(([, time]) => time)).size).toBeGreaterThan(times.length / 2);
    expect(stdout).toMatch(/\[\d\d\/\d\d\/\d{4}-\d\d:\d\d:\d\d\] \[I\] Selected Device: Framecast stand-in/);
    if (tensorrt === '7.1') {
      expect(stdout).toMatch(/\[I\] throughput: 0 qps\n/);
      expect(stdout).toMatch(/\[I\] percentile: [\d.e-]+ ms at 99% \(end to end [\d.e-]+ ms at 99%\)\n/);
    } else {
      expect(stdout).toMatch(/\[I\] Throughput: [\d.]+ qps\n/);
      expect(stdout).toMatch(
        /GPU Compute Time: min = [\d.e-]+ ms, max = .* median = [\d.e-]+ ms, percentile\((90|99)%\) = /,
      );
    }
    expect(stdout.includes('End-to-End Host Latency')).toBe(tensorrt === '8.0' || tensorrt === '8.2');
    expect(stdout.includes('percentile(95%)')).toBe(tensorrt === '8.5' || tensorrt === '10.3');
  });

  it('exports times with the warm-up before 8.5 and without it from then on', async () => {
    for (const tensorrt of ['8.2', '8.5'] as const) {
      const engine = await build(tensorrt);
      const file = path.join(folder, `${tensorrt}.json`);
      await trtexec(tensorrt, [`--loadEngine=${engine}`, ...timing, '--noDataTransfers', `--exportTimes=${file}`]);
      const rows = JSON.parse(await readFile(file, 'utf8')) as Record<string, number>[];
      expect(rows.length > 7).toBe(tensorrt === '8.2');
      expect(rows.length).toBeGreaterThanOrEqual(6);
      expect('endToEndMs' in rows[0]!).toBe(tensorrt === '8.2');
      for (const row of rows) {
        expect(row['computeMs']).toBeGreaterThan(0);
        expect(row['h2dMs']).toBe(0);
        expect(row['endComputeMs']! - row['startComputeMs']!).toBeCloseTo(row['computeMs']!, 6);
      }
    }
  });

  it('leaves out the middle of a long trace from 10.3 on', async () => {
    const engine = await build('10.3');
    const args = [`--loadEngine=${engine}`, ...timing, '--iterations=40'];
    const { stdout } = await trtexec('10.3', args);
    expect(stdout.match(/Average on 1 runs/g)).toHaveLength(20);
    expect(stdout).toMatch(/Omitting \d+ lines/);
  });

  it('refuses engines of another version, and files that are none', async () => {
    const engine = await build('8.2');
    const other = await trtexec('8.5', [`--loadEngine=${engine}`]);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/expecting library version 8\.5\.2 got 8\.2\.1, please rebuild/);
    expect((await trtexec('8.2', [`--loadEngine=${model}`])).code).toBe(1);
    expect((await trtexec('8.2', ['--loadEngine=/missing'])).code).toBe(1);
    expect((await readFile(engine)).subarray(0, 60).toString()).toContain('NOT A TENSORRT');
  });

  it('refuses operators that the version does not import, with its lines', async () => {
    const file = path.join(folder, 'hardswish.onnx');
    await writeFile(file, hardSwish());
    const { code, stdout, stderr } = await trtexec('8.2', [`--onnx=${file}`]);
    expect(code).toBe(1);
    expect(stdout).toContain('No importer registered for op: HardSwish. Attempting to import as plugin.');
    expect(stderr).toContain('Plugin not found, are the plugin name, version, and namespace correct?');
    expect(stderr).toMatch(/Failed to parse onnx file\n.*Parsing model failed\n.*\n.*Engine set up failed\n/);
    expect((await trtexec('8.5', [`--onnx=${file}`, ...timing])).code).toBe(0);
  });

  it('asks 7.1 for an explicit batch, and puts its prefixes on standard output', async () => {
    const { code, stdout, stderr } = await trtexec('7.1', [`--onnx=${model}`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/explicit batch dimension/);
    expect(stderr).not.toMatch(/\[E\]/);
    expect(stdout).toMatch(/\[E\] /);
  });

  it('takes shapes for open dimensions alone', async () => {
    const free = path.join(folder, 'free.onnx');
    await writeFile(free, hardSwish('N'));
    const engine = await build('8.5', free, ['--shapes=x:4x3']);
    const run = (shapes: string[]) => trtexec('8.5', [`--loadEngine=${engine}`, ...timing, ...shapes]);
    const right = await run(['--shapes=x:4x3']);
    expect(right.code).toBe(0);
    expect(right.stdout).toContain('Created input binding for x with dimensions 4x3');
    expect((await run(['--shapes=x:5x3'])).code).toBe(1);
    expect((await run([])).code).toBe(1);
    const fixed = await trtexec('8.2', [`--onnx=${model}`, '--shapes=input:1x3x64x64']);
    expect(fixed.stderr).toContain('Static model does not take explicit shapes');
    expect(fixed.code).toBe(1);
  });

  it('is killed as by the kernel where a test wants it, and leaves no engine', async () => {
    const engine = path.join(folder, 'killed.engine');
    const ran = await trtexec('8.2', [`--onnx=${model}`, `--saveEngine=${engine}`], { kill: 'build' });
    expect(ran.signal).toBe('SIGKILL');
    expect(existsSync(engine)).toBe(false);
    expect(await readFile(path.join(folder, "it's 8.2", 'proc/vmstat'), 'utf8')).toMatch(/oom_kill [1-9]/);
  });

  it('shows throttling and swapping in the files of the board while it runs', async () => {
    const sysroot = path.join(folder, "it's 8.2");
    const before = await readFile(path.join(sysroot, 'proc/vmstat'), 'utf8').catch(() => '');
    const seen: string[] = [];
    const watch = setInterval(() => {
      void readFile(path.join(sysroot, 'sys/class/devfreq/57000000.gpu/cur_freq'), 'utf8').then((text) =>
        seen.push(text.trim()),
      );
    }, 10);
    await trtexec('8.2', [`--onnx=${model}`, ...timing, '--warmUp=300'], { throttles: true, swaps: true });
    clearInterval(watch);
    expect(seen).toContain('460800000');
    expect(await readFile(path.join(sysroot, 'proc/vmstat'), 'utf8')).not.toBe(before);
    expect(await readFile(path.join(sysroot, 'sys/devices/gpu.0/load'), 'utf8')).toBe('0\n');
  });
});

/** y = HardSwish(x), of opset 14. */
function hardSwish(batch: string | number = 1): Uint8Array {
  const shape = { dim: [typeof batch === 'string' ? { dimParam: batch } : { dimValue: batch }, { dimValue: 3 }] };
  const value = (name: string) => ({ name, type: { tensorType: { elemType: 1, shape } } });
  return onnx.ModelProto.encode({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 14 }],
    graph: {
      name: 'g',
      node: [{ opType: 'HardSwish', input: ['x'], output: ['y'] }],
      input: [value('x')],
      output: [value('y')],
    },
  }).finish();
}
