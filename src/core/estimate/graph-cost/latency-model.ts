import { t } from '../../language';
import { isWinograd, type KernelWork } from '../../landmarks/model-costs';
import { networkKey } from './network-key';

/** One network's latency as a function of a latency model's coefficients. */
export interface LatencyFunction {
  /**
   * @param coefficients one per term of the model, positive
   * @returns the latency of one inference in ms, and how much of it answers to each coefficient:
   *   coefficient × ∂latency/∂coefficient, in ms; for a model that is linear in its coefficients these sum to it
   */
  (coefficients: readonly number[]): { readonly latencyMs: number; readonly shares: readonly number[] };
  /** See {@link networkKey}. */
  readonly network: string;
}

/** A latency model: what its coefficients are, and how they make a network's latency from its kernels. */
export interface LatencyModel<Name extends string = string> {
  readonly terms: readonly Name[];
  latencyOf(kernels: readonly KernelWork[]): LatencyFunction;
  /** How much of each term one row of kernels uses, in the order of `terms`. */
  workOf(kernel: KernelWork): readonly number[];
}

const terms = ['inference', 'launch', 'window', 'winograd', 'pointwise', 'depthwise', 'matrix', 'traffic'] as const;

/** A coefficient's name in {@link graphCostModel}. */
export type TermName = (typeof terms)[number];

/** What a coefficient means to the user. */
export interface TermMeaning {
  /** Completes "0.7 …". */
  readonly unit: string;
  /** How many of that unit one unit of the coefficient is: 1000 where it is given in µs. */
  readonly scale: number;
  /** What it is the price of. */
  readonly meaning: string;
}

/** What a coefficient means, in the user's language. */
export function termMeaning(term: TermName): TermMeaning {
  const perGmac = { unit: t('ms per GMAC'), scale: 1 };
  switch (term) {
    case 'inference':
      return { unit: t('ms per inference'), scale: 1, meaning: t('calling the engine, whatever the network') };
    case 'launch':
      return { unit: t('µs per kernel launch'), scale: 1000, meaning: t('starting one fused kernel') };
    case 'window':
      return {
        ...perGmac,
        meaning: t('convolutions with a window, other than 3×3 at stride 1; output channels in blocks'),
      };
    case 'winograd':
      return {
        ...perGmac,
        meaning: t("3×3 convolutions at stride 1, which Winograd's algorithm speeds up; output channels in blocks"),
      };
    case 'pointwise':
      return { ...perGmac, meaning: t('1×1 convolutions; output channels in blocks') };
    case 'depthwise':
      return {
        unit: t('ms per million elements'),
        scale: 0.009,
        meaning: t('depthwise convolutions, by the elements that they read and write'),
      };
    case 'matrix':
      return { ...perGmac, meaning: t('fully connected layers and matrix products') };
    case 'traffic':
      return {
        unit: t('ms per million elements'),
        scale: 1,
        meaning: t('moving activations, read and written, and weights'),
      };
  }
}

/** What a GPU's kernels cost beyond what is wanted of them. */
interface KernelCosts {
  /** Output channels that are computed together: a block that is not full costs as much as one that is. */
  readonly channelBlock: number;
  /** How the time of a depthwise convolution follows the taps of its window: exponent. */
  readonly tapsExponent: number;
}

/**
 * The model that Framecast uses: a sum over kernels of launch, arithmetic and memory traffic; ESTIMATORS.md has why.
 * Convolutions compute output channels in blocks. 32 is the width of a warp, and of the narrowest matrix tile of cuDNN's
 * and TensorRT's kernels for Maxwell; those for tensor cores have wider ones. Depthwise convolutions are slower the larger
 * their window is where there are no tensor cores; where there are, memory alone decides.
 */
export const graphCostModel: LatencyModel<TermName> = additiveModel(terms, (kernel) =>
  workOf(kernel, { channelBlock: 32, tapsExponent: 0.75 }),
);

/** The same on tensor cores. */
export const tensorCoreModel: LatencyModel<TermName> = additiveModel(terms, (kernel) =>
  workOf(kernel, { channelBlock: 64, tapsExponent: 0 }),
);

/** How much of each term one row of kernels uses: kernels, 10⁹ multiply–accumulates, 10⁶ elements. */
function workOf(kernel: KernelWork, costs: KernelCosts): Partial<Record<TermName, number>> {
  const { count } = kernel;
  const elements = kernel.readElements + kernel.writtenElements + kernel.weightElements;
  const term = arithmeticTerm(kernel);
  return {
    launch: count,
    ...(term === null ? {} : { [term]: arithmeticOf(kernel, costs) * count }),
    traffic: (elements / 1e6) * count,
  };
}

/**
 * 10⁹ multiply–accumulates of one kernel, with those in blocks that are not full; of a depthwise convolution those that a
 * 3×3 window would take for the elements that it moves, as its time follows those rather than its own arithmetic.
 */
function arithmeticOf(kernel: KernelWork, { channelBlock, tapsExponent }: KernelCosts): number {
  const { kind, macs, readElements, writtenElements, weightElements, windowTaps } = kernel;
  if (kind !== 'depthwise') return (macs / 1e9) * blockWaste(kernel, channelBlock);
  return (
    ((9 * (readElements + writtenElements + weightElements)) / 1e9) * (Math.max(1, windowTaps) / 9) ** tapsExponent
  );
}

/** The term that pays for a kernel's multiply–accumulates; null where it has none. */
function arithmeticTerm(kernel: KernelWork): TermName | null {
  if (kernel.macs === 0) return null;
  if (kernel.kind === 'depthwise' || kernel.kind === 'matrix') return kernel.kind;
  if (isWinograd(kernel)) return 'winograd';
  return kernel.windowTaps > 1 ? 'window' : 'pointwise';
}

/**
 * How many times more output channels are computed than are wanted, 1 or more. Each group fills its own blocks; a
 * depthwise convolution and a matrix product have none.
 */
export function blockWaste({ kind, outputChannels, groups }: KernelWork, block: number): number {
  const perGroup = kind === 'depthwise' ? 0 : outputChannels / Math.max(1, groups);
  return perGroup > 0 ? (Math.ceil(perGroup / block) * block) / perGroup : 1;
}

/**
 * A latency that is a sum of work × coefficient over kernels.
 *
 * @param work how much of each term one row of kernels uses; a term named `inference` is used once by every network
 */
export function additiveModel<Name extends string>(
  names: readonly Name[],
  work: (kernel: KernelWork) => Partial<Record<Name, number>>,
): LatencyModel<Name> {
  return {
    terms: names,
    latencyOf: (kernels) => linearLatency(sumsOf(names, kernels.map(work)), networkKey(kernels)),
    workOf: (kernel) => {
      const used = work(kernel);
      return names.map((name) => used[name] ?? 0);
    },
  };
}

function sumsOf<Name extends string>(
  names: readonly Name[],
  rows: readonly Partial<Record<Name, number>>[],
): readonly number[] {
  return names.map((name) => (name === 'inference' ? 1 : rows.reduce((sum, row) => sum + (row[name] ?? 0), 0)));
}

/** Knows the sums alone: made where the kernels are, it would keep these as well, for each of thousands of landmarks. */
export function linearLatency(sums: readonly number[], network: string): LatencyFunction {
  const latencyOf = (coefficients: readonly number[]) => {
    const shares = sums.map((sum, index) => sum * coefficients[index]!);
    return { latencyMs: shares.reduce((sum, share) => sum + share, 0), shares };
  };
  return Object.assign(latencyOf, { network });
}
