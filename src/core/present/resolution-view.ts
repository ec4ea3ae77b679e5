import { boardMemoryBytes, leastMemoryBytes, type MemoryCeiling } from '../estimate/board-memory';
import type { Query } from '../estimate/estimate';
import type { ResolutionPoint } from '../estimate/graph-cost/explain';
import { isSameSize, sizeQuery, sizesOfShape, squareSide, type ImageSize } from '../image-size';
import { operatingPoint } from '../estimate/operating-point';
import { deviceName } from '../landmarks/devices';
import { inputSize, type Landmark } from '../landmarks/landmark';
import type { ModelProfile } from '../profile/profile';
import { paperHighestResolution, paperResolution } from './paper-resolution';
import { formatMemory, imageSize, square } from '../figures';
import { t } from '../language';
import type { Result } from '../result';

/** Predicted throughput at one resolution, as the paper's Figure 4 draws it. */
export interface SweepPoint extends ImageSize {
  /** Side of the square with as many pixels, rounded. */
  readonly resolution: number;
  readonly throughputFps: number;
  readonly latencyMs: number;
}

/** A throughput that somebody measured for this very network. */
export interface MeasuredPoint extends ImageSize {
  readonly model: string;
  readonly source: string;
  readonly resolution: number;
  readonly throughputFps: number;
}

/** Throughput against resolution, with what bounds it. */
export interface ResolutionView {
  readonly batch: number;
  /** The size that the page shows; null where the model has none. */
  readonly asked: ImageSize | null;
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
 * The sizes to draw, in the aspect ratio of the one that is asked for: 112×112 if that is a square, the multiples of 32 up
 * to as many pixels as the paper ran, and the points of interest. At most 1440×1440 unless more is asked for.
 */
export function sweptSizes(profile: ModelProfile, query: Query, landmarks: readonly Landmark[]): readonly ImageSize[] {
  const asked = askedSize(profile, query);
  const paper = paperResolution(profile, query);
  const shape = asked ?? { height: 1, width: 1 };
  const isSquare = shape.height === shape.width;
  const points = [
    ...(isSquare ? [squareOf(lowestSide)] : []),
    ...sizesOfShape(shape, step, 2 * paperHighestResolution).filter((size) => {
      const side = squareSide(size);
      return side > lowestSide && side <= paperHighestResolution;
    }),
    ...(asked === null ? [] : [asked]),
    ...(paper === null || !isSquare ? [] : [squareOf(paper.resolution)]),
    ...sameNetwork(profile, query, landmarks)
      .map(inputSize)
      .filter(({ height, width }) => height * shape.width === width * shape.height),
  ];
  return points
    .filter((size, index) => points.findIndex((other) => isSameSize(size, other)) === index)
    .sort((one, other) => one.height * one.width - other.height * other.width);
}

function squareOf(side: number): ImageSize {
  return { height: side, width: side };
}

/**
 * Puts a sweep into a view. Points that the board's memory has no room for are left out.
 *
 * @param points predicted at {@link sweptSizes}, where the network takes the size
 * @param known the ceiling of the board's memory, by `memoryCeiling`; null where it is not asked about
 */
export function resolutionView(
  profile: ModelProfile,
  query: Query,
  landmarks: readonly Landmark[],
  points: readonly ResolutionPoint[],
  known: Result<MemoryCeiling> | null,
): ResolutionView {
  const ceiling = known?.ok === true ? known.value : null;
  const batch = operatingBatch(profile, query);
  const fitting = points.filter(
    ({ resolution }) => ceiling === null || ceiling.isBeyond || resolution <= (ceiling.resolution ?? 0),
  );
  const paper = batch === 1 ? paperResolution(profile, query) : null;
  return {
    batch,
    asked: askedSize(profile, query),
    points: fitting.map(({ height, width, resolution, throughputFps, latencyMs }) => ({
      height,
      width,
      resolution,
      throughputFps,
      latencyMs,
    })),
    measured: sameNetwork(profile, query, landmarks)
      .filter((landmark) => landmark.batch === batch)
      .map((landmark) => measuredPoint(landmark.model, landmark.campaign, inputSize(landmark), landmark.throughputFps)),
    paper:
      paper &&
      measuredPoint(paper.model, t('measured by the paper, Table 4'), squareOf(paper.resolution), paper.throughputFps),
    bounds: fitting.length === 0 ? [] : boundSentences(profile, { ...query, batch }, known, fitting, paper),
  };
}

function boundSentences(
  profile: ModelProfile,
  query: Query,
  known: Result<MemoryCeiling> | null,
  points: readonly ResolutionPoint[],
  paper: ReturnType<typeof paperResolution>,
): readonly string[] {
  const board = deviceName(query.device);
  const memory = boardMemoryBytes(query.device);
  const highest = points.at(-1)!;
  const highestText = imageSize(highest.height, highest.width);
  const cost = profile.costAt({ ...sizeQuery(highest), batch: query.batch });
  const need = cost.ok ? leastMemoryBytes(profile, query.runtime, cost.value) : null;
  const ceiling = known?.ok === true ? known.value : null;
  const sentences: string[] = [];
  if (points.length === 1) sentences.push(t('The model takes no resolution other than {0}.', highestText));
  else if (memory !== null && need !== null && ceiling !== null && ceiling.size !== null) {
    const top = imageSize(ceiling.size.height, ceiling.size.width);
    const room = t('{0} of {1}', formatMemory(memory), board);
    sentences.push(
      t(
        'Weights and the activations that live at the same time take {0} at {1}, of the {2}.',
        formatMemory(need),
        highestText,
        room,
      ),
      ceiling.isBeyond
        ? t('Memory alone would allow more than {0}.', top)
        : t(
            'By memory alone {0} is the highest that can fit: an upper bound, since the system, the runtime and building the engine need their share too.',
            top,
          ),
    );
  } else if (known?.ok === false) sentences.push(known.error.message);
  if (query.device === 'jetson-nano' && points.length > 1) {
    sentences.push(
      paper === null
        ? t(
            "The highest resolution that the paper ran on this board with any network is {0} (Table 4); beyond a network's highest it saw random crashes.",
            square(paperHighestResolution),
          )
        : t(
            'The paper ran this network up to {0} (Table 4) and saw random crashes beyond, long before the memory counted here is full: take higher resolutions as doubtful.',
            square(paper.resolution),
          ),
    );
  }
  return sentences;
}

function askedSize(profile: ModelProfile, query: Query): ImageSize | null {
  const point = operatingPoint(profile, query);
  return point.ok ? { height: point.value.height, width: point.value.width } : null;
}

function operatingBatch(profile: ModelProfile, query: Query): number {
  const isSized = query.resolution !== undefined || query.height !== undefined;
  const point = operatingPoint(profile, isSized ? query : { ...query, resolution: lowestSide });
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

function measuredPoint(model: string, source: string, size: ImageSize, throughputFps: number): MeasuredPoint {
  const { height, width } = size;
  return { model, source, height, width, resolution: squareSide(size), throughputFps };
}
