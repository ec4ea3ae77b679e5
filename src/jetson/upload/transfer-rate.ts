/** Bytes per second over the last seconds: steady enough to read, quick enough to show a stall. */
export interface TransferRate {
  add(bytes: number): void;
  bytesPerSecond(): number;
}

const windowMs = 3_000;

export function transferRate(now: () => number = () => performance.now()): TransferRate {
  const samples: { at: number; bytes: number }[] = [];
  const begin = now();
  return {
    add: (bytes) => {
      const at = now();
      const last = samples.at(-1);
      // In steps of 50 ms, so that a fast link does not fill the memory.
      if (last && at - last.at < 50) last.bytes += bytes;
      else samples.push({ at, bytes });
    },
    bytesPerSecond: () => {
      const at = now();
      while (samples[0] && at - samples[0].at > windowMs) samples.shift();
      const elapsedMs = Math.min(windowMs, at - begin);
      const bytes = samples.reduce((sum, sample) => sum + sample.bytes, 0);
      return elapsedMs > 0 ? (bytes * 1000) / elapsedMs : 0;
    },
  };
}
