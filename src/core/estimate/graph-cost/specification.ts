import { findDevice, findMode, gpuClockOf, modesOf, type Device, type PowerMode } from '../../landmarks/devices';
import type { Landmark, Runtime } from '../../landmarks/landmark';
import { graphCostModel, tensorCoreModel, type LatencyModel, type TermName } from './latency-model';

/** A board in one power mode, as far as its speed is concerned. */
export interface BoardSpecification {
  /** Boards of one chip share what was learned of it; null for a board of the user's own. */
  readonly chip: string | null;
  /** Whether FP16, INT8 and, from Ampere on, TF32 run on tensor cores. */
  readonly hasTensorCores: boolean;
  /** Whether FP32 runs in TF32 on tensor cores, as TensorRT and PyTorch do unless told otherwise. */
  readonly hasTf32: boolean;
  /** Peaks of the GPU in 10⁹ operations per second. */
  readonly peakGflops: Device['peakGflops'];
  readonly memoryBandwidthGBps: number;
}

/** What a specification says of the coefficients of one runtime, one value per term of {@link graphCostModel}. */
export interface TermSpecification {
  /** Logarithm of a coefficient where the board runs at its peaks. */
  readonly logs: readonly number[];
  /** Logarithm of how much more of what the term uses the board has than a usual one. */
  readonly sizes: readonly number[];
}

/** What a power mode, or clocks that somebody set, leave of a board's speed. */
export type GpuState = Pick<PowerMode, 'gpuMHz' | 'gpuShare' | 'memoryBandwidthGBps'>;

/** A known board's specification in a power mode, the fastest where none is given; null for an unknown board. */
export function boardSpecification(deviceId: string, mode?: GpuState) {
  const device = findDevice(deviceId);
  if (device === undefined) return null;
  const [fastest] = device.powerModes;
  const chosen = mode ?? fastest;
  const share =
    chosen === undefined || fastest === undefined ? 1 : ((chosen.gpuShare ?? 1) * chosen.gpuMHz) / fastest.gpuMHz;
  const { fp32, fp16, int8 } = device.peakGflops;
  const specification: BoardSpecification = {
    chip: device.chip,
    hasTensorCores: int8 > fp16,
    hasTf32: device.generation === 'ampere' || device.generation === 'blackwell',
    peakGflops: { fp32: share * fp32, fp16: share * fp16, int8: share * int8 },
    memoryBandwidthGBps: chosen?.memoryBandwidthGBps ?? device.memoryBandwidthGBps,
  };
  return specification;
}

/**
 * The state in which a landmark was measured: the mode that it names, at the clock that it states; else the board's mode of
 * that clock, or that clock with the rest of the mode nearest to it. Null where neither is known, or the clock is no
 * board's, e.g. of one whose clocks were not locked.
 */
export function stateOfLandmark(landmark: Landmark): GpuState | null {
  const { device, measurement, powerMode = measurement?.before.powerMode ?? undefined } = landmark;
  const gpuMHz = gpuClockOf(landmark);
  const modes = modesOf(device);
  const fastest = modes[0];
  if (gpuMHz === null || fastest === undefined || gpuMHz > 1.05 * fastest.gpuMHz || gpuMHz < 0.2 * fastest.gpuMHz)
    return null;
  const distance = (mode: PowerMode) => Math.abs(Math.log(mode.gpuMHz / gpuMHz));
  const nearest = modes.reduce((best, mode) => (distance(mode) < distance(best) ? mode : best));
  const mode = (powerMode === undefined ? undefined : findMode(device, powerMode)) ?? nearest;
  return distance(mode) < 0.05 ? mode : { ...mode, gpuMHz };
}

/** Slots that a multiply–accumulate of a depthwise convolution takes, of those that issue multiply–adds; see priors. */
const slotsPerDepthwiseMac = 20;

/** The terms that arithmetic units pay for, and whose peak depends on tensor cores. */
const arithmetic: ReadonlySet<TermName> = new Set(['window', 'winograd', 'pointwise', 'matrix']);

export function isArithmetic(term: TermName): boolean {
  return arithmetic.has(term);
}

/** Whether a runtime's dense arithmetic runs on tensor cores. */
export function usesTensorCores({ hasTensorCores, hasTf32 }: BoardSpecification, runtime: Runtime): boolean {
  return hasTensorCores && (!runtime.endsWith('fp32') || hasTf32);
}

/** The latency model of a device with a runtime; a board without specification is taken for one without tensor cores. */
export function latencyModel(deviceId: string, runtime: Runtime): LatencyModel<TermName> {
  const board = boardSpecification(deviceId);
  return board !== null && usesTensorCores(board, runtime) ? tensorCoreModel : graphCostModel;
}

/** What a board's specification says of every coefficient with a runtime. */
export function termSpecification(board: BoardSpecification, runtime: Runtime): TermSpecification {
  const { fp32, fp16, int8 } = board.peakGflops;
  const precision = runtime.endsWith('fp32') ? 'fp32' : runtime.endsWith('int8') ? 'int8' : 'fp16';
  // TF32 has half the rate of FP16 on the same tensor cores.
  const peak = { fp32: usesTensorCores(board, runtime) ? fp16 / 2 : fp32, fp16, int8 }[precision];
  const bytes = { fp32: 4, fp16: 2, int8: 1 }[precision];
  // One multiply–accumulate is two operations: ms per GMAC at 10⁹ operations per second.
  const msPerGmac = (gflops: number) => 2000 / gflops;
  const of = (term: TermName): readonly [value: number, size: number] => {
    if (term === 'inference') return [0.3, fp32 / 1000];
    if (term === 'launch') return [runtime.startsWith('tensorrt') ? 0.005 : 0.05, fp32 / 1000];
    if (term === 'depthwise') return [slotsPerDepthwiseMac * msPerGmac(fp32), fp32 / 1000];
    if (term === 'traffic') return [bytes / board.memoryBandwidthGBps / 0.7, board.memoryBandwidthGBps / 80];
    return [msPerGmac(peak) / 0.5, peak / 10_000];
  };
  const found = graphCostModel.terms.map(of);
  return { logs: found.map(([value]) => Math.log(value)), sizes: found.map(([, size]) => Math.log(size)) };
}
