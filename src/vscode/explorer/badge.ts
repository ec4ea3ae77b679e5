/** Frames per second in the two characters that a badge has: whole below 100, `»` from there on, `<1` below 1. */
export function throughputBadge(throughputFps: number): string {
  if (throughputFps < 1) return '<1';
  const whole = Math.round(throughputFps);
  return whole < 100 ? String(whole) : '»';
}
