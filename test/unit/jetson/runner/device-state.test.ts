import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinModules } from '../../../../src/jetson/runner/join-modules';
import { runnerModules } from '../../../../src/jetson/runner/runner-script';

const exec = promisify(execFile);

let folder: string;
let sysroot: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-state-'));
  sysroot = path.join(folder, 'board');
  const modules = runnerModules.filter(({ name }) => ['board_files', 'device_state'].includes(name));
  await writeFile(path.join(folder, 'state.py'), joinModules(modules));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string): Promise<void> {
  await mkdir(path.dirname(path.join(sysroot, name)), { recursive: true });
  await writeFile(path.join(sysroot, name), content);
}

async function ask(expression: string): Promise<unknown> {
  const code = `import json, sys; sys.path.insert(0, sys.argv[1]); from state import *; print(json.dumps(${expression}))`;
  const { stdout } = await exec('python3', ['-B', '-c', code, folder], {
    env: { ...process.env, FRAMECAST_SYSROOT: sysroot },
  });
  return JSON.parse(stdout);
}

describe('the state of a board', () => {
  it('is null where nothing says it, and never a guess', async () => {
    expect(await ask('sample_state()')).toMatchObject({
      ...{
        gpuMHz: null,
        gpuMinMHz: null,
        gpuMaxMHz: null,
        cpuMHz: null,
        temperaturesC: {},
        gpuLoad: null,
        powerMode: null,
      },
    });
  });

  it('is read without rights, from wherever a Nano or an Orin has it', async () => {
    await file('sys/class/devfreq/17000000.ga10b/cur_freq', '306000000\n');
    await file('sys/class/devfreq/17000000.ga10b/min_freq', '306000000\n');
    await file('sys/class/devfreq/17000000.ga10b/max_freq', '1020000000\n');
    await file('sys/class/devfreq/15340000.vic/cur_freq', '1\n');
    await file('sys/devices/platform/17000000.ga10b/load', '437\n');
    await file('sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq', '700000\n');
    await file('sys/devices/system/cpu/cpu3/cpufreq/scaling_max_freq', '1510400\n');
    await file('sys/devices/system/cpu/cpu3/cpufreq/scaling_min_freq', '115200\n');
    await file('sys/devices/system/cpu/cpu3/cpufreq/scaling_cur_freq', '729600\n');
    await file('sys/class/thermal/thermal_zone0/type', 'gpu-thermal\n');
    await file('sys/class/thermal/thermal_zone0/temp', '48500\n');
    await file('sys/class/thermal/thermal_zone1/type', 'PMIC-Die\n');
    await file('sys/class/thermal/thermal_zone1/temp', '100000\n');
    await file('sys/class/thermal/thermal_zone2/type', 'broken\n');
    await file('sys/class/thermal/thermal_zone2/temp', '-256000\n');
    await file('proc/meminfo', 'MemTotal: 4 kB\nMemAvailable: 3 kB\nSwapTotal: 8 kB\nSwapFree: 6 kB\n');
    await file('proc/vmstat', 'pgpgin 5\npswpin 3\npswpout 4\noom_kill 2\n');
    await file('var/lib/nvpmodel/status', 'pmode:0001 fmode:quiet\n');
    await file('etc/nvpmodel.conf', '< POWER_MODEL ID=0 NAME=MAXN >\n< POWER_MODEL ID=1 NAME=15W_6CORE >\n');
    expect(await ask('sample_state()')).toEqual({
      ...{ gpuMHz: 306, gpuMinMHz: 306, gpuMaxMHz: 1020, cpuMHz: 729.6, cpuMinMHz: 115.2, cpuMaxMHz: 1510.4 },
      ...{ temperaturesC: { 'gpu-thermal': 48.5 }, gpuLoad: 0.437, availableBytes: 3072, swapUsedBytes: 2048 },
      ...{ swappedPages: 7, powerMode: '15W_6CORE' },
    });
    expect(await ask('out_of_memory_kills()')).toBe(2);
  });

  it('names the programs that have the GPU open', async () => {
    expect(await ask('gpu_processes()')).toEqual([]);
    await file('proc/4711/comm', 'deepstream-app\n');
    await mkdir(path.join(sysroot, 'proc/4711/fd'), { recursive: true });
    await symlink('/dev/nvhost-gpu', path.join(sysroot, 'proc/4711/fd/5'));
    await file('proc/4712/comm', 'bash\n');
    await mkdir(path.join(sysroot, 'proc/4712/fd'), { recursive: true });
    await symlink('/dev/null', path.join(sysroot, 'proc/4712/fd/0'));
    expect(await ask('gpu_processes()')).toEqual(['deepstream-app']);
  });
});
