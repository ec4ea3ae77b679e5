import type { BoardState } from '../../core/landmarks/measurement';
import type { MemoryReport } from './board-report';
import { boardSentence } from '../connection/board-text';
import { numberIn, type ProbeSections } from './probe-sections';

type Clocks = Pick<BoardState, 'gpuMHz' | 'gpuMinMHz' | 'gpuMaxMHz' | 'cpuMHz' | 'cpuMinMHz' | 'cpuMaxMHz' | 'gpuLoad'>;

/** Frequencies, whether they are fixed, and how busy the GPU is. */
export function readClocks(sections: ProbeSections): {
  readonly state: Clocks;
  readonly locked: boolean | null;
  readonly gpuHighestMHz: number | null;
} {
  const gpu = (key: string): number | null => positive(numberIn(sections.value('gpuClock', key)), 1e6);
  const available = (sections.value('gpuClock', 'available') ?? '')
    .split(' ')
    .flatMap((text) => positive(numberIn(text), 1e6) ?? []);
  const cpus = sections.lines('cpuClocks').map((line) => line.split(' ').map((text) => positive(numberIn(text), 1e3)));
  const fastest = cpus.reduce<readonly (number | null)[]>(
    (best, each) => ((each[2] ?? 0) > (best[2] ?? 0) ? each : best),
    [],
  );
  const [gpuMinMHz, gpuMaxMHz] = [gpu('min'), gpu('max')];
  const isFixed = cpus.every(([, min, max]) => min === max);
  return {
    state: {
      gpuMHz: gpu('cur'),
      gpuMinMHz,
      gpuMaxMHz,
      cpuMHz: fastest[0] ?? null,
      cpuMinMHz: fastest[1] ?? null,
      cpuMaxMHz: fastest[2] ?? null,
      gpuLoad: readGpuLoad(sections),
    },
    // `jetson_clocks` raises the lowest allowed frequency to the highest, of the GPU and of all CPUs.
    locked: gpuMinMHz === null || gpuMaxMHz === null ? null : gpuMinMHz === gpuMaxMHz && isFixed,
    gpuHighestMHz: available.length === 0 ? null : Math.max(...available),
  };
}

/**
 * The driver says thousandths; several samples, as one may fall between two frames of a desktop. If it has no file
 * for that, `nvidia-smi` says percent.
 */
function readGpuLoad(sections: ProbeSections): number | null {
  const samples = sections
    .lines('gpuLoad')
    .flatMap((line) => numberIn(line) ?? [])
    .filter((load) => load >= 0 && load <= 1000);
  if (samples.length > 0) return samples.reduce((sum, load) => sum + load, 0) / samples.length / 1000;
  const percent = numberIn(sections.lines('nvidiaSmi')[0]);
  return percent === null || percent < 0 || percent > 100 ? null : percent / 100;
}

/** Memory in bytes, and pages swapped since the board started. */
export function readMemory(sections: ProbeSections): {
  readonly memory: MemoryReport;
  readonly swappedPages: number | null;
} {
  const bytes = (name: string): number | null => {
    const line = sections.lines('meminfo').find((each) => each.startsWith(`${name}:`));
    const kilobytes = numberIn(/:\s*(\d{1,15}) kB$/.exec(line ?? '')?.[1]);
    return kilobytes === null ? null : 1024 * kilobytes;
  };
  const pages = (name: string): number | null =>
    numberIn(
      sections
        .lines('vmstat')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    );
  const [swapTotalBytes, swapFreeBytes] = [bytes('SwapTotal'), bytes('SwapFree')];
  return {
    memory: {
      totalBytes: bytes('MemTotal'),
      availableBytes: bytes('MemAvailable') ?? sum([bytes('MemFree'), bytes('Buffers'), bytes('Cached')]),
      swapTotalBytes,
      swapUsedBytes: swapTotalBytes === null || swapFreeBytes === null ? null : swapTotalBytes - swapFreeBytes,
    },
    swappedPages: sum([pages('pswpin'), pages('pswpout')]),
  };
}

/** Lines `type=thousandths of a degree`. The PMIC's zone is a constant 100 °C on several boards. */
export function readTemperatures(sections: ProbeSections): Readonly<Record<string, number>> {
  const zones = sections.lines('thermal').flatMap((line) => {
    const [name, value] = [boardSentence(line.split('=')[0]!, 40), numberIn(line.slice(line.indexOf('=') + 1))];
    const isPlausible = value !== null && value > -60_000 && value < 200_000;
    return name === '' || !isPlausible || /^pmic/i.test(name) ? [] : [[name, value / 1000] as const];
  });
  return Object.fromEntries(zones.slice(0, 32));
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);
}

function positive(value: number | null, perMHz: number): number | null {
  return value === null || value <= 0 ? null : value / perMHz;
}
