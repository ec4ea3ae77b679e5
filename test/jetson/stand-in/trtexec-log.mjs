/**
 * What trtexec writes, by version: prefixes, summaries and the file of --exportTimes. Versions are numbers
 * major · 100 + minor, e.g. 802.
 */
import { writeFileSync, writeSync } from 'node:fs';

/** One query. Times are in ms since the first one began; latencies in ms. */
/** @typedef {{ warm: boolean, start: number, h2d: number, compute: number, d2h: number, enqueue: number }} Query */

/**
 * @param {{ version: number, banner: string, command: string }} about banner: the number in `[TensorRT v8201]`
 */
export function createLog({ version, banner, command }) {
  const release = version < 800 ? '' : ` [TensorRT v${banner}]${version >= 1016 ? ' [b10]' : ''}`;
  const title = `TensorRT.trtexec${release} # ${command}`;
  return {
    /** @param {string} text */
    info: (text) => writeSync(1, `${prefix('I')}${text}\n`),
    /** @param {string} text */
    warning: (text) => warn('W', text),
    /** @param {string} text */
    error: (text) => warn('E', text),
    /** @param {'RUNNING' | 'PASSED' | 'FAILED'} outcome */
    report: (outcome) => writeSync(1, `&&&& ${outcome} ${title}\n`),
    /** @param {string} text */
    plain: (text) => writeSync(1, `${text}\n`),
  };

  /**
   * @param {'W' | 'E'} severity
   * @param {string} text
   */
  function warn(severity, text) {
    // 7.1 puts the prefix on standard output whatever follows on standard error.
    if (version < 800) {
      writeSync(1, prefix(severity));
      writeSync(2, `${text}\n`);
    } else {
      writeSync(2, `${prefix(severity)}${text}\n`);
    }
  }
}

/** @param {'I' | 'W' | 'E'} severity */
function prefix(severity) {
  const now = new Date();
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const date = `${two(now.getMonth() + 1)}/${two(now.getDate())}/${now.getFullYear()}`;
  return `[${date}-${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}] [${severity}] `;
}

/**
 * Trace averages and the summary of the queries after the warm-up.
 *
 * @param {ReturnType<typeof createLog>} log
 * @param {readonly Query[]} queries
 * @param {{ version: number, avgRuns: number, percentile: number, explicitBatch: boolean }} options
 */
export function printPerformance(log, queries, { version, avgRuns, percentile, explicitBatch }) {
  const timed = queries.filter(({ warm }) => !warm);
  if (version >= 800) log.info('');
  if (version >= 800) log.info('=== Trace details ===');
  log.info(`Trace averages of ${avgRuns} runs:`);
  const groups = Math.floor(timed.length / avgRuns);
  for (let group = 0; group < groups; group += 1) {
    // Newer ones leave out the middle of a long trace.
    if (version >= 1003 && groups > 20 && group === 10) log.info(`... Omitting ${groups - 20} lines`);
    if (version >= 1003 && groups > 20 && group >= 10 && group < groups - 10) continue;
    const part = timed.slice(group * avgRuns, (group + 1) * avgRuns);
    const host = figure(mean(part, latency));
    const tail =
      version < 804
        ? `(end to end ${host} ms, enqueue ${figure(mean(part, (query) => query.enqueue))} ms)`
        : `(enqueue ${figure(mean(part, (query) => query.enqueue))} ms)`;
    log.info(
      `Average on ${avgRuns} runs - GPU latency: ${figure(mean(part, (query) => query.compute))} ms - Host latency: ${host} ms ${tail}`,
    );
  }
  const wallMs = wallTime(timed);
  if (version < 800) printOldSummary(log, timed, percentile, wallMs, explicitBatch);
  else printSummary(log, timed, percentile, wallMs, version);
}

/**
 * @param {ReturnType<typeof createLog>} log
 * @param {readonly Query[]} timed
 * @param {number} percentile
 * @param {number} wallMs
 * @param {boolean} explicitBatch
 */
function printOldSummary(log, timed, percentile, wallMs, explicitBatch) {
  const list = (/** @type {(query: Query) => number} */ of, isHost = false) => {
    const both = (/** @type {number} */ value, suffix = '') =>
      `${figure(value)} ms${suffix}${isHost ? ` (end to end ${figure(value)} ms${suffix})` : ''}`;
    const times = timed.map(of);
    log.info(`min: ${both(Math.min(...times))}`);
    log.info(`max: ${both(Math.max(...times))}`);
    log.info(`mean: ${both(mean(timed, of))}`);
    log.info(`median: ${both(quantile(times, 50))}`);
    log.info(`percentile: ${both(quantile(times, percentile), ` at ${percentile}%`)}`);
  };
  log.info('Host Latency');
  list(latency, true);
  // Its batch is 0 where the batch is part of the network.
  log.info(`throughput: ${explicitBatch ? '0' : figure((1000 * timed.length) / wallMs)} qps`);
  log.info(`walltime: ${figure(wallMs / 1000)} s`);
  log.info('Enqueue Time');
  list((query) => query.enqueue);
  log.info('GPU Compute');
  list((query) => query.compute);
  log.info(`total compute time: ${figure(timed.reduce((sum, query) => sum + query.compute, 0) / 1000)} s`);
}

/**
 * @param {ReturnType<typeof createLog>} log
 * @param {readonly Query[]} timed
 * @param {number} percentile
 * @param {number} wallMs
 * @param {number} version
 */
function printSummary(log, timed, percentile, wallMs, version) {
  const percentiles = version >= 805 ? [...new Set([90, 95, percentile])] : [percentile];
  const line = (/** @type {string} */ name, /** @type {(query: Query) => number} */ of) => {
    const times = timed.map(of);
    log.info(
      `${name}: min = ${figure(Math.min(...times))} ms, max = ${figure(Math.max(...times))} ms, ` +
        `mean = ${figure(mean(timed, of))} ms, median = ${figure(quantile(times, 50))} ms, ` +
        percentiles.map((each) => `percentile(${each}%) = ${figure(quantile(times, each))} ms`).join(', '),
    );
  };
  log.info('');
  log.info('=== Performance summary ===');
  log.info(`Throughput: ${figure((1000 * timed.length) / wallMs)} qps`);
  line('Latency', latency);
  if (version < 804) line('End-to-End Host Latency', latency);
  line('Enqueue Time', (query) => query.enqueue);
  line('H2D Latency', (query) => query.h2d);
  line('GPU Compute Time', (query) => query.compute);
  line('D2H Latency', (query) => query.d2h);
  log.info(`Total Host Walltime: ${figure(wallMs / 1000)} s`);
  log.info(`Total GPU Compute Time: ${figure(timed.reduce((sum, query) => sum + query.compute, 0) / 1000)} s`);
  log.info('Explanations of the performance metrics are printed in the verbose logs.');
  log.info('');
}

/**
 * The file of --exportTimes: with the warm-up before 8.5.
 *
 * @param {string} path
 * @param {readonly Query[]} queries
 * @param {number} version
 */
export function exportTimes(path, queries, version) {
  const rows = queries
    .filter(({ warm }) => version < 805 || !warm)
    .map((query) => {
      const computeStart = query.start + query.h2d;
      const computeEnd = computeStart + query.compute;
      return {
        startEnqMs: query.start,
        endEnqMs: query.start + query.enqueue,
        startH2dMs: query.start,
        endH2dMs: computeStart,
        startComputeMs: computeStart,
        endComputeMs: computeEnd,
        startD2hMs: computeEnd,
        endD2hMs: computeEnd + query.d2h,
        h2dMs: query.h2d,
        computeMs: query.compute,
        d2hMs: query.d2h,
        latencyMs: latency(query),
        ...(version < 804 ? { endToEndMs: latency(query) } : {}),
      };
    });
  writeFileSync(path, `[\n  ${rows.map((row) => JSON.stringify(row)).join(',\n  ')}\n]\n`);
}

/**
 * The file of --exportProfile: the mean time of every layer over the runs that were profiled.
 *
 * @param {string} path
 * @param {ReadonlyMap<string, number>} totalsMs by layer, over all runs
 * @param {number} runs
 */
export function exportProfile(path, totalsMs, runs) {
  const total = [...totalsMs.values()].reduce((sum, time) => sum + time, 0);
  const layers = [...totalsMs].map(([name, timeMs]) => ({
    name,
    timeMs,
    averageMs: timeMs / runs,
    percentage: (100 * timeMs) / total,
  }));
  const rows = [{ count: runs }, ...layers].map((row) => JSON.stringify(row));
  writeFileSync(path, `[\n  ${rows.join(',\n  ')}\n]\n`);
}

/** @param {Query} query */
function latency({ h2d, compute, d2h }) {
  return h2d + compute + d2h;
}

/** @param {readonly Query[]} timed */
function wallTime(timed) {
  const last = timed.at(-1);
  return last === undefined ? 0 : last.start + latency(last) - (timed[0]?.start ?? 0);
}

/**
 * @param {readonly Query[]} queries
 * @param {(query: Query) => number} of
 */
function mean(queries, of) {
  return queries.reduce((sum, query) => sum + of(query), 0) / queries.length;
}

/**
 * @param {readonly number[]} times
 * @param {number} percent
 */
function quantile(times, percent) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

/**
 * Six significant figures without trailing zeros, as C++ streams print numbers.
 *
 * @param {number} value
 */
function figure(value) {
  return String(Number(value.toPrecision(6)));
}
