import { formatShare, imageSize, prefixedCount, square, threeFigures } from '../../figures';
import { bundledCampaigns } from '../../landmarks/campaigns';
import { deviceName, findMode } from '../../landmarks/devices';
import type { Landmark } from '../../landmarks/landmark';
import { peakThroughputFps } from '../../landmarks/peak-throughput';
import { t } from '../../language';
import { listed } from '../../text';
import type { ModelProfile } from '../../profile/profile';
import { boundInterval, implausibleReason } from '../bounds';
import { calibrationSentence, intervalDeviations, type Calibration } from '../calibration';
import type { RawInterval } from './jackknife';
import { equation2At, equation2Coefficients, turningPoint } from './equation2';
import type { Estimate, Interval, Query, Refusal } from '../estimate';
import type { FamilyKey, LandmarkFit, LandmarkFitOutcome } from './landmark-fit';
import { operatingPoint, type OperatingPoint } from '../operating-point';
import { defaultResolution } from '../../landmarks/landmark';

/** Coverage that intervals aim at; with fewer than nine landmarks they reach n/(n+1). */
export const intervalLevel = 0.9;

/** Below this confidence in the family, an estimate that rests on it says so. */
const doubtfulConfidence = 0.7;

/**
 * The paper's estimator: Equation 2 of the model's family at its number of parameters.
 *
 * @param fitOf gives the family's fit, e.g. from a cache
 * @param landmarks of the device, runtime and family at least, to say where this very model has been measured
 * @param calibrationOf how the user's board relates to that of the campaign that the family was fitted to
 */
export function estimateByLandmarkFit(
  profile: ModelProfile,
  query: Query,
  fitOf: (key: FamilyKey) => LandmarkFitOutcome,
  landmarks: readonly Landmark[],
  calibrationOf: (campaign: string) => Calibration | null = () => null,
): Estimate | Refusal {
  if (profile.family === null) {
    const reason = t('The architecture family was not recognised, and Equation 2 is fitted per family.');
    return { ...refuse(reason), isInapplicable: true };
  }
  if (profile.parameters === 0)
    return refuse(t('The model has no parameters, and Equation 2 divides by their number.'));
  const decided = operatingPoint(profile, query);
  if (!decided.ok) return refuse(decided.error);
  const point = decided.value;
  if (point.height !== point.width) {
    return refuse(t('Equation 2 is fitted to square inputs; this one is {0}.', imageSize(point.height, point.width)));
  }
  const { device, runtime } = query;
  const fastest = findMode(device);
  if (query.powerMode !== undefined && findMode(device, query.powerMode) !== fastest) {
    return refuse(
      t('Equation 2 answers for the fastest power mode alone, {0}.', fastest?.name ?? t('whose name is not known')),
    );
  }
  const key: FamilyKey = { device, runtime, family: profile.family, resolution: point.resolution, batch: point.batch };
  const outcome = fitOf(key);
  const measured = measurements(landmarks, key, profile.parameters);
  if (!outcome.ok) return refuse([outcome.error, ...suggestion(key, query, fitOf), ...measured].join(' '));

  const fit = outcome.value;
  const calibration = calibrationOf(fit.campaign);
  const applied = calibration?.isApplied ? calibration : null;
  const throughputFps = equation2At(fit.equation, profile.parameters) * (applied?.factor ?? 1);
  const impossible = implausibleReason(throughputFps, device, runtime, point.leastMacsPerInput);
  if (impossible !== null) {
    return refuse(t('Equation 2 fails here: {0}. {1}', impossible, describeRange(fit, profile.parameters)).trim());
  }

  const { interval, notes } = intervalOf(fit, profile, throughputFps, point, applied);
  return {
    device,
    runtime,
    resolution: point.resolution,
    batch: point.batch,
    throughputFps,
    latencyMs: (1000 * point.batch) / throughputFps,
    interval,
    method: 'landmark-fit',
    landmarks: fit.landmarks.length,
    extrapolated: isOutside(fit, profile.parameters),
    basis: t('From {0} {1} measurements on this board, by Equation 2.', fit.landmarks.length, key.family),
    ...(isBeyondTurn(fit, profile.parameters) ? { isBeyondTurn: true } : {}),
    certainty: isOutside(fit, profile.parameters) ? 'outside' : 'inside',
    powerMode: fastest?.name ?? null,
    campaigns: [fit.campaign, ...(applied === null ? [] : [applied.campaign])],
    crossValidatedError: crossValidatedError(fit, applied),
    notes: [
      t(
        'Equation 2 fitted to {0} {1} landmarks of campaign {2} ({3}), {4} at batch {5}.',
        fit.landmarks.length,
        key.family,
        fit.campaign,
        campaignTitle(fit),
        square(key.resolution),
        key.batch,
      ),
      ...(calibration === null ? [] : [calibrationSentence(calibration)]),
      ...point.notes,
      ...measured,
      ...[describeRange(fit, profile.parameters), describeTurn(fit, profile.parameters)].filter((text) => text !== ''),
      ...(profile.confidence < doubtfulConfidence
        ? [t('The family is recognised with a confidence of only {0}.', formatShare(profile.confidence))]
        : []),
      ...notes,
    ],
  };
}

/** Of the fit, and as much larger as the factor to the user's board is unsure. */
function crossValidatedError({ crossValidation }: LandmarkFit, calibration: Calibration | null): number | null {
  const error = crossValidation.unanswered === 0 ? crossValidation.meanRelativeError : null;
  return error === null || calibration === null ? error : Math.hypot(error, calibration.deviation);
}

function intervalOf(
  fit: LandmarkFit,
  profile: ModelProfile,
  throughputFps: number,
  point: OperatingPoint,
  calibration: Calibration | null,
): { readonly interval: Interval | null; readonly notes: readonly string[] } {
  const count = fit.landmarks.length;
  const raw = fit.intervalAt(profile.parameters, intervalLevel);
  if (raw === null) {
    const why =
      count === equation2Coefficients
        ? t('{0} landmarks determine Equation 2 exactly', count)
        : t('leaving one landmark out, the others do not determine Equation 2');
    return { interval: null, notes: [t('No interval can be given: {0}, so nothing shows how far off it is.', why)] };
  }
  const peakFps = peakThroughputFps(fit.key.device, fit.key.runtime, point.leastMacsPerInput);
  const bounded = boundInterval(onUsersBoard(raw, throughputFps, calibration), throughputFps, peakFps);
  const level =
    raw.level < intervalLevel
      ? [t('{0} landmarks support an interval of at most {1}.', count, formatShare(raw.level))]
      : [];
  return { interval: bounded.interval, notes: [...level, ...bounded.notes] };
}

/** The interval of the fit's board moved to the user's, and as much wider as the factor between them is unsure. */
function onUsersBoard(raw: RawInterval, throughputFps: number, calibration: Calibration | null): RawInterval {
  if (calibration === null) return raw;
  const { factor, deviation } = calibration;
  const unsure = intervalDeviations * deviation * throughputFps;
  return {
    level: raw.level,
    low: throughputFps - Math.hypot(throughputFps - raw.low * factor, unsure),
    high: throughputFps + Math.hypot(raw.high * factor - throughputFps, unsure),
  };
}

function isOutside(fit: LandmarkFit, parameters: number): boolean {
  return parameters < fit.minParameters || parameters > fit.maxParameters;
}

function describeRange(fit: LandmarkFit, parameters: number): string {
  if (!isOutside(fit, parameters)) return '';
  return t(
    "Extrapolated: {0} parameters lie outside the landmarks' {1} to {2}.",
    prefixedCount(parameters),
    prefixedCount(fit.minParameters),
    prefixedCount(fit.maxParameters),
  );
}

/** Warns where the curve turns, as a family whose speed rises with its size is one that size does not explain. */
function describeTurn(fit: LandmarkFit, parameters: number): string {
  const turn = turningPoint(fit.equation);
  if (turn === null) return '';
  const where = t('The fitted curve turns at {0} parameters', prefixedCount(turn, 3));
  if (turn > fit.minParameters && turn < fit.maxParameters) {
    const inversion = describeInversion(fit);
    return inversion === ''
      ? t('{0}, but its landmarks do not, so treat figures near that as rough.', where)
      : t(
          '{0}, among its own landmarks: on {1} the number of parameters does not order the speed of this family ({2}), so treat the figure as rough.',
          where,
          deviceName(fit.key.device),
          inversion,
        );
  }
  return isBeyondTurn(fit, parameters)
    ? t('{0}, between the landmarks and this model, so the figure means little.', where)
    : '';
}

/** Whether the curve turns between the landmarks and this many parameters. */
function isBeyondTurn({ equation, minParameters, maxParameters }: LandmarkFit, parameters: number): boolean {
  const turn = turningPoint(equation);
  if (turn === null) return false;
  return (turn > maxParameters && parameters > turn) || (turn < minParameters && parameters < turn);
}

/** The neighbouring landmarks whose throughput rises most with the number of parameters; '' where none rises. */
function describeInversion(fit: LandmarkFit): string {
  const rises = fit.landmarks.slice(1).map((larger, index) => ({ smaller: fit.landmarks[index]!, larger }));
  const gain = (pair: { smaller: Landmark; larger: Landmark }) =>
    pair.larger.throughputFps / pair.smaller.throughputFps;
  const steepest = rises.reduce((best, pair) => (gain(pair) > gain(best) ? pair : best));
  if (gain(steepest) <= 1) return '';
  const name = ({ model, throughputFps }: Landmark) => t('{0} at {1} FPS', model, threeFigures(throughputFps));
  return t('{0} is faster than the smaller {1}', name(steepest.larger), name(steepest.smaller));
}

/** A model with an input of its own gets a figure for the paper's only when that is asked for. */
function suggestion(key: FamilyKey, query: Query, fitOf: (key: FamilyKey) => LandmarkFitOutcome): readonly string[] {
  const resolution = query.resolution ?? defaultResolution;
  const batch = query.batch ?? 1;
  const changed = [
    ...(resolution === key.resolution ? [] : [t('resolution {0}', resolution)]),
    ...(batch === key.batch ? [] : [t('batch {0}', batch)]),
  ];
  if (changed.length === 0 || !fitOf({ ...key, resolution, batch }).ok) return [];
  return [t('Ask for {0} to see how fast this network would be there.', listed(changed))];
}

/** Where a model of this family with this very number of parameters has been measured. */
function measurements(landmarks: readonly Landmark[], key: FamilyKey, parameters: number): readonly string[] {
  const same = landmarks.filter(
    (landmark) =>
      landmark.device === key.device &&
      landmark.runtime === key.runtime &&
      landmark.family === key.family &&
      landmark.resolution === key.resolution &&
      landmark.batch === key.batch &&
      landmark.parameters === parameters,
  );
  const named = same
    .slice(-maxNamed)
    .map(({ model, throughputFps, campaign }) =>
      t(
        'Measured: {0}, of the same family and number of parameters, ran at {1} FPS in campaign {2}.',
        model,
        threeFigures(throughputFps),
        campaign,
      ),
    );
  const more = same.length - named.length;
  return more === 0
    ? named
    : [...named, t('And {0, plural, one {# earlier measurement} other {# earlier measurements}}.', more)];
}

/** Measurements of the very model, and sources of a campaign, that are named one by one. */
const maxNamed = 5;

function campaignTitle(fit: LandmarkFit): string {
  const bundled = bundledCampaigns.find((campaign) => campaign.id === fit.campaign);
  if (bundled !== undefined) return bundled.title;
  const sources = [...new Set(fit.landmarks.map((landmark) => landmark.source))];
  const more = sources.length - maxNamed;
  return [...sources.slice(0, maxNamed), ...(more > 0 ? [t('and {0} more', more)] : [])].join('; ');
}

function refuse(reason: string): Refusal {
  return { method: 'landmark-fit', reason };
}
