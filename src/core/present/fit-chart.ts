import { type Equation2, equation2At, fitEquation2 } from '../estimate/family-fit/equation2';
import type { Estimators } from '../estimate/estimators';
import { deviceName } from '../landmarks/devices';
import { type Landmark, type Runtime, runtimeName } from '../landmarks/landmark';

/** Where the landmarks of a chart were measured. */
export interface FitPlace {
  readonly device: string;
  readonly runtime: Runtime;
}

interface CurvePoint {
  readonly parameters: number;
  readonly throughputFps: number;
}

/** One family's landmarks with the fit through them. */
export interface FamilyFitSeries {
  readonly family: string;
  readonly landmarks: readonly {
    readonly model: string;
    readonly campaign: string;
    readonly parameters: number;
    readonly throughputFps: number;
  }[];
  /** Campaign that the curve is fitted to; null where there is no fit. */
  readonly fittedCampaign: string | null;
  /** `𝒯 = …` with its coefficients; null without a fit. */
  readonly equation: string | null;
  /** Between the fitted landmarks, by rising parameters. */
  readonly curve: readonly CurvePoint[];
  /** Why there is no fit; null where there is one. */
  readonly reason: string | null;
}

/**
 * The paper's Figure 3: throughput over parameters for all families of a place, with one fit through all families (the
 * naive approach) and one per family (grouped), and what either is off by. Both go through the same landmarks, as their
 * errors would not compare otherwise; where no family has a fit, the naive one goes through all.
 */
export interface FitChart {
  readonly place: string;
  /** What most landmarks of the place are at; the others are left out. */
  readonly resolution: number;
  readonly batch: number;
  readonly leftOut: number;
  readonly families: readonly FamilyFitSeries[];
  readonly naive: {
    /** How many landmarks it is fitted to. */
    readonly landmarks: number;
    readonly equation: string;
    readonly curve: readonly CurvePoint[];
  } | null;
  /** Mean absolute errors over the landmarks that have a family's fit, to which both are fitted; null without any. */
  readonly errors: { readonly landmarks: number; readonly naiveFps: number; readonly groupedFps: number } | null;
}

/** Draws a place; null where nothing is measured there. */
export function fitChart(estimators: Estimators, place: FitPlace): FitChart | null {
  const here = estimators.landmarks.filter(
    ({ device, runtime }) => device === place.device && runtime === place.runtime,
  );
  const point = usualPoint(here);
  if (point === null) return null;
  const shown = here
    .filter(({ resolution, batch }) => resolution === point.resolution && batch === point.batch)
    .sort((one, other) => one.parameters - other.parameters);
  const names = [...new Set(shown.map(({ family }) => family))].sort((a, b) => (a ?? '~').localeCompare(b ?? '~'));
  const fitted: { readonly landmark: Landmark; readonly grouped: number }[] = [];
  const families = names.map((name): FamilyFitSeries => {
    const members = shown.filter(({ family }) => family === name);
    const fit = name === null ? null : estimators.familyFit({ ...place, ...point, family: name });
    const landmarks = members.map(({ model, campaign, parameters, throughputFps }) => {
      return { model, campaign, parameters, throughputFps };
    });
    const family = name ?? 'no known family';
    if (fit === null || !fit.ok) {
      const reason = fit === null ? 'Without a family there is no fit of one.' : fit.reason;
      return { family, landmarks, fittedCampaign: null, equation: null, curve: [], reason };
    }
    const { equation, campaign, minParameters, maxParameters } = fit.value;
    for (const landmark of members) {
      if (landmark.campaign === campaign)
        fitted.push({ landmark, grouped: equation2At(equation, landmark.parameters) });
    }
    const curve = curveOf(equation, minParameters, maxParameters);
    return { family, landmarks, fittedCampaign: campaign, equation: written(equation), curve, reason: null };
  });
  const common = fitted.length === 0 ? shown : fitted.map(({ landmark }) => landmark);
  const naive = fitEquation2(common, 'all families');
  const [least, most] = common.reduce(
    ([low, high], { parameters }) => [Math.min(low, parameters), Math.max(high, parameters)],
    [Infinity, 0],
  );
  return {
    place: `${deviceName(place.device)}, ${runtimeName(place.runtime)}`,
    ...point,
    leftOut: here.length - shown.length,
    families,
    naive: naive.ok
      ? {
          landmarks: common.length,
          equation: written(naive.value.equation),
          curve: curveOf(naive.value.equation, least, most),
        }
      : null,
    errors:
      !naive.ok || fitted.length === 0
        ? null
        : {
            landmarks: fitted.length,
            naiveFps: meanError(fitted, ({ parameters }) => equation2At(naive.value.equation, parameters)),
            groupedFps: meanError(fitted, (_, grouped) => grouped),
          },
  };
}

/** How far the errors of grouping are below those of the naive fit, as the paper says it; null without both. */
export function groupingSentence({ errors }: FitChart): string | null {
  if (errors === null) return null;
  const { naiveFps, groupedFps, landmarks } = errors;
  const off = (fps: number) => `${fps.toPrecision(2)} FPS`;
  const change = Math.round(100 * (1 - groupedFps / naiveFps));
  const less = change > 0 ? `, ${change}% less` : '';
  return `On the ${landmarks} landmarks that a family's fit goes through, one fit through all families is off by ${off(naiveFps)} on average, the families' own fits by ${off(groupedFps)}${less}.`;
}

const curvePoints = 96;

/** Evenly spaced on a logarithmic axis; only positive throughputs. */
function curveOf(equation: Equation2, from: number, to: number): readonly CurvePoint[] {
  return Array.from({ length: curvePoints }, (_, index) => {
    const parameters = from * (to / from) ** (index / (curvePoints - 1));
    return { parameters, throughputFps: equation2At(equation, parameters) };
  }).filter(({ throughputFps }) => throughputFps > 0);
}

function written({ c1, c2, intercept }: Equation2): string {
  const term = (value: number, unit: string) => `${value < 0 ? '−' : '+'} ${Math.abs(value).toPrecision(4)}${unit}`;
  return `𝒯 = ${[term(c1, '/𝒫²'), term(c2, '/𝒫'), term(intercept, '')].join(' ').replace(/^\+ /, '').replace(/^− /, '−')}`;
}

function meanError(
  fitted: readonly { readonly landmark: Landmark; readonly grouped: number }[],
  predict: (landmark: Landmark, grouped: number) => number,
): number {
  const sum = fitted.reduce(
    (total, { landmark, grouped }) => total + Math.abs(predict(landmark, grouped) - landmark.throughputFps),
    0,
  );
  return sum / fitted.length;
}

/** The resolution and batch that most landmarks are at; null without any. */
export function usualPoint(
  landmarks: readonly Landmark[],
): { readonly resolution: number; readonly batch: number } | null {
  const counts = new Map<string, { readonly resolution: number; readonly batch: number; count: number }>();
  for (const { resolution, batch } of landmarks) {
    const key = `${resolution} ${batch}`;
    counts.set(key, { resolution, batch, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  return most === undefined ? null : { resolution: most.resolution, batch: most.batch };
}
