import { t } from '../language';
import type { Equation2 } from './family-fit/equation2';
import { usualPoint } from './family-fit/all-families-fit';
import type { GraphCostKey } from './graph-cost/fit-types';
import { meanRelativeError } from './graph-cost/graph-cost-fit';
import type { Estimators } from './estimators';
import { deviceName } from '../landmarks/devices';
import { runtimeName } from '../landmarks/landmark';
import { atOnce, type Pieces } from '../pieces';

/** What the landmarks of one device and runtime amount to: its fits, and how far they can be trusted. */
export interface FitReport {
  readonly deployment: string;
  /** Landmarks that the fits learn from. */
  readonly landmarks: number;
  readonly graphCost:
    | {
        readonly ok: true;
        readonly landmarks: number;
        /** Mean relative error of models, and of families, that were left out in turn; null where none can be. */
        readonly modelLeftOut: number | null;
        readonly familyLeftOut: number | null;
      }
    | { readonly ok: false; readonly reason: string };
  readonly families: readonly {
    readonly family: string;
    /** Those that the equation goes through, which are of one campaign; all of the family where there is no equation. */
    readonly landmarks: number;
    /** Equation 2 at the resolution and batch of most of the family's landmarks; null where they do not determine it. */
    readonly equation: Equation2 | null;
    /** Mean relative error, each landmark left out in turn; null where that cannot be known. */
    readonly leaveOneOut: number | null;
  }[];
}

/** Reports the fits of one device and runtime. */
export function fitReport(estimators: Estimators, key: GraphCostKey): FitReport {
  return atOnce(fitReportInPieces(estimators, key));
}

/** The same in pieces, one a family; the fit over the graph is one, unless it has been prepared. */
export function* fitReportInPieces(estimators: Estimators, key: GraphCostKey): Pieces<FitReport> {
  const here = estimators.landmarksAt(key);
  const outcome = estimators.graphCostFit(key);
  yield;
  const families = [...new Set(here.flatMap(({ family }) => (family === null ? [] : [family])))].sort();
  const byFamily: FitReport['families'][number][] = [];
  for (const family of families) {
    yield;
    const members = estimators.landmarksAt(key, family);
    const fit = estimators.familyFit({ ...key, family, ...usualPoint(members)! });
    byFamily.push({
      family,
      landmarks: fit.ok ? fit.value.landmarks.length : members.length,
      equation: fit.ok ? fit.value.equation : null,
      leaveOneOut: fit.ok ? fit.value.crossValidation.meanRelativeError : null,
    });
  }
  yield;
  return {
    deployment: t('{0} with {1}', deviceName(key.device), runtimeName(key.runtime)),
    landmarks: here.length,
    graphCost: outcome.ok
      ? {
          ok: true,
          landmarks: outcome.value.landmarks.length,
          modelLeftOut: meanRelativeError(outcome.value.leaveOneOut),
          familyLeftOut: families.length < 2 ? null : meanRelativeError(outcome.value.leaveFamilyOut()),
        }
      : { ok: false, reason: outcome.error },
    families: byFamily,
  };
}
