import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { pythons } from './pythons';
import { makeBench, progressOf, specRun, type RunnerBench, type SpecRun } from './runner-bench';

const doubles = fileURLToPath(new URL('doubles', import.meta.url));
const model = { ...specRun().model, torchscript: 'models/tiny.pt' };
const benches: RunnerBench[] = [];

afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.remove();
});

async function newBench(python: string, environment: Record<string, string>) {
  const bench = await makeBench(python, environment);
  benches.push(bench);
  return bench;
}

async function newBoard(environment: Record<string, string>, script: unknown = { milliseconds: 5 }, python = 0) {
  const bench = await newBench(pythons[python]!.command, { PYTHONPATH: doubles, ...environment });
  await writeFile(
    path.join(bench.root, model.torchscript),
    typeof script === 'string' ? script : JSON.stringify(script),
  );
  return bench;
}

const torchRun = (changes: Partial<SpecRun> = {}) => specRun({ model, runtime: 'pytorch-fp32', ...changes });

async function timed(bench: RunnerBench, run: SpecRun, options?: { allowCpu?: boolean }) {
  const built = await bench.build(run, options);
  expect(built.outcome, built.output).toMatchObject({ ok: true, way: 'pytorch', engine: null });
  return bench.time(run, options);
}

describe('PyTorch', () => {
  it.each(pythons.map((python, index) => [python.name, index] as const))(
    '%s: times every trial to after synchronisation, in both precisions',
    async (_, python) => {
      const bench = await newBoard({ FRAMECAST_TORCH_CUDA: '1' }, { milliseconds: 5 }, python);
      for (const runtime of ['pytorch-fp32', 'pytorch-fp16']) {
        const ended = await timed(bench, torchRun({ runtime }));
        expect(ended.outcome, ended.output).toMatchObject({
          ok: true,
          way: 'pytorch',
          notes: [],
          software: { torch: '1.10.0', cuda: '10.2', tensorrt: null },
          protocol: {
            device: 'cuda',
            warmupRuns: 3,
            trials: 7,
            timed: expect.stringContaining('torch.cuda.synchronize'),
            inputs: [
              { name: 'input', shape: [1, 3, 8, 8], dataType: runtime === 'pytorch-fp16' ? 'float16' : 'float32' },
            ],
          },
        });
        const times = ended.outcome!.trialTimesMs!;
        expect(times).toHaveLength(7);
        for (const time of times) expect(time).toBeGreaterThanOrEqual(4.9);
        expect(progressOf(ended).at(-1)).toEqual({ trialsDone: 7, trials: 7 });
      }
    },
  );

  it('gives integers zeros', async () => {
    const bench = await newBoard({ FRAMECAST_TORCH_CUDA: '1' });
    const inputs = [...specRun().inputs, { name: 'ids', shape: [2, 3], dataType: 'int64', dynamic: false }];
    const { outcome } = await timed(bench, torchRun({ inputs, runtime: 'pytorch-fp16' }));
    expect(outcome!.protocol).toMatchObject({ inputs: [{ dataType: 'float16' }, { name: 'ids', dataType: 'int64' }] });
    const odd = [{ name: 'odd', shape: [1], dataType: 'uint64', dynamic: false }];
    expect((await timed(bench, torchRun({ inputs: odd }))).outcome!.error).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/no type uint64/),
    });
  });

  it('refuses a board without CUDA unless the CPU is allowed, and then says so', async () => {
    const bench = await newBoard({});
    expect((await timed(bench, torchRun())).outcome!.error).toMatchObject({
      code: 'not-available',
      message: expect.stringMatching(/no CUDA/),
    });
    const { outcome } = await timed(bench, torchRun(), { allowCpu: true });
    expect(outcome).toMatchObject({
      ok: true,
      protocol: { device: 'cpu' },
      software: { cuda: null },
      notes: [expect.stringMatching(/ran on the CPU/)],
    });
  });

  it('says what is missing or wrong', async () => {
    const bench = await newBoard({ FRAMECAST_TORCH_CUDA: '1' });
    const without = torchRun({ model: { ...model, torchscript: null } });
    expect((await bench.build(without)).outcome!.error).toMatchObject({
      code: 'not-available',
      message: expect.stringMatching(/TorchScript file.*\.pt/),
    });
    const gone = torchRun({ model: { ...model, torchscript: 'models/gone.pt' } });
    expect((await bench.build(gone)).outcome!.error).toMatchObject({
      message: expect.stringMatching(/no longer on the board/),
    });
    const broken = await newBoard({ FRAMECAST_TORCH_CUDA: '1' }, 'no zip');
    expect((await timed(broken, torchRun())).outcome!.error).toMatchObject({
      code: 'run-failed',
      message: expect.stringMatching(/failed finding central directory/),
    });
    for (const [error, code] of [
      ['CUDA out of memory. Tried to allocate 2.00 GiB', 'out-of-memory'],
      [
        'The following operation failed in the TorchScript interpreter.\nTraceback\nRuntimeError: mat1 and mat2 differ',
        'run-failed',
      ],
    ] as const) {
      const failing = await newBoard({ FRAMECAST_TORCH_CUDA: '1' }, { error });
      const { outcome } = await timed(failing, torchRun());
      expect(outcome!.error!.code).toBe(code);
      if (code === 'run-failed') expect(outcome!.error!.message).toContain('mat1 and mat2 differ');
    }
    const none = await newBench(pythons[0]!.command, { PYTHONPATH: path.join(doubles, 'none'), PYTHONNOUSERSITE: '1' });
    await writeFile(path.join(none.root, model.torchscript), '{}');
    const { outcome } = await none.time(torchRun());
    expect(outcome!.error).toMatchObject({ message: expect.stringMatching(/nothing to time/) });
  });
});

const torch = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import torch']).status === 0,
);

describe.skipIf(torch === undefined)('the real PyTorch on this CPU (skipped without one)', () => {
  const network = (channels: number) => `
import sys, torch
layers = torch.nn.Sequential(torch.nn.Conv2d(3, ${channels}, 3), torch.nn.ReLU(), torch.nn.Conv2d(${channels}, ${channels}, 3))
torch.jit.trace(layers.eval(), torch.rand(1, 3, 64, 64)).save(sys.argv[1])
`;

  async function boardWith(channels: number) {
    const bench = await newBench(torch!, { OMP_NUM_THREADS: '1' });
    const saved = spawnSync(torch!, ['-c', network(channels), path.join(bench.root, model.torchscript)]);
    expect(saved.status, String(saved.stderr)).toBe(0);
    return bench;
  }

  const run = torchRun({ inputs: [{ ...specRun().inputs[0]!, shape: [1, 3, 64, 64] }], resolution: 64 });

  it('refuses, then times what it is allowed to, and slower networks take longer', { timeout: 300_000 }, async () => {
    const medians: number[] = [];
    for (const channels of [4, 128]) {
      const bench = await boardWith(channels);
      expect((await timed(bench, run)).outcome!.error).toMatchObject({ code: 'not-available' });
      const { outcome, output } = await timed(bench, run, { allowCpu: true });
      expect(outcome, output).toMatchObject({
        ok: true,
        protocol: { device: 'cpu' },
        notes: [expect.stringContaining('CPU')],
      });
      medians.push([...outcome!.trialTimesMs!].sort((a, b) => a - b)[3]!);
    }
    expect(medians[1]! / medians[0]!).toBeGreaterThan(3);
  });

  it('says that its CPU has no half precision, and what another shape meets', { timeout: 300_000 }, async () => {
    const bench = await boardWith(4);
    expect((await timed(bench, { ...run, runtime: 'pytorch-fp16' }, { allowCpu: true })).outcome!.error).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/half precision on the CPU/),
    });
    const other = { ...run, inputs: [{ ...run.inputs[0]!, shape: [1, 5, 64, 64] }] };
    expect((await timed(bench, other, { allowCpu: true })).outcome!.error).toMatchObject({
      code: 'run-failed',
      message: expect.stringMatching(/channels/),
    });
  });
});
