import { t } from '../language';
import { boardMemoryBytes, leastMemoryBytes } from '../estimate/board-memory';
import { concernsOf } from '../estimate/concerns';
import type { Prediction, Query } from '../estimate/estimate';
import { isUnfit, verdictOf, type Verdict } from '../estimate/verdict';
import { deviceIds, deviceName, findDevice, modesOf, peakGflops, type PowerMode } from '../landmarks/devices';
import type { ModelProfile } from '../profile/profile';
import { failure, success, type Result } from '../result';
import { noPause, type PlanEstimators, type PlanProgress } from './try-candidates';

/** How a model does on one board in one power mode. */
export interface BoardAnswer {
  readonly device: string;
  readonly deviceName: string;
  /** As `nvpmodel` names it; null for a board whose modes are not known. */
  readonly powerMode: string | null;
  /** What the module may draw in the mode, in watts; null for a mode without a limit (`MAXN` of most boards). */
  readonly budgetWatts: number | null;
  readonly prediction: Prediction;
  readonly verdict: Verdict | null;
  /** Weights, and the activations that live at the same time, in bytes; null where a size is not known. */
  readonly memoryBytes: number | null;
  /** The board's whole memory in bytes; null for a board without a specification. */
  readonly boardMemoryBytes: number | null;
  /** The GPU's highest rate for the runtime in its fastest mode, in 10⁹ operations per second; null where not known. */
  readonly peakGflops: number | null;
  /** How many of the board's modes are faster. */
  readonly fasterModes: number;
}

/**
 * A model on every known board in every power mode, with the query's runtime and size. Those that meet the target come
 * first: of the boards that many have, then of the rare ones, the smallest board at the top and its smallest mode. Prices
 * are not known, but a board costs more the faster it can compute, whatever mode it is in. Then those without a verdict
 * or that miss it, the fastest first; last those that the model does not run on or has no figure for.
 *
 * @param query its device and power mode are not read
 * @param targetFps inputs per second; null where the user has set none
 * Failure code: cancelled.
 */
export async function planBoards(
  profile: ModelProfile,
  query: Query,
  targetFps: number | null,
  estimators: PlanEstimators,
  { signal, onCandidate, pause = noPause }: PlanProgress = {},
): Promise<Result<readonly BoardAnswer[]>> {
  const places = deviceIds(estimators.landmarks).flatMap((device) => {
    const modes: readonly (PowerMode | null)[] = findDevice(device)?.powerModes ?? [];
    return (modes.length === 0 ? [null] : modes).map((mode) => ({ device, mode }));
  });
  const answers: BoardAnswer[] = [];
  for (const [index, { device, mode }] of places.entries()) {
    await onCandidate?.(index, places.length, deviceName(device));
    await pause();
    await estimators.prepare(queryAt(query, device, mode), pause, profile);
    if (signal?.aborted) return failure('cancelled', t('Comparing boards was cancelled.'));
    answers.push(answerOf(profile, query, device, mode, targetFps, estimators));
  }
  return success(answers.sort(bySmallest));
}

function queryAt({ runtime, resolution, height, width, batch }: Query, device: string, mode: PowerMode | null): Query {
  const fastest = findDevice(device)?.powerModes[0] ?? null;
  return {
    device,
    runtime,
    resolution,
    height,
    width,
    batch,
    // The fastest mode is what a query without one asks for, and what is remembered of it serves both.
    ...(mode === null || mode === fastest ? {} : { powerMode: mode.name }),
  };
}

function answerOf(
  profile: ModelProfile,
  query: Query,
  device: string,
  mode: PowerMode | null,
  targetFps: number | null,
  estimators: PlanEstimators,
): BoardAnswer {
  const at = queryAt(query, device, mode);
  const { runtime } = query;
  const prediction = estimators.predict(profile, at);
  const cost = profile.costAt({ ...at, ...prediction.estimate });
  return {
    device,
    deviceName: deviceName(device),
    powerMode: mode?.name ?? null,
    budgetWatts: mode === null ? null : budgetOf(mode),
    prediction,
    verdict: verdictOf(prediction, concernsOf(profile, at), targetFps),
    memoryBytes: cost.ok ? leastMemoryBytes(profile, runtime, cost.value) : null,
    boardMemoryBytes: boardMemoryBytes(device),
    peakGflops: peakGflops(device, runtime),
    fasterModes: mode === null ? 0 : modesOf(device).indexOf(mode),
  };
}

/** `15W`, `20W_6CORE` and the like say what the module may draw; of some others NVIDIA's guide says it. */
function budgetOf({ name, budgetWatts }: PowerMode): number | null {
  const watts = /^(\d+)W(_|$)/.exec(name)?.[1] ?? budgetWatts;
  return watts === undefined ? null : Number(watts);
}

/** Whether the weights and activations alone are more than the board has. */
export function exceedsMemory({ memoryBytes, boardMemoryBytes: memory }: BoardAnswer): boolean {
  return memoryBytes !== null && memory !== null && memoryBytes > memory;
}

/** Whether a board is an answer to the question: the model runs on it, fits and meets the target. */
export function isEnough(answer: BoardAnswer): boolean {
  return answer.verdict?.kind === 'meets' && !exceedsMemory(answer);
}

/**
 * The smallest board that is an answer.
 *
 * @param answers in the order of {@link planBoards}
 */
export function smallestEnough(answers: readonly BoardAnswer[]): BoardAnswer | null {
  return answers.find(isEnough) ?? null;
}

function bySmallest(one: BoardAnswer, other: BoardAnswer): number {
  const [a, b] = [rankOf(one), rankOf(other)];
  if (a !== b) return a - b;
  const fps = ({ prediction }: BoardAnswer): number => prediction.estimate?.throughputFps ?? 0;
  if (a > 0) return fps(other) - fps(one);
  return (
    Number(isRare(one)) - Number(isRare(other)) ||
    (one.peakGflops ?? Infinity) - (other.peakGflops ?? Infinity) ||
    (one.boardMemoryBytes ?? 0) - (other.boardMemoryBytes ?? 0) ||
    one.deviceName.localeCompare(other.deviceName, 'en') ||
    other.fasterModes - one.fasterModes
  );
}

/** Neither a developer kit nor a usual module. */
function isRare({ device }: BoardAnswer): boolean {
  return findDevice(device)?.isCommon === false;
}

function rankOf(answer: BoardAnswer): number {
  if (isEnough(answer)) return 0;
  if (answer.prediction.estimate === null) return 3;
  return isUnfit(answer.verdict) || exceedsMemory(answer) ? 2 : 1;
}
