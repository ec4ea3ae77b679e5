import { formatShare, imageSize, square } from '../../figures';
import type { KernelWork } from '../../landmarks/model-costs';
import type { OperatingPoint } from '../operating-point';
import type { GraphCostFit } from './fit-types';
import type { LandmarkRows } from './landmark-rows';
import type { Belief } from './latency-fit';
import { graphCostModel, termMeaning } from './latency-model';
import { t, withDecimalMark } from '../../language';

/** A term must make up this share of a latency before it counts that no landmark uses as much of it. */
const notableShare = 0.1;

const inference = graphCostModel.terms.indexOf('inference');
const launch = graphCostModel.terms.indexOf('launch');

/**
 * Standard deviation of the logarithm of a latency for each share of it that goes to overheads beyond
 * {@link overheadReach}: the likeliest for landmarks predicted from those of their board with smaller shares
 * (ESTIMATORS.md).
 */
export const spreadBeyondReach = 0.4;

/** Which share of a latency goes to calling the engine and starting kernels, by the shares of all terms. */
export function overheadShare(shares: ArrayLike<number>): number {
  return shares[inference]! + shares[launch]!;
}

/**
 * The share of overheads that nine of ten landmarks stay below. A network with a larger one, such as any at a small
 * input on a slow board, rests on overheads that landmarks hardly show.
 */
export function overheadReach({ works, terms, logLatencies }: LandmarkRows, coefficients: Float64Array): number {
  const counts = new Uint32Array(steps + 1);
  for (let at = 0; at < works.length; at += terms) {
    let latency = 0;
    for (let term = 0; term < terms; term += 1) latency += works[at + term]! * coefficients[term]!;
    const overhead = works[at + inference]! * coefficients[inference]! + works[at + launch]! * coefficients[launch]!;
    counts[Math.ceil((steps * overhead) / latency)]! += 1;
  }
  let below = 0;
  return counts.findIndex((count) => (below += count) >= 0.9 * logLatencies.length) / steps;
}

/** Of the shares that {@link overheadReach} tells apart: sorting thousands would take longer. */
const steps = 200;

/** Sentences on where an answer lies outside what was measured; none where it lies inside. */
export function extrapolationNotes(
  fit: GraphCostFit,
  family: string | null,
  {
    point,
    kernels,
    belief,
  }: { readonly point: OperatingPoint; readonly kernels: readonly KernelWork[]; readonly belief: Belief },
): readonly string[] {
  const beyond: string[] = [];
  const { resolutions, batches, fastestMs, maxShares } = rangeOf(fit);
  if (isOutside(point.resolution, resolutions)) {
    beyond.push(
      t(
        'Extrapolated: landmarks are at {0}; this is {1}.',
        range(resolutions, square),
        imageSize(point.height, point.width),
      ),
    );
  }
  if (isOutside(point.batch, batches)) {
    beyond.push(t('Extrapolated: landmarks are at batch {0}; this is batch {1}.', range(batches, String), point.batch));
  }
  if (family === null || !fit.fit.families.has(family)) {
    beyond.push(t('Extrapolated: no network of this family is among the landmarks.'));
  }

  const { latencyMs, shares } = fit.model.latencyOf(kernels)(fit.fit.coefficients);
  const overhead = overheadShare(shares) / latencyMs;
  if (overhead > fit.overheadReach + notableShare) {
    beyond.push(
      t(
        'Extrapolated: {0} of its time goes to calling the engine and starting kernels; of nine in ten landmarks at most {1}.',
        formatShare(overhead),
        formatShare(fit.overheadReach),
      ),
    );
  }
  fit.model.terms.forEach((term, index) => {
    const most = maxShares[index]!;
    if (shares[index]! < notableShare * latencyMs || shares[index]! <= most) return;
    const { meaning } = termMeaning(term);
    beyond.push(
      most === 0
        ? t("Extrapolated: no landmark shows the cost of {0}; it is taken from the board's specification.", meaning)
        : t(
            'Extrapolated: {0} times as much as any landmark has of: {1}.',
            withDecimalMark((shares[index]! / most).toFixed(1)),
            meaning,
          ),
    );
  });
  if (Math.exp(belief.mean) < fastestMs) beyond.push(t('Extrapolated: faster than every landmark.'));
  return beyond;
}

/** What landmarks span; looked for once for each fit, as there may be thousands. */
interface LandmarkRange {
  readonly resolutions: Span;
  readonly batches: Span;
  readonly fastestMs: number;
  /** Largest time of any landmark that answers to each coefficient. */
  readonly maxShares: readonly number[];
}

type Span = readonly [low: number, high: number];

const ranges = new WeakMap<GraphCostFit['fit'], LandmarkRange>();

function rangeOf({ fit, rows }: GraphCostFit): LandmarkRange {
  const known = ranges.get(fit);
  if (known !== undefined) return known;
  const { works, terms, logLatencies } = rows;
  const most = new Float64Array(terms);
  let fastest = Infinity;
  for (let index = 0, at = 0; index < logLatencies.length; index += 1) {
    if (logLatencies[index]! < fastest) fastest = logLatencies[index]!;
    for (let term = 0; term < terms; term += 1, at += 1) if (works[at]! > most[term]!) most[term] = works[at]!;
  }
  const found = {
    resolutions: spanOf(rows.resolutions),
    batches: spanOf(rows.batches),
    fastestMs: Math.exp(fastest),
    maxShares: fit.coefficients.map((coefficient, term) => coefficient * most[term]!),
  };
  ranges.set(fit, found);
  return found;
}

function spanOf(values: Float64Array): Span {
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function isOutside(value: number, [low, high]: Span): boolean {
  return value < low || value > high;
}

function range([low, high]: Span, write: (value: number) => string): string {
  return low === high ? write(low) : t('{0} to {1}', write(low), write(high));
}
