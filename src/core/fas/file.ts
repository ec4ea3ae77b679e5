import type { Estimate, Prediction } from '../estimate/estimate';
import { defaultResolution } from '../landmarks/landmark';
import type { ModelProfile } from '../profile/profile';
import { success, type Result } from '../result';
import { roundedFigure, type FieldProblem } from './fields';
import type { FasModel } from './model';
import { enteredFigure, formatCount, formatExactCount, sizeText } from '../figures';
import { t } from '../language';

/** What the file of an own model says now. */
export interface FasFile {
  readonly profile: Pick<ModelProfile, 'parameters' | 'family' | 'centralDifferences'>;
  /** At the model's device and runtime. */
  readonly prediction: Pick<Prediction, 'estimate' | 'reason'>;
}

/** A model as it is to be shown, with what there is to know about its file, a sentence each. */
export interface FasModelNow {
  readonly model: FasModel;
  readonly notes: readonly string[];
}

/**
 * An own model with what its file says now: one that is predicted follows its file and what predictions learn from, one
 * that was measured stays as it was. Where the file is gone or has changed, a note says so, since error rates cannot
 * follow.
 *
 * @param now null for a model without a file
 */
export function fasModelNow(model: FasModel, now: Result<FasFile> | null): FasModelNow {
  if (now === null) return { model, notes: [] };
  if (!now.ok)
    return {
      model,
      notes: [t('Its figures stay as they were saved, as its file cannot be read. {0}', now.error.message)],
    };
  const { profile, prediction } = now.value;
  const isOther = model.parameters !== null && model.parameters !== profile.parameters;
  const changed = isOther
    ? [
        t(
          'Its file has changed since it was added: {0} parameters now, {1} then. What is measured or typed in is of the one before.',
          formatCount(profile.parameters),
          formatCount(model.parameters ?? 0),
        ),
      ]
    : [];
  if (model.basis === 'measured') return { model, notes: changed };
  const { parameters, family, centralDifferences } = profile;
  const followed: FasModel = { ...model, parameters: parameters > 0 ? parameters : null, family, centralDifferences };
  const { estimate, reason } = prediction;
  if (estimate !== null) {
    const notes = [...changed, ...sizeNotes(estimate)];
    return { model: { ...followed, throughputFps: estimate.throughputFps, basis: 'predicted' }, notes };
  }
  const unanswered =
    reason === null
      ? t('Nothing is predicted for it now. Its FPS stay as they were saved.')
      : t('Nothing is predicted for it now: {0} Its FPS stay as they were saved.', reason);
  return {
    model: followed,
    notes: model.throughputFps === null ? changed : [...changed, unanswered],
  };
}

function sizeNotes({ resolution, batch }: Estimate): readonly string[] {
  if (resolution === defaultResolution && batch === 1) return [];
  return [
    t(
      "Its FPS are predicted at {0}, the input of its file. The paper's are at {1} where it says nothing else (section 2.1).",
      sizeText(resolution, batch),
      sizeText(defaultResolution, 1),
    ),
  ];
}

/**
 * A model that was typed in beside its file: what the file says is taken from it, and where what was typed says otherwise,
 * that is a problem rather than something to overrule.
 *
 * @param predictions of the file where the model runs, then wherever the form may have been filled in for
 */
export function fasModelOfFile(
  typed: FasModel,
  { parameters, family, centralDifferences }: FasFile['profile'],
  predictions: readonly Pick<Prediction, 'estimate'>[],
): Result<FasModel, FieldProblem> {
  if (typed.parameters !== null && parameters > 0 && typed.parameters !== parameters) {
    const reason = t('The file has {0} parameters. Enter {1}, or nothing.', formatExactCount(parameters), parameters);
    return { ok: false, error: { field: 'parameters', reason } };
  }
  const model = { ...typed, parameters: parameters > 0 ? parameters : typed.parameters, family, centralDifferences };
  const here = predictions[0]?.estimate?.throughputFps ?? null;
  if (typed.basis === 'measured' || here === null) return success(model);
  const shown = predictions.map(({ estimate }) => roundedFigure(estimate?.throughputFps ?? null));
  if (typed.throughputFps !== null && !shown.includes(roundedFigure(typed.throughputFps))) {
    const reason = t(
      '{0} FPS are predicted from the file. Choose “measured” for a figure of your own.',
      enteredFigure(here),
    );
    return { ok: false, error: { field: 'throughput_fps', reason } };
  }
  return success({ ...model, throughputFps: here, basis: 'predicted' });
}
