import { t, wholeNumber, withDecimalMark } from './language';

/** Throughput for people, three significant digits: `0.83`, `5.20`, `86.4`, `231`. Without its unit. */
export function formatFps(throughputFps: number): string {
  return threeDigits(throughputFps);
}

/** The number that {@link formatFps} writes. */
export function roundedFps(throughputFps: number): number {
  return Number(threeDecimals(throughputFps));
}

/** A latency with its unit, three significant digits and three decimals at most: `11.6 ms`, `1.24 s`, `0.093 ms`. */
export function formatLatency(latencyMs: number): string {
  if (latencyMs > 0 && latencyMs < 0.0995)
    return latencyMs < 0.0005 ? `<${withDecimalMark('0.001')} ms` : `${fixed(latencyMs, 3)} ms`;
  return latencyMs < 999.5 ? `${threeDigits(latencyMs)} ms` : `${threeDigits(latencyMs / 1000)} s`;
}

/** The time of one trial; trials differ in digits that three do not show: `11.58 ms`, `0.913 ms`, `1.204 s`. */
export function formatTrialTime(milliseconds: number): string {
  if (milliseconds >= 999.95) return `${fixed(milliseconds / 1000, 3)} s`;
  const decimals = milliseconds >= 99.995 ? 1 : milliseconds >= 9.9995 ? 2 : 3;
  return `${fixed(milliseconds, decimals)} ms`;
}

/** A count in its natural magnitude: `640`, `35.2 k`, `11.69 M`, `1.24 G`. Two decimals below a thousand millions. */
export function formatCount(count: number): string {
  if (count < 1000) return wholeNumber(count);
  const [unit, scale] = count < 999_500 ? ['k', 1e3] : count < 999_995_000 ? ['M', 1e6] : ['G', 1e9];
  const scaled = count / scale;
  return `${unit === 'k' ? threeDigits(scaled) : fixed(scaled, 2)} ${unit}`;
}

/** A count in full: `11,689,512`. */
export function formatExactCount(count: number): string {
  return wholeNumber(count);
}

/** Power with its unit: `7.42 W`. */
export function formatWatts(watts: number): string {
  return `${threeDigits(watts)} W`;
}

/** Energy with its unit: `0.241 J`, `13.2 mJ`. */
export function formatJoules(joules: number): string {
  return joules < 0.0995 ? `${threeDigits(1000 * joules)} mJ` : `${threeDigits(joules)} J`;
}

/** A file size in decimal units: `46.8 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, scale] = bytes < 999_500 ? ['kB', 1e3] : bytes < 999_500_000 ? ['MB', 1e6] : ['GB', 1e9];
  return `${threeDigits(bytes / scale)} ${unit}`;
}

/** Memory in binary units: `40.4 KiB`, `101 MiB`, `4.00 GiB`. */
export function formatMemory(bytes: number): string {
  if (bytes === 0) return '0 B';
  const [unit, scale] =
    bytes < 999.5 * 2 ** 10 ? ['KiB', 2 ** 10] : bytes < 999.5 * 2 ** 20 ? ['MiB', 2 ** 20] : ['GiB', 2 ** 30];
  return `${threeDigits(bytes / scale)} ${unit}`;
}

/** A share of one as a percentage without decimals: `99%`; 100% is only said of all of it. */
export function formatShare(share: number): string {
  const percent = Math.round(share * 100);
  return t('{0}%', percent === 100 && share < 1 ? 99 : percent);
}

/** A share of a target: `84%`, and from twice the target on `6.5×`, as people read no percentages of thousands. */
export function formatRatio(ratio: number): string {
  if (ratio < 1.995) return formatShare(ratio);
  return `${ratio < 9.95 ? withDecimalMark(ratio.toFixed(1)) : wholeNumber(Math.round(ratio))}×`;
}

/** A share as a percentage with two figures, as an error estimated from a handful of models is not known better: `5.3%`. */
export function formatPercent(share: number, figures = 2): string {
  return t('{0}%', withDecimalMark(String(Number((100 * share).toPrecision(figures)))));
}

/** The same with its sign, as a change, in whole percent from 10 on: `+5.3%`, `−12%`, `+105%`. */
export function formatChange(share: number, figures = 2): string {
  const size = Math.abs(share);
  return `${share < 0 ? '−' : '+'}${formatPercent(size, size < 1 ? figures : String(Math.round(100 * size)).length)}`;
}

/** A target as it was entered: `60 FPS`, not `60.0 FPS`. */
export function formatTarget(targetFps: number, batch = 1): string {
  return `${enteredFigure(targetFps)} ${throughputUnit(batch)}`;
}

/** A number that was typed in, with the figures it has, at most four: `60`, `8.14`. */
export function enteredFigure(value: number): string {
  return withDecimalMark(String(Number(value.toPrecision(4))));
}

/** A square in pixels: `224×224`. */
export function square(side: number): string {
  return imageSize(side, side);
}

/** Size of an image in pixels, width by height as people say it: `640×480`. */
export function imageSize(height: number, width: number): string {
  return `${width}×${height}`;
}

/** The size of an input, square if it has no height and width of its own: `640×480`. */
export function inputSizeText(input: {
  readonly resolution: number;
  readonly height?: number | undefined;
  readonly width?: number | undefined;
}): string {
  return imageSize(input.height ?? input.resolution, input.width ?? input.resolution);
}

/** `224×224`, and the batch if it is not 1. */
export function sizeText(
  resolution: number,
  batch: number,
  size?: { height?: number | undefined; width?: number | undefined },
): string {
  const input = inputSizeText({ ...size, resolution });
  return batch === 1 ? input : t('{0}, batch {1}', input, batch);
}

/** A shape: `1 × 3 × 224 × 224`; symbols by their names, unknown dimensions as `?`. */
export function formatShape(shape: readonly (number | string | null)[]): string {
  return shape.length === 0 ? t('scalar') : shape.map((dimension) => dimension ?? '?').join(' × ');
}

/** Throughput with its unit, which at batch 1 is frames: `86.4 FPS`, `310 inputs/s`. */
export function formatThroughput(throughputFps: number, batch = 1): string {
  return `${formatFps(throughputFps)} ${throughputUnit(batch)}`;
}

/** Of a throughput, which at batch 1 is of frames. */
export function throughputUnit(batch: number): string {
  return batch === 1 ? 'FPS' : t('inputs/s');
}

/** Multiply–accumulates: `1.81 GMAC`. */
export function formatMacs(macs: number): string {
  return `${formatCount(macs)}${macs < 1000 ? ' ' : ''}MAC`;
}

/** Below 0.1 as many decimals as three digits take, since a throughput above 0 must never read as 0. */
function threeDigits(value: number): string {
  return value < 99.95 ? withDecimalMark(threeDecimals(value)) : wholeNumber(Math.round(value));
}

function threeDecimals(value: number): string {
  if (value > 0 && value < 0.0995) return value.toPrecision(3);
  return value < 99.95 ? value.toFixed(value < 9.995 ? 2 : 1) : String(Math.round(value));
}

function fixed(value: number, decimals: number): string {
  return withDecimalMark(value.toFixed(decimals));
}

/**
 * A positive number with three significant figures and no exponent: `2.51`, `86.4`, `1290`, `0.0123`. Numbers below
 * 10⁻⁶ are written as `<0.000001`, as no throughput or latency of interest is that small.
 */
export function threeFigures(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 1e-6) return `<${withDecimalMark('0.000001')}`;
  return withFigures(value, 3);
}

/** A count with its decimal prefix and up to four significant figures: `11.69 M`, `350 k`, `138.4 M`, `512`. */
export function prefixedCount(count: number, figures = 4): string {
  const steps = [
    { factor: 1e12, prefix: 'T' },
    { factor: 1e9, prefix: 'G' },
    { factor: 1e6, prefix: 'M' },
    { factor: 1e3, prefix: 'k' },
  ];
  // A count just below a step may round up to it (999 999 is 1.000 M, not 1000 k).
  const rounded = Number(count.toPrecision(figures));
  const step = steps.find(({ factor }) => rounded >= factor);
  return step === undefined ? wholeNumber(count) : `${withFigures(rounded / step.factor, figures)} ${step.prefix}`;
}

/** `figures` significant figures in positional notation; integers beyond them are rounded, not truncated. */
function withFigures(value: number, figures: number): string {
  const rounded = Number(value.toPrecision(figures));
  const magnitude = Math.floor(Math.log10(Math.abs(rounded)));
  return fixed(rounded, Math.max(0, figures - 1 - magnitude));
}
