import type { Landmark, Runtime } from '../../landmarks/landmark';
import { atOnce, type Pieces } from '../../pieces';
import { t } from '../../language';
import type { Estimators } from '../estimators';
import { equation2At, equation2Curve, fitEquation2, type Equation2 } from './equation2';

/** Where the landmarks were measured. */
export interface FittedDeployment {
  readonly device: string;
  readonly runtime: Runtime;
}

interface CurvePoint {
  readonly parameters: number;
  readonly throughputFps: number;
}

/** One family's landmarks with the fit through them. */
export interface FamilySeries {
  readonly family: string;
  readonly landmarks: readonly {
    readonly model: string;
    readonly campaign: string;
    readonly parameters: number;
    readonly throughputFps: number;
  }[];
  /** Campaign that the curve is fitted to; null where there is no fit. */
  readonly fittedCampaign: string | null;
  /** null without a fit. */
  readonly equation: Equation2 | null;
  /** Between the fitted landmarks, by rising parameters. */
  readonly curve: readonly CurvePoint[];
  /** Why there is no fit; null where there is one. */
  readonly reason: string | null;
}

/**
 * The paper's Figure 3: throughput over parameters for all families of a deployment, with one fit through all families (the
 * naive approach) and one per family (grouped), and what either is off by. Both go through the same landmarks, as their
 * errors would not compare otherwise; where no family has a fit, the naive one goes through all.
 */
export interface AllFamiliesFit {
  /** What most landmarks of the deployment are at; the others are left out. */
  readonly resolution: number;
  readonly batch: number;
  readonly leftOut: number;
  readonly families: readonly FamilySeries[];
  readonly naive: {
    /** How many landmarks it is fitted to. */
    readonly landmarks: number;
    readonly equation: Equation2;
    readonly curve: readonly CurvePoint[];
  } | null;
  /** Mean absolute errors over the landmarks that have a family's fit, to which both are fitted; null without any. */
  readonly errors: { readonly landmarks: number; readonly naiveFps: number; readonly groupedFps: number } | null;
}

/** Fits a deployment's families, each by itself and all at once; null where nothing is measured there. */
export function fitAllFamilies(estimators: Estimators, deployment: FittedDeployment): AllFamiliesFit | null {
  return atOnce(fittingAllFamilies(estimators, deployment));
}

/** The same in pieces: one a family, and a few around them. */
export function* fittingAllFamilies(
  estimators: Estimators,
  deployment: FittedDeployment,
): Pieces<AllFamiliesFit | null> {
  const here = estimators.landmarksAt(deployment);
  const point = usualPoint(here);
  if (point === null) return null;
  yield;
  const shown = here
    .filter(({ resolution, batch }) => resolution === point.resolution && batch === point.batch)
    .sort((one, other) => one.parameters - other.parameters);
  yield;
  const byFamily = new Map<string | null, Landmark[]>();
  for (const landmark of shown) {
    const members = byFamily.get(landmark.family);
    if (members === undefined) byFamily.set(landmark.family, [landmark]);
    else members.push(landmark);
  }
  const sorted = [...byFamily].sort(([a], [b]) => (a ?? '~').localeCompare(b ?? '~'));
  const fitted: { readonly landmark: Landmark; readonly grouped: number }[] = [];
  const families: FamilySeries[] = [];
  for (const [name, members] of sorted) {
    yield;
    const fit = name === null ? null : estimators.familyFit({ ...deployment, ...point, family: name });
    const landmarks = members.map(({ model, campaign, parameters, throughputFps }) => {
      return { model, campaign, parameters, throughputFps };
    });
    const family = name ?? t('unknown family');
    if (fit === null || !fit.ok) {
      const reason = fit === null ? t('Without a family there is no fit of one.') : fit.error;
      families.push({ family, landmarks, fittedCampaign: null, equation: null, curve: [], reason });
      continue;
    }
    const { equation, campaign, minParameters, maxParameters } = fit.value;
    for (const landmark of members) {
      if (landmark.campaign === campaign)
        fitted.push({ landmark, grouped: equation2At(equation, landmark.parameters) });
    }
    const curve = equation2Curve(equation, minParameters, maxParameters);
    families.push({ family, landmarks, fittedCampaign: campaign, equation, curve, reason: null });
  }
  yield;
  const common = fitted.length === 0 ? shown : fitted.map(({ landmark }) => landmark);
  const naive = fitEquation2(common, t('all families'));
  yield;
  const [least, most] = common.reduce(
    ([low, high], { parameters }) => [Math.min(low, parameters), Math.max(high, parameters)],
    [Infinity, 0],
  );
  return {
    ...point,
    leftOut: here.length - shown.length,
    families,
    naive: naive.ok
      ? {
          landmarks: common.length,
          equation: naive.value.equation,
          curve: equation2Curve(naive.value.equation, least, most),
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
