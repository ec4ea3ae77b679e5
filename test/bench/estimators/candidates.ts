import {
  additiveModel,
  blockWaste,
  graphCostModel,
  isWinograd,
  type LatencyModel,
} from '../../../src/core/estimate/graph-cost/latency-model';
import { coefficientPriors, type CoefficientPriors, type Prior } from '../../../src/core/estimate/graph-cost/priors';
import type { KernelWork } from '../../../src/core/landmarks/model-costs';

/** A latency model that the study compares, with its priors for the Jetson Nano with TensorRT FP16. */
export interface Candidate {
  readonly name: string;
  readonly model: LatencyModel;
  readonly priors: CoefficientPriors<string>;
  /** Constants that are set, not fitted: sizes of blocks, the exponent of a soft maximum. */
  readonly fixed: number;
  /** Whether residuals of families are learnt. */
  readonly families: boolean;
}

const place = coefficientPriors('jetson-nano', 'tensorrt-fp16').byTerm;

/** With what only rejected candidates have: traffic of convolutions apart, of which less is known beforehand. */
const known = {
  ...place,
  'convolution-read': { ...place.traffic, spread: 1 },
  'convolution-write': { ...place.traffic, spread: 1 },
};

function candidate(
  name: string,
  model: LatencyModel,
  fixed: number,
  extra: Readonly<Record<string, Prior>> = {},
): Candidate {
  return { name, model, priors: { byTerm: { ...known, ...extra }, sharedSpread: 0 }, fixed, families: true };
}

interface Shape {
  /** Output channels of a convolution are computed in blocks of this many. */
  readonly channels: number;
  /** Output pixels of a convolution that runs as a matrix product. */
  readonly pixels: number;
  /** Height and width of the pieces of output that Winograd's algorithm computes. */
  readonly winogradTile: number;
  /** The products summed for one output are computed in blocks of this many. */
  readonly depthBlock: number;
  /** Whether reads and writes of convolutions have prices of their own. */
  readonly split: boolean;
  /** Whether each kind of convolution has a rate, or one rate with a fixed gain for Winograd. */
  readonly rates: 'by kind' | 'winograd apart' | 'one, without winograd';
  readonly inference: boolean;
}

const plain: Shape = {
  channels: 32,
  pixels: 1,
  winogradTile: 1,
  depthBlock: 1,
  split: false,
  rates: 'by kind',
  inference: true,
};

/** Amounts that one row of kernels uses, for an additive model or a roofline. */
function amounts(
  kernel: KernelWork,
  shape: Shape,
): { arithmetic: [string, number] | null; traffic: [string, number][] } {
  const { kind, count } = kernel;
  const waste = kind === 'depthwise' || kind === 'matrix' ? 1 : wasteOf(kernel, shape);
  const macs = (kernel.macs / 1e9) * waste * count;
  const [read, written, weights] = [kernel.readElements, kernel.writtenElements, kernel.weightElements].map(
    (elements) => (elements / 1e6) * count,
  ) as [number, number, number];
  const traffic: [string, number][] =
    shape.split && kernel.windowTaps > 0
      ? [
          ['convolution-read', read],
          ['convolution-write', written],
          ['traffic', weights],
        ]
      : [['traffic', read + written + weights]];
  return { arithmetic: kernel.macs === 0 ? null : [rateName(kernel, shape), macs], traffic };
}

function rateName(kernel: KernelWork, { rates }: Shape): string {
  if (kernel.kind === 'depthwise') return 'depthwise';
  if (rates === 'one, without winograd') return 'pointwise';
  if (isWinograd(kernel)) return 'winograd';
  if (rates === 'winograd apart') return 'pointwise';
  if (kernel.kind === 'matrix') return 'matrix';
  return kernel.windowTaps > 1 ? 'window' : 'pointwise';
}

function termsOf(shape: Shape): readonly string[] {
  const rates = {
    'by kind': ['window', 'winograd', 'pointwise', 'depthwise', 'matrix'],
    'winograd apart': ['winograd', 'pointwise', 'depthwise'],
    'one, without winograd': ['pointwise', 'depthwise'],
  }[shape.rates];
  return [
    ...(shape.inference ? ['inference'] : []),
    'launch',
    ...rates,
    ...(shape.split ? ['convolution-read', 'convolution-write'] : []),
    'traffic',
  ];
}

/** How many times more than is wanted a convolution computes, where it computes blocks whole. */
function wasteOf(kernel: KernelWork, { channels, pixels, winogradTile, depthBlock }: Shape): number {
  const filled = (size: number, block: number) => (size > 0 ? (Math.ceil(size / block) * block) / size : 1);
  const outputChannels = Math.max(1, kernel.outputChannels);
  const area = kernel.writtenElements / outputChannels;
  return (
    blockWaste(kernel, channels) *
    filled(kernel.weightElements / outputChannels, depthBlock) *
    // The networks of the study have square inputs.
    (isWinograd(kernel) ? filled(Math.sqrt(area), winogradTile) ** 2 : filled(area, pixels))
  );
}

function constantsOf({ channels, pixels, winogradTile, depthBlock }: Shape): number {
  return [channels, pixels, winogradTile, depthBlock].filter((size) => size > 1).length;
}

function additive(name: string, changes: Partial<Shape>): Candidate {
  const shape = { ...plain, ...changes };
  const work = (kernel: KernelWork) => {
    const { arithmetic, traffic } = amounts(kernel, shape);
    return Object.fromEntries([['launch', kernel.count], ...(arithmetic === null ? [] : [arithmetic]), ...traffic]);
  };
  return candidate(name, additiveModel(termsOf(shape), work), constantsOf(shape));
}

/** Launch plus a soft maximum, of this exponent, of arithmetic and traffic in each kernel. */
function roofline(name: string, exponent: number, changes: Partial<Shape>): Candidate {
  const shape = { ...plain, ...changes };
  const terms = termsOf(shape);
  const indexOf = (term: string) => terms.indexOf(term);
  const model: LatencyModel = {
    terms,
    latencyOf: (kernels) => {
      const rows = kernels.map((kernel) => ({ ...amounts(kernel, shape), count: kernel.count }));
      return (coefficients) => {
        const shares = terms.map((term, index) => (term === 'inference' ? coefficients[index]! : 0));
        for (const { arithmetic, traffic, count } of rows) {
          shares[indexOf('launch')]! += count * coefficients[indexOf('launch')]!;
          const compute = arithmetic === null ? 0 : arithmetic[1] * coefficients[indexOf(arithmetic[0])]!;
          const parts = traffic.map(([term, amount]) => amount * coefficients[indexOf(term)]!);
          const memory = parts.reduce((sum, part) => sum + part, 0);
          const whole = (compute ** exponent + memory ** exponent) ** (1 / exponent);
          if (whole === 0) continue;
          if (arithmetic !== null) shares[indexOf(arithmetic[0])]! += whole * (compute / whole) ** exponent;
          traffic.forEach(([term], index) => {
            if (memory > 0) shares[indexOf(term)]! += (whole * (memory / whole) ** exponent * parts[index]!) / memory;
          });
        }
        return { latencyMs: shares.reduce((sum, share) => sum + share, 0), shares };
      };
    },
  };
  return candidate(name, model, constantsOf(shape) + 1);
}

/** A constant, MACs, activations and weights of convolutions and matrix products, with practically flat priors. */
export const linearTrial: Candidate = {
  name: 'Linear trial: constant, MACs, activations, weights',
  model: additiveModel(['inference', 'macs', 'activations', 'weights'], (kernel) =>
    kernel.macs === 0
      ? {}
      : {
          macs: (kernel.macs / 1e9) * kernel.count,
          activations: ((kernel.readElements + kernel.writtenElements) / 1e6) * kernel.count,
          weights: (kernel.weightElements / 1e6) * kernel.count,
        },
  ),
  priors: {
    byTerm: {
      inference: { median: 0.5, spread: 3 },
      macs: { median: 5, spread: 3 },
      activations: { median: 0.3, spread: 3 },
      weights: { median: 0.1, spread: 3 },
    },
    sharedSpread: 0,
  },
  fixed: 0,
  families: false,
};

/** The model that ships. */
export const shipped: Candidate = candidate('Sum over kernels, channels in blocks of 32', graphCostModel, 1);

/** Everything that was compared before one was chosen. */
export const candidates: readonly Candidate[] = [
  shipped,
  additive('… without blocks', { channels: 1 }),
  additive('… in blocks of 16', { channels: 16 }),
  additive('… in blocks of 64', { channels: 64 }),
  additive('… also 8 products at a time', { depthBlock: 8 }),
  additive('… also 16 products at a time', { depthBlock: 16 }),
  additive('… also 32 products at a time', { depthBlock: 32 }),
  additive('… reads and writes of convolutions apart', { split: true }),
  additive('… reads and writes apart, without blocks', { split: true, channels: 1 }),
  additive('… reads and writes apart, 8 products', { split: true, depthBlock: 8 }),
  additive('… reads and writes apart, 16 products', { split: true, depthBlock: 16 }),
  additive('… reads and writes apart, 32 products', { split: true, depthBlock: 32 }),
  additive('… one rate, but for Winograd and depthwise', { rates: 'winograd apart' }),
  additive('… the same, 16 products', { rates: 'winograd apart', depthBlock: 16 }),
  additive('… the same, reads and writes apart', { rates: 'winograd apart', split: true }),
  additive('… one rate, but for depthwise', { rates: 'one, without winograd' }),
  additive('… nothing per inference', { inference: false }),
  roofline('Roofline per kernel, soft maximum of exponent 2', 2, {}),
  roofline('Roofline per kernel, exponent 4', 4, {}),
  roofline('Roofline per kernel, exponent 2, reads and writes apart', 2, { split: true }),
];

/** Forms that were looked at after the chosen one had been reported: pixels and Winograd's tiles in blocks as well. */
export const afterthoughts: readonly Candidate[] = [1, 2, 4].flatMap((winogradTile) =>
  [1, 8, 16, 32, 64, 128].flatMap((pixels) =>
    [false, true].flatMap((split) =>
      winogradTile === 1 && pixels === 1
        ? []
        : [
            additive(
              `… also ${pixels} pixels, tiles of ${winogradTile}×${winogradTile}${split ? ', reads and writes apart' : ''}`,
              { winogradTile, pixels, split },
            ),
          ],
    ),
  ),
);

/**
 * The shipped model with the priors as they were first written down, before leave-family-out errors had been seen:
 * depthwise convolutions at 20 slots without the usual share of the peak, launches of 10 µs, calls of 0.3 ms.
 */
export const withFirstPriors: Candidate = candidate(shipped.name, graphCostModel, shipped.fixed, {
  depthwise: { median: (20 * 2000) / 236, spread: 1 },
  launch: { median: 0.01, spread: 0.7 },
  inference: { median: 0.3, spread: 1 },
});

/** The shipped model with one prior's median changed, to show how much rests on it. */
export function withPrior(term: keyof typeof place, factor: number): Candidate {
  const prior = known[term];
  return candidate(shipped.name, graphCostModel, shipped.fixed, {
    [term]: { ...prior, median: prior.median * factor },
  });
}
