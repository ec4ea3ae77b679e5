import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../../../src/core/landmarks/landmark';
import { trialStatistics } from '../../../src/core/landmarks/measurement';
import { modelChunks } from '../../../src/core/zoo/model-bytes';
import { referenceModel } from '../../../src/core/zoo/reference-model';
import { runBenchmark } from '../../../src/jetson/benchmark/benchmark';
import { resolveDestination } from '../../../src/jetson/connection/destination';
import { fileContentOf } from '../../../src/jetson/upload/model-content';
import { filledFixture } from '../../bench/ladder/filled-fixture';
import { valueOf } from '../harness/result';
import { startStandIn, type StandIn } from '../stand-in/stand-in';
import { newClient, requestOf } from './scripted-board';

let folder: string;
let model: string;
let standIn: StandIn | null = null;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-whole-'));
  model = path.join(folder, 'squeeze net.onnx');
  const built = valueOf(referenceModel({ family: 'squeezenet', resolution: 96 }));
  await writeFile(model, Buffer.concat([...modelChunks(built, 7)].map((piece) => Buffer.from(piece))));
});

afterEach(async () => {
  await standIn?.stop();
  standIn = null;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Measures with the runner as it is shipped, twice over. */
async function measureOn(
  device: Parameters<typeof startStandIn>[0],
  measured = model,
  runtimes: readonly Runtime[] = ['tensorrt-fp16'],
) {
  standIn = await startStandIn(device);
  const { server } = standIn;
  const destination = valueOf(await resolveDestination('board', { configFile: server.configFile, home: server.home }));
  const measure = async () => {
    const client = newClient();
    const request = requestOf({ destination }, [measured]);
    const runs = request.runs.flatMap((run) => runtimes.map((runtime) => ({ ...run, runtime })));
    const outcome = valueOf(await runBenchmark({ ...request, runs }, client.context));
    return { client, runs: outcome.runs, run: outcome.runs[0]! };
  };
  return { measure, server };
}

describe('the whole way on the stand-in device', () => {
  it.each(['7.1', '8.2', '10.3'] as const)('with TensorRT %s ends in a landmark of real times', async (tensorrt) => {
    const { measure, server } = await measureOn({ tensorrt });
    const { client, run } = await measure();
    expect(run).toMatchObject({ ok: true, landmark: { device: 'stand-in', model: 'squeeze net', resolution: 96 } });
    const { measurement, throughputFps } = client.landmarks[0]!;
    expect(measurement).toMatchObject({ way: 'trtexec', engine: { cached: false }, disturbances: [] });
    expect(measurement!.software.tensorrt).toMatch(new RegExp(`^${tensorrt.replace('.', '\\.')}`));
    expect(measurement!.trialTimesMs).toHaveLength(20);
    expect(throughputFps).toBeCloseTo(trialStatistics(measurement!.trialTimesMs, 1)!.throughputFps, 9);
    // No network of 100 MMAC takes microseconds or a second on a CPU.
    expect(throughputFps).toBeGreaterThan(1);
    expect(throughputFps).toBeLessThan(5000);
    expect((await measure()).client.landmarks[0]!.measurement!.engine).toMatchObject({ cached: true });
    expect(await server.processes()).toEqual([]);
  });

  it('measures what torch exports by default on a board whose TensorRT cannot read it, and says what was rewritten', async () => {
    const exported = path.join(folder, 'mobilenet_v3_large.onnx');
    await writeFile(
      exported,
      await filledFixture(new URL('../../fixtures/torch-2.11/mobilenet_v3_large.onnx', import.meta.url)),
    );
    const { measure } = await measureOn({ tensorrt: '8.2' }, exported, ['tensorrt-fp32', 'tensorrt-fp16']);
    const { client, runs } = await measure();
    expect(runs.map(({ ok }) => ok)).toEqual([true, true]);
    const { sha256 } = valueOf(await fileContentOf(exported));
    for (const { measurement, family } of client.landmarks) {
      expect(family).toBe('MobileNetV3');
      expect(measurement?.modelSha256).toBe(sha256);
      expect(measurement?.rewrites).toEqual([
        'HardSwish ×21 written with older operators',
        'axes of ReduceMean ×9 moved from an input to an attribute',
        'opset lowered from 20 to 13',
      ]);
    }
    const concerns = client.events.flatMap((event) => (event.kind === 'concerns' ? event.concerns : []));
    expect(concerns).toMatchObject([{ severity: 'information', message: expect.stringContaining('HardSwish ×21') }]);
  });

  it.each(['10.16', '11.4'] as const)(
    'measures it with TensorRT %s in every precision, and says what was made for that',
    { timeout: 240_000 },
    async (tensorrt) => {
      const exported = path.join(folder, 'mobilenet_v3_large.onnx');
      await writeFile(
        exported,
        await filledFixture(new URL('../../fixtures/torch-2.11/mobilenet_v3_large.onnx', import.meta.url)),
      );
      const runtimes = ['tensorrt-fp32', 'tensorrt-fp16', 'tensorrt-int8'] as const;
      const { measure } = await measureOn({ tensorrt }, exported, runtimes);
      const { client, runs } = await measure();
      expect(runs.map((run) => (run.ok ? 'measured' : run.error.message))).toEqual(runtimes.map(() => 'measured'));
      expect(client.landmarks.map(({ runtime }) => runtime)).toEqual(runtimes);
      const told = client.landmarks.map(({ measurement }) =>
        [...(measurement!.rewrites ?? []), ...(measurement!.notes ?? [])].join(' '),
      );
      const isTyped = tensorrt === '11.4';
      expect(told[0]).toBe('');
      expect(/FP16/.test(told[1]!)).toBe(isTyped);
      expect(told[2]).toMatch(/placeholder (scales|ranges), for timing alone/);
    },
  );

  it('marks a run that was throttled and swapped, and keeps it', async () => {
    const { measure } = await measureOn({ throttles: true, swaps: true, paceMs: 60 });
    const { client } = await measure();
    expect(client.landmarks[0]!.measurement!.disturbances).toEqual(['throttled', 'swapped']);
  });

  it('says that the board ran out of memory where trtexec is killed', async () => {
    const { measure } = await measureOn({ kill: 'build' });
    const { client, run } = await measure();
    expect(run).toMatchObject({ ok: false, error: { code: 'out-of-memory', message: expect.stringMatching(/swap/) } });
    expect(client.landmarks).toEqual([]);
  });
});
