import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { probeBoard } from '../../../src/jetson/probe/probe';
import { parseProbe } from '../../../src/jetson/probe/parse-probe';
import { probeScript } from '../../../src/jetson/probe/probe-script';
import { connect } from '../../../src/jetson/connection/session';
import { resolveDestination } from '../../../src/jetson/connection/destination';
import { noPrompts } from '../harness/prompts';
import { valueOf } from '../harness/result';
import { startStandIn, type StandIn } from '../stand-in/stand-in';
import { writeSysroot, standInModel, type SysrootOptions } from '../stand-in/sysroot';

let folder: string;
let home: string;
let sysroot: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-probe-'));
  [home, sysroot] = [path.join(folder, 'home'), path.join(folder, 'a root')];
  await mkdir(home, { recursive: true });
});

afterEach(() => rm(sysroot, { recursive: true, force: true }));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Shells that a board may have as /bin/sh. */
const shells = [
  { name: 'dash', argv: ['/bin/dash', '-s'] },
  { name: 'bash', argv: ['/bin/bash', '--posix', '-s'] },
  { name: 'busybox', argv: ['/bin/busybox', 'sh', '-s'] },
].filter(({ argv }) => existsSync(argv[0]!));

interface Ran {
  readonly output: string;
  readonly seconds: number;
}

/** The script on the standard input of a shell, as over SSH. */
function runScript(argv: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), {
      env: { HOME: home, PATH: process.env['PATH'] ?? '', FRAMECAST_SYSROOT: sysroot, ...environment },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', () => resolve({ output, seconds: (performance.now() - begin) / 1000 }));
    child.stdin.end(probeScript);
  });
}

async function ask(options: SysrootOptions = {}, argv = ['/bin/sh', '-s']) {
  await writeSysroot(sysroot, options);
  const { output } = await runScript(argv);
  return valueOf(parseProbe(output, { sentAtMs: Date.now(), receivedAtMs: Date.now() }));
}

describe('the probe script', () => {
  it.each(shells)('finds trtexec, GPU and load of a Thor with JetPack 7.2 under $name', async ({ argv }) => {
    await writeSysroot(sysroot, { tensorrt: '10.16', isThor: true, gpuLoad: 0.4, clocksLocked: false });
    await mkdir(path.join(sysroot, 'dev'), { recursive: true });
    await writeFile(path.join(sysroot, 'dev/nvidia0'), '');
    const { output } = await runScript(argv);
    expect(valueOf(parseProbe(output, { sentAtMs: 0, receivedAtMs: 0 }))).toMatchObject({
      software: { l4t: '39.2.0', jetpack: '7.2', tensorrt: '10.16.2' },
      tensorrt: { trtexec: path.join(sysroot, 'usr/bin/trtexec'), trtexecVersion: '10.16.2' },
      state: { gpuMHz: 76.8, gpuMaxMHz: 921.6, gpuLoad: 0.4 },
      clocksLocked: false,
      gpuAccessible: true,
    });
  });

  it.each(shells)('says the same under $name', async ({ argv }) => {
    const report = await ask(
      { tensorrt: '8.2', powerMode: '5W', clocksLocked: false, temperatureC: 51, gpuLoad: 0.25 },
      argv,
    );
    expect(report).toMatchObject({
      standIn: true,
      device: 'stand-in',
      boardModel: standInModel,
      software: { l4t: '32.7.1', jetpack: '4.6.1', tensorrt: '8.2.1', cuda: '10.2.1' },
      tensorrt: { packageVersion: '8.2.1', libraryVersion: '8.2.1', trtexecVersion: '8.2.1' },
      powerMode: { id: 1, name: '5W' },
      clocksLocked: false,
      headless: true,
      gpuHighestMHz: 921.6,
      user: os.userInfo().username,
      home,
      notes: [],
    });
    expect(report.state).toMatchObject({
      gpuMHz: 76.8,
      gpuMaxMHz: 640,
      cpuMaxMHz: 918,
      gpuLoad: 0.25,
      availableBytes: 3.2e9,
    });
    expect(report.state.temperaturesC).toEqual({ 'CPU-therm': 51, 'GPU-therm': 51 });
    expect(report.memory.totalBytes).toBeCloseTo(4.1e9, -4);
    expect(report.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(report.disk.freeBytes).toBeGreaterThan(0);
    expect(report.software.python).toMatch(/^3\./);
  });

  it.each([
    ['7.1', '7.1.3', null],
    ['8.0', '8.0.1', '8.0.1'],
    ['8.5', '8.5.2', '8.5.2'],
    ['10.3', '10.3.0', '10.3.0'],
  ] as const)('finds TensorRT %s by package, library and trtexec', async (tensorrt, version, said) => {
    const report = await ask({ tensorrt });
    expect(report.tensorrt).toMatchObject({ packageVersion: version, libraryVersion: version, trtexecVersion: said });
  });

  it('sees a desktop, a missing trtexec, a boot id and free disk of the device', async () => {
    const bootId = '00000000-1111-2222-3333-444444444444';
    const report = await ask({ desktop: true, hasTrtexec: false, bootId, freeDiskBytes: 300e6 });
    expect(report).toMatchObject({ headless: false, bootId, tensorrt: { trtexec: null } });
    expect(report.disk.freeBytes).toBeCloseTo(300e6, -4);
  });

  it('leaves the standard input to nobody, so that no tool can eat the rest of the script', async () => {
    await writeSysroot(sysroot, {});
    await tool('usr/sbin/nvpmodel', 'cat >/dev/null; echo "NV Power Mode: MAXN"');
    const { output } = await runScript(['/bin/sh', '-s']);
    expect(output.trimEnd().endsWith('=end')).toBe(true);
    expect(output).toContain('NV Power Mode: MAXN');
  });

  it('ends although tools hang, and says which', async () => {
    await writeSysroot(sysroot, {});
    await tool('usr/bin/systemctl', 'trap "" TERM; sleep 300');
    const { output, seconds } = await runScript(['/bin/sh', '-s']);
    expect(seconds).toBeLessThan(30);
    const report = valueOf(parseProbe(output, { sentAtMs: 0, receivedAtMs: 0 }));
    expect(report.notes.join(' ')).toMatch(/display manager/);
    expect(report.headless).toBeNull();
  });

  it.each(['setsid', 'neither'])(
    'ends although a tool hangs where there is no timeout(1) of GNU, by %s',
    async (by) => {
      await writeSysroot(sysroot, {});
      await tool('usr/bin/timeout', 'echo busybox >&2; exit 1');
      if (by === 'neither') await tool('usr/bin/setsid', 'exit 127');
      await tool('usr/sbin/nvpmodel', by === 'setsid' ? 'trap "" TERM; sleep 300' : 'exec sleep 300');
      const { output, seconds } = await runScript(['/bin/sh', '-s']);
      expect(seconds).toBeLessThan(30);
      expect(output.trimEnd().endsWith('=end')).toBe(true);
      expect(output).toContain('=pythonTensorrt');
    },
  );

  it('is not drowned by a tool that never stops talking, nor misled by one that talks like the script', async () => {
    await writeSysroot(sysroot, {});
    await tool('usr/bin/dpkg-query', 'yes "=identity"');
    await tool('usr/bin/systemctl', 'printf "=end\\n=begin\\n=identity\\n model=Nano\\n"');
    const { output } = await runScript(['/bin/sh', '-s']);
    expect(output.length).toBeLessThan(200_000);
    const report = valueOf(parseProbe(output, { sentAtMs: 0, receivedAtMs: 0 }));
    expect(report).toMatchObject({ device: 'stand-in', boardModel: standInModel });
  });

  it('works in a home folder with blanks and quotes, and where there is none', async () => {
    await writeSysroot(sysroot, {});
    const odd = path.join(folder, `a "home" of $(nobody)'s`);
    await mkdir(path.join(odd, '.cache/framecast/jobs/20261124T014540Z-7a6a182f'), { recursive: true });
    await writeFile(path.join(odd, '.cache/framecast/board.lock'), '');
    const there = valueOf(
      parseProbe((await runScript(['/bin/sh', '-s'], { HOME: odd })).output, { sentAtMs: 0, receivedAtMs: 0 }),
    );
    expect(there.home).toBe(odd);
    expect(there.framecast).toMatchObject({ busy: false, jobs: ['20261124T014540Z-7a6a182f'] });
    const nowhere = await runScript(['/bin/sh', '-s'], { HOME: path.join(folder, 'missing') });
    expect(valueOf(parseProbe(nowhere.output, { sentAtMs: 0, receivedAtMs: 0 })).disk.freeBytes).toBeNull();
  });

  it('names who holds the GPU open', async () => {
    await writeSysroot(sysroot, {});
    const process_ = path.join(sysroot, 'proc/4711');
    await mkdir(path.join(process_, 'fd'), { recursive: true });
    await symlink('/dev/nvhost-gpu', path.join(process_, 'fd/7'));
    await writeFile(path.join(process_, 'comm'), 'deepstream-app\n');
    const { output } = await runScript(['/bin/sh', '-s']);
    const report = valueOf(parseProbe(output, { sentAtMs: 0, receivedAtMs: 0 }));
    expect(report.gpuUsers).toEqual([{ pid: 4711, command: 'deepstream-app' }]);
  });

  it('works without a sysroot, on a machine that is no board', async () => {
    const { output } = await runScript(['/bin/sh', '-s'], { FRAMECAST_SYSROOT: '' });
    const report = valueOf(parseProbe(output, { sentAtMs: 0, receivedAtMs: 0 }));
    expect(report.standIn).toBe(false);
    expect(report.memory.totalBytes).toBeGreaterThan(1e8);
  });
});

describe('probeBoard', () => {
  let standIn: StandIn | null = null;

  afterEach(async () => {
    await standIn?.stop();
    standIn = null;
  });

  it('asks over SSH in one round trip, and leaves nothing behind', async () => {
    standIn = await startStandIn({ tensorrt: '10.3' });
    const { server } = standIn;
    const destination = valueOf(
      await resolveDestination('board', { configFile: server.configFile, home: server.home }),
    );
    const session = valueOf(await connect(destination, { prompts: noPrompts }));
    let commands = 0;
    const counting = { run: (...args: Parameters<typeof session.run>) => ((commands += 1), session.run(...args)) };
    const report = valueOf(await probeBoard(counting));
    session.close();
    expect(commands).toBe(1);
    expect(report).toMatchObject({ device: 'stand-in', software: { tensorrt: '10.3.0', jetpack: '6.2' } });
    expect(Math.abs(report.clockSkewSeconds!)).toBeLessThanOrEqual(report.clockSkewUncertaintySeconds!);
    expect(existsSync(path.join(server.home, '.cache'))).toBe(false);
    await expect.poll(() => server.processes()).toEqual([]);
  });
});

/** Puts a shell script in the place of a board's tool. */
async function tool(name: string, script: string): Promise<void> {
  const file = path.join(sysroot, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}
