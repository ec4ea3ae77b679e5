import { userCampaign } from '../../landmarks/user-campaign';
import type { Landmark } from '../../landmarks/landmark';
import { calibrate, type Calibration, type FactorEvidence } from '../calibration';
import type { Fold } from '../cross-validation';
import { equation2At } from './equation2';
import type { GraphCostFit } from '../graph-cost/fit-types';
import type { FamilyKey, LandmarkFitOutcome } from './landmark-fit';

/** Two runs of one benchmark on one board, each against the true figure, differ by this much in log throughput. */
const measuringDeviation = 0.03;

/** A family's fit is off by at least this much at a model that it has not seen. */
const minFitDeviation = 0.05;

/**
 * How the user's board relates to that of another campaign, from the user's landmarks alone: each against the same
 * model in that campaign where it was measured there, else against what that campaign's Equation 2 says of it. Null
 * where nothing can be compared.
 *
 * @param here every landmark of the device and runtime
 */
export function calibrateByFamilies(
  here: readonly Landmark[],
  campaign: string,
  fitOf: (key: FamilyKey) => LandmarkFitOutcome,
  own?: ReadonlySet<string>,
): Calibration | null {
  const home = userCampaign(here, own);
  if (home === null || home === campaign) return null;
  const published = new Map<string, Landmark>();
  for (const landmark of here) if (landmark.campaign === campaign) published.set(pointOf(landmark), landmark);
  const latest = new Map<string, Landmark>();
  for (const landmark of here) if (landmark.campaign === home) latest.set(pointOf(landmark), landmark);
  const evidence = [...latest].flatMap(([point, landmark]): FactorEvidence[] => {
    const same = published.get(point);
    if (same !== undefined) {
      const logRatio = Math.log(landmark.throughputFps / same.throughputFps);
      return [{ logRatio, deviation: Math.SQRT2 * measuringDeviation }];
    }
    const predicted = predictedBy(landmark, campaign, fitOf);
    if (predicted === null) return [];
    return [{ logRatio: Math.log(landmark.throughputFps / predicted.fps), deviation: predicted.deviation }];
  });
  return calibrate(home, campaign, evidence);
}

/** The same from a fit over the graph that has learned the factor with everything else; null where it has not. */
export function calibrationOfFit({ reference, fit, calibration }: GraphCostFit, campaign: string): Calibration | null {
  if (calibration === null) return null;
  if (calibration.reference === campaign || !calibration.isApplied) return { ...calibration, reference: campaign };
  const belief = fit.campaigns.get(campaign);
  if (belief === undefined) return null;
  if (calibration.campaign === reference) {
    return { ...calibration, reference: campaign, factor: Math.exp(belief.mean), deviation: belief.deviation };
  }
  // The fit is of the reference's board; from there to the user's leads the factor that it could not learn.
  if (calibration.reference !== reference) return null;
  const factor = calibration.factor * Math.exp(belief.mean);
  return {
    ...calibration,
    reference: campaign,
    factor,
    deviation: Math.hypot(calibration.deviation, belief.deviation),
  };
}

function predictedBy(
  { device, runtime, family, resolution, batch, parameters }: Landmark,
  campaign: string,
  fitOf: (key: FamilyKey) => LandmarkFitOutcome,
): { readonly fps: number; readonly deviation: number } | null {
  if (family === null) return null;
  const fit = fitOf({ device, runtime, family, resolution, batch });
  if (!fit.ok || fit.value.campaign !== campaign) return null;
  const { equation, minParameters, maxParameters, crossValidation } = fit.value;
  const fps = equation2At(equation, parameters);
  if (!(fps > 0) || parameters < minParameters || parameters > maxParameters) return null;
  return { fps, deviation: Math.max(minFitDeviation, usualError(crossValidation.folds)) };
}

/** The median, as a landmark at the end of the range is missed by much more than a model between landmarks is. */
function usualError(folds: readonly Fold<Landmark>[]): number {
  const errors = folds.flatMap(({ point: { throughputFps }, predictedFps }) =>
    predictedFps === null ? [] : [Math.abs(predictedFps / throughputFps - 1)],
  );
  return errors.length === 0 ? 1 : errors.sort((a, b) => a - b)[errors.length >> 1]!;
}

function pointOf({ model, parameters, resolution, batch }: Landmark): string {
  return JSON.stringify([model, parameters, resolution, batch]);
}
