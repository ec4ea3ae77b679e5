import { equation2At } from './family-fit/equation2';
import type { Estimators } from './estimators';
import type { Landmark } from '../landmarks/landmark';
import { kernelsOfLandmark } from '../landmarks/model-costs';

/** How far a measurement is from its fit. */
export interface FitDistance {
  readonly method: 'landmark-fit' | 'graph-cost';
  readonly predictedFps: number;
  /** (measured − predicted) / predicted. */
  readonly deviation: number;
}

/**
 * How far a landmark is from the fit of its family (Equation 2 of its own campaign) or, if there is none, from the
 * graph-cost fit. Null if neither covers it.
 */
export function fitDistance(estimators: Estimators, landmark: Landmark): FitDistance | null {
  const { device, runtime, family, resolution, batch, throughputFps } = landmark;
  const fit = family === null ? null : estimators.familyFit({ device, runtime, family, resolution, batch });
  if (fit?.ok && fit.value.campaign === landmark.campaign) {
    return distance('landmark-fit', equation2At(fit.value.equation, landmark.parameters), throughputFps);
  }
  const kernels = kernelsOfLandmark(landmark);
  const graph = kernels === null ? null : estimators.graphCostFit({ device, runtime });
  if (kernels === null || !graph?.ok) return null;
  const { value } = graph;
  const campaign = landmark.campaign === value.reference ? null : landmark.campaign;
  const belief = value.fit.predict(value.model.latencyOf(kernels), family, campaign);
  return distance('graph-cost', (1000 * batch) / Math.exp(belief.mean), throughputFps);
}

function distance(method: FitDistance['method'], predictedFps: number, measuredFps: number): FitDistance | null {
  if (!(predictedFps > 0)) return null;
  return { method, predictedFps, deviation: (measuredFps - predictedFps) / predictedFps };
}
