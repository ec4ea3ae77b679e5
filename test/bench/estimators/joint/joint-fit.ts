import { findDevice } from '../../../../src/core/landmarks/devices';
import type { Belief } from '../../../../src/core/estimate/graph-cost/latency-fit';
import { networkSpread, sharedFamilySpread } from '../../../../src/core/estimate/graph-cost/priors';
import { cholesky, type Cholesky } from '../../../../src/core/estimate/graph-cost/cholesky';
import { graphCostModel } from '../../../../src/core/estimate/graph-cost/latency-model';
import { termSpecification } from '../../../../src/core/estimate/graph-cost/specification';
import { partsOf, type JointRow, type Part, type Spreads } from './joint-model';

const terms = graphCostModel.terms.length;

/** The joint model fitted to rows of many boards: a normal distribution of the logarithms of its parameters. */
export interface JointFit {
  readonly spreads: Spreads;
  readonly names: ReadonlyMap<string, number>;
  readonly point: Float64Array;
  readonly factor: Cholesky;
  /** Logarithm of a source's latency on a board relative to the model; 0 for one that was not among the rows. */
  sourceFactor(row: JointRow): number;
}

/** One row as sparse numbers. */
interface Sparse {
  readonly work: readonly number[];
  readonly logs: readonly number[];
  /** Indices and factors of the parameters of each term. */
  readonly parts: readonly (readonly (readonly [index: number, factor: number])[])[];
  /** Indices of what is added for its source, family and network. */
  readonly factors: readonly number[];
  readonly logMs: number;
}

export function sourceName({ landmark, chip }: JointRow): string {
  return `source ${landmark.campaign} on ${chip}`;
}

/** What a family shares on all boards, apart from what it shares on one. */
function familyName({ landmark: { family } }: JointRow): string | null {
  return family === null ? null : `family ${family}`;
}

function networkName({ prepared }: JointRow): string {
  return `network ${prepared.latencyOf.network}`;
}

/** What a fit says of the sum of some parameters; null where it does not know all. */
function beliefOfSum({ names, point, factor }: JointFit, parts: readonly (string | null)[]): Belief | null {
  const unit = new Float64Array(point.length);
  let mean = 0;
  for (const part of parts) {
    if (part === null) continue;
    const index = names.get(part);
    if (index === undefined) return null;
    unit[index] = 1;
    mean += point[index]!;
  }
  return { mean, deviation: Math.sqrt(factor.inverseForm(unit)) };
}

/** What a fit says of the networks of some rows: each one's own factor with its family's. */
export function beliefsOfNetworks(fit: JointFit, rows: readonly JointRow[]): ReadonlyMap<string, Belief> {
  return new Map(
    rows.flatMap((row) => {
      const belief = beliefOfSum(fit, [networkName(row), familyName(row)]);
      return belief === null ? [] : [[row.prepared.latencyOf.network, belief] as const];
    }),
  );
}

/** What a fit says of a network that nobody has measured, by its family. */
export function beliefsOfFamilies(fit: JointFit, rows: readonly JointRow[]): ReadonlyMap<string, Belief> {
  return new Map(
    rows.flatMap((row) => {
      const name = familyName(row);
      const belief = name === null ? null : beliefOfSum(fit, [name]);
      if (belief === null) return [];
      return [[row.landmark.family!, { ...belief, deviation: Math.hypot(belief.deviation, networkSpread) }] as const];
    }),
  );
}

/**
 * Fits the joint model by damped Gauss–Newton with the weights of Student's t on the logarithm of latency. Deterministic.
 *
 * @param start an earlier fit, from which the search starts
 */
export function fitJointly(rows: readonly JointRow[], spreads: Spreads, start?: JointFit): JointFit {
  const names = new Map<string, number>();
  const spreadsOf: number[] = [];
  const indexOf = (name: string, spread: number) => {
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, names.size);
    spreadsOf.push(spread);
    return names.size - 1;
  };
  const sparse = rows.map((row): Sparse => {
    const { generation } = findDevice(row.landmark.device)!;
    const { runtime, family } = row.landmark;
    const parts = partsOf(row.chip, generation, row.board, runtime, spreads).map((list: readonly Part[]) =>
      list.map(({ name, spread, factor }) => [indexOf(name, spread), factor] as const),
    );
    const spread = row.hasUnknownMode ? spreads.sourceOfUnknownMode : spreads.source;
    return {
      work: row.prepared.work,
      logs: termSpecification(row.board, runtime).logs,
      parts,
      factors: [
        indexOf(sourceName(row), spread),
        indexOf(networkName(row), networkSpread),
        ...(family === null ? [] : [indexOf(familyName(row)!, sharedFamilySpread)]),
        ...(family === null ? [] : [indexOf(`${family} on ${row.chip} with ${runtime}`, spreads.family)]),
      ],
      logMs: row.logMs,
    };
  });
  const size = names.size;
  const point = new Float64Array(size);
  if (start !== undefined) {
    for (const [name, index] of names) {
      const known = start.names.get(name);
      if (known !== undefined) point[index] = start.point[known]!;
    }
  }
  let factor: Cholesky | null = null;
  for (let iteration = 0; iteration < 40; iteration += 1) {
    const { curvature, gradient } = normalEquations(sparse, point, spreadsOf, spreads);
    factor = cholesky(curvature, size)!;
    const step = factor.solve(gradient);
    const largest = step.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = largest > 1 ? 1 / largest : 1;
    for (let index = 0; index < size; index += 1) point[index]! += scale * step[index]!;
    if (largest < 1e-4) break;
  }
  const found = factor!;
  return {
    spreads,
    names,
    point,
    factor: found,
    sourceFactor: (row) => {
      const index = names.get(sourceName(row));
      return index === undefined ? 0 : point[index]!;
    },
  };
}

function normalEquations(rows: readonly Sparse[], point: Float64Array, spreadsOf: readonly number[], spreads: Spreads) {
  const size = point.length;
  const curvature = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  for (let index = 0; index < size; index += 1) {
    const precision = spreadsOf[index]! ** -2;
    curvature[index * size + index] = precision;
    gradient[index] = -precision * point[index]!;
  }
  const slopes = new Float64Array(size);
  for (const { work, logs, parts, factors, logMs } of rows) {
    const shares = new Float64Array(terms);
    let latency = 0;
    for (let term = 0; term < terms; term += 1) {
      if (work[term] === 0) continue;
      let log = logs[term]!;
      for (const [index, factor] of parts[term]!) log += factor * point[index]!;
      shares[term] = work[term]! * Math.exp(log);
      latency += shares[term]!;
    }
    const residual = logMs - Math.log(latency) - factors.reduce((sum, index) => sum + point[index]!, 0);
    const { freedom, noise } = spreads;
    const weight = (freedom + 1) / (freedom * noise ** 2 + residual ** 2);
    const touched: number[] = [];
    const add = (index: number, value: number) => {
      if (slopes[index] === 0) touched.push(index);
      slopes[index]! += value;
    };
    for (const index of factors) add(index, 1);
    for (let term = 0; term < terms; term += 1) {
      if (shares[term] === 0) continue;
      for (const [index, factor] of parts[term]!) add(index, (factor * shares[term]!) / latency);
    }
    touched.sort((one, other) => one - other);
    for (let at = 0; at < touched.length; at += 1) {
      const row = touched[at]!;
      const slope = weight * slopes[row]!;
      gradient[row]! += slope * residual;
      for (let other = 0; other <= at; other += 1) {
        curvature[row * size + touched[other]!]! += slope * slopes[touched[other]!]!;
      }
    }
    for (const index of touched) slopes[index] = 0;
  }
  return { curvature, gradient };
}

/** What a fit says of the coefficients of a runtime on a board: a normal distribution of their logarithms. */
export function beliefOfCell(
  fit: JointFit,
  cell: Pick<JointRow, 'chip' | 'board'> & { readonly generation: string },
  runtime: JointRow['landmark']['runtime'],
) {
  const size = fit.point.length;
  const lists = partsOf(cell.chip, cell.generation, cell.board, runtime, fit.spreads);
  // Parameters that no row had keep their prior, apart from all others.
  const unknown = new Map<string, { readonly spread: number; readonly slopes: Float64Array }>();
  const slopes = lists.map(() => new Float64Array(size));
  const mean = lists.map((parts, term) =>
    parts.reduce((sum, { name, spread, factor }) => {
      const index = fit.names.get(name);
      if (index !== undefined) {
        slopes[term]![index]! += factor;
        return sum + factor * fit.point[index]!;
      }
      const known = unknown.get(name) ?? { spread, slopes: new Float64Array(terms) };
      unknown.set(name, known);
      known.slopes[term]! += factor;
      return sum;
    }, 0),
  );
  const solved = slopes.map((row) => fit.factor.solve(row));
  const covariance = slopes.map((row, a) =>
    slopes.map((_, b) => {
      let sum = 0;
      for (let index = 0; index < size; index += 1) sum += row[index]! * solved[b]![index]!;
      for (const { spread, slopes: own } of unknown.values()) sum += spread ** 2 * own[a]! * own[b]!;
      return sum;
    }),
  );
  return { mean, covariance };
}

/** The size exponents: how each term's logarithm changes with the logarithm of the board's size. */
export function sizeExponents(fit: JointFit): readonly number[] {
  const exponent = (name: string) => fit.point[fit.names.get(`size ${name}`)!] ?? 0;
  return graphCostModel.terms.map((term) =>
    exponent(['window', 'winograd', 'pointwise', 'matrix'].includes(term) ? 'arithmetic' : term),
  );
}
