import { bundledLandmarks } from '../landmarks/campaigns';
import type { Landmark, Runtime } from '../landmarks/landmark';
import { kernelsOfLandmark } from '../landmarks/model-costs';
import { calibrationSentence } from './calibration';
import { equation2At, type Equation2 } from './family-fit/equation2';
import { meanRelativeError } from './graph-cost/graph-cost-fit';
import type { FamilyKey } from './family-fit/landmark-fit';
import { defaultResolution } from '../landmarks/landmark';
import { createEstimators, type Estimators } from './estimators';

/** A fit as a preview compares it. */
export interface FitState {
  /** Landmarks behind it. */
  readonly landmarks: number;
  /** Campaign whose board the figures are for. */
  readonly campaign: string;
  /** Mean relative error on landmarks left out in turn; null where none can be. */
  readonly crossValidatedError: number | null;
  /** Coefficients of Equation 2; null for the fit over the graph. */
  readonly equation: Equation2 | null;
  /** How the user's board relates to the published one, as a sentence; null where that is not known. */
  readonly calibration: string | null;
}

/** What a fit says of a published model before and after; null where it gives no answer. */
export interface PredictionChange {
  readonly model: string;
  readonly parameters: number;
  readonly beforeFps: number | null;
  readonly afterFps: number | null;
}

/** What an import changes in one fit. */
export interface FitChange {
  readonly method: 'landmark-fit' | 'graph-cost';
  readonly device: string;
  readonly runtime: Runtime;
  /** null for the fit over the graph, which all families share. */
  readonly family: string | null;
  /** Input that a family's fit holds at; null for the fit over the graph. */
  readonly size: { readonly resolution: number; readonly batch: number } | null;
  readonly before: FitState | null;
  readonly after: FitState | null;
  /** Why there is no fit after the import; null where there is one. */
  readonly reason: string | null;
  /** The published models of the family, or of all families for the fit over the graph, at 224×224 and batch 1. */
  readonly predictions: readonly PredictionChange[];
}

/**
 * What landmarks would change in the fits of every device, runtime and family that they touch, by device, runtime, the
 * fit over the graph first.
 *
 * @param before over the landmarks as they are
 * @param added those that would come to them, of which fits learn from
 * @param own the campaigns that the user has measured, as `createEstimators` takes them; the added ones join them
 */
export function previewImport(
  before: Estimators,
  added: readonly Landmark[],
  own?: ReadonlySet<string>,
): readonly FitChange[] {
  const owned = own && new Set([...own, ...added.map(({ campaign }) => campaign)]);
  const after = createEstimators([...before.landmarks, ...added], owned);
  const deployments = distinctBy(added, ({ device, runtime }) => [device, runtime]);
  return deployments.flatMap(({ device, runtime }) => {
    const here = added.filter((landmark) => landmark.device === device && landmark.runtime === runtime);
    const keys = distinctBy(
      here.filter(({ family }) => family !== null),
      ({ family, resolution, batch }) => [family, resolution, batch],
    ).map(({ family, resolution, batch }) => ({ device, runtime, family: family!, resolution, batch }));
    return [graphCostChange(before, after, device, runtime), ...keys.map((key) => familyChange(before, after, key))];
  });
}

/** A new figure of one family moves those of all others, as the board's factor does. */
function graphCostChange(before: Estimators, after: Estimators, device: string, runtime: Runtime): FitChange {
  const read = (estimators: Estimators) => {
    const outcome = estimators.graphCostFit({ device, runtime });
    if (!outcome.ok) return { state: null, reason: outcome.error, fpsOf: () => null };
    const fit = outcome.value;
    const { reference } = fit;
    const state: FitState | null =
      reference === null
        ? null
        : {
            landmarks: fit.landmarks.length,
            campaign: reference,
            crossValidatedError: meanRelativeError(fit.leaveOneOut),
            equation: null,
            calibration: fit.calibration && calibrationSentence(fit.calibration),
          };
    const fpsOf = (landmark: Landmark) => {
      const kernels = kernelsOfLandmark(landmark);
      return kernels && 1000 / Math.exp(fit.fit.predict(fit.model.latencyOf(kernels), landmark.family).mean);
    };
    return { state, reason: null, fpsOf };
  };
  const [one, other] = [read(before), read(after)];
  return {
    method: 'graph-cost',
    device,
    runtime,
    family: null,
    size: null,
    before: one.state,
    after: other.state,
    reason: other.reason,
    predictions: publishedModels().map((landmark) => change(landmark, one.fpsOf, other.fpsOf)),
  };
}

function familyChange(before: Estimators, after: Estimators, key: FamilyKey): FitChange {
  const read = (estimators: Estimators) => {
    const outcome = estimators.familyFit(key);
    if (!outcome.ok) return { state: null, reason: outcome.error, fpsOf: () => null };
    const { landmarks, campaign, crossValidation, equation } = outcome.value;
    const { meanRelativeError: error, unanswered } = crossValidation;
    const crossValidatedError = unanswered === 0 ? error : null;
    const related = estimators.calibration(key, campaign);
    const calibration = related && calibrationSentence(related);
    const factor = related?.isApplied ? related.factor : 1;
    const state: FitState = { landmarks: landmarks.length, campaign, crossValidatedError, equation, calibration };
    const fpsOf = ({ parameters }: Landmark) => {
      const fps = factor * equation2At(equation, parameters);
      return fps > 0 ? fps : null;
    };
    return { state, reason: null, fpsOf };
  };
  const [one, other] = [read(before), read(after)];
  const isPublished = key.resolution === defaultResolution && key.batch === 1;
  return {
    method: 'landmark-fit',
    device: key.device,
    runtime: key.runtime,
    family: key.family,
    size: { resolution: key.resolution, batch: key.batch },
    before: one.state,
    after: other.state,
    reason: other.reason,
    predictions: isPublished
      ? publishedModels(key.family).map((landmark) => change(landmark, one.fpsOf, other.fpsOf))
      : [],
  };
}

type FpsOf = (landmark: Landmark) => number | null;

function change(landmark: Landmark, before: FpsOf, after: FpsOf): PredictionChange {
  const { model, parameters } = landmark;
  return { model, parameters, beforeFps: before(landmark), afterFps: after(landmark) };
}

/** The models of a family, or of all, that have been published, each once, by rising parameters. */
function publishedModels(family?: string): readonly Landmark[] {
  const ofFamily = bundledLandmarks.filter((landmark) => family === undefined || landmark.family === family);
  return distinctBy(ofFamily, ({ model, parameters }) => [model, parameters]).sort(
    (a, b) => a.parameters - b.parameters,
  );
}

function distinctBy<T>(items: readonly T[], keyOf: (item: T) => readonly unknown[]): T[] {
  return [...new Map([...items].reverse().map((item) => [JSON.stringify(keyOf(item)), item])).values()].reverse();
}
