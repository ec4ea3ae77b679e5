import type { FitChange, FitState, PredictionChange } from '../estimate/import-preview';
import { deviceName } from '../landmarks/devices';
import { defaultResolution, runtimeName } from '../landmarks/landmark';
import { formatShare, square } from '../figures';

/** One sentence for every fit that an import changes. */
export function previewSentences(changes: readonly FitChange[]): readonly string[] {
  return changes.map((change) => {
    const { device, runtime, family, size } = change;
    const name = family === null ? 'Graph cost' : `Equation 2 of ${family}${unusual(size)}`;
    const place = `${name} on ${deviceName(device)} with ${runtimeName(runtime)}`;
    return `${place}: ${whatChanges(change)}`;
  });
}

/** Equation 2 is fitted for each size of input by itself, so one other than the published has to be named. */
function unusual(size: FitChange['size']): string {
  if (size === null || (size.resolution === defaultResolution && size.batch === 1)) return '';
  return ` at ${square(size.resolution)}${size.batch === 1 ? '' : `, batch ${size.batch}`}`;
}

function whatChanges({ before, after, reason, predictions }: FitChange): string {
  if (after === null) return `no fit${before === null ? ' yet' : ' any more'}. ${reason ?? ''}`.trim();
  const parts = [
    fromTo(before && landmarksOf(before), landmarksOf(after)),
    ...(before?.campaign === after.campaign
      ? []
      : [`figures as in ${fromTo(before && `campaign ${before.campaign}`, `campaign ${after.campaign}`)}`]),
    `error on landmarks left out ${fromTo(before && errorOf(before), errorOf(after))}`,
    ...range(predictions),
  ];
  const calibration =
    after.calibration === null || after.calibration === before?.calibration ? '' : ` ${after.calibration}`;
  return `${parts.join('; ')}.${calibration}`;
}

function landmarksOf({ landmarks }: FitState): string {
  return `${landmarks} landmarks`;
}

function errorOf({ crossValidatedError }: FitState): string {
  return crossValidatedError === null ? 'not known' : formatShare(crossValidatedError);
}

function fromTo(before: string | null, after: string): string {
  return before === null ? `${after} (new)` : before === after ? `still ${after}` : `${before} → ${after}`;
}

/** How far predictions of published models move. */
function range(predictions: readonly PredictionChange[]): readonly string[] {
  const shares = predictions.flatMap(({ beforeFps, afterFps }) =>
    beforeFps === null || afterFps === null ? [] : [afterFps / beforeFps - 1],
  );
  if (shares.length === 0) return [];
  const [low, high] = [Math.min(...shares), Math.max(...shares)].map(signed);
  const moved = low === high ? `by ${low}` : `by ${low} to ${high}`;
  return [`predictions of ${shares.length} published ${shares.length === 1 ? 'model' : 'models'} change ${moved}`];
}

/** `+3.1%`, `−0.4%`, `0%`. */
function signed(share: number): string {
  const percent = (100 * share).toFixed(1);
  if (Number(percent) === 0) return '0%';
  return `${share > 0 ? '+' : '−'}${percent.replace('-', '')}%`;
}
