import { boardMemoryBytes, leastMemoryBytes, type MemoryCeiling } from '../estimate/board-memory';
import type { Query } from '../estimate/estimate';
import type { ResolutionPoint } from '../estimate/graph-cost/explain';
import { operatingPoint } from '../estimate/operating-point';
import { deviceName } from '../landmarks/devices';
import type { Landmark } from '../landmarks/landmark';
import type { ModelProfile } from '../profile/profile';
import { paperHighestResolution, paperResolution } from './paper-resolution';
import { formatMemory, square } from '../figures';

/** Predicted throughput at one resolution, as the paper's Figure 4 draws it. */
export interface SweepPoint {
  /** Side of the square input in pixels. */
  readonly resolution: number;
  readonly throughputFps: number;
  readonly latencyMs: number;
}

/** A throughput that somebody measured for this very network. */
export interface MeasuredPoint {
  readonly model: string;
  readonly source: string;
  readonly resolution: number;
  readonly throughputFps: number;
}

/** Throughput against resolution, with what bounds it. */
export interface ResolutionView {
  readonly batch: number;
  /** The resolution that the page shows; null where the model has none. */
  readonly asked: number | null;
  /** By rising resolution. */
  readonly points: readonly SweepPoint[];
  readonly measured: readonly MeasuredPoint[];
  /** Table 4's point where the model is one of its networks; never fitted. */
  readonly paper: MeasuredPoint | null;
  /** How the upper end came about, and what to make of it. */
  readonly bounds: readonly string[];
}

/** The lowest resolution that Figure 4 draws. */
const lowestSide = 112;

const step = 32;

/**
 * The resolutions to draw: 112, the multiples of 32 up to the highest that the paper ran, and the points of interest.
 * At most 1440 unless a higher one is asked for.
 */
export function sweptResolutions(
  profile: ModelProfile,
  query: Query,
  landmarks: readonly Landmark[],
): readonly number[] {
  const asked = askedResolution(profile, query);
  const paper = paperResolution(profile, query);
  const count = Math.floor(paperHighestResolution / step);
  const grid = Array.from({ length: count }, (_, index) => (index + 1) * step).filter((side) => side > lowestSide);
  const points = [
    lowestSide,
    ...grid,
    ...(asked === null ? [] : [asked]),
    ...(paper === null ? [] : [paper.resolution]),
    ...sameNetwork(profile, query, landmarks).map(({ resolution }) => resolution),
  ];
  return [...new Set(points)].sort((one, other) => one - other);
}

/**
 * Puts a sweep into a view. Points that the board's memory has no room for are left out.
 *
 * @param points predicted at {@link sweptResolutions}, where the network takes the resolution
 * @param ceiling of the board's memory, by `memoryCeiling`
 */
export function resolutionView(
  profile: ModelProfile,
  query: Query,
  landmarks: readonly Landmark[],
  points: readonly ResolutionPoint[],
  ceiling: MemoryCeiling | null,
): ResolutionView {
  const batch = operatingBatch(profile, query);
  const fitting = points.filter(
    ({ resolution }) => ceiling === null || ceiling.isBeyond || resolution <= (ceiling.resolution ?? 0),
  );
  const paper = batch === 1 ? paperResolution(profile, query) : null;
  return {
    batch,
    asked: askedResolution(profile, query),
    points: fitting.map(({ resolution, throughputFps, latencyMs }) => ({ resolution, throughputFps, latencyMs })),
    measured: sameNetwork(profile, query, landmarks)
      .filter((landmark) => landmark.batch === batch)
      .map(({ model, campaign, resolution, throughputFps }) =>
        measuredPoint(model, campaign, resolution, throughputFps),
      ),
    paper: paper && measuredPoint(paper.model, 'measured by the paper, Table 4', paper.resolution, paper.throughputFps),
    bounds: fitting.length === 0 ? [] : boundSentences(profile, { ...query, batch }, ceiling, fitting, paper),
  };
}

function boundSentences(
  profile: ModelProfile,
  query: Query,
  ceiling: MemoryCeiling | null,
  points: readonly ResolutionPoint[],
  paper: ReturnType<typeof paperResolution>,
): readonly string[] {
  const board = deviceName(query.device);
  const memory = boardMemoryBytes(query.device);
  const highest = points.at(-1)!.resolution;
  const cost = profile.costAt({ resolution: highest, batch: query.batch });
  const need = cost.ok ? leastMemoryBytes(profile, query.runtime, cost.value) : null;
  const sentences: string[] = [];
  if (points.length === 1) sentences.push(`The model takes no other resolution than ${square(highest)}.`);
  else if (memory !== null && need !== null && ceiling !== null) {
    const room = `${formatMemory(memory)} of ${board}`;
    sentences.push(
      `Weights and the activations that live at the same time take ${formatMemory(need)} at ${square(highest)}, of the ${room}.`,
      ceiling.isBeyond
        ? `Memory alone would allow more than ${square(ceiling.resolution!)}.`
        : `By memory alone ${square(ceiling.resolution!)} is the highest that can fit: an upper bound, since the system, the runtime and building the engine need their share too.`,
    );
  } else {
    sentences.push(`How much memory this model takes on ${board} is not known.`);
  }
  if (query.device === 'jetson-nano' && points.length > 1) {
    sentences.push(
      paper === null
        ? `The highest resolution that the paper ran on this board with any network is ${square(paperHighestResolution)} (Table 4); beyond a network's highest it saw random crashes.`
        : `The paper ran this network up to ${square(paper.resolution)} (Table 4) and saw random crashes beyond, long before the memory counted here is full: take higher resolutions as doubtful.`,
    );
  }
  return sentences;
}

function askedResolution(profile: ModelProfile, query: Query): number | null {
  const point = operatingPoint(profile, query);
  return point.ok ? point.value.resolution : null;
}

function operatingBatch(profile: ModelProfile, query: Query): number {
  const point = operatingPoint(profile, { ...query, resolution: query.resolution ?? lowestSide });
  return point.ok ? point.value.batch : 1;
}

/** Landmarks of the same family and number of parameters: of this very network, as far as one can tell. */
function sameNetwork(profile: ModelProfile, query: Query, landmarks: readonly Landmark[]): readonly Landmark[] {
  return landmarks.filter(
    ({ device, runtime, family, parameters }) =>
      device === query.device &&
      runtime === query.runtime &&
      family !== null &&
      family === profile.family &&
      parameters === profile.parameters,
  );
}

function measuredPoint(model: string, source: string, resolution: number, throughputFps: number): MeasuredPoint {
  return { model, source, resolution, throughputFps };
}
