/**
 * A positive number with three significant figures and no exponent: `2.51`, `86.4`, `1290`, `0.0123`. Numbers below
 * 10⁻⁶ are written as `<0.000001`, as no throughput or latency of interest is that small.
 */
export function threeFigures(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 1e-6) return '<0.000001';
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
  return step === undefined ? String(count) : `${withFigures(rounded / step.factor, figures)} ${step.prefix}`;
}

/** `figures` significant figures in positional notation; integers beyond them are rounded, not truncated. */
function withFigures(value: number, figures: number): string {
  const rounded = Number(value.toPrecision(figures));
  const magnitude = Math.floor(Math.log10(Math.abs(rounded)));
  return rounded.toFixed(Math.max(0, figures - 1 - magnitude));
}
