import type { BoardSoftware, BoardState } from '../../core/landmarks/measurement';

/** What a board says about itself and what is going on there; null if it does not say. */
export interface BoardReport {
  readonly schema: 1;
  /** True for the stand-in device of the tests, whatever its files claim. Its device id is `stand-in`. */
  readonly standIn: boolean;
  /** Id for landmarks; see `identifyDevice`. Null if the board does not even say what it is. */
  readonly device: string | null;
  /** As the board names itself, e.g. `NVIDIA Jetson Nano Developer Kit`. */
  readonly boardModel: string | null;
  readonly dtsFile: string | null;
  readonly compatible: readonly string[];
  /** `uname -m` and `uname -r`. */
  readonly architecture: string | null;
  readonly kernel: string | null;
  readonly software: BoardSoftware;
  /** Where TensorRT's version was found; `software.tensorrt` is the first that is known, in this order. */
  readonly tensorrt: TensorrtReport;
  readonly torch: TorchReport;
  readonly powerMode: PowerModeReport;
  /** Whether the GPU's and the CPUs' clocks are fixed (`jetson_clocks`). */
  readonly clocksLocked: boolean | null;
  /** Whether no desktop is running. */
  readonly headless: boolean | null;
  /** What of a desktop is running, e.g. `gdm3`, `Xorg`. */
  readonly desktop: readonly string[];
  readonly state: BoardState;
  /** Highest frequency of the GPU in any power mode, in MHz. */
  readonly gpuHighestMHz: number | null;
  /** Processes that have the GPU open and may be seen by this user, longest name first cut to 15 characters. */
  readonly gpuUsers: readonly GpuUser[];
  readonly memory: MemoryReport;
  /** The disk that holds the home folder. */
  readonly disk: { readonly freeBytes: number | null; readonly totalBytes: number | null };
  readonly user: string | null;
  readonly home: string | null;
  readonly groups: readonly string[];
  /** Groups that this board's GPU belongs to, by its device files; a user outside all of them has no GPU. */
  readonly gpuGroups: readonly string[];
  /** Whether this user may open the GPU's device files; null if there are none. */
  readonly gpuAccessible: boolean | null;
  readonly bootId: string | null;
  readonly uptimeSeconds: number | null;
  /** The board's clock minus this machine's, in seconds, to within `clockSkewUncertaintySeconds`. */
  readonly clockSkewSeconds: number | null;
  readonly clockSkewUncertaintySeconds: number | null;
  /** Framecast's own files there. */
  readonly framecast: FramecastReport;
  /** Tools that did not answer in time, and what else was strange. */
  readonly notes: readonly string[];
}

export interface TensorrtReport {
  /** Version of the `tensorrt` module of python3; null if it cannot be imported. */
  readonly pythonModule: string | null;
  /** Why the module cannot be imported, the last line of what Python says; null if it can. */
  readonly pythonError: string | null;
  /** Version of the installed package `libnvinfer…`. */
  readonly packageVersion: string | null;
  /** Version in the name of the shared library. */
  readonly libraryVersion: string | null;
  /** Path of trtexec, and the version that it says (it does from 8.0 on). */
  readonly trtexec: string | null;
  readonly trtexecVersion: string | null;
}

export interface TorchReport {
  /** Version of CUDA that torch was built for; null for a torch without, or without torch. */
  readonly cuda: string | null;
}

export interface PowerModeReport {
  readonly id: number | null;
  readonly name: string | null;
  /** All modes of the board by their ids. */
  readonly modes: readonly { readonly id: number; readonly name: string }[];
}

export interface GpuUser {
  readonly pid: number;
  readonly command: string;
}

export interface MemoryReport {
  readonly totalBytes: number | null;
  readonly availableBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly swapUsedBytes: number | null;
}

export interface FramecastReport {
  /** Whether a job holds the board's lock; null if that is unknown. */
  readonly busy: boolean | null;
  /** Ids of the jobs whose files are there, newest first, at most 50. */
  readonly jobs: readonly string[];
  /** What Framecast's files take on the disk. */
  readonly bytes: number | null;
}
