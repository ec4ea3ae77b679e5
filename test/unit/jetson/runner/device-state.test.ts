import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
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
  const modules = runnerModules.filter(({ name }) => ['board_files', 'device_state', 'power_sensors'].includes(name));
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
      gpuMHz: null,
      gpuMinMHz: null,
      gpuMaxMHz: null,
      cpuMHz: null,
      temperaturesC: {},
      gpuLoad: null,
      powerMode: null,
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
    const modes = ['ID=0 NAME=MAXN >\nEMC MAX_FREQ 0', 'ID=1 NAME=15W_6CORE >\nEMC MAX_FREQ 2133000000'];
    await file('etc/nvpmodel.conf', modes.map((mode) => `< POWER_MODEL ${mode}\n`).join('\n'));
    expect(await ask('sample_state()')).toEqual({
      gpuMHz: 306,
      gpuMinMHz: 306,
      gpuMaxMHz: 1020,
      cpuMHz: 729.6,
      cpuMinMHz: 115.2,
      cpuMaxMHz: 1510.4,
      temperaturesC: { 'gpu-thermal': 48.5 },
      gpuLoad: 0.437,
      availableBytes: 3072,
      swapUsedBytes: 2048,
      swappedPages: 7,
      powerMode: '15W_6CORE',
      memoryMHz: null,
      memoryMaxMHz: 2133,
    });
    expect(await ask('out_of_memory_kills()')).toBe(2);
  });

  it('is that of a Thor, whose GPU has other names and no file with its load', async () => {
    await rm(sysroot, { recursive: true });
    for (const [name, clock] of Object.entries({ 'gpu-gpc-0': 1_575_000_000, 'gpu-nvd-0': 1_000_000_000 })) {
      for (const kind of ['cur', 'min', 'max']) await file(`sys/class/devfreq/${name}/${kind}_freq`, `${clock}\n`);
    }
    await file('usr/bin/nvidia-smi', "#!/bin/sh\necho ' 93 '\n");
    await chmod(path.join(sysroot, 'usr/bin/nvidia-smi'), 0o755);
    expect(await ask('sample_state()')).toMatchObject({ gpuMHz: 1575, gpuMaxMHz: 1575, gpuLoad: 0.93 });
    expect(await ask('gpu_load(None, False)')).toBeNull();
    // As on Orin, where it is a stub.
    await file('usr/bin/nvidia-smi', '#!/bin/sh\necho N/A\n');
    expect(await ask('gpu_load()')).toBeNull();
  });

  it.each([
    ['Orin Nano', { VDD_IN: [5000, 1400], VDD_CPU_GPU_CV: [5000, 400], VDD_SOC: [5000, 300] }, 7],
    ['AGX Orin', { VDD_GPU_SOC: [19000, 500], VDD_CPU_CV: [19000, 100], VIN_SYS_5V0: [5000, 1000] }, 16.4],
  ])('draws what the sensors of an %s say', async (_, rails, watts) => {
    const sensors = 'sys/class/hwmon/hwmon3';
    await rm(path.join(sysroot, 'sys'), { recursive: true, force: true });
    await file('sys/class/hwmon/hwmon0/name', 'thermal\n');
    await file(`${sensors}/name`, 'ina3221\n');
    for (const [index, [name, [millivolts, milliamperes]]] of Object.entries(rails).entries()) {
      await file(`${sensors}/in${index + 1}_label`, `${name}\n`);
      await file(`${sensors}/in${index + 1}_input`, `${millivolts}\n`);
      await file(`${sensors}/curr${index + 1}_input`, `${milliamperes}\n`);
    }
    await file(`${sensors}/in7_label`, 'sum of shunt voltages\n');
    expect(await ask('board_watts(power_rails())')).toBeCloseTo(watts, 9);
  });

  it('draws what the driver of JetPack 4 says, and null without a sensor', async () => {
    await rm(path.join(sysroot, 'sys'), { recursive: true, force: true });
    expect(await ask('board_watts(power_rails())')).toBeNull();
    const nano = 'sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0';
    for (const [index, [name, milliwatts]] of Object.entries({ POM_5V_IN: 4321, POM_5V_GPU: 1200 }).entries()) {
      await file(`${nano}/rail_name_${index}`, `${name}\n`);
      await file(`${nano}/in_power${index}_input`, `${milliwatts}\n`);
    }
    expect(await ask('board_watts(power_rails())')).toBeCloseTo(4.321, 9);
  });

  it('is measured by samples of a busy GPU, if there are enough', async () => {
    const meter = (samples: string) =>
      ask(
        `(lambda meter: ([meter.add({'VDD_IN': watts}, load) for watts, load in ${samples}], meter.summary())[1])(PowerMeter())`,
      );
    expect(await meter('[(2, 0.0), (6, 0.95), (8, 1.0), (7, 0.99)]')).toEqual({
      meanWatts: 7,
      samples: 3,
      rails: { VDD_IN: 7 },
    });
    expect(await meter('[(2, 0.0), (6, 0.95), (8, 1.0)]')).toBeNull();
    expect(await meter('[(6, None), (8, None), (7, None)]')).toBeNull();
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
