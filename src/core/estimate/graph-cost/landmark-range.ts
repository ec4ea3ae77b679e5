import { square } from '../../figures';
import type { KernelWork } from '../../landmarks/model-costs';
import type { OperatingPoint } from '../operating-point';
import type { GraphCostFit } from './fit-types';
import type { Belief } from './latency-fit';
import { termMeaning } from './latency-model';
import { t, withDecimalMark } from '../../language';

/** A term must make up this share of a latency before it counts that no landmark uses as much of it. */
const notableShare = 0.1;

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
      t('Extrapolated: landmarks are at {0}; this is {1}.', range(resolutions, square), square(point.resolution)),
    );
  }
  if (isOutside(point.batch, batches)) {
    beyond.push(t('Extrapolated: landmarks are at batch {0}; this is batch {1}.', range(batches, String), point.batch));
  }
  if (family === null || !fit.fit.families.has(family)) {
    beyond.push(t('Extrapolated: no network of this family is among the landmarks.'));
  }

  const { latencyMs, shares } = fit.model.latencyOf(kernels)(fit.fit.coefficients);
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
  const resolutions: [number, number] = [Infinity, -Infinity];
  const batches: [number, number] = [Infinity, -Infinity];
  const { works, terms, logLatencies } = rows;
  const maxShares = fit.coefficients.map(() => 0);
  for (let index = 0; index < logLatencies.length; index += 1) {
    widen(resolutions, rows.resolutions[index]!);
    widen(batches, rows.batches[index]!);
    for (let term = 0; term < terms; term += 1) {
      maxShares[term] = Math.max(maxShares[term]!, works[index * terms + term]! * fit.coefficients[term]!);
    }
  }
  const fastestMs = Math.exp(logLatencies.reduce((least, value) => Math.min(least, value), Infinity));
  const found = { resolutions, batches, fastestMs, maxShares };
  ranges.set(fit, found);
  return found;
}

function widen(span: [number, number], value: number): void {
  span[0] = Math.min(span[0], value);
  span[1] = Math.max(span[1], value);
}

function isOutside(value: number, [low, high]: Span): boolean {
  return value < low || value > high;
}

function range([low, high]: Span, write: (value: number) => string): string {
  return low === high ? write(low) : t('{0} to {1}', write(low), write(high));
}
