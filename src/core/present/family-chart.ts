import { equation2At } from '../estimate/equation2';
import type { Estimate, Interval } from '../estimate/estimate';
import type { FamilyKey, LandmarkFit } from '../estimate/landmark-fit';
import type { Landmark } from '../landmarks/landmark';
import type { ModelProfile } from '../profile/profile';

/** A point of a chart: parameters in millions (log axis) and inputs per second. */
export interface ChartPoint {
  readonly parametersMillions: number;
  readonly throughputFps: number;
}

/** A measured point with what to say about it. */
export interface LandmarkPoint extends ChartPoint {
  /** The model's name. */
  readonly label: string;
  readonly campaign: string;
  /** Whether the fitted curve rests on it. */
  readonly fitted: boolean;
}

/** The model at hand. */
export interface ModelPoint extends ChartPoint {
  readonly interval: Interval | null;
}

/** The paper's Figure 3 for one family: its landmarks, the fitted curve, and this model on it. */
export interface FamilyChart {
  readonly family: string;
  readonly landmarks: readonly LandmarkPoint[];
  /** Equation 2 inside the landmarks' range; empty without a fit. */
  readonly curve: readonly ChartPoint[];
  /** Equation 2 below the range, up to its lowest landmark, where it is positive; to be drawn dashed. */
  readonly curveBelow: readonly ChartPoint[];
  /** Equation 2 above the range, where it is positive; to be drawn dashed. */
  readonly curveAbove: readonly ChartPoint[];
  /** null where nothing is predicted. */
  readonly model: ModelPoint | null;
}

const samples = 64;

/** How far beyond its landmarks the curve is drawn, as a factor of the number of parameters. */
const margin = 1.25;

/**
 * Chart of one family on one device and runtime.
 *
 * @param fit null where Equation 2 could not be fitted; the landmarks are shown all the same
 * @param landmarks every landmark known; those of the key are shown, whatever their campaign
 */
export function familyChart(
  key: FamilyKey,
  fit: LandmarkFit | null,
  landmarks: readonly Landmark[],
  profile: ModelProfile,
  estimate: Estimate | null,
): FamilyChart {
  const model = estimate === null ? null : modelPoint(profile, estimate);
  const lowest = Math.min(fit?.minParameters ?? 0, profile.parameters) / margin;
  const highest = Math.max(fit?.maxParameters ?? 0, profile.parameters) * margin;
  return {
    family: key.family,
    landmarks: landmarks.filter((landmark) => belongsTo(landmark, key)).map((landmark) => landmarkPoint(landmark, fit)),
    curve: sampleCurve(fit, fit?.minParameters, fit?.maxParameters),
    curveBelow: sampleCurve(fit, lowest, fit?.minParameters),
    curveAbove: sampleCurve(fit, fit?.maxParameters, highest),
    model,
  };
}

function belongsTo(landmark: Landmark, key: FamilyKey): boolean {
  return (
    landmark.device === key.device &&
    landmark.runtime === key.runtime &&
    landmark.family === key.family &&
    landmark.resolution === key.resolution &&
    landmark.batch === key.batch
  );
}

function landmarkPoint(landmark: Landmark, fit: LandmarkFit | null): LandmarkPoint {
  return {
    parametersMillions: landmark.parameters / 1e6,
    throughputFps: landmark.throughputFps,
    label: landmark.model,
    campaign: landmark.campaign,
    fitted: fit !== null && landmark.campaign === fit.campaign,
  };
}

function modelPoint(profile: ModelProfile, estimate: Estimate): ModelPoint {
  return {
    parametersMillions: profile.parameters / 1e6,
    throughputFps: estimate.throughputFps,
    interval: estimate.interval,
  };
}

/** Evenly spaced on a log axis; points that are not positive are left out, as no throughput is. */
function sampleCurve(fit: LandmarkFit | null, from: number | undefined, to: number | undefined): readonly ChartPoint[] {
  if (fit === null || from === undefined || to === undefined || !(from > 0) || !(to > from)) return [];
  const points = Array.from({ length: samples }, (_, index): ChartPoint => {
    const parameters = from * (to / from) ** (index / (samples - 1));
    return { parametersMillions: parameters / 1e6, throughputFps: equation2At(fit.equation, parameters) };
  });
  return points.filter((point) => point.throughputFps > 0);
}
