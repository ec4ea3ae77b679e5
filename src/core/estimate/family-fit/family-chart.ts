import type { Landmark, Runtime } from '../../landmarks/landmark';
import type { Estimators } from '../estimators';
import { equation2Curve } from './equation2';

/** What a chart of throughput over parameters draws for one family, as the paper's Figure 3 does. */
export interface FamilyChart {
  readonly family: string;
  /** Every campaign's landmarks, by rising parameters. */
  readonly landmarks: readonly Landmark[];
  /** Campaign that the curve is fitted to; null where there is no fit. */
  readonly fittedCampaign: string | null;
  /** Parameters between which the curve rests on landmarks; null where there is no fit. */
  readonly fittedRange: { readonly min: number; readonly max: number } | null;
  /** Points of Equation 2 by rising parameters, evenly spaced on a logarithmic axis; only positive throughputs. */
  readonly curve: readonly { readonly parameters: number; readonly throughputFps: number }[];
}

/**
 * The landmarks of a family on a device and runtime at one resolution and batch, with the fit through them. The curve
 * spans the landmarks and `parameters`, so that a model outside their range is seen on the continued curve.
 * Null where nobody has measured the family there.
 */
export function familyChart(
  estimators: Estimators,
  at: {
    readonly device: string;
    readonly runtime: Runtime;
    readonly family: string;
    readonly parameters: number;
    readonly resolution: number;
    readonly batch: number;
  },
): FamilyChart | null {
  const landmarks = estimators
    .landmarksAt(at, at.family)
    .filter(({ resolution, batch }) => resolution === at.resolution && batch === at.batch)
    .sort((one, other) => one.parameters - other.parameters);
  if (landmarks.length === 0) return null;
  const fit = estimators.familyFit(at);
  if (!fit.ok) return { family: at.family, landmarks, fittedCampaign: null, fittedRange: null, curve: [] };
  const { equation, campaign, minParameters, maxParameters } = fit.value;
  // The curve that predictions follow: of the user's board, where that is known.
  const calibration = estimators.calibration(at, campaign);
  const factor = calibration?.isApplied ? calibration.factor : 1;
  const curve = equation2Curve(
    equation,
    Math.min(minParameters, at.parameters),
    Math.max(maxParameters, at.parameters),
  ).map(({ parameters, throughputFps }) => ({ parameters, throughputFps: factor * throughputFps }));
  const fittedRange = { min: minParameters, max: maxParameters };
  return { family: at.family, landmarks, fittedCampaign: campaign, fittedRange, curve };
}
