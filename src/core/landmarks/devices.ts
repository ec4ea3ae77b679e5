import { t } from '../language';
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
  /** Share of the GPU's cores that have power in the mode, by nvpmodel's mask of TPCs; all of them where left out. */
  readonly gpuShare?: number;
  /** Memory bandwidth in the mode, in 10⁹ bytes per second. */
  readonly memoryBandwidthGBps: number;
  /**
   * What the module may draw in the mode, in watts, where the mode's name does not say it: "Power budget" in NVIDIA's
   * Tegra Linux Driver Package Development Guide 32.7, chapters "Power Management for Jetson Nano and Jetson TX1 Devices"
   * and "Power Management for Jetson TX2 Series Devices". The guide gives no budget for `MAXN` of the other boards.
   */
  readonly budgetWatts?: number;
}

/** A board, as its maker describes it. */
export interface Device {
  readonly id: string;
  /** False of what few have: modules for industry or with another memory than the usual one, and what was long discontinued. */
  readonly isCommon?: false;
  /** For people, e.g. `Jetson Nano`. */
  readonly name: string;
  /** Highest arithmetic rate of the GPU in 10⁹ operations per second, one multiply–accumulate being two. */
  readonly peakGflops: Readonly<Record<Precision, number>>;
  /** Memory shared by CPU and GPU. Makers write GB, but memory comes in GiB (2³⁰ bytes). */
  readonly memoryGiB: number;
  /** Memory bandwidth in 10⁹ bytes per second. */
  readonly memoryBandwidthGBps: number;
  /** The newest TensorRT that JetPack brings for the board: 8.2.1 with 4.6.1 on Nano; null for a board of the user's own. */
  readonly newestTensorrt: { readonly version: string; readonly jetpack: string } | null;
  /** NVIDIA's numbers of the modules that are this board, as device trees name them, e.g. `p3448-0000`. */
  readonly modules: readonly string[];
  /** Names that such a board gives itself (`/proc/device-tree/model`), where they tell it from all others. */
  readonly models: readonly string[];
  /** Boards with one chip, binned or clocked differently, share it. */
  readonly chip: string;
  readonly generation: Generation;
  /** Power modes whose clocks are known, the fastest first; peaks and bandwidth above are of that one. A Jetson has some. */
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

/** Every board with a specification: the known ones, then the user's own. */
export function specifiedDevices(): readonly Device[] {
  return ownDevices.length === 0 ? knownDevices : [...knownDevices, ...ownDevices];
}

/** The board with this id; undefined for one that only landmarks name. */
export function findDevice(id: string): Device | undefined {
  return specifiedDevices().find((device) => device.id === id);
}

let ownDevices: readonly Device[] = [];

/** Whether a board is known by the user's specification alone. */
export function isOwnDevice(id: string): boolean {
  return ownDevices.some((device) => device.id === id);
}

/** Boards of the user's own that count as known. */
export function ownBoards(): readonly Device[] {
  return ownDevices;
}

/** Boards of the user's own, by their specification, which count as known from now on; estimators made before do not know them. */
export function setOwnDevices(devices: readonly Device[]): void {
  ownDevices = devices;
}

/** The power modes of a board whose clocks are known, the fastest first; none for a board without specification. */
export function modesOf(deviceId: string): readonly PowerMode[] {
  return findDevice(deviceId)?.powerModes ?? [];
}

/**
 * A board's power mode of this name, with or without the `MODE_` that some boards put before it; the fastest where no name
 * is given; undefined where there is none.
 */
export function findMode(deviceId: string, name?: string): PowerMode | undefined {
  const modes = modesOf(deviceId);
  if (name === undefined) return modes[0];
  const wanted = name.toLowerCase().replace(/^mode_/, '');
  return modes.find((mode) => mode.name.toLowerCase() === wanted);
}

/** The mode that a landmark was measured in, as a query names it: by the name it has, else by its clock. */
export function modeOfLandmark(landmark: Landmark): { readonly powerMode?: string } {
  const { device, powerMode = landmark.measurement?.before.powerMode ?? null } = landmark;
  return modeOfState(device, powerMode, gpuClockOf(landmark));
}

/** The mode that a board was in, as a query names it: by the name that it gives, else by the highest clock of its GPU. */
export function modeOfState(
  device: string,
  name: string | null,
  gpuMHz: number | null,
): { readonly powerMode?: string } {
  if (name !== null && findMode(device, name) !== undefined) return namedMode(device, name);
  return namedMode(device, modesOf(device).find((mode) => gpuMHz !== null && isClockOf(mode, gpuMHz))?.name);
}

/** Whether a clock is a mode's, as boards round it. */
export function isClockOf(mode: PowerMode, gpuMHz: number): boolean {
  return Math.abs(gpuMHz / mode.gpuMHz - 1) < 0.05;
}

/** Why a board cannot be asked for in a power mode, as a sentence; null where it can. */
export function unknownMode(deviceId: string, name: string | undefined): string | null {
  if (name === undefined || findMode(deviceId, name) !== undefined) return null;
  const modes = modesOf(deviceId).map((mode) => mode.name);
  return modes.length === 0
    ? t('No power modes of {0} are known.', deviceName(deviceId))
    : t('{0} has no power mode "{1}" that Framecast knows; it has {2}.', deviceName(deviceId), name, modes.join(', '));
}

/** What to say of a landmark without a power mode, on a board that has several; null for others. */
export function unclearModeRemark(landmark: Landmark): string | null {
  const modes = modesOf(landmark.device).map(({ name }) => name);
  if (modes.length < 2 || gpuClockOf(landmark) !== null) return null;
  return t(
    'No power mode is given, and {0} has {1}. It is taken for {2}, and counts less than a landmark that says its mode.',
    deviceName(landmark.device),
    modes.join(', '),
    modes[0]!,
  );
}

/** How a query names a board's mode: not at all where it is the fastest, or where the board has none of this name. */
export function namedMode(deviceId: string, name?: string): { readonly powerMode?: string } {
  const mode = name === undefined ? undefined : findMode(deviceId, name);
  return mode === undefined || mode === modesOf(deviceId)[0] ? {} : { powerMode: mode.name };
}

/** A board with its power mode where one is asked for: `Jetson Nano (5W)`. */
export function boardName({ device, powerMode }: { readonly device: string; readonly powerMode?: string | undefined }) {
  return powerMode === undefined ? deviceName(device) : `${deviceName(device)} (${powerMode})`;
}

/** A device's name for people; its id where only landmarks name it. */
export function deviceName(id: string): string {
  return findDevice(id)?.name ?? id;
}

/** Ids of every device that can be asked for: the known boards, then those that only landmarks name. */
export function deviceIds(landmarks: readonly Landmark[]): readonly string[] {
  const specified = specifiedDevices().map(({ id }) => id);
  return [...new Set([...specified, ...landmarks.map(({ device }) => device)])];
}

/** Whether a board's GPU has arithmetic for INT8: from Volta on; before, its rate is that of FP16. */
export function hasInt8({ peakGflops: { int8, fp16 } }: Device): boolean {
  return int8 > fp16;
}

/** Whether a board can run networks with a runtime, as far as is known: no GPU before Volta has INT8 for TensorRT. */
export function supportsRuntime(deviceId: string, runtime: Runtime): boolean {
  const device = findDevice(deviceId);
  return device === undefined || precisionOf(runtime) !== 'int8' || hasInt8(device);
}

/** The GPU clock in MHz that a landmark was measured at: the highest that its board's power mode allowed; null where unknown. */
export function gpuClockOf({ device, gpuMHz, powerMode, measurement }: Landmark): number | null {
  const ofMode = powerMode === undefined ? undefined : findMode(device, powerMode)?.gpuMHz;
  return gpuMHz ?? measurement?.before.gpuMaxMHz ?? ofMode ?? null;
}

/**
 * Peak of a board's GPU for a runtime in 10⁹ operations per second; null for a board without specification.
 *
 * @param gpuMHz the clock; that of the fastest mode where left out, null, or not one of this board's. Where modes of that
 *   clock differ in how much of the GPU they power, the most
 */
export function peakGflops(deviceId: string, runtime: Runtime, gpuMHz: number | null = null): number | null {
  const peak = peakOf(deviceId, runtime);
  const fastest = modesOf(deviceId)[0];
  if (peak === null || gpuMHz === null || fastest === undefined) return peak;
  const ofClock = modesOf(deviceId).filter((mode) => isClockOf(mode, gpuMHz));
  const powered = ofClock.length === 0 ? 1 : Math.max(...ofClock.map(({ gpuShare = 1 }) => gpuShare));
  const share = gpuMHz / fastest.gpuMHz;
  return share > 0.2 && share < 1 ? peak * share * powered : peak;
}

function peakOf(deviceId: string, runtime: Runtime): number | null {
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
