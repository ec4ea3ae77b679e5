import { mean } from '../statistics';
import { formatPercent } from '../figures';
import { t } from '../language';
import { isBundledCampaign } from '../landmarks/landmark-set';

/** How the user's board relates to the board of another campaign on the same kind of device. */
export interface Calibration {
  /** The user's campaign. */
  readonly campaign: string;
  /** What it is compared with. */
  readonly reference: string;
  /** Throughput of the user's board over that of the reference's: 0.94 where it is 6% slower. */
  readonly factor: number;
  /** Standard deviation of the factor's logarithm. */
  readonly deviation: number;
  /** Models of the user's that it rests on. */
  readonly models: number;
  /**
   * Whether predictions are for the user's board. From two models on, cross-validation decides: where the factor from
   * the other models predicts a left-out one worse than no factor at all, and by more than sound measurements
   * differ, one of them is off, and nothing follows it.
   */
  readonly isApplied: boolean;
  /**
   * Whether the measurements are so far from the reference board that the robust fit treats them as outliers, and no
   * two models agree on the difference. Predictions do not follow it then either.
   */
  readonly isOutlying: boolean;
  /** Mean error of log latency on the user's models, each left out in turn; null for a single one. */
  readonly errors: { readonly calibrated: number; readonly plain: number } | null;
}

/** The calibration for people: `Your board is 6% slower than the paper's (± 3%, from 2 models).` */
export function calibrationSentence(calibration: Calibration): string {
  const { reference, factor, deviation, models, isApplied, isOutlying, errors } = calibration;
  const other =
    reference === 'paper'
      ? t("the paper's")
      : isBundledCampaign(reference)
        ? t('that of campaign {0}', reference)
        : t('the one of campaign {0}', reference);
  if (isOutlying) {
    const board = reference === 'paper' ? t("the paper's board") : t('the board of campaign {0}', reference);
    return t(
      'Your measurement of {0, plural, one {one model} other {# models}} differs from {1} by more than two boards of the same kind normally do, so predictions still refer to {1}. Check power mode, clocks and the unit of your figures; mark wrong measurements as outliers, or measure {0, plural, one {another model} other {more models}}.',
      models,
      board,
    );
  }
  if (!isApplied) {
    const detail =
      errors === null
        ? ''
        : t(
            ' (error when held out: {0} with a common factor, {1} without)',
            formatPercent(errors.calibrated),
            formatPercent(errors.plain),
          );
    return t(
      'Your {0} measured models do not agree on how your board differs from {1}{2}, so predictions still refer to {1}. Repeat the measurements or mark the wrong one as an outlier.',
      models,
      other,
      detail,
    );
  }
  const difference = Math.abs(factor - 1);
  const spread = t(
    '± {0}, from {1, plural, one {# model} other {# models}}',
    formatPercent(Math.expm1(deviation)),
    models,
  );
  if (difference < 0.0005) return t('Your board is as fast as {0} ({1}).', other, spread);
  const sentence =
    factor < 1
      ? t('Your board is {0} slower than {1} ({2}).', formatPercent(difference), other, spread)
      : t('Your board is {0} faster than {1} ({2}).', formatPercent(difference), other, spread);
  if (Math.abs(Math.log(factor)) < oddDeviations * campaignSpread) return sentence;
  return `${sentence} ${t('Boards of the same kind seldom differ that much: check its power mode, its clocks and the unit of your figures.')}`;
}

/** Usual differences between boards of one kind from which on something else is likely behind a factor. */
const oddDeviations = 4;

/** Spread of the factors between campaigns before any is measured: boards of one kind and their clocks and software. */
export const campaignSpread = 0.1;

/** Standard deviations from the middle to the ends of a 90% interval, by which intervals grow for the factor's. */
export const intervalDeviations = 1.645;

/** What one model says of the factor. */
export interface FactorEvidence {
  /** log(throughput on the user's board / throughput that the reference's campaign predicts). */
  readonly logRatio: number;
  /** Standard deviation of that prediction and measurement. */
  readonly deviation: number;
}

/**
 * The factor from models that were measured on the user's board and are known, or predicted, for the reference's:
 * their mean, each weighed by how well it is known, shrunken towards 1 by what boards usually differ.
 *
 * @returns null without evidence
 */
export function calibrate(
  campaign: string,
  reference: string,
  evidence: readonly FactorEvidence[],
): Calibration | null {
  if (evidence.length === 0) return null;
  const shrunken = shrunkenMean(evidence);
  const errors =
    evidence.length === 1
      ? null
      : {
          calibrated: mean(
            evidence.map(({ logRatio }, index) =>
              Math.abs(logRatio - shrunkenMean(evidence.filter((_, other) => other !== index)).mean),
            ),
          ),
          plain: mean(evidence.map(({ logRatio }) => Math.abs(logRatio))),
        };
  return {
    campaign,
    reference,
    factor: Math.exp(shrunken.mean),
    deviation: shrunken.deviation,
    models: evidence.length,
    errors,
    isApplied: isSupported(errors),
    isOutlying: false,
  };
}

/**
 * Whether a factor may be followed. Models that hardly differ from the published ones leave the choice to chance, and
 * following it does no harm then; so only errors beyond those of measurements and fits count against it.
 */
export function isSupported(errors: Calibration['errors']): boolean {
  return errors === null || errors.calibrated <= Math.max(errors.plain, usualError);
}

/** Mean error of log throughput, of a model left out, that sound measurements on one board have. */
export const usualError = 0.08;

function shrunkenMean(evidence: readonly FactorEvidence[]): { readonly mean: number; readonly deviation: number } {
  let weight = 1 / campaignSpread ** 2;
  let sum = 0;
  for (const { logRatio, deviation } of evidence) {
    weight += 1 / deviation ** 2;
    sum += logRatio / deviation ** 2;
  }
  return { mean: sum / weight, deviation: Math.sqrt(1 / weight) };
}
