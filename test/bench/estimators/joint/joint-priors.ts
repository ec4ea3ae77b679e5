import { findDevice, knownDevices } from '../../../../src/core/landmarks/devices';
import { runtimes, type Landmark } from '../../../../src/core/landmarks/landmark';
import type { Belief } from '../../../../src/core/estimate/graph-cost/latency-fit';
import { graphCostModel } from '../../../../src/core/estimate/graph-cost/latency-model';
import {
  boardSpecification,
  termSpecification,
  type BoardSpecification,
} from '../../../../src/core/estimate/graph-cost/specification';
import { cholesky } from '../../../../src/core/estimate/graph-cost/cholesky';
import {
  beliefOfCell,
  beliefsOfFamilies,
  beliefsOfNetworks,
  fitJointly,
  sizeExponents,
  type JointFit,
} from './joint-fit';
import { networkBelief } from '../../../../src/core/estimate/graph-cost/priors';
import { jointRows, shippedSpreads, type JointRow } from './joint-model';

/** A normal distribution of the logarithms of a runtime's coefficients, beyond specification and size. */
interface ShippedBelief {
  readonly mean: readonly number[];
  /** Cholesky factor of the covariance, its lower triangle row by row. */
  readonly factor: readonly number[];
}

type ShippedBeliefs = Readonly<Record<string, readonly number[]>>;

/** What a fit says of each network that some rows are of; of one that it has not seen, what is believed of any. */
function networksOf(fit: JointFit, rows: readonly JointRow[], all: readonly JointRow[]): ShippedBeliefs {
  const known = { networks: beliefsOfNetworks(fit, rows), families: beliefsOfFamilies(fit, all) };
  return shipped(
    rows.map(({ prepared: { latencyOf }, landmark: { family } }) => [
      latencyOf.network,
      networkBelief(known, latencyOf.network, family),
    ]),
  );
}

function familiesOf(fit: JointFit, rows: readonly JointRow[]): ShippedBeliefs {
  return shipped([...beliefsOfFamilies(fit, rows)]);
}

function shipped(beliefs: readonly (readonly [string, Belief])[]): ShippedBeliefs {
  return Object.fromEntries(
    [...new Map(beliefs)]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, { mean, deviation }]) => [name, [rounded(mean), rounded(deviation)]]),
  );
}

/** Boards that nobody has measured, of no known chip. */
const strangers: Readonly<Record<string, BoardSpecification>> = {
  'tensor cores': {
    chip: null,
    hasTensorCores: true,
    hasTf32: true,
    peakGflops: { fp32: 2000, fp16: 16_000, int8: 32_000 },
    memoryBandwidthGBps: 100,
  },
  plain: {
    chip: null,
    hasTensorCores: false,
    hasTf32: false,
    peakGflops: { fp32: 500, fp16: 1000, int8: 1000 },
    memoryBandwidthGBps: 40,
  },
};

/** The landmarks that the joint fit learns from: the published ones, and of Table 2 none but the training rows. */
export function trainingRows(landmarks: readonly Landmark[]): readonly JointRow[] {
  return jointRows(landmarks);
}

/**
 * What src/core/estimate/graph-cost/joint-priors.json holds: for every chip and runtime what all other landmarks taught of
 * it (`without`, to which its own add), and what all taught (`with`, for boards and runtimes that nobody has measured);
 * for other boards what all taught.
 *
 * @param leftOut chips to make `without` for; all where undefined
 */
export function jointPriors(landmarks: readonly Landmark[], leftOut?: readonly string[]): object {
  const rows = trainingRows(landmarks);
  const whole = fitJointly(rows, shippedSpreads);
  const chips = [...new Set(knownDevices.map(({ chip }) => chip))];
  const exponents = sizeExponents(whole);
  const beliefs = (fit: JointFit, chip: string, generation: string, board: BoardSpecification) =>
    Object.fromEntries(
      runtimes.map((runtime) => {
        const { mean, covariance } = beliefOfCell(fit, { chip, generation, board }, runtime);
        const { sizes } = termSpecification(board, runtime);
        // The size's share of the mean is added for the mode that is asked for.
        const moved = mean.map((value, term) => value - exponents[term]! * sizes[term]!);
        return [runtime, { mean: moved.map(rounded), factor: lowerTriangle(covariance) } satisfies ShippedBelief];
      }),
    );
  return {
    purpose:
      'Normal distributions of the logarithms of the coefficients, beyond what the specification and the size of the board say; made by npm run landmarks:priors from the published landmarks.',
    terms: graphCostModel.terms,
    exponents: exponents.map(rounded),
    networks: networksOf(whole, rows, rows),
    families: familiesOf(whole, rows),
    landmarks: rows.length,
    measured: Object.fromEntries(chips.map((chip) => [chip, rows.filter((row) => row.chip === chip).length])),
    chips: Object.fromEntries(
      chips.map((chip) => {
        const device = knownDevices.find((known) => known.chip === chip)!;
        const board = boardSpecification(device.id)!;
        const { generation } = device;
        const without = runtimes.flatMap((runtime) => {
          if (leftOut?.includes(chip) === false) return [];
          const others = rows.filter((row) => row.chip !== chip || row.landmark.runtime !== runtime);
          if (others.length === rows.length) return [];
          const fit = fitJointly(others, shippedSpreads, whole);
          const own = rows.filter((row) => row.chip === chip && row.landmark.runtime === runtime);
          const belief = {
            ...beliefs(fit, chip, generation, board)[runtime]!,
            networks: networksOf(fit, own, rows),
            families: familiesOf(fit, rows),
          };
          return [[runtime, belief] as const];
        });
        return [chip, { without: Object.fromEntries(without), with: beliefs(whole, chip, generation, board) }];
      }),
    ),
    strangers: Object.fromEntries(
      Object.entries(strangers).map(([name, board]) => [name, beliefs(whole, 'stranger', 'stranger', board)]),
    ),
  };
}

/** Every chip's rows in one list, for a study that leaves chips out. */
export function chipOf({ device }: Landmark): string | null {
  return findDevice(device)?.chip ?? null;
}

function lowerTriangle(covariance: readonly (readonly number[])[]): readonly number[] {
  const size = covariance.length;
  const lower: number[] = [];
  // Cholesky's own rows: column by column of solves is not needed, as the factor is what is wanted.
  const factor: number[][] = [];
  for (let row = 0; row < size; row += 1) {
    factor.push([]);
    for (let column = 0; column <= row; column += 1) {
      let sum = covariance[row]![column]!;
      for (let inner = 0; inner < column; inner += 1) sum -= factor[row]![inner]! * factor[column]![inner]!;
      factor[row]!.push(column === row ? Math.sqrt(Math.max(sum, 1e-12)) : sum / factor[column]![column]!);
      lower.push(rounded(factor[row]![column]!));
    }
  }
  if (cholesky(Float64Array.from(covariance.flat()), size) === null) throw new Error('A covariance is none.');
  return lower;
}

/** Four digits behind the point say more than is known of any logarithm here. */
function rounded(value: number): number {
  return Number(value.toFixed(4));
}
