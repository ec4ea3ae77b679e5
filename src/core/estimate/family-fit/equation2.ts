import { prefixedCount, threeFigures } from '../../figures';
import { t } from '../../language';
import { refusal, success, type Result } from '../../result';
import { leastSquares, type LeastSquaresFit } from './least-squares';

/** Coefficients of the paper's Equation 2 (section 2.2), for 𝒫 in millions and 𝒯 in inputs per second. */
export interface Equation2 {
  readonly c1: number;
  readonly c2: number;
  readonly intercept: number;
}

/** What Equation 2 is fitted to: parameters as torch counts them, and inputs per second. */
export interface Equation2Point {
  readonly parameters: number;
  readonly throughputFps: number;
}

/** The equation together with what an interval needs. */
export interface SolvedEquation2 {
  readonly equation: Equation2;
  /** Condition number of the column-scaled design. */
  readonly condition: number;
  /** Variance of a prediction at this number of parameters, in units of the landmarks' noise. */
  leverageAt(parameters: number): number;
  /** How much a landmark with `other` parameters moves the prediction at `parameters`. */
  influence(parameters: number, other: number): number;
}

/** Equation 2 has this many coefficients, so it needs as many landmarks with different parameter counts. */
export const equation2Coefficients = 3;

/**
 * Largest condition number of the scaled design that is accepted. Beyond it a change of 0.1% in one measured
 * throughput, less than two runs of one benchmark differ by, can change the coefficients by their own size. The
 * paper's landmarks have 64 (MobileNetV2) and 21 (ResNet); torch2trt's VGGs have 6700 and more. As a rule of thumb,
 * parameter counts within 20% of each other are refused.
 */
export const maxCondition = 1000;

/** 𝒯 = C₁/𝒫² + C₂/𝒫 + I (Equation 2), in inputs per second; not necessarily positive. */
export function equation2At(equation: Equation2, parameters: number): number {
  const inverse = 1e6 / parameters;
  return (equation.c1 * inverse + equation.c2) * inverse + equation.intercept;
}

const curvePoints = 96;

/** Points of the curve between two numbers of parameters, evenly spaced on a logarithmic axis; only positive throughputs. */
export function equation2Curve(
  equation: Equation2,
  from: number,
  to: number,
): readonly { readonly parameters: number; readonly throughputFps: number }[] {
  return Array.from({ length: curvePoints }, (_, index) => {
    const parameters = from * (to / from) ** (index / (curvePoints - 1));
    return { parameters, throughputFps: equation2At(equation, parameters) };
  }).filter(({ throughputFps }) => throughputFps > 0);
}

/**
 * Fits Equation 2 to the landmarks of one family, as the paper does: ordinary least squares. Refuses, with the reason,
 * where the landmarks do not determine three coefficients.
 *
 * @param subject what the landmarks are of, for the reason, e.g. `VGG on Jetson Nano with TensorRT FP16`
 */
export function fitEquation2(points: readonly Equation2Point[], subject: string): Result<SolvedEquation2, string> {
  if (points.length < equation2Coefficients) {
    return refusal(
      t(
        'Equation 2 has {0} coefficients and so needs at least {0} landmarks; there {1, plural, one {is # landmark} other {are # landmarks}} of {2}.',
        equation2Coefficients,
        points.length,
        subject,
      ),
    );
  }
  const counts = points.map((point) => point.parameters);
  const distinct = new Set(counts).size;
  if (distinct < equation2Coefficients) {
    return refusal(
      t(
        'The {0} landmarks of {1} have only {2, plural, one {# different parameter count} other {# different parameter counts}}; Equation 2 needs at least {3}.',
        points.length,
        subject,
        distinct,
        equation2Coefficients,
      ),
    );
  }
  const solved = solveEquation2(points);
  if (solved === null || solved.condition > maxCondition) {
    const [least, most] = counts.reduce(
      ([low, high], count) => [Math.min(low, count), Math.max(high, count)],
      [Infinity, 0],
    );
    const figure =
      solved === null ? '' : t(' (condition number {0}, limit {1})', threeFigures(solved.condition), maxCondition);
    return refusal(
      t(
        "The parameter counts of the {0} landmarks of {1} hardly differ ({2}), so they do not determine Equation 2{3}: the number of parameters cannot explain this family's speed.",
        points.length,
        subject,
        t('{0} to {1}', prefixedCount(least), prefixedCount(most)),
        figure,
      ),
    );
  }
  return success(solved);
}

/** Least squares without any judgement, for leave-one-out folds; null where the coefficients are not determined. */
export function solveEquation2(points: readonly Equation2Point[]): SolvedEquation2 | null {
  const fit: LeastSquaresFit | null = leastSquares(
    points.map((point) => designRow(point.parameters)),
    points.map((point) => point.throughputFps),
  );
  if (fit === null) return null;
  const [c1, c2, intercept] = fit.coefficients as [number, number, number];
  return {
    equation: { c1, c2, intercept },
    condition: fit.condition,
    leverageAt: (parameters) => fit.leverageAt(designRow(parameters)),
    influence: (parameters, other) => fit.influence(designRow(parameters), designRow(other)),
  };
}

/**
 * The parameter count at which the curve turns (its derivative −2C₁/𝒫³ − C₂/𝒫² is zero); null where it is monotone
 * for every positive count.
 */
export function turningPoint(equation: Equation2): number | null {
  const millions = (-2 * equation.c1) / equation.c2;
  return Number.isFinite(millions) && millions > 0 ? millions * 1e6 : null;
}

function designRow(parameters: number): readonly number[] {
  const inverse = 1e6 / parameters;
  return [inverse * inverse, inverse, 1];
}
