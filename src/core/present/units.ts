/** Throughput for people, three significant digits: `0.83`, `5.20`, `86.4`, `231`. Without its unit. */
export function formatFps(throughputFps: number): string {
  return threeDigits(throughputFps);
}

/** A latency with its unit, three significant digits and three decimals at most: `11.6 ms`, `1.24 s`, `0.093 ms`. */
export function formatLatency(latencyMs: number): string {
  if (latencyMs > 0 && latencyMs < 0.0995) return latencyMs < 0.0005 ? '<0.001 ms' : `${latencyMs.toFixed(3)} ms`;
  return latencyMs < 999.5 ? `${threeDigits(latencyMs)} ms` : `${threeDigits(latencyMs / 1000)} s`;
}

/** The time of one trial; trials differ in digits that three do not show: `11.58 ms`, `0.913 ms`, `1.204 s`. */
export function formatTrialTime(milliseconds: number): string {
  if (milliseconds >= 999.95) return `${(milliseconds / 1000).toFixed(3)} s`;
  const decimals = milliseconds >= 99.995 ? 1 : milliseconds >= 9.9995 ? 2 : 3;
  return `${milliseconds.toFixed(decimals)} ms`;
}

/** A count in its natural magnitude: `640`, `35.2 k`, `11.69 M`, `1.24 G`. Two decimals below a thousand millions. */
export function formatCount(count: number): string {
  if (count < 1000) return count.toLocaleString('en-US');
  const [unit, scale] = count < 999_500 ? ['k', 1e3] : count < 999_995_000 ? ['M', 1e6] : ['G', 1e9];
  const scaled = count / scale;
  return `${unit === 'k' ? threeDigits(scaled) : scaled.toFixed(2)} ${unit}`;
}

/** A count in full: `11,689,512`. */
export function formatExactCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** A file size in decimal units: `46.8 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, scale] = bytes < 999_500 ? ['kB', 1e3] : bytes < 999_500_000 ? ['MB', 1e6] : ['GB', 1e9];
  return `${threeDigits(bytes / scale)} ${unit}`;
}

/** A share of one as a percentage without decimals: `99 %`; 100 % is only said of all of it. */
export function formatShare(share: number): string {
  const percent = Math.round(share * 100);
  return `${percent === 100 && share < 1 ? 99 : percent} %`;
}

/** A shape: `1 × 3 × 224 × 224`; symbols by their names, unknown dimensions as `?`. */
export function formatShape(shape: readonly (number | string | null)[]): string {
  return shape.length === 0 ? 'scalar' : shape.map((dimension) => dimension ?? '?').join(' × ');
}

/** Throughput with its unit, which at batch 1 is frames: `86.4 FPS`, `310 inputs/s`. */
export function formatThroughput(throughputFps: number, batch = 1): string {
  return `${formatFps(throughputFps)} ${batch === 1 ? 'FPS' : 'inputs/s'}`;
}

/** Multiply–accumulates: `1.81 GMAC`. */
export function formatMacs(macs: number): string {
  return `${formatCount(macs)}${macs < 1000 ? ' ' : ''}MAC`;
}

/** Below 0.1 as many decimals as three digits take, since a throughput above 0 must never read as 0. */
function threeDigits(value: number): string {
  if (value > 0 && value < 0.0995) return value.toPrecision(3);
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return decimals === 0 ? Math.round(value).toLocaleString('en-US') : value.toFixed(decimals);
}
