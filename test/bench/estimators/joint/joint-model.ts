import { findDevice } from '../../../../src/core/landmarks/devices';
import type { Landmark, Runtime } from '../../../../src/core/landmarks/landmark';
import { prepareLandmark, type PreparedLandmark } from '../../../../src/core/estimate/graph-cost/costed-landmark';
import { graphCostModel, type TermName } from '../../../../src/core/estimate/graph-cost/latency-model';
import {
  boardSpecification,
  isArithmetic,
  stateOfLandmark,
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
  /** How a coefficient changes with the size of the board: exponent. */
  readonly size: number;
  /** What boards with tensor cores share of what other units do. */
  readonly tensorCoreBoards: number;
  /** A family on a board with a runtime. */
  readonly family: number;
  /** A source on a board; where the power mode is not known. */
  readonly source: number;
  readonly sourceOfUnknownMode: number;
  /** One measurement about all of that, whose residuals follow Student's t with so many degrees of freedom. */
  readonly noise: number;
  readonly freedom: number;
}

export const shippedSpreads: Spreads = {
  shared: 0.5,
  sharedOverhead: 1,
  tensorCores: 0.5,
  tensorCoreBoards: 1,
  precision: 0.4,
  precisionOverhead: 0.2,
  pytorch: 0.8,
  generation: 0.3,
  own: 0.24,
  ownOverhead: 0.24,
  size: 0.5,
  family: 0.11,
  source: 0.06,
  sourceOfUnknownMode: 0.1,
  noise: 0.048,
  freedom: 8,
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
    const mode = stateOfLandmark(landmark);
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
    } else if (!isArithmetic(term) && board.hasTensorCores) {
      add(`tensor-core boards ${term}`, spreads.tensorCoreBoards);
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
