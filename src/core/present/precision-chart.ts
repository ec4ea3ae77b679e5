import {
  deviceName,
  gpuClockOf,
  modeOfLandmark,
  modesOf,
  precisionOf,
  supportsRuntime,
  type Precision,
} from '../landmarks/devices';
import {
  inputSize,
  runtimeName,
  sizeFieldsOf,
  type Landmark,
  type Runtime,
  type SizeFields,
} from '../landmarks/landmark';
import { formatCount, formatThroughput, sizeText } from '../figures';
import { t, withDecimalMark } from '../language';
import { groupBy } from '../group-by';

/** Which two precisions are compared, the lower one first: `fp16-fp32` is the paper's Figure 5. */
export const precisionComparisons = ['fp16-fp32', 'int8-fp16'] as const;

export type PrecisionComparison = (typeof precisionComparisons)[number];

type PrecisionEngine = 'TensorRT' | 'PyTorch';

/** Runtimes of one engine in the two precisions of a comparison. */
export interface PrecisionRuntimes {
  readonly engine: PrecisionEngine;
  readonly low: Runtime;
  readonly high: Runtime;
}

const runtimesOf: Readonly<Record<PrecisionComparison, readonly PrecisionRuntimes[]>> = {
  'fp16-fp32': [
    { engine: 'TensorRT', low: 'tensorrt-fp16', high: 'tensorrt-fp32' },
    { engine: 'PyTorch', low: 'pytorch-fp16', high: 'pytorch-fp32' },
  ],
  'int8-fp16': [{ engine: 'TensorRT', low: 'tensorrt-int8', high: 'tensorrt-fp16' }],
};

/** The two runtimes of TensorRT that a comparison is of. */
export function comparedRuntimes(comparison: PrecisionComparison): PrecisionRuntimes {
  return runtimesOf[comparison][0]!;
}

/** `FP16` and `FP32`, the lower precision first. */
export function comparedPrecisions(comparison: PrecisionComparison): { readonly low: string; readonly high: string } {
  const { low, high } = comparedRuntimes(comparison);
  return { low: precisionName(low), high: precisionName(high) };
}

function precisionName(runtime: Runtime): string {
  return (precisionOf(runtime) satisfies Precision).toUpperCase();
}

/** One network in both precisions of a comparison, as a point of the paper's Figure 5. */
export interface PrecisionPair extends SizeFields {
  readonly model: string;
  readonly family: string | null;
  readonly parameters: number;
  readonly engine: PrecisionEngine;
  readonly device: string;
  readonly deviceName: string;
  readonly batch: number;
  /** Of the board; null where the landmarks do not say. */
  readonly powerMode: string | null;
  /** That measured both; null where both are predicted. */
  readonly campaign: string | null;
  /** Inputs per second in the lower and in the higher precision. */
  readonly lowFps: number;
  readonly highFps: number;
  /** Lower over higher precision: above 1, the network gains by the lower one. */
  readonly ratio: number;
}

/** A network that the user has measured in one precision alone. */
export interface HalfPair {
  readonly model: string;
  readonly deviceName: string;
  /** What is still to be measured, e.g. `TensorRT FP32`. */
  readonly missing: string;
}

export interface PrecisionView {
  /** Measured, by falling ratio. */
  readonly pairs: readonly PrecisionPair[];
  /** Of the user's own landmarks; those of published campaigns cannot be completed. */
  readonly halves: readonly HalfPair[];
  /** Why there are no measured pairs, in words; null where there are some. */
  readonly lack: string | null;
}

/** Why a board cannot run one of the precisions, as a sentence; null where it can, as far as is known. */
export function missingPrecision(device: string, comparison: PrecisionComparison): string | null {
  const { low, high } = comparedRuntimes(comparison);
  const missing = [low, high].find((runtime) => !supportsRuntime(device, runtime));
  return missing === undefined
    ? null
    : t("{0}'s GPU has no {1}, so TensorRT builds no such engine for it.", deviceName(device), precisionName(missing));
}

/**
 * Networks with landmarks on a board in both precisions of one engine, at one size, batch, GPU clock and campaign:
 * figures of different campaigns differ by more than the precision. Of several measurements of one kind the last counts.
 *
 * @param isPublished whether a campaign is one that Framecast brings along
 */
export function precisionView(
  landmarks: readonly Landmark[],
  isPublished: (campaign: string) => boolean,
  device: string,
  comparison: PrecisionComparison,
): PrecisionView {
  const here = landmarks.filter((landmark) => landmark.device === device);
  const groups = groupBy(here, (landmark) => {
    const { model, family, parameters, batch, campaign } = landmark;
    const { height, width } = inputSize(landmark);
    return JSON.stringify([model, family, parameters, height, width, batch, campaign, gpuClockOf(landmark)]);
  });
  const pairs: PrecisionPair[] = [];
  const halves: HalfPair[] = [];
  const none = missingPrecision(device, comparison);
  for (const members of groups.values()) {
    for (const { engine, low, high } of runtimesOf[comparison]) {
      const lower = members.filter(({ runtime }) => runtime === low).at(-1);
      const higher = members.filter(({ runtime }) => runtime === high).at(-1);
      const known = lower ?? higher;
      if (known === undefined) continue;
      const { campaign } = known;
      if (lower !== undefined && higher !== undefined) {
        const fps = { lowFps: lower.throughputFps, highFps: higher.throughputFps };
        pairs.push(precisionPair({ ...known, engine, campaign, powerMode: modeNameOf(known) }, fps));
      } else if (!isPublished(campaign) && none === null) {
        const missing = runtimeName(lower === undefined ? low : high);
        halves.push({ model: known.model, deviceName: deviceName(device), missing });
      }
    }
  }
  pairs.sort((one, other) => other.ratio - one.ratio);
  return { pairs, halves, lack: pairs.length === 0 ? (none ?? nothingMeasured(device, comparison)) : null };
}

/** A pair with what follows from its figures. */
export function precisionPair(
  of: Omit<PrecisionPair, 'deviceName' | 'ratio' | 'lowFps' | 'highFps'>,
  { lowFps, highFps }: Pick<PrecisionPair, 'lowFps' | 'highFps'>,
): PrecisionPair {
  const { model, family, parameters, engine, device, batch, powerMode, campaign } = of;
  return {
    model,
    family,
    parameters,
    engine,
    device,
    deviceName: deviceName(device),
    ...sizeFieldsOf(of),
    batch,
    powerMode,
    campaign,
    lowFps,
    highFps,
    ratio: lowFps / highFps,
  };
}

function modeNameOf(landmark: Landmark): string | null {
  if (gpuClockOf(landmark) === null) return null;
  return modeOfLandmark(landmark).powerMode ?? modesOf(landmark.device)[0]?.name ?? null;
}

function nothingMeasured(device: string, comparison: PrecisionComparison): string {
  const { low, high } = comparedRuntimes(comparison);
  const { low: lower, high: higher } = comparedPrecisions(comparison);
  return t(
    'No network has been measured on {0} in both {1} and {2} yet. Measure a model with {3} and with {4}, and it is a filled point here.',
    deviceName(device),
    lower,
    higher,
    runtimeName(low),
    runtimeName(high),
  );
}

/** A pair in words, a line each: what was gained, the figures, and where they hold. */
export function precisionPairLines(pair: PrecisionPair, comparison: PrecisionComparison): readonly string[] {
  const { model, ratio, lowFps, highFps, engine, resolution, batch, campaign, parameters, powerMode } = pair;
  const { low, high } = comparedPrecisions(comparison);
  const board = powerMode === null ? pair.deviceName : `${pair.deviceName} (${powerMode})`;
  const basis = campaign === null ? t('predicted') : t('campaign {0}', campaign);
  return [
    t('{0}: {1} times as fast in {2}', model, withDecimalMark(ratio.toFixed(2)), low),
    t('{0} in {1}, {2} in {3}', formatThroughput(lowFps, batch), low, formatThroughput(highFps, batch), high),
    t(
      '{0} on {1} at {2}, {3}, {4} parameters',
      engine,
      board,
      sizeText(resolution, batch, pair),
      basis,
      formatCount(parameters),
    ),
  ];
}

/** What the throughputs of pairs are in: frames per second only where all are of single inputs. */
export function precisionUnit(pairs: readonly Pick<PrecisionPair, 'batch'>[]): string {
  return pairs.every(({ batch }) => batch === 1) ? 'FPS' : t('inputs/s');
}
