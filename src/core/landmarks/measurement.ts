/** What runs and times a network. Stored and sent to the board as `way`. */
export const backends = ['tensorrt-python', 'trtexec', 'pytorch'] as const;

export type Backend = (typeof backends)[number];

/** What the board was doing at one moment; null where it does not say. */
export interface BoardState {
  /** Current, lowest and highest allowed frequency of the GPU in MHz. */
  readonly gpuMHz: number | null;
  readonly gpuMinMHz: number | null;
  readonly gpuMaxMHz: number | null;
  /** The same of the fastest CPU core. */
  readonly cpuMHz: number | null;
  readonly cpuMinMHz: number | null;
  readonly cpuMaxMHz: number | null;
  /** Current and highest allowed frequency of the memory in MHz; absent in records that were made before it was read. */
  readonly memoryMHz?: number | null;
  readonly memoryMaxMHz?: number | null;
  /** Thermal zones by their type, in °C; constant placeholders such as `PMIC-Die` are left out. */
  readonly temperaturesC: Readonly<Record<string, number>>;
  /** Share of time in which the GPU was busy, 0 to 1. */
  readonly gpuLoad: number | null;
  /** Memory that can be had without swapping, and what is swapped out, in bytes. */
  readonly availableBytes: number | null;
  readonly swapUsedBytes: number | null;
  /** Pages swapped in and out since the board started. */
  readonly swappedPages: number | null;
  /** `nvpmodel`'s name of the power mode, e.g. `MAXN`. */
  readonly powerMode: string | null;
}

/** Why a measured figure may not be the board's own speed; such a landmark stays out of fits until it is accepted. */
export const disturbances = ['throttled', 'swapped', 'gpu-shared'] as const;

export type Disturbance = (typeof disturbances)[number];

/** Versions of what ran on the board; null where the board does not say. */
export interface BoardSoftware {
  readonly l4t: string | null;
  readonly jetpack: string | null;
  readonly tensorrt: string | null;
  readonly cuda: string | null;
  readonly torch: string | null;
  readonly python: string | null;
}

/** What the board drew while the GPU was busy with the network. */
export interface MeasuredPower {
  /** Of the whole board: its input rail where it has a sensor there, else the sum of all rails. */
  readonly meanWatts: number;
  readonly samples: number;
  /** Mean of every rail that has a sensor, by the board's name of it. */
  readonly rails: Readonly<Record<string, number>>;
}

/** The time of one layer of an engine, as TensorRT's profiler names it, in a pass apart from the trials. */
export interface MeasuredLayer {
  readonly name: string;
  readonly meanMs: number;
}

/**
 * One run of the measurement protocol (the paper's Figure 2): inputs random and on the device beforehand, a warm-up,
 * then trials of one batch each, timed from start to after synchronisation.
 */
export interface Measurement {
  /** The job on the board that it comes from. */
  readonly jobId: string;
  /** When the job ended, by the clock of the machine that asked for it: ISO 8601, UTC. */
  readonly measuredAt: string;
  readonly way: Backend;
  /** Path of trtexec on the board, where that timed the network. */
  readonly program?: string;
  readonly warmupRuns: number;
  /** Time of every trial in milliseconds, in the order in which they ran; one trial is one batch. */
  readonly trialTimesMs: readonly number[];
  /** Dims of every input by its name. */
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;
  /** Of the user's own file, also where a rewritten one was measured. */
  readonly modelSha256: string;
  /** What Framecast did to the model before it was measured, a phrase each; absent where it was measured as it is. */
  readonly rewrites?: readonly string[];
  readonly workspaceMiB: number | null;
  readonly engine: {
    /** Whether an engine of an earlier job was used. */
    readonly cached: boolean;
    readonly buildSeconds: number | null;
    readonly bytes: number | null;
  } | null;
  readonly software: BoardSoftware;
  /** As the board names itself, e.g. `NVIDIA Jetson Nano Developer Kit`. */
  readonly boardModel: string | null;
  /** Whether the clocks were fixed (`jetson_clocks`); null where that cannot be told. */
  readonly clocksLocked: boolean | null;
  /** Whether no desktop was running. */
  readonly headless: boolean | null;
  readonly before: BoardState;
  readonly after: BoardState;
  readonly disturbances: readonly Disturbance[];
  /** What there is to know about the run, in sentences: e.g. that an INT8 figure is for timing alone. */
  readonly notes?: readonly string[];
  /** Absent where the board's sensors cannot be read, or the run was too short for them. */
  readonly power?: MeasuredPower;
  /** In the order of the engine; absent where they were not asked for. Their sum is more than a trial takes. */
  readonly layers?: readonly MeasuredLayer[];
}

/** What trial times amount to. Percentiles are the smallest time that at least that share of trials does not exceed. */
export interface TrialStatistics {
  readonly trials: number;
  readonly meanMs: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly standardDeviationMs: number;
  /** Inputs per second over all trials: trials · batch / total time, the paper's 𝒯 (section 2.1). */
  readonly throughputFps: number;
}

/** Sums up trials of `batch` inputs each. Null without trials, or where a time is not a positive finite number. */
export function trialStatistics(trialTimesMs: readonly number[], batch: number): TrialStatistics | null {
  const trials = trialTimesMs.length;
  if (trials === 0 || !trialTimesMs.every((time) => Number.isFinite(time) && time > 0)) return null;
  const sorted = [...trialTimesMs].sort((a, b) => a - b);
  const nearestRank = (share: number) => sorted[Math.max(0, Math.ceil(share * trials) - 1)]!;
  const total = sorted.reduce((sum, time) => sum + time, 0);
  const meanMs = total / trials;
  const squares = sorted.reduce((sum, time) => sum + (time - meanMs) ** 2, 0);
  return {
    trials,
    meanMs,
    medianMs: (sorted[Math.floor((trials - 1) / 2)]! + sorted[Math.floor(trials / 2)]!) / 2,
    p90Ms: nearestRank(0.9),
    p99Ms: nearestRank(0.99),
    minMs: sorted[0]!,
    maxMs: sorted[trials - 1]!,
    standardDeviationMs: trials < 2 ? 0 : Math.sqrt(squares / (trials - 1)),
    throughputFps: (1000 * trials * batch) / total,
  };
}

/** Energy per inference in joules: the mean power over the mean time of a trial, shared by its inputs. Null if unknown. */
export function joulesPerInference({ power, trialTimesMs }: Measurement, batch: number): number | null {
  const statistics = trialStatistics(trialTimesMs, batch);
  return power === undefined || statistics === null ? null : power.meanWatts / statistics.throughputFps;
}
