import type { Equation2 } from '../estimate/family-fit/equation2';
import type { AllFamiliesFit, FamilySeries, FittedDeployment } from '../estimate/family-fit/all-families-fit';
import { t, withDecimalMark } from '../language';
import { deviceName } from '../landmarks/devices';
import { runtimeName } from '../landmarks/landmark';

/** One family's landmarks with the fit through them, and the equation in words: `𝒯 = …`; null without a fit. */
export type FamilyFitSeries = Omit<FamilySeries, 'equation'> & { readonly equation: string | null };

/** The paper's Figure 3 for one deployment, with its equations in words. */
export interface FitChart extends Omit<AllFamiliesFit, 'families' | 'naive'> {
  /** `Jetson Nano, TensorRT FP16`. */
  readonly deployment: string;
  readonly families: readonly FamilyFitSeries[];
  readonly naive: (Omit<NonNullable<AllFamiliesFit['naive']>, 'equation'> & { readonly equation: string }) | null;
}

/** Puts the fits of a deployment into words. */
export function fitChart(fits: AllFamiliesFit, { device, runtime }: FittedDeployment): FitChart {
  const { families, naive } = fits;
  return {
    ...fits,
    deployment: `${deviceName(device)}, ${runtimeName(runtime)}`,
    families: families.map((series) => ({ ...series, equation: series.equation && written(series.equation) })),
    naive: naive && { ...naive, equation: written(naive.equation) },
  };
}

/** How far the errors of grouping are below those of the naive fit, as the paper says it; null without both. */
export function groupingSentence({ errors }: Pick<AllFamiliesFit, 'errors'>): string | null {
  if (errors === null) return null;
  const { naiveFps, groupedFps, landmarks } = errors;
  const off = (fps: number) => `${withDecimalMark(fps.toPrecision(2))} FPS`;
  const change = Math.round(100 * (1 - groupedFps / naiveFps));
  return change > 0
    ? t(
        "On the {0} landmarks that a family's fit goes through, one fit through all families is off by {1} on average, the families' own fits by {2}, {3}% less.",
        landmarks,
        off(naiveFps),
        off(groupedFps),
        change,
      )
    : t(
        "On the {0} landmarks that a family's fit goes through, one fit through all families is off by {1} on average, the families' own fits by {2}.",
        landmarks,
        off(naiveFps),
        off(groupedFps),
      );
}

function written({ c1, c2, intercept }: Equation2): string {
  const term = (value: number, unit: string) =>
    `${value < 0 ? '−' : '+'} ${withDecimalMark(Math.abs(value).toPrecision(4))}${unit}`;
  return `𝒯 = ${[term(c1, '/𝒫²'), term(c2, '/𝒫'), term(intercept, '')].join(' ').replace(/^\+ /, '').replace(/^− /, '−')}`;
}
