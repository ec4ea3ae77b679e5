import { findDevice } from '../../../../src/core/landmarks/devices';
import type { Landmark, Runtime } from '../../../../src/core/landmarks/landmark';
import { prepareLandmark, type PreparedLandmark } from '../../../../src/core/estimate/graph-cost/costed-landmark';
import { graphCostModel, type TermName } from '../../../../src/core/estimate/graph-cost/latency-model';
import {
  boardSpecification,
  isArithmetic,
  modeOfClock,
  termSpecification,
  usesTensorCores,
  type BoardSpecification,
} from '../../../../src/core/estimate/graph-cost/specification';

/** Standard deviations of the logarithms of what the joint model adds up; chosen by cross-validation (ESTIMATORS.md). */
export interface Spreads {
  /** What all boards share, of each coefficient. */
  readonly shared: number;
  readonly sharedOverhead: number;
  /** What boards with tensor cores share beyond that. */
  readonly tensorCores: number;
  /** What a precision, and PyTorch, change. */
  readonly precision: number;
  readonly precisionOverhead: number;
  readonly pytorch: number;
  readonly generation: number;
  /** The board's own deviation. */
  readonly own: number;
  readonly ownOverhead: number;
  /** What a coefficient may differ by beyond all that, for networks unlike those that were measured elsewhere. */
  readonly reserve: number;
  readonly reserveOverhead: number;
  /** How a coefficient changes with the size of the board: exponent. */
  readonly size: number;
  /** A source on a board; where the power mode is not known. */
  readonly source: number;
  readonly sourceOfUnknownMode: number;
  /** One measurement about all of that, and the residual in its units beyond which a row counts less (Huber). */
  readonly noise: number;
  readonly huber: number;
}

export const shippedSpreads: Spreads = {
  shared: 0.7,
  sharedOverhead: 1,
  tensorCores: 0.7,
  precision: 0.5,
  precisionOverhead: 0.2,
  pytorch: 1,
  generation: 0.2,
  own: 0.15,
  ownOverhead: 0.4,
  reserve: 0.25,
  reserveOverhead: 0.6,
  size: 0.3,
  source: 0.15,
  sourceOfUnknownMode: 0.25,
  noise: 0.07,
  huber: 2,
};

/** One measurement as the joint fit takes it. */
export interface JointRow {
  readonly landmark: Landmark;
  readonly prepared: PreparedLandmark;
  readonly chip: string;
  readonly board: BoardSpecification;
  readonly logMs: number;
  /** Whether the board has several power modes and the row does not say which. */
  readonly hasUnknownMode: boolean;
}

/** The rows of a set of landmarks whose board and kernels are known, each at its mode. */
export function jointRows(landmarks: readonly Landmark[]): readonly JointRow[] {
  return landmarks.flatMap((landmark) => {
    const device = findDevice(landmark.device);
    const prepared = prepareLandmark(landmark);
    if (device === undefined || prepared === null) return [];
    const mode = modeOfClock(landmark.device, landmark.gpuMHz ?? null);
    const board = boardSpecification(landmark.device, mode ?? undefined)!;
    const logMs = Math.log((1000 * landmark.batch) / landmark.throughputFps);
    const hasUnknownMode = mode === null && device.powerModes.length > 1;
    return [{ landmark, prepared, chip: device.chip, board, logMs, hasUnknownMode }];
  });
}

/** A term's logarithm as a sum over parameters of the joint model: each parameter's name, spread and factor. */
export interface Part {
  readonly name: string;
  readonly spread: number;
  readonly factor: number;
}

/** The parts of each coefficient for a runtime on a board, what the specification says left out. */
export function partsOf(
  chip: string,
  generation: string,
  board: BoardSpecification,
  runtime: Runtime,
  spreads: Spreads,
): readonly (readonly Part[])[] {
  const [engine, precision] = runtime.split('-') as [string, string];
  const { sizes } = termSpecification(board, runtime);
  return graphCostModel.terms.map((term: TermName, index) => {
    const isOverhead = term === 'inference' || term === 'launch';
    const parts: Part[] = [];
    const add = (name: string, spread: number, factor = 1) => parts.push({ name, spread, factor });
    add(`shared ${term}`, isOverhead ? spreads.sharedOverhead : spreads.shared);
    if (isArithmetic(term) && usesTensorCores(board, runtime)) {
      add(`tensor cores ${term}`, spreads.tensorCores);
      add('tensor cores', spreads.tensorCores);
    }
    if (precision !== 'fp16') {
      add(`${precision} ${term}`, isOverhead ? spreads.precisionOverhead : spreads.precision);
    }
    if (engine === 'pytorch') add(`pytorch ${term}`, spreads.pytorch);
    add(`size ${isArithmetic(term) ? 'arithmetic' : term}`, spreads.size, sizes[index]);
    add(`${generation} ${term}`, spreads.generation);
    add(`${chip} ${term}`, isOverhead ? spreads.ownOverhead : spreads.own);
    if (runtime !== 'tensorrt-fp16') add(`${chip} ${runtime} ${term}`, spreads.own);
    return parts;
  });
}
