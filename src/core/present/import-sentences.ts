import type { FitChange, FitState, PredictionChange } from '../estimate/import-preview';
import { deviceName } from '../landmarks/devices';
import { defaultResolution, runtimeName } from '../landmarks/landmark';
import { formatShare, sizeText } from '../figures';
import { t, withDecimalMark } from '../language';

/** One sentence for every fit that an import changes. */
export function previewSentences(changes: readonly FitChange[]): readonly string[] {
  return changes.map((change) => {
    const { device, runtime, family, size } = change;
    const name =
      family === null
        ? t('Graph cost')
        : isUsual(size)
          ? t('Equation 2 of {0}', family)
          : t('Equation 2 of {0} at {1}', family, sizeText(size.resolution, size.batch));
    const deployment = t('{0} on {1} with {2}', name, deviceName(device), runtimeName(runtime));
    return `${deployment}: ${whatChanges(change)}`;
  });
}

/** Equation 2 is fitted for each size of input by itself, so one other than the published has to be named. */
function isUsual(size: FitChange['size']): size is null {
  return size === null || (size.resolution === defaultResolution && size.batch === 1);
}

function whatChanges({ before, after, reason, predictions }: FitChange): string {
  if (after === null) return `${before === null ? t('no fit yet.') : t('no fit any more.')} ${reason ?? ''}`.trim();
  const parts = [
    fromTo(before && landmarksOf(before), landmarksOf(after)),
    ...(before?.campaign === after.campaign
      ? []
      : [t('figures as in {0}', fromTo(before && campaignOf(before), campaignOf(after)))]),
    t('error on landmarks left out {0}', fromTo(before && errorOf(before), errorOf(after))),
    ...range(predictions),
  ];
  const calibration =
    after.calibration === null || after.calibration === before?.calibration ? '' : ` ${after.calibration}`;
  return `${parts.join('; ')}.${calibration}`;
}

function landmarksOf({ landmarks }: FitState): string {
  return t('{0, plural, one {# landmark} other {# landmarks}}', landmarks);
}

function campaignOf({ campaign }: FitState): string {
  return t('campaign {0}', campaign);
}

function errorOf({ crossValidatedError }: FitState): string {
  return crossValidatedError === null ? t('not known') : formatShare(crossValidatedError);
}

function fromTo(before: string | null, after: string): string {
  if (before === null) return t('{0} (new)', after);
  return before === after ? t('still {0}', after) : `${before} → ${after}`;
}

/** How far predictions of published models move. */
function range(predictions: readonly PredictionChange[]): readonly string[] {
  const shares = predictions.flatMap(({ beforeFps, afterFps }) =>
    beforeFps === null || afterFps === null ? [] : [afterFps / beforeFps - 1],
  );
  if (shares.length === 0) return [];
  const [low, high] = [Math.min(...shares), Math.max(...shares)].map(signed);
  return [
    t(
      'predictions of {0, plural, one {# published model} other {# published models}} change by {1}',
      shares.length,
      low === high ? low! : t('{0} to {1}', low!, high!),
    ),
  ];
}

/** `+3.1%`, `−0.4%`, `0%`. */
function signed(share: number): string {
  const percent = (100 * share).toFixed(1);
  if (Number(percent) === 0) return t('{0}%', 0);
  return `${share > 0 ? '+' : '−'}${t('{0}%', withDecimalMark(percent.replace('-', '')))}`;
}
