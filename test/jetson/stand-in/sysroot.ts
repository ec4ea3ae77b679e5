import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Behaviour } from './trtexec-board.mjs';

/** Versions of TensorRT that the stand-in device can have, by the name that tests use. */
export const releases = {
  '7.1': { tensorrt: '7.1.3', cuda: '10.2', l4t: ['32', '4.3'], jetpack: '4.4' },
  '8.0': { tensorrt: '8.0.1', cuda: '10.2', l4t: ['32', '6.1'], jetpack: '4.6' },
  '8.2': { tensorrt: '8.2.1', cuda: '10.2', l4t: ['32', '7.1'], jetpack: '4.6.1' },
  '8.5': { tensorrt: '8.5.2', cuda: '11.4', l4t: ['35', '4.1'], jetpack: '5.1.2' },
  '10.3': { tensorrt: '10.3.0', cuda: '12.6', l4t: ['36', '4.3'], jetpack: '6.2' },
  '10.13': { tensorrt: '10.13.3', cuda: '13.0', l4t: ['38', '2.1'], jetpack: '7.0' },
  '10.16': { tensorrt: '10.16.2', cuda: '13.2', l4t: ['39', '2.0'], jetpack: '7.2' },
  '11.4': { tensorrt: '11.4.1', cuda: '13.2', l4t: ['39', '2.1'], jetpack: '7.2.2' },
} as const;

/** Where JetPack 7.2 and newer have trtexec, and those before. */
const trtexecFile = ({ l4t }: { readonly l4t: readonly [string, string] }): string =>
  Number(l4t[0]) >= 39 ? 'usr/bin/trtexec' : 'usr/src/tensorrt/bin/trtexec';

export type TensorrtRelease = keyof typeof releases;

/** How the device is to be; everything has a calm preset. */
export interface SysrootOptions extends Partial<Behaviour> {
  readonly tensorrt?: TensorrtRelease;
  /** As on Thor: GPU nodes of its names, no file with the load, which `nvidia-smi` says instead. */
  readonly isThor?: boolean;
  /** What sensors say that the board draws, by rail in watts; none where left out. */
  readonly railWatts?: Readonly<Record<string, number>>;
  /** Whether trtexec is installed. */
  readonly hasTrtexec?: boolean;
  readonly powerMode?: 'MAXN' | '5W';
  readonly clocksLocked?: boolean;
  readonly desktop?: boolean;
  readonly gpuLoad?: number;
  readonly temperatureC?: number;
  readonly memoryBytes?: number;
  readonly availableBytes?: number;
  readonly swapBytes?: number;
  /** What `df` says is free; that of this machine unless told. */
  readonly freeDiskBytes?: number;
  /** Changes when the device is to have been started again; that of this machine unless told. */
  readonly bootId?: string;
  /** As the device names itself. It stays the stand-in device, whatever this says. */
  readonly model?: string;
}

export const standInModel = 'Framecast stand-in device (not a Jetson)';

const frequencies = [76_800_000, 230_400_000, 460_800_000, 640_000_000, 921_600_000];

/**
 * Writes the files that a board has where the probe and the runner look for them, below `folder`. What the running
 * kernel has for itself (uptime, and the boot id unless one is asked for) is left to it. Called again, it changes what
 * the options say and the counters go on.
 */
export async function writeSysroot(folder: string, options: SysrootOptions): Promise<void> {
  const release = releases[options.tensorrt ?? '8.2'];
  const major = release.tensorrt.split('.')[0]!;
  const file = async (name: string, content: string, executable = false): Promise<void> => {
    const target = path.join(folder, name);
    await mkdir(path.dirname(target), { recursive: true });
    // In one step: a probe may be reading.
    await writeFile(`${target}.part`, content);
    if (executable) await chmod(`${target}.part`, 0o755);
    await rename(`${target}.part`, target);
  };
  const script = (name: string, lines: readonly string[]): Promise<void> =>
    file(name, ['#!/bin/sh', ...lines, ''].join('\n'), true);

  await file('proc/device-tree/model', `${options.model ?? standInModel}\0`);
  await file('proc/device-tree/compatible', 'framecast,stand-in\0');
  const [l4tRelease, l4tRevision] = release.l4t;
  await file(
    'etc/nv_tegra_release',
    `# R${l4tRelease} (release), REVISION: ${l4tRevision}, GCID: 0, BOARD: stand-in, EABI: aarch64, DATE: none\n`,
  );
  await file('etc/group', 'video:x:44:\n');
  if (options.bootId !== undefined) await file('proc/sys/kernel/random/boot_id', `${options.bootId}\n`);

  const gpuMax = options.powerMode === '5W' ? 640_000_000 : 921_600_000;
  const gpuMin = (options.clocksLocked ?? true) ? gpuMax : frequencies[0]!;
  const gpu = `sys/class/devfreq/${options.isThor === true ? 'gpu-gpc-0' : '57000000.gpu'}`;
  await file(`${gpu}/max_freq`, `${gpuMax}\n`);
  await file(`${gpu}/min_freq`, `${gpuMin}\n`);
  await file(`${gpu}/cur_freq`, `${gpuMin}\n`);
  await file(`${gpu}/available_frequencies`, `${frequencies.join(' ')}\n`);
  if (options.isThor === true) {
    await file('sys/class/devfreq/gpu-nvd-0/cur_freq', `${gpuMin}\n`);
    await file('load', `${Math.round(100 * (options.gpuLoad ?? 0))}\n`);
    await script('usr/bin/nvidia-smi', [`cat '${path.join(folder, 'load')}'`]);
  } else {
    await file(`${gpu}/device/of_node/name`, 'gpu\0');
    await file('sys/devices/gpu.0/load', `${Math.round(1000 * (options.gpuLoad ?? 0))}\n`);
  }
  const emc = 'sys/class/devfreq/emc';
  await file(`${emc}/cur_freq`, '1600000000\n');
  await file(`${emc}/max_freq`, '1600000000\n');
  const sensors = 'sys/class/hwmon/hwmon0';
  await rm(path.join(folder, sensors), { recursive: true, force: true });
  if (options.railWatts !== undefined) await file(`${sensors}/name`, 'ina3221\n');
  for (const [index, [rail, watts]] of Object.entries(options.railWatts ?? {}).entries()) {
    await file(`${sensors}/in${index + 1}_label`, `${rail}\n`);
    await file(`${sensors}/in${index + 1}_input`, '5000\n');
    await file(`${sensors}/curr${index + 1}_input`, `${Math.round(200 * watts)}\n`);
  }
  const cpuMax = options.powerMode === '5W' ? 918_000 : 1_479_000;
  for (const cpu of options.powerMode === '5W' ? [0, 1] : [0, 1, 2, 3]) {
    const cpufreq = `sys/devices/system/cpu/cpu${cpu}/cpufreq`;
    const min = (options.clocksLocked ?? true) ? cpuMax : 102_000;
    await file(`${cpufreq}/scaling_max_freq`, `${cpuMax}\n`);
    await file(`${cpufreq}/scaling_min_freq`, `${min}\n`);
    await file(`${cpufreq}/scaling_cur_freq`, `${min}\n`);
  }
  for (const [index, zone] of ['CPU-therm', 'GPU-therm', 'PMIC-Die'].entries()) {
    const celsius = zone === 'PMIC-Die' ? 100 : (options.temperatureC ?? 34);
    await file(`sys/class/thermal/thermal_zone${index}/type`, `${zone}\n`);
    await file(`sys/class/thermal/thermal_zone${index}/temp`, `${1000 * celsius}\n`);
  }

  const total = options.memoryBytes ?? 4.1e9;
  const available = options.availableBytes ?? 3.2e9;
  const swap = options.swapBytes ?? 4e9;
  const kilobytes = (bytes: number): string => `${Math.floor(bytes / 1024)} kB`;
  await file(
    'proc/meminfo',
    [
      `MemTotal:       ${kilobytes(total)}`,
      `MemFree:        ${kilobytes(available / 2)}`,
      `MemAvailable:   ${kilobytes(available)}`,
      `SwapTotal:      ${kilobytes(swap)}`,
      `SwapFree:       ${kilobytes(swap)}`,
      '',
    ].join('\n'),
  );
  await writeFile(path.join(folder, 'proc/vmstat'), 'pswpin 0\npswpout 0\noom_kill 0\n', { flag: 'wx' }).catch(() => {
    // It is there: counters only rise.
  });

  const mode = options.powerMode === '5W' ? { id: 1, name: '5W' } : { id: 0, name: 'MAXN' };
  await script('usr/sbin/nvpmodel', [`printf 'NV Fan Mode:quiet\\nNV Power Mode: ${mode.name}\\n${mode.id}\\n'`]);
  await file('var/lib/nvpmodel/status', `pmode:000${mode.id}\n`);
  await file('etc/nvpmodel.conf', '< POWER_MODEL ID=0 NAME=MAXN >\n< POWER_MODEL ID=1 NAME=5W >\n');
  await script('usr/bin/systemctl', [
    `case "$1" in`,
    `  get-default) echo ${options.desktop === true ? 'graphical' : 'multi-user'}.target ;;`,
    `  is-active) echo ${options.desktop === true ? 'active' : 'inactive'} ;;`,
    'esac',
  ]);
  const packages = [
    `ii  libnvinfer${major} ${release.tensorrt}-1+cuda${release.cuda}`,
    `ii  nvidia-l4t-core ${l4tRelease}.${l4tRevision}-0`,
    `ii  nvidia-jetpack ${release.jetpack}-b1`,
    `ii  cuda-cudart-${release.cuda.replace('.', '-')} ${release.cuda}.1-1`,
  ];
  await script('usr/bin/dpkg-query', [`cat <<'END'`, ...packages, 'END']);
  if (options.freeDiskBytes !== undefined) {
    const free = Math.floor(options.freeDiskBytes / 1024);
    await script('usr/bin/df', [
      `echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'`,
      `echo '/dev/none ${2 * free} ${free} ${free} 50% /'`,
    ]);
  }

  await rm(path.join(folder, 'usr/lib'), { recursive: true, force: true });
  await file(`usr/lib/aarch64-linux-gnu/libnvinfer.so.${release.tensorrt}`, 'No TensorRT: the stand-in device.\n');
  await rm(path.join(folder, 'usr/src'), { recursive: true, force: true });
  await rm(path.join(folder, 'usr/bin/trtexec'), { force: true });
  if (options.hasTrtexec ?? true) {
    const program = fileURLToPath(new URL('./trtexec.mjs', import.meta.url));
    const words = [process.execPath, program, release.tensorrt, folder].map(quoted);
    await script(trtexecFile(release), [`exec ${words.join(' ')} "$@"`]);
  }
  const behaviour: Behaviour = {
    threads: options.threads ?? 1,
    kill: options.kill ?? null,
    hold: options.hold ?? null,
    sparedRuns: options.sparedRuns ?? 0,
    buildDelayMs: options.buildDelayMs ?? 0,
    paceMs: options.paceMs ?? 0,
    throttles: options.throttles ?? false,
    swaps: options.swaps ?? false,
  };
  await file('stand-in.json', `${JSON.stringify(behaviour)}\n`);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
