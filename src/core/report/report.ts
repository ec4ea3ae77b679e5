import { t } from '../language';
import type { Prediction, Query } from '../estimate/estimate';
import type { Estimators } from '../estimate/estimators';
import { findDevice } from '../landmarks/devices';
import { comparedModel, compareModels, type ComparedModel } from '../present/compare';
import { predictionView, type PredictionView } from '../present/prediction-view';
import { resolutionView, sweptSizes, type SweepPoint } from '../present/resolution-view';
import { certaintyText } from '../present/sentences';
import { timeBreakdown, timeRows, type TimeRow } from '../present/time-breakdown';
import type { ModelProfile } from '../profile/profile';

/** A model of a report. */
export interface ReportedModel extends ComparedModel {
  readonly view: PredictionView;
  /** Predicted time by kind of kernel, the heaviest first; none where it is not known. */
  readonly times: readonly TimeRow[];
  /** Throughput at other sizes of a square input, by rising size; none where the network takes one size alone. */
  readonly sizes: readonly SweepPoint[];
  /** What the figure rests on, in sentences. */
  readonly assumptions: readonly string[];
}

/** Everything that is handed on of some models. */
export interface Report {
  /** `Jetson Nano, TensorRT FP16`. */
  readonly deployment: string;
  readonly targetFps: number | null;
  /** The fastest first. */
  readonly models: readonly ReportedModel[];
  /** What could not be read, and why. */
  readonly unreadable: readonly { readonly file: string; readonly message: string }[];
  /** What it was made with: `Framecast 0.1.0`, the board's software, how much was measured. */
  readonly versions: readonly string[];
  /** `2026-11-29`. */
  readonly date: string;
}

export interface ReportedFile {
  /** As the reader knows it. */
  readonly file: string;
  /** With its external data. */
  readonly fileBytes: number;
  readonly profile: ModelProfile;
}

/** What a report says of one model. Costs up to a second, for predicting the model at many sizes. */
export function reportedModel(
  { file, fileBytes, profile }: ReportedFile,
  query: Query,
  targetFps: number | null,
  estimators: Estimators,
): ReportedModel {
  const prediction = estimators.predict(profile, query);
  const view = predictionView(profile, query, prediction, targetFps ?? undefined);
  const explained = estimators.explainLatency(profile, query);
  const swept = sweptSizes(profile, query, estimators.landmarks);
  const points = estimators.throughputBySize(profile, query, swept);
  return {
    ...comparedModel({ file, ok: true, fileBytes, profile, prediction }, query, targetFps),
    view,
    times: explained.ok ? timeRows(timeBreakdown(explained.value), 'kind') : [],
    sizes: resolutionView(profile, query, estimators.landmarks, points, null).points,
    assumptions: assumptionsOf(view, prediction),
  };
}

function assumptionsOf(view: PredictionView, { estimate, measured = [] }: Prediction): readonly string[] {
  if (estimate === null) return view.reason === null ? [] : [view.reason];
  const { basis, error, notes } = view.estimate!;
  return [
    `${certaintyText(measured.length > 0 ? 'measured' : estimate.certainty)}: ${basis}`,
    ...(error === null ? [] : [error]),
    ...(view.operatingPoint === null ? [] : [t('Input and batch: {0}', view.operatingPoint)]),
    ...(estimate.powerMode === null ? [] : [`${t('Power mode')}: ${estimate.powerMode}`]),
    ...notes,
    ...view.model.evidence,
  ].map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1));
}

/**
 * Puts models into a report.
 *
 * @param version of Framecast
 * @param date of today, `2026-11-29`
 */
export function reportOf(
  models: readonly ReportedModel[],
  unreadable: Report['unreadable'],
  {
    query,
    targetFps,
    estimators,
  }: { readonly query: Query; readonly targetFps: number | null; readonly estimators: Estimators },
  { version, date }: { readonly version: string; readonly date: string },
): Report {
  const here = estimators.landmarks.filter(
    ({ device, runtime }) => device === query.device && runtime === query.runtime,
  );
  const tensorrt = findDevice(query.device)?.newestTensorrt ?? null;
  return {
    deployment: models[0]?.view.deployment ?? query.device,
    targetFps,
    models: compareModels(models, []).models,
    unreadable,
    versions: [
      `Framecast ${version}`,
      ...(tensorrt === null
        ? []
        : [t('Compatibility is judged for TensorRT {0} (JetPack {1})', tensorrt.version, tensorrt.jetpack)]),
      t(
        'Predictions for this board and runtime rest on {0, plural, one {# measurement} other {# measurements}} made there, of {1} in all',
        here.length,
        estimators.landmarks.length,
      ),
    ],
    date,
  };
}
