/**
 * Logs and files of trtexec as its sources print them at their tags (samples/common/sampleReporting.cpp, logging.h,
 * sampleInference.cpp of TensorRT 7.1.3, 8.0.1, 8.2.1, 8.4.1, 8.5.2, 8.6.1, 10.3.0, 10.12 and 11.1; banners of later ones
 * by the same rule, with the build's number from 10.16 on).
 */

export interface Golden {
  /** The number in the banner; null for 7.x, which has none. */
  readonly banner: string | null;
  /** The build behind it, from 10.16 on. */
  readonly build?: string;
  /** Whether lines have an end-to-end latency (up to 8.2). */
  readonly endToEnd: boolean;
  /** Whether the file of --exportTimes has the warm-up (up to 8.4). */
  readonly exportsWarmup: boolean;
  /** Lines of the trace that are shown at each end; all where null (before 10.3). */
  readonly shownAtEnds: number | null;
  readonly percentiles: readonly number[];
  /** How it says which shape an input ran at; null where it does not (7.x). */
  readonly binding: ((name: string, shape: string) => string) | null;
}

const created = (name: string, shape: string) => `Created input binding for ${name} with dimensions ${shape}`;

export const goldens: Readonly<Record<string, Golden>> = {
  '7.1.3': { ...old(), banner: null, binding: null },
  '8.0.1': { ...old(), banner: '8001', binding: created },
  '8.2.1': { ...old(), banner: '8201', binding: created },
  '8.4.1': { ...old(), banner: '8401', endToEnd: false, binding: created },
  '8.5.2': { ...recent(), banner: '8502', binding: created },
  '8.6.1': { ...recent(), banner: '8601', binding: created },
  '10.3.0': { ...newest(), banner: '100300' },
  '10.9.0': { ...newest(), banner: '100900' },
  '10.13.3': { ...newest(), banner: '101303' },
  '10.16.2': { ...newest(), banner: '101602', build: 'b10' },
  '11.0.0': { ...newest(), banner: '110000', build: 'b5' },
  '11.4.1': { ...newest(), banner: '110401', build: 'b3' },
};

function old() {
  return { endToEnd: true, exportsWarmup: true, shownAtEnds: null, percentiles: [99] };
}

function recent() {
  return { endToEnd: false, exportsWarmup: false, shownAtEnds: null, percentiles: [90, 95, 99] };
}

function newest() {
  const binding = (name: string, shape: string) => `Input binding for ${name} with dimensions ${shape} is created.`;
  return { ...recent(), shownAtEnds: 200, binding };
}

/** What follows the program's name in its banner. */
export function bannerOf(version: string): string {
  const { banner = null, build } = goldens[version] ?? {};
  return banner === null ? '' : ` [TensorRT v${banner}]${build === undefined ? '' : ` [${build}]`}`;
}

export interface GoldenRun {
  /** GPU compute time of each query of the warm-up and after it. */
  readonly warmupMs: readonly number[];
  readonly timesMs: readonly number[];
  readonly input: { readonly name: string; readonly shape: string };
}

/** What a timing run prints, and what it writes to the file of --exportTimes. */
export function goldenTiming(golden: Golden, run: GoldenRun): { log: string; times: string } {
  const stamp = '[11/24/2026-02:00:00] [I] ';
  const title = `TensorRT.trtexec${golden.banner === null ? '' : ` [TensorRT v${golden.banner}]`} # trtexec`;
  const trace = run.timesMs.map((time) => {
    const host = (time + 0.11).toPrecision(6);
    const ends = golden.endToEnd ? `end to end ${host} ms, enqueue 0.9 ms` : 'enqueue 0.9 ms';
    return `Average on 1 runs - GPU latency: ${time} ms - Host latency: ${host} ms (${ends})`;
  });
  const info = [
    '=== Inference Options ===',
    'Starting inference',
    ...(golden.binding ? [golden.binding(run.input.name, run.input.shape)] : []),
    `Warmup completed ${run.warmupMs.length} queries over 2000 ms`,
    `Timing trace has ${run.timesMs.length} queries over 0.6 s`,
    'Trace averages of 1 runs:',
    ...withoutMiddle(trace, golden.shownAtEnds),
    ...(golden.banner === null ? oldSummary(run.timesMs) : summary(golden, run.timesMs)),
  ];
  return {
    log: [`&&&& RUNNING ${title}`, ...info.map((line) => stamp + line), `&&&& PASSED ${title}`, ''].join('\n'),
    times: exported(golden, [...(golden.exportsWarmup ? run.warmupMs : []), ...run.timesMs]),
  };
}

function withoutMiddle(lines: readonly string[], shown: number | null): readonly string[] {
  if (shown === null || lines.length <= 2 * shown) return lines;
  return [...lines.slice(0, shown), `... Omitting ${lines.length - 2 * shown} lines`, ...lines.slice(-shown)];
}

function oldSummary(times: readonly number[]): string[] {
  const least = Math.min(...times);
  return [
    'Host Latency',
    `min: ${least} ms (end to end ${least} ms)`,
    `percentile: ${least} ms at 99% (end to end 1 ms at 99%)`,
    'throughput: 0 qps',
    'walltime: 0.6 s',
    'Enqueue Time',
    'min: 0.9 ms',
    'GPU Compute',
    `min: ${least} ms`,
    'total compute time: 0.5 s',
  ];
}

function summary({ percentiles, endToEnd }: Golden, times: readonly number[]): string[] {
  const least = Math.min(...times);
  const figures = `min = ${least} ms, max = ${Math.max(...times)} ms, mean = ${least} ms, median = ${least} ms`;
  const tail = percentiles.map((percent) => `, percentile(${percent}%) = ${least} ms`).join('');
  const names = ['Latency', ...(endToEnd ? ['End-to-End Host Latency'] : []), 'Enqueue Time', 'GPU Compute Time'];
  return [
    '=== Performance summary ===',
    'Throughput: 95.1 qps',
    ...names.map((name) => `${name}: ${figures}${tail}`),
    'Total Host Walltime: 0.6 s',
  ];
}

/** As printed: one object a line, the comma before it. */
function exported({ endToEnd }: Golden, times: readonly number[]): string {
  let start = 1.5;
  const rows = times.map((time, index) => {
    const end = start + time;
    const fields = [
      `"startEnqMs" : ${start}`,
      `"endEnqMs" : ${start + 0.9}`,
      `"startH2dMs" : ${start}`,
      `"endH2dMs" : ${start}`,
      `"startComputeMs" : ${start}`,
      `"endComputeMs" : ${end}`,
      `"startD2hMs" : ${end}`,
      `"endD2hMs" : ${end}`,
      '"h2dMs" : 0',
      `"computeMs" : ${time}`,
      '"d2hMs" : 0',
      `"latencyMs" : ${time}`,
      ...(endToEnd ? [`"endToEndMs" : ${time}`] : []),
    ];
    start = end + 0.02;
    return `${index === 0 ? '  ' : ', '}{ ${fields.join(', ')} }`;
  });
  return ['[', ...rows, ']', ''].join('\n');
}
