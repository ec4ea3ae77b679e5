/**
 * What `work` gives, and the milliseconds of processor time that this process spends on it. A bound on them holds on a
 * busy machine too, where the clock goes on while others have the processor.
 */
export function withCpuTime<T>(work: () => T): { readonly result: T; readonly cpuMs: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuMs: (user + system) / 1000 };
}
