/** What a benchmark is doing; `build` and `time` repeat for every run. `protocol/benchmark-page` has their order. */
export type BenchmarkStage =
  'connect' | 'probe' | 'preflight' | 'upload' | 'wait' | 'build' | 'time' | 'collect' | 'save';
