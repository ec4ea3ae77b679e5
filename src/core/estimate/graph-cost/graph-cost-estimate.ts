import { t, withDecimalMark } from '../../language';
import { listed } from '../../text';
import { formatPercent, formatShare } from '../../figures';
import { fp16GainSentence } from '../../landmarks/fp16-gain';
import { deviceName, isOwnDevice } from '../../landmarks/devices';
import { runtimeName, type Landmark } from '../../landmarks/landmark';
import { bundledLandmarks } from '../../landmarks/campaigns';
import { isBundledCampaign } from '../../landmarks/landmark-set';
import { kernelWork, type KernelWork } from '../../landmarks/model-costs';
import { peakThroughputFps } from '../../landmarks/peak-throughput';
import type { ModelCost } from '../../profile/cost/cost';
import type { ModelProfile } from '../../profile/profile';
import { boundInterval, implausibleReason } from '../bounds';
import { calibrationSentence } from '../calibration';
import type { Estimate, Query, Refusal } from '../estimate';
import { operatingPoint, type OperatingPoint } from '../operating-point';
import { refusal, success, type Result } from '../../result';
import type { GraphCostFit, GraphCostKey, GraphCostOutcome } from './fit-types';
import { meanRelativeError } from './graph-cost-fit';
import { deviationsOfFew } from './prepared-fit';
import { kernelsKeyOf } from './costed-landmark';
import type { Belief } from './latency-fit';
import { extrapolationNotes } from './landmark-range';
import { countNames, type LandmarkRows } from './landmark-rows';

/** Coverage that intervals aim at. */
const intervalLevel = 0.9;

/** Share of a network's nodes without a known cost beyond which no latency is given. */
const maxUncosted = 0.1;

/** Operators whose work decides a network's latency; without the cost of one of them there is no answer. */
const heavy = /Conv|Gemm|MatMul|Attention|LSTM|GRU|RNN/;

/** A model's predicted latency before it is put into an Estimate. */
export interface GraphCostAnswer {
  readonly fit: GraphCostFit;
  readonly point: OperatingPoint;
  readonly cost: ModelCost;
  readonly kernels: readonly KernelWork[];
  /** Of the logarithm of the latency of one inference in ms, on the reference campaign's board. */
  readonly belief: Belief;
}

/**
 * Latency of a model from its fused kernels at the resolution and batch that are asked for. Refuses, with the reason,
 * where nothing was measured on the device and runtime, or where too much of the model has no known cost.
 */
export function answerByGraphCost(
  profile: ModelProfile,
  query: Query,
  fitOf: (key: GraphCostKey) => GraphCostOutcome,
): Result<GraphCostAnswer, string> {
  const decided = operatingPoint(profile, query);
  if (!decided.ok) return decided;
  const point = decided.value;
  const { device, runtime, powerMode } = query;
  const outcome = fitOf({ device, runtime, powerMode });
  if (!outcome.ok) return refusal([outcome.error, ...precisionAdvice(query)].join(' '));
  const fit = outcome.value;

  const { height, width, batch } = point;
  const costed = profile.costAt({ height, width, batch });
  if (!costed.ok) return refusal(t('The work of one inference is not known: {0}', costed.error.message));
  const cost = costed.value;
  const missing = cost.uncosted.join(', ');
  if (cost.uncostedShare > maxUncosted || cost.uncosted.some((operator) => heavy.test(operator))) {
    return refusal(
      t(
        "No cost is known for {1}, {0} of this model's operators: too many to leave out.",
        formatPercent(cost.uncostedShare),
        missing,
      ),
    );
  }
  const kernels = kernelWork(cost.layers);
  if (kernels.length === 0) return refusal(t('The graph has no operator that takes time.'));
  const belief = fit.fit.predict(fit.model.latencyOf(kernels), profile.family);
  if (!Number.isFinite(belief.mean) || !Number.isFinite(belief.deviation)) {
    return refusal(t('The work of this model is beyond what can be computed.'));
  }
  return success({ fit, point, cost, kernels, belief });
}

/**
 * The estimator over the graph: what every fused kernel takes, from landmarks of all families on the device and
 * runtime.
 *
 * @param comparable landmarks that another method was cross-validated on: the error is then given over the same ones,
 *   so that methods compare like with like
 */
export function estimateByGraphCost(
  profile: ModelProfile,
  query: Query,
  fitOf: (key: GraphCostKey) => GraphCostOutcome,
  comparable: readonly Landmark[] = [],
): Estimate | Refusal {
  const answer = answerByGraphCost(profile, query, fitOf);
  if (!answer.ok) return refuse(answer.error);
  const { fit, point, cost, kernels, belief } = answer.value;
  const { device, runtime } = query;
  const latencyMs = Math.exp(belief.mean);
  const throughputFps = (1000 * point.batch) / latencyMs;
  const macsPerInput = point.leastMacsPerInput;
  const gpuMHz = fit.powerMode?.gpuMHz ?? null;
  const impossible = implausibleReason(throughputFps, device, runtime, macsPerInput, gpuMHz);
  if (impossible !== null) return refuse(t('The graph-cost fit fails here: {0}.', impossible));

  const isOfAnother = fit.reference !== null && isBundledCampaign(fit.reference);
  const raw = fit.intervalAt(fit.model.latencyOf(kernels), profile.family, intervalLevel, isOfAnother);
  const bounded =
    raw &&
    boundInterval(
      {
        level: raw.level,
        // What has no known cost can only make the network slower.
        low: ((1000 * point.batch) / Math.exp(raw.high)) * (1 - cost.uncostedShare),
        high: (1000 * point.batch) / Math.exp(raw.low),
      },
      throughputFps,
      peakThroughputFps(device, runtime, macsPerInput, gpuMHz),
    );
  const beyond = fit.landmarks.length === 0 ? [] : extrapolationNotes(fit, profile.family, answer.value);
  return {
    device,
    runtime,
    resolution: point.resolution,
    ...(point.height === point.width ? {} : { height: point.height, width: point.width }),
    batch: point.batch,
    throughputFps,
    latencyMs,
    interval: bounded?.interval ?? null,
    method: 'graph-cost',
    landmarks: fit.landmarks.length,
    campaigns: [...campaignCounts(fit).keys()],
    crossValidatedError: crossValidatedError(fit, profile.family, comparable),
    extrapolated: beyond.length > 0 || fit.landmarks.length === 0,
    basis: basisOf(answer.value, profile.family),
    certainty: certaintyOf(answer.value, beyond.length > 0),
    powerMode: fit.powerMode?.name ?? null,
    notes: [
      describeFit(fit),
      ...point.notes,
      ...describeFamily(fit, profile.family),
      ...beyond,
      ...(cost.uncosted.length === 0
        ? []
        : [
            t(
              'Not included, cost unknown: {0} ({1} of operators); the interval is widened downwards.',
              cost.uncosted.join(', '),
              formatPercent(cost.uncostedShare),
            ),
          ]),
      ...(raw !== null && raw.level < intervalLevel
        ? [t('{0} landmarks support an interval of at most {1}.', fit.landmarks.length, formatShare(raw.level))]
        : []),
      ...(bounded?.notes ?? []),
    ],
  };
}

/**
 * Mean relative error of landmarks that the fit had not seen: those of the model's family, each model left out in
 * turn; for a family without landmarks all of them, each family left out in turn.
 */
function crossValidatedError(fit: GraphCostFit, family: string | null, comparable: readonly Landmark[]): number | null {
  const ofFamily = fit.leaveOneOut.filter(({ landmark }) => family !== null && landmark.family === family);
  if (ofFamily.length === 0) return meanRelativeError(fit.leaveFamilyOut());
  // Only if all of them have a fold; there may be thousands without.
  if (comparable.length === 0 || comparable.length > ofFamily.length) return meanRelativeError(ofFamily);
  const same = ofFamily.filter(({ landmark }) => comparable.some((other) => isSamePoint(landmark, other)));
  return meanRelativeError(same.length === comparable.length ? same : ofFamily);
}

function isSamePoint(one: Landmark, other: Landmark): boolean {
  return (
    one.campaign === other.campaign &&
    one.model === other.model &&
    one.parameters === other.parameters &&
    one.resolution === other.resolution &&
    one.batch === other.batch
  );
}

/** Landmarks of each campaign; counted once for each fit, as there may be thousands. */
function campaignCounts({ rows }: GraphCostFit): ReadonlyMap<string, number> {
  const known = countsOf.get(rows);
  if (known !== undefined) return known;
  const counts = countNames(rows, rows.campaigns);
  countsOf.set(rows, counts);
  return counts;
}

const countsOf = new WeakMap<LandmarkRows, ReadonlyMap<string, number>>();

function describeFit(fit: GraphCostFit): string {
  const counts = campaignCounts(fit);
  const parts = listed([...counts].map(([campaign, count]) => t('{0} of campaign {1}', count, campaign)));
  const deployment = t('{0} with {1}', deviceName(fit.key.device), runtimeName(fit.key.runtime));
  const mode =
    fit.powerMode === null
      ? ''
      : t(' in power mode {0} (GPU at {1} MHz)', fit.powerMode.name, withDecimalMark(String(fit.powerMode.gpuMHz)));
  if (fit.landmarks.length === 0) {
    return t(
      "Nobody has measured {0}: time per kernel from the board's specification{1}, and from how far other boards are from theirs.",
      deployment,
      mode,
    );
  }
  const unclear = fit.hasUnknownModes
    ? ` ${t('Some landmarks do not say their power mode; they are taken for the fastest, and count less.')}`
    : '';
  const fitted = t(
    'Time per kernel fitted to {0} landmarks on {1}{2}: {3}.',
    fit.landmarks.length,
    deployment,
    mode,
    parts,
  );
  return `${fitted}${unclear} ${describeBoard(fit)}`;
}

/** Landmarks of a board from which on the specification and other boards hardly matter. */
const manyLandmarks = 9;

/** What an answer rests on, in one line. */
function basisOf({ fit, kernels }: GraphCostAnswer, family: string | null): string {
  const own = fit.landmarks.length;
  const measured = t('{0, plural, one {# measurement} other {# measurements}}', own);
  const { landmarks, boards } = fit.prior;
  if (own >= manyLandmarks || landmarks === 0) return t('From {0} on this board.', measured);
  // Of another runtime, as there are none of this one.
  const elsewise = own > 0 ? 0 : (bundledCounts.get(fit.key.device) ?? 0);
  const others =
    elsewise === 0
      ? t('{0} measurements on {1} others', landmarks, boards)
      : t(
          '{0} measurements on it with other runtimes and {1} on {2} others',
          elsewise,
          landmarks - elsewise,
          boards - 1,
        );
  const specification = isOwnDevice(fit.key.device)
    ? t('the specification that you gave of it')
    : t('its specification');
  if (own > 0) return t('From {0} on this board, {1} and {2}.', measured, specification, others);
  const latencyOf = fit.model.latencyOf(kernels);
  const half = (deviation: number, count: number) => Math.expm1(deviationsOfFew(count) * deviation);
  const now = half(fit.fit.predict(latencyOf, family).deviation, 0);
  const after = half(fit.deviationAfterBenchmark(latencyOf, family), 1);
  const given = isOwnDevice(fit.key.device)
    ? t('the specification that you gave of this board')
    : t("this board's specification");
  const rest = elsewise === 0 ? t('From {0} and {1}', given, others) : t('From {0}, {1}', given, others);
  // A benchmark moves the figure to this very board even where it hardly narrows it.
  if (after > 0.95 * now) return t("{0}, {1}; a benchmark would make it this very board's.", rest, spreadText(now));
  return t('{0}; one benchmark would narrow {1} to {2}.', rest, spreadText(now), spreadText(after));
}

/** Published measurements of each board, with any runtime. */
const bundledCounts: ReadonlyMap<string, number> = bundledLandmarks.reduce(
  (counts, { device }) => counts.set(device, (counts.get(device) ?? 0) + 1),
  new Map<string, number>(),
);

/** `±30%`; as a factor where a percentage would reach below zero or nearly so. */
function spreadText(share: number): string {
  return share < 0.6
    ? t('±{0}%', Math.round(100 * share))
    : t('a factor of {0}', withDecimalMark((1 + share).toFixed(1)));
}

function certaintyOf({ fit, kernels, point }: GraphCostAnswer, isBeyond: boolean): Estimate['certainty'] {
  if (fit.landmarks.length === 0) return 'specification';
  if (isMeasuredNetwork(fit, kernels, point)) return 'measured';
  return isBeyond ? 'outside' : 'inside';
}

/** Whether a landmark runs the very same kernels. */
function isMeasuredNetwork(
  { rows: { names, kernels: keys, batches, resolutions } }: GraphCostFit,
  kernels: readonly KernelWork[],
  point: OperatingPoint,
): boolean {
  const wanted = names.find(kernelsKeyOf(kernels));
  if (wanted < 0) return false;
  return keys.some(
    (key, row) => key === wanted && batches[row] === point.batch && resolutions[row] === point.resolution,
  );
}

/** Whose board the figures are for, and how the campaigns relate to it. */
function describeBoard({ reference, calibration, fit }: GraphCostFit): string {
  if (reference === null) return '';
  const bundled = isBundledCampaign(reference);
  const published = reference === 'paper' ? t("the paper's board") : t('the board of campaign {0}', reference);
  const board = bundled ? published : t('your board (campaign {0})', reference);
  // A factor that the fit has not learned itself moves its figures from the reference's board to the user's.
  const moved = calibration?.isApplied && bundled ? calibration : null;
  const relation = [...fit.campaigns]
    .filter(([campaign]) => calibration === null || campaign !== calibration.reference)
    .map(([campaign, belief]) => {
      const factor = Math.exp(-belief.mean) / (moved?.factor ?? 1);
      const spread = factor * Math.hypot(belief.deviation, moved?.deviation ?? 0);
      return t(
        '{0} measures {1} ± {2} times its throughput',
        campaign,
        withDecimalMark(factor.toFixed(2)),
        withDecimalMark(spread.toFixed(2)),
      );
    });
  const yours = moved === null ? board : t('your board (campaign {0})', moved.campaign);
  const figures = t('Figures are for {0}.', [yours, relation.join(', ')].filter((part) => part !== '').join('; '));
  return calibration === null ? figures : `${calibrationSentence(calibration)} ${figures}`;
}

function describeFamily(fit: GraphCostFit, family: string | null): readonly string[] {
  const residual = family === null ? undefined : fit.fit.families.get(family);
  if (residual === undefined) {
    return [
      family === null
        ? t('The family is not recognised; the estimate uses what its kernels cost in other networks.')
        : t('No {0} has been measured here; the estimate uses what its kernels cost in other networks.', family),
    ];
  }
  const factor = Math.exp(-residual.mean);
  const share = Math.abs(factor - 1);
  if (Number((100 * share).toPrecision(2)) < 0.01)
    return [t('Measured {0} networks are as fast as the cost of their kernels predicts.', family!)];
  return [
    factor < 1
      ? t(
          'Measured {0} networks are {1} slower than the cost of their kernels predicts; the estimate corrects for that.',
          family!,
          formatPercent(share),
        )
      : t(
          'Measured {0} networks are {1} faster than the cost of their kernels predicts; the estimate corrects for that.',
          family!,
          formatPercent(share),
        ),
  ];
}

/** What the paper says of precision where there is nothing to fit (section 3.2, Figure 5). */
function precisionAdvice({ runtime }: Query): readonly string[] {
  // The GPU has no INT8: nothing can be measured.
  if (runtime === 'tensorrt-int8') return [];
  const measure = t('Measure the model, or a ladder of reference models, on the board.');
  if (runtime !== 'tensorrt-fp32') return [measure];
  return [fp16GainSentence(), measure];
}

function refuse(reason: string): Refusal {
  return { method: 'graph-cost', reason };
}
