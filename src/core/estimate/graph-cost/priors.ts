import type { Runtime } from '../../landmarks/landmark';
import { findMode } from '../../landmarks/devices';
import { campaignSpread } from '../calibration';
import joint from './joint-priors.json';
import type { Belief } from './latency-fit';
import { graphCostModel } from './latency-model';
import { boardSpecification, termSpecification, type BoardSpecification } from './specification';

/** What is believed of the logarithms of the coefficients, in the order of the model's terms, before landmarks. */
export interface CoefficientPrior {
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /**
   * Logarithm of a network's latency relative to what its kernels cost, as other boards showed it; by
   * {@link networkKey}.
   */
  readonly networks: ReadonlyMap<string, Belief>;
  /** The same of a network that nobody has measured, by its family. */
  readonly families: ReadonlyMap<string, Belief>;
  /** Landmarks on other boards that it rests on, and how many such boards; 0 where it is a guess. */
  readonly landmarks: number;
  readonly boards: number;
}

/** Standard deviation of a family's factor, which all boards share, and of a network's about it. */
export const sharedFamilySpread = 0.05;
export const networkSpread = 0.035;

/** What is believed of a network's factor on all boards; see {@link CoefficientPrior.networks}. */
export function networkBelief(
  { networks, families }: Pick<CoefficientPrior, 'networks' | 'families'>,
  network: string,
  family: string | null,
): Belief {
  if (family === null) return networks.get(network) ?? ofNoFamily;
  return networks.get(network) ?? families.get(family) ?? ofUnknownFamily;
}

const ofNoFamily: Belief = { mean: 0, deviation: networkSpread };
const ofUnknownFamily: Belief = { mean: 0, deviation: Math.hypot(networkSpread, sharedFamilySpread) };

/** One runtime of a board as the joint fit has it, beyond what specification and size say. */
interface CoefficientBelief {
  readonly mean: readonly number[];
  /** Cholesky factor of the covariance: its lower triangle, row by row. */
  readonly factor: readonly number[];
  /** Of the networks that the board itself has measured with the runtime, which its own landmarks must not count twice. */
  readonly networks?: ShippedBeliefs;
  /** Of families, without what the board itself says of them. */
  readonly families?: ShippedBeliefs;
}

type ShippedBeliefs = Readonly<Record<string, readonly number[]>>;

type Beliefs = Readonly<Record<Runtime, CoefficientBelief>>;

interface JointPriors {
  readonly exponents: readonly number[];
  /** Mean and standard deviation of each network's factor, and of a network of each family. */
  readonly networks: ShippedBeliefs;
  readonly families: ShippedBeliefs;
  readonly landmarks: number;
  /** Landmarks of each chip among them. */
  readonly measured: Readonly<Record<string, number>>;
  readonly chips: Readonly<Record<string, { readonly without: Partial<Beliefs>; readonly with: Beliefs }>>;
  readonly strangers: Readonly<Record<'tensor cores' | 'plain', Beliefs>>;
}

const known = joint as unknown as JointPriors;

function readBeliefs(shipped: ShippedBeliefs): readonly (readonly [string, Belief])[] {
  return Object.entries(shipped).map(([key, [mean, deviation]]) => [key, { mean: mean!, deviation: deviation! }]);
}

const allNetworks: ReadonlyMap<string, Belief> = new Map(readBeliefs(known.networks));
const allFamilies: ReadonlyMap<string, Belief> = new Map(readBeliefs(known.families));

/** The board whose specification stands in for one that has none, and how far either may be off by a common factor. */
const standIn = 'jetson-nano';
const commonSpreadWithoutSpecification = 2;
const spreadWithoutSpecification = 1;

/**
 * What is believed of a board's coefficients with a runtime: its specification in a power mode, and what the landmarks
 * of all other boards taught of how far boards are from theirs (see ESTIMATORS.md). Its own landmarks add to that.
 *
 * @param powerMode the fastest where left out
 * @param isMeasured whether the published landmarks have the board itself; a board of a measured chip that has none
 *   rests on those of its chip as well
 */
export function coefficientPrior(
  device: string,
  runtime: Runtime,
  powerMode?: string,
  isMeasured = true,
): CoefficientPrior {
  const board = boardSpecification(device, findMode(device, powerMode));
  return board === null ? guess(runtime) : priorOfBoard(board, runtime, isMeasured);
}

/** The same for any specification, such as one of the user's own. */
export function priorOfBoard(board: BoardSpecification, runtime: Runtime, isMeasured: boolean): CoefficientPrior {
  const chip = board.chip !== null && Object.hasOwn(known.chips, board.chip) ? known.chips[board.chip]! : null;
  const all = chip === null ? known.strangers[board.hasTensorCores ? 'tensor cores' : 'plain'] : chip.with;
  const { mean, factor, networks, families } = (isMeasured ? chip?.without[runtime] : undefined) ?? all[runtime];
  const { logs, sizes } = termSpecification(board, runtime);
  // What the board's chip itself measured is left out where it is to count as landmarks.
  const leftOut = isMeasured ? board.chip : null;
  const at = (row: number, column: number) => (column > row ? 0 : factor[(row * (row + 1)) / 2 + column]!);
  return {
    mean: mean.map((value, term) => value + logs[term]! + known.exponents[term]! * sizes[term]!),
    covariance: mean.map((_, row) =>
      mean.map((__, column) =>
        mean.reduce((sum, ___, inner) => sum + at(row, inner) * at(column, inner), reserve(row, column)),
      ),
    ),
    networks: networks === undefined ? allNetworks : new Map([...allNetworks, ...readBeliefs(networks)]),
    families: families === undefined ? allFamilies : new Map(readBeliefs(families)),
    landmarks: known.landmarks - (leftOut === null ? 0 : (known.measured[leftOut] ?? 0)),
    boards: Object.entries(known.measured).filter(([name, count]) => count > 0 && name !== leftOut).length,
  };
}

/**
 * Covariance of two coefficients' logarithms beyond what the joint fit says: the campaign that figures relate to differs
 * from others by a factor, which is among its coefficients here, and networks unlike those that were measured elsewhere
 * need more room.
 */
export function reserve(term: number, other: number): number {
  const name = graphCostModel.terms[term]!;
  const own = term !== other ? 0 : name === 'inference' || name === 'launch' ? reserveOfOverheads : reserveOfTerms;
  return campaignSpread ** 2 + own ** 2;
}

const reserveOfTerms = 0.25;
const reserveOfOverheads = 1;

function guess(runtime: Runtime): CoefficientPrior {
  const { mean, covariance, networks, families } = coefficientPrior(standIn, runtime);
  return {
    mean,
    covariance: covariance.map((row, a) =>
      row.map(
        (value, b) => value + commonSpreadWithoutSpecification ** 2 + (a === b ? spreadWithoutSpecification ** 2 : 0),
      ),
    ),
    networks,
    families,
    landmarks: 0,
    boards: 0,
  };
}

/** How the logarithms of the coefficients differ between two specifications of one chip, e.g. two power modes. */
export function logRatios(from: BoardSpecification, to: BoardSpecification, runtime: Runtime): readonly number[] {
  const [one, other] = [termSpecification(from, runtime), termSpecification(to, runtime)];
  return one.logs.map(
    (log, term) => log - other.logs[term]! + known.exponents[term]! * (one.sizes[term]! - other.sizes[term]!),
  );
}
