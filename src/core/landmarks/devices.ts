import devicesFile from './devices.json';
import type { Landmark, Runtime } from './landmark';

/** Arithmetic precision that a runtime computes in. */
export type Precision = 'fp32' | 'fp16' | 'int8';

/** GPU architectures of Jetson boards, oldest first. */
export const generations = ['maxwell', 'pascal', 'volta', 'ampere', 'blackwell'] as const;

export type Generation = (typeof generations)[number];

/** One of a board's power modes (`nvpmodel`). */
export interface PowerMode {
  /** As `nvpmodel` names it, e.g. `MAXN`. */
  readonly name: string;
  /** Highest GPU clock in the mode. */
  readonly gpuMHz: number;
  /** Memory bandwidth in the mode, in 10⁹ bytes per second. */
  readonly memoryBandwidthGBps: number;
}

/** A board, as its maker describes it. */
export interface Device {
  readonly id: string;
  /** For people, e.g. `Jetson Nano`. */
  readonly name: string;
  /** Highest arithmetic rate of the GPU in 10⁹ operations per second, one multiply–accumulate being two. */
  readonly peakGflops: Readonly<Record<Precision, number>>;
  /** Memory shared by CPU and GPU. Makers write GB, but memory comes in GiB (2³⁰ bytes). */
  readonly memoryGB: number;
  /** Memory bandwidth in 10⁹ bytes per second. */
  readonly memoryBandwidthGBps: number;
  /** The newest TensorRT that JetPack brings for the board: 8.2.1 with 4.6.1 on Nano, 8.5.2 with 5.1 on Xavier. */
  readonly newestTensorrt: { readonly version: string; readonly jetpack: string };
  /** NVIDIA's numbers of the modules that are this board, as device trees name them, e.g. `p3448-0000`. */
  readonly modules: readonly string[];
  /** Names that such a board gives itself (`/proc/device-tree/model`), where they tell it from all others. */
  readonly models: readonly string[];
  /** Boards with one chip, binned or clocked differently, share it. */
  readonly chip: string;
  readonly generation: Generation;
  /** Power modes whose clocks are known, the fastest first; peaks and bandwidth above are of that one. */
  readonly powerModes: readonly PowerMode[];
  /** What the figures rest on. */
  readonly source: string;
}

/** The boards that Framecast knows the specification of. */
export const knownDevices: readonly Device[] = devicesFile as readonly Device[];

/** Device id of landmarks from the tests' stand-in device, whose figures are no Jetson's. */
export const standInDevice = 'stand-in';

/** What is asked for where the user names no device: the paper's board. */
export const defaultDevice = 'jetson-nano';

/** The board with this id; undefined for one that only landmarks name. */
export function findDevice(id: string): Device | undefined {
  return knownDevices.find((device) => device.id === id);
}

/** The power modes of a board whose clocks are known, the fastest first; none for a board without specification. */
export function modesOf(deviceId: string): readonly PowerMode[] {
  return findDevice(deviceId)?.powerModes ?? [];
}

/** A board's power mode of this name; the fastest where no name is given; undefined where there is none. */
export function findMode(deviceId: string, name?: string): PowerMode | undefined {
  const modes = modesOf(deviceId);
  return name === undefined ? modes[0] : modes.find((mode) => mode.name.toLowerCase() === name.toLowerCase());
}

/** A device's name for people; its id where only landmarks name it. */
export function deviceName(id: string): string {
  return findDevice(id)?.name ?? id;
}

/** Ids of every device that can be asked for: the known boards, then those that only landmarks name. */
export function deviceIds(landmarks: readonly Landmark[]): readonly string[] {
  return [...new Set([...knownDevices, ...landmarks].map((item) => ('id' in item ? item.id : item.device)))];
}

/** Whether a board's GPU has arithmetic for INT8: from Volta on; before, its rate is that of FP16. */
export function hasInt8({ peakGflops: { int8, fp16 } }: Device): boolean {
  return int8 > fp16;
}

/** Peak of a board's GPU for a runtime in 10⁹ operations per second; null for a board without specification. */
export function peakGflops(deviceId: string, runtime: Runtime): number | null {
  const device = findDevice(deviceId);
  if (device === undefined) return null;
  const { fp32, fp16 } = device.peakGflops;
  const precision = precisionOf(runtime);
  // From Ampere on, TensorRT and PyTorch run FP32 in TF32 on tensor cores, at half the rate of FP16.
  const hasTf32 = device.generation === 'ampere' || device.generation === 'blackwell';
  return precision === 'fp32' && hasTf32 ? Math.max(fp32, fp16 / 2) : device.peakGflops[precision];
}

/** Bytes that one number takes in a runtime's precision. */
export function bytesPerElement(runtime: Runtime): number {
  return { fp32: 4, fp16: 2, int8: 1 }[precisionOf(runtime)];
}

/** The precision that a runtime computes in. */
export function precisionOf(runtime: Runtime): Precision {
  if (runtime.endsWith('fp32')) return 'fp32';
  return runtime.endsWith('int8') ? 'int8' : 'fp16';
}
