import { bytesPerElement, findDevice, peakGflops } from '../../landmarks/devices';
import type { Runtime } from '../../landmarks/landmark';
import { graphCostModel, type TermName } from './latency-model';

/** What is believed of a coefficient before any landmark is seen: log-normal. */
export interface Prior {
  /** Median, in the term's unit. */
  readonly median: number;
  /** Standard deviation of the natural logarithm: 0.7 is a factor of 2 either way. */
  readonly spread: number;
}

export interface CoefficientPriors<Name extends string = TermName> {
  readonly byTerm: Readonly<Record<Name, Prior>>;
  /**
   * Standard deviation of the logarithm of one factor that all coefficients share, for places whose speed no
   * specification tells; 0 where one does.
   */
  readonly sharedSpread: number;
}

/** The same as a normal distribution of the logarithms of the coefficients, in the order of the model's terms. */
export interface CoefficientPrior {
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
}

/** The common factor's variance is one that all coefficients share. */
export function coefficientPrior({ byTerm, sharedSpread }: CoefficientPriors): CoefficientPrior {
  const { terms } = graphCostModel;
  return {
    mean: terms.map((term) => Math.log(byTerm[term].median)),
    covariance: terms.map((row) =>
      terms.map((column) => sharedSpread ** 2 + (row === column ? byTerm[row].spread ** 2 : 0)),
    ),
  };
}

/** Share of the arithmetic peak, and of the memory's, that tuned kernels reach; published figures lie in 0.4 to 0.8. */
const usualComputeShare = 0.6;
const usualMemoryShare = 0.7;

/**
 * Multiply–adds that could be issued in the time of one multiply–accumulate of a depthwise convolution. No operand is
 * shared between channels, so each needs two loads and two conversions from FP16, which issue at a quarter of the rate
 * of arithmetic (16 together), the multiply–add itself, and about three for addresses.
 */
const slotsPerDepthwiseMac = 20;

/** Between none and all of the 2.25 times fewer multiplications of F(2×2, 3×3): transforms take time as well. */
const winogradGain = 1.5;

/** What CUDA needs between two kernels in one stream; an eager framework adds its own dispatch for each operator. */
const launchMs = { tensorrt: 0.005, pytorch: 0.05 };

/** A call through a Python wrapper on a small ARM core: checks, output tensors, enqueueing. */
const inferenceMs = 0.5;

/** The board whose specification stands in for one that has none. */
const stand = 'jetson-nano';

/**
 * How much wider priors are on logarithmic scale where another board's specification stands in: that board says
 * neither how fast the device is nor which kinds of kernel it is good at (a depthwise convolution, dear on the Nano,
 * costs a tenth of that beside dense ones on a CPU).
 */
const wideningWithoutSpecification = 2;

/**
 * Priors of {@link graphCostModel}'s coefficients, from a board's specification: arithmetic peak and memory bandwidth
 * at the precision of the runtime. They are weak (a factor of 1.6 or 2 either way, 2.7 where less is known) and keep
 * few landmarks from explaining a network by constants that no board can have. Where no specification is known they
 * are weaker still.
 *
 * Three medians (depthwise, launch, inference) were revised with landmarks in view; ESTIMATORS.md says what rests on it.
 *
 * TensorRT's kernels are tuned to the board, so there the specification sets the level. For other runtimes, and for
 * boards without a specification, all coefficients may be off by a common factor.
 */
export function coefficientPriors(device: string, runtime: Runtime): CoefficientPriors {
  const known = findDevice(device);
  const board = known ?? findDevice(stand)!;
  // One multiply–accumulate is two operations: ms per GMAC at 10⁹ operations per second.
  const msPerGmac = (gflops: number) => 2000 / gflops;
  const peak = msPerGmac(peakGflops(board.id, runtime)!) / usualComputeShare;
  const scalarPeak = msPerGmac(board.peakGflops.fp32) / usualComputeShare;
  const msPerMillion = bytesPerElement(runtime) / board.memoryBandwidthGBps;
  const memory = msPerMillion / usualMemoryShare;
  const engine = runtime.startsWith('tensorrt') ? 'tensorrt' : 'pytorch';
  const widening = known === undefined ? wideningWithoutSpecification : 1;
  const prior = (median: number, spread: number): Prior => ({ median, spread: widening * spread });
  return {
    byTerm: {
      inference: prior(inferenceMs, 1),
      launch: prior(launchMs[engine], engine === 'tensorrt' ? 0.7 : 1),
      window: prior(peak, 0.5),
      winograd: prior(peak / winogradGain, 0.5),
      pointwise: prior(peak, 0.5),
      depthwise: prior(slotsPerDepthwiseMac * scalarPeak, 0.7),
      matrix: prior(peak, 0.5),
      traffic: prior(memory, 0.3),
    },
    sharedSpread: known === undefined ? 2 : engine === 'tensorrt' ? 0 : 0.7,
  };
}
