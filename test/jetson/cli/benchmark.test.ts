import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import type { StandIn } from '../stand-in/stand-in';
import { commandLine, folder, newPlace } from './workplace';

/** Waits until the device's job is in a state. */
async function jobIs(device: StandIn, state: string): Promise<void> {
  const jobs = path.join(device.server.home, '.cache/framecast/jobs');
  const read = async (): Promise<string> => {
    const [jobId] = await readdir(jobs).catch(() => []);
    const text = await readFile(path.join(jobs, jobId ?? '', 'state.json'), 'utf8').catch(() => '{}');
    return (JSON.parse(text) as { state?: string }).state ?? 'none';
  };
  await expect.poll(read, { timeout: 120_000, interval: 50 }).toBe(state);
}

describe('framecast benchmark', () => {
  it.each(['7.1', '8.2', '10.3'] as const)(
    'takes models to landmarks and a changed prediction with TensorRT %s, without a step by hand',
    { timeout: 180_000 },
    async (tensorrt) => {
      const { onBoard, run, landmarks, store } = await newPlace({ tensorrt });
      const before = await run('predict', 'squeezenet.onnx', '--device', 'stand-in');
      expect(before.code).toBe(2);
      expect(before.stderr).toContain('Device stand-in is not known');

      const { code, stdout, stderr } = await onBoard('benchmark', '.', '--trials', '15', '--json');
      expect(stderr).toBe('');
      expect(code).toBe(0);
      const answer = JSON.parse(stdout) as {
        device: string;
        landmarks: string;
        runs: { ok: boolean; model: string; predicted: null; reason: string; measured: { throughputFps: number } }[];
      };
      expect(answer).toMatchObject({ device: 'stand-in', landmarks: store, concerns: [] });
      expect(answer.runs.map(({ ok, model }) => [ok, model])).toEqual([
        [true, 'mobilenet $(v2) "é"'],
        [true, 'shufflenet'],
        [true, 'squeezenet'],
      ]);
      expect(answer.runs[0]!.reason).toMatch(/There is no landmark to predict from on stand-in/);

      const kept = await landmarks();
      expect(kept).toHaveLength(3);
      for (const [index, landmark] of kept.entries()) {
        expect(landmark).toMatchObject({ device: 'stand-in', runtime: 'tensorrt-fp16', batch: 1, campaign: 'board' });
        expect(landmark.measurement).toMatchObject({
          way: 'trtexec',
          warmupRuns: expect.any(Number),
          disturbances: [],
        });
        expect(landmark.measurement!.trialTimesMs).toHaveLength(15);
        expect(landmark.measurement!.software.tensorrt!.startsWith(tensorrt)).toBe(true);
        expect(landmark.throughputFps).toBe(answer.runs[index]!.measured.throughputFps);
      }

      const after = await run('predict', 'squeezenet.onnx', '--device', 'stand-in', '--json');
      expect(after.code).toBe(0);
      const [prediction] = JSON.parse(after.stdout) as [{ estimate: { throughputFps: number; landmarks: number } }];
      expect(prediction.estimate.landmarks).toBe(3);
      // Three landmarks fit themselves closely; the point is that they are what is predicted from.
      const squeezenet = kept.find(({ model }) => model === 'squeezenet')!;
      expect(prediction.estimate.throughputFps / squeezenet.throughputFps).toBeGreaterThan(0.5);
      expect(prediction.estimate.throughputFps / squeezenet.throughputFps).toBeLessThan(2);

      const again = await onBoard('benchmark', 'squeezenet.onnx', '--trials', '5');
      expect(again.stdout).toMatch(/Measured .* FPS/);
      expect(again.stdout).toMatch(/Predicted .* The prediction was/);
      expect(again.stdout).toMatch(/Engine +from an earlier job/);
      expect(again.stdout).not.toMatch(/Jetson Nano/);
      expect(again.code).toBe(0);
    },
  );

  it('is run for an assistant by framecast mcp, once the user has agreed', async () => {
    const { device, store, landmarks } = await newPlace();
    const home = path.join(folder, 'home of the assistant');
    await mkdir(path.join(home, '.ssh'), { recursive: true });
    await copyFile(device.server.configFile, path.join(home, '.ssh', 'config'));
    const capabilities = { elicitation: { form: {} } };
    const client = new Client({ name: 'test', version: '1' }, { capabilities });
    const asked: string[] = [];
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { agreed: asked.length > 1 } };
    });
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, FRAMECAST_LANDMARKS: store };
    const args = [commandLine.bundle, 'mcp'];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd: folder, env }));
    const measure = async () =>
      await client.callTool(
        { name: 'benchmark', arguments: { models: ['squeezenet.onnx'], board: 'board', trials: 5 } },
        { timeout: 120_000 },
      );
    expect((await measure()).structuredContent).toMatchObject({ error: { code: 'cancelled' } });
    expect(await landmarks()).toEqual([]);
    const { structuredContent } = await measure();
    await client.close();
    expect(asked).toHaveLength(2);
    expect(asked[1]).toContain('Measure squeezenet.onnx on board?');
    const [landmark] = await landmarks();
    expect(structuredContent).toMatchObject({
      board: 'board',
      runs: [{ model: 'squeezenet', ok: true, trials: 5, throughputFps: landmark!.throughputFps }],
    });
  });

  it('changes nothing but the duration when the link is pulled twice', async () => {
    const { device, start, onBoard, landmarks } = await newPlace();
    const calm = await onBoard('benchmark', 'squeezenet.onnx', '--trials', '10');
    expect(calm.code).toBe(0);
    await device.configure({ hold: 'time' });
    const running = start('benchmark', 'squeezenet.onnx', '--trials', '40');
    await jobIs(device, 'timing');
    await device.server.dropConnections();
    await running.said('Connected again.');
    await jobIs(device, 'timing');
    await device.server.dropConnections();
    await device.configure({ hold: null });
    const { code, stderr } = await running.ended;
    expect(stderr.match(/Connected again/g)).toHaveLength(2);
    expect(code).toBe(0);
    const [first, second, ...more] = await landmarks();
    expect(more).toEqual([]);
    expect(second!.measurement!.trialTimesMs).toHaveLength(40);
    expect(second!.measurement!.disturbances).toEqual([]);
    const sameOf = ({ measurement, ...rest }: Landmark) => ({
      model: rest.model,
      parameters: rest.parameters,
      kernels: rest.kernels,
      device: rest.device,
      way: measurement!.way,
      software: measurement!.software,
      sha256: measurement!.modelSha256,
    });
    expect(sameOf(second!)).toEqual(sameOf(first!));
    expect(await device.server.processes()).toEqual([]);
  });

  it('measures several runtimes, batches and resolutions, and says what cannot be', async () => {
    const { onBoard, landmarks } = await newPlace();
    const args = [
      '--trials',
      '4',
      '--runtime',
      'tensorrt-fp16',
      '--runtime',
      'tensorrt-fp32',
      '--runtime',
      'pytorch-fp32',
    ];
    const { code, stdout, stderr } = await onBoard('benchmark', 'squeezenet.onnx', 'missing.onnx', ...args);
    expect(code).toBe(2);
    expect(stdout).toMatch(/Not measured: .*squeezenet has no TorchScript file next to it/);
    expect(stderr + stdout).toMatch(/missing\.onnx/);
    expect((await landmarks()).map(({ runtime }) => runtime)).toEqual(['tensorrt-fp16', 'tensorrt-fp32']);
    const fixed = await onBoard('benchmark', 'squeezenet.onnx', '--batch', '8');
    expect(fixed.code).toBe(2);
    expect(fixed.stderr).toMatch(/batch|fixed/);
  });

  it('goes on over warnings only where it is told to', async () => {
    const { onBoard, landmarks } = await newPlace({ clocksLocked: false });
    const refused = await onBoard('benchmark', 'squeezenet.onnx', '--trials', '3');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('run `sudo jetson_clocks` on the board');
    expect(refused.stderr).toContain('--accept-warnings');
    expect(await landmarks()).toEqual([]);
    const told = await onBoard('benchmark', 'squeezenet.onnx', '--trials', '3', '--accept-warnings');
    expect(told.code).toBe(0);
    expect((await landmarks())[0]!.measurement).toMatchObject({ clocksLocked: false });
  });

  it('keeps a disturbed figure out of predictions and says so', async () => {
    const { onBoard, landmarks } = await newPlace({ throttles: true, paceMs: 100 });
    const { code, stdout } = await onBoard('benchmark', 'squeezenet.onnx', '--trials', '20');
    expect(code).toBe(1);
    expect(stdout).toMatch(/Disturbed:.*\n.*lowered its clocks/);
    expect(stdout).toMatch(
      /Predicted +nothing before this measurement\n +From now on +There is no landmark.* Measure other models/,
    );
    expect(stdout).not.toContain('Measure the model');
    expect((await landmarks())[0]!.measurement!.disturbances).toEqual(['throttled']);
  });

  it('says why the board could not build, and saves nothing', async () => {
    const { onBoard, landmarks } = await newPlace({ kill: 'build' });
    const { code, stdout } = await onBoard('benchmark', 'squeezenet.onnx', '--json');
    expect(code).toBe(2);
    const { runs } = JSON.parse(stdout) as { runs: object[] };
    expect(runs).toEqual([
      expect.objectContaining({ ok: false, error: expect.objectContaining({ code: 'out-of-memory' }) }),
    ]);
    expect(await landmarks()).toEqual([]);
  });

  it('measures power and layers on JetPack 7.2 and says which limit is missed', async () => {
    const { device, onBoard, landmarks } = await newPlace({ tensorrt: '10.16', railWatts: { VDD_IN: 6, VDD_SOC: 1 } });
    const limits = ['--min-fps', '1000000', '--max-watts', '10', '--format', 'junit'];
    const { code, stdout, stderr } = await onBoard(
      'benchmark',
      'squeezenet.onnx',
      '--trials',
      '5',
      '--layers',
      ...limits,
    );
    expect(code, stderr).toBe(1);
    expect(stdout).toContain('<testsuite name="framecast benchmark" tests="2" failures="1" errors="0">');
    expect(stdout).toMatch(/name="TensorRT FP16: at least 1000000 FPS"><failure message="[\d.]+ FPS/);
    expect(stderr).toMatch(/squeezenet: TensorRT FP16: at least 1000000 FPS is missed/);
    const { measurement } = (await landmarks())[0]!;
    expect(measurement).toMatchObject({
      program: path.join(device.sysroot, 'usr/bin/trtexec'),
      power: { meanWatts: 6, rails: { VDD_IN: 6, VDD_SOC: 1 } },
      before: { memoryMHz: 1600, memoryMaxMHz: 1600, powerMode: 'MAXN' },
      software: { tensorrt: '10.16.2', jetpack: '7.2' },
      disturbances: [],
    });
    expect(measurement!.layers!.length).toBeGreaterThan(5);
    expect(measurement!.layers!.every(({ meanMs }) => meanMs > 0)).toBe(true);
  });

  it('measures a Thor with TensorRT 11 by the types of the model', async () => {
    const { onBoard, landmarks } = await newPlace({ tensorrt: '11.4', isThor: true });
    const args = ['--runtime', 'tensorrt-fp32', '--trials', '5', '--max-p99-ms', '100000', '--format', 'github'];
    const { code, stdout, stderr } = await onBoard('benchmark', 'squeezenet.onnx', ...args);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^::notice file=squeezenet\.onnx,title=framecast benchmark%3A squeezenet::TensorRT FP32: p99 of at most 100000 ms/,
    );
    expect((await landmarks())[0]!.measurement).toMatchObject({
      before: { gpuMHz: 921.6, gpuLoad: 0 },
      software: { tensorrt: '11.4.1' },
      disturbances: [],
    });
  });

  it('ends the job on the board with Ctrl-C', async () => {
    const { device, start, landmarks, onBoard } = await newPlace({ hold: 'time' });
    const running = start('benchmark', 'squeezenet.onnx', '--trials', '5');
    await jobIs(device, 'timing');
    running.process.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Nothing of the job runs on the board any more.');
    expect(await landmarks()).toEqual([]);
    expect(await device.server.processes()).toEqual([]);
    expect((await onBoard('jobs')).stdout).toContain('No jobs.');
  });

  it('leaves a job to the board when its terminal goes, and collects it later', async () => {
    const { device, start, landmarks, onBoard } = await newPlace({ hold: 'time' });
    const running = start('benchmark', 'squeezenet.onnx', '--trials', '5', '--label', 'desk');
    await jobIs(device, 'timing');
    running.process.kill('SIGHUP');
    const left = await running.ended;
    expect(left.code).toBe(130);
    const jobId = /--resume (\S+)`/.exec(left.stderr)?.[1] ?? 'none';
    expect(await landmarks()).toEqual([]);

    const listed = await onBoard('jobs', '--json');
    const { jobs } = JSON.parse(listed.stdout) as { jobs: object[] };
    expect(jobs).toEqual([expect.objectContaining({ jobId, collectable: true, models: ['squeezenet'] })]);
    expect((await onBoard('benchmark', 'squeezenet.onnx', '--if-busy', 'refuse', '--accept-warnings')).stderr).toMatch(
      /Another benchmark is running on the board/,
    );

    await device.configure({ hold: null });
    const collected = await onBoard('jobs', '--resume', jobId);
    expect(collected.stdout).toMatch(/Measured .* FPS/);
    expect(collected.code).toBe(0);
    expect(await landmarks()).toEqual([
      expect.objectContaining({ device: 'stand-in', campaign: 'desk', source: `${jobId}#1` }),
    ]);
    const twice = await onBoard('jobs', '--resume', jobId);
    expect(twice.code).toBe(2);
    expect(await landmarks()).toHaveLength(1);

    const cleaned = await onBoard('jobs', '--clean');
    expect(cleaned).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Removed [\d.]+ MB and 0 jobs\.\n$/) });
    expect(JSON.parse((await onBoard('jobs', '--json')).stdout)).toMatchObject({
      jobs: [],
      modelBytes: 0,
      engineBytes: 0,
    });
  });

  it('cancels a job that was left, by its id', async () => {
    const { device, start, onBoard } = await newPlace({ hold: 'time' });
    const running = start('benchmark', 'squeezenet.onnx', '--trials', '5');
    await jobIs(device, 'timing');
    running.process.kill('SIGTERM');
    const jobId = /--resume (\S+)`/.exec((await running.ended).stderr)?.[1] ?? 'none';
    expect(await onBoard('jobs', '--cancel', jobId)).toMatchObject({ code: 0, stdout: `Job ${jobId}: cancelled.\n` });
    expect(await device.server.processes()).toEqual([]);
    expect((await onBoard('jobs', '--cancel', '20200101T000000Z-00000000')).code).toBe(2);
  });

  it.each([
    [['squeezenet.onnx'], /required option '--host/],
    [['--host', 'board'], /missing required argument/],
    [['squeezenet.onnx', '--host', 'board', '--runtime', 'onnxruntime'], /Known runtimes: tensorrt-fp16/],
    [['squeezenet.onnx', '--host', 'board', '--trials', '0'], /whole number, 1 or more/],
    [['squeezenet.onnx', '--host', 'board', '--backend', 'magic'], /Allowed choices are auto/],
    [['missing.onnx', '--host', '127.0.0.1:1'], /missing\.onnx/],
    [['squeezenet.onnx', '--host', 'a b'], /a b/],
  ])('refuses %j', async (args, reason) => {
    const { code, stderr } = await commandLine.run(['benchmark', ...args], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
  });

  it('says how to go on where nobody answers', async () => {
    const { code, stderr, stdout } = await commandLine.run(
      ['benchmark', 'squeezenet.onnx', '--host', 'nobody@127.0.0.1:1', '--json'],
      { cwd: folder },
    );
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ job: null, error: { code: 'unreachable' } });
    expect(stderr).toMatch(/127\.0\.0\.1/);
  });
});

describe('framecast probe', () => {
  it('prints what the board is, as text and as JSON', async () => {
    const { device, onBoard } = await newPlace({ tensorrt: '10.3', powerMode: '5W', clocksLocked: false });
    const text = await onBoard('probe');
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/Board +Framecast stand-in device \(not a Jetson\)/);
    expect(text.stdout).toMatch(/TensorRT +10\.3\.0 \(\S*\/usr\/src\/tensorrt\/bin\/trtexec\)/);
    expect(text.stdout).toContain('Warning: GPU clocks are not locked: run `sudo jetson_clocks` on the board');
    const json = JSON.parse((await onBoard('probe', '--json')).stdout) as { problems: { code: string }[] };
    expect(json).toMatchObject({ schema: 1, standIn: true, device: 'stand-in', software: { tensorrt: '10.3.0' } });
    expect(json.problems.map(({ code }) => code)).toEqual(['clocks-not-locked', 'low-power-mode']);
    // What is pasted into an issue has the same, without saying whose it is.
    const { stdout, code } = await onBoard('doctor');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/TensorRT +10\.3\.0/)]);
    for (const secret of [device.server.userKeyFile, '127.0.0.1', `:${device.server.port}`]) {
      expect(stdout).not.toContain(secret);
    }
  });

  it('exits with 1 where the board lacks something', async () => {
    const { device, onBoard } = await newPlace();
    const python = path.join(device.sysroot, 'usr/bin/python3');
    await mkdir(path.dirname(python), { recursive: true });
    await writeFile(python, '#!/bin/sh\necho version=3.5.2\n');
    await chmod(python, 0o755);
    const { code, stdout } = await onBoard('probe');
    expect(code).toBe(1);
    expect(stdout).toMatch(/Error: The board's python3 is 3\.5\.2/);
  });

  it('accepts no host key that nobody has seen, where nobody can be asked', async () => {
    const { device, run } = await newPlace();
    const { server } = device;
    const config = path.join(server.folder, 'stranger');
    const text = await readFile(server.configFile, 'utf8');
    await writeFile(config, text.replaceAll(server.knownHostsFile, path.join(server.folder, 'empty_known_hosts')));
    const { code, stderr } = await run('probe', '--host', 'board', '--ssh-config', config);
    expect(code).toBe(2);
    expect(stderr).toMatch(/host key of 127\.0\.0\.1 is not known: ED25519 SHA256:\S+\. Compare it/);
  });

  it('says that a password is needed where nobody can type one', async () => {
    const { device, run } = await newPlace({ sshd: { userKey: { passphrase: 'secret' } } });
    const { code, stderr } = await run('probe', '--host', 'board', '--ssh-config', device.server.configFile);
    expect(code).toBe(2);
    expect(stderr).toMatch(/has a passphrase, and there is no terminal/);
  });
});
