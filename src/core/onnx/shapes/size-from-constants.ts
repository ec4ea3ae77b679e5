import { t } from '../../language';
import type { ImageSize } from '../../image-size';
import type { Node } from '../model';
import type { ResolvedNode } from './inline';
import { type InferredValue, staticShape } from './value';

type Values = ReadonlyMap<string, InferredValue>;

/** Numbers that a node's inputs give twice and that should be equal; none where the contradiction is of another kind. */
export interface Mismatch {
  readonly node: Node;
  readonly pairs: readonly (readonly [number, number])[];
  readonly reason: string;
}

/** The size that a network's constants ask for where its input leaves the size open. */
export interface FittingSize extends ImageSize {
  /**
   * Whether it is the only one; as `area`, shapes of as many pixels may fit as well; as `some`, others fit too, though not
   * every one.
   */
  readonly fits: 'only' | 'area' | 'some';
  /** Where and how the network contradicts itself at the size that is assumed otherwise. */
  readonly reason: string;
}

/** What a graph states of its image's sides, in pixels. */
export interface OpenSides {
  /** Null where it is left open. */
  readonly height: number | null;
  readonly width: number | null;
  /** Whether both are one symbol. */
  readonly isSquare: boolean;
}

/** Sides of the probes: multiples of 64, at which strides leave no rest. Windows may not fit into the smaller ones. */
const probeSides = [
  [256, 448],
  [512, 896],
  [1024, 1792],
] as const;

/** Width over height of what cameras and detectors take, the most usual first. */
const aspects = [1, 4 / 3, 16 / 9, 3 / 4, 9 / 16, 2, 1 / 2, 3 / 2, 2 / 3, 5 / 4, 4 / 5, 7 / 4, 4 / 7];

/** Networks halve their input, so that a size is a multiple of one of these; the largest that fits is meant. */
const steps = [32, 16, 8, 4, 2, 1];

/** Sizes of networks are this far from each other, in pixels. */
const usualStep = 16;

/** How far a size may be rounded, as a share of it: what rests of strides may come to. */
const tolerance = 0.06;

/** Contradictions that are read as ones of the area. */
const mostReadings = 3;

/** Sizes beyond are not looked for. */
const largest = 4096;

/**
 * Finds the size at which a network runs whose constants (targets of reshapes, weights of fully-connected layers, grids,
 * anchors, position tables) were written for one size although its input leaves the size open.
 *
 * The network is probed at three sizes. Of two numbers that should agree, one is a constant and the other grows with the
 * height, the width or both; where they meet is worked out from that growth, rounded as networks' sizes are, and tried.
 *
 * @param start the size that is assumed otherwise
 * @param probe the contradictions at a size, in the order of the graph; null where it cannot be told
 * @param mostProbes probes that may be spent
 * @returns null where no size is found
 */
export function sizeFromConstants(
  open: OpenSides,
  start: ImageSize,
  probe: (size: ImageSize) => readonly Mismatch[] | null,
  mostProbes: number,
): Omit<FittingSize, 'reason'> | null {
  let left = mostProbes;
  const tried = new Map<string, readonly Mismatch[] | null>();
  const mismatchesAt = (size: ImageSize): readonly Mismatch[] | null => {
    const key = `${size.height} ${size.width}`;
    if (!tried.has(key)) tried.set(key, left-- > 0 ? probe(size) : null);
    return tried.get(key) ?? null;
  };
  const sized = (height: number, width: number): ImageSize => ({
    height: open.height ?? height,
    width: open.width ?? width,
  });
  for (const [low, high] of probeSides) {
    const base = sized(low, low);
    const [atBase, taller, wider] = [base, sized(high, low), sized(low, high)].map(mismatchesAt);
    if (!atBase || !taller || !wider) return null;
    if (atBase.length === 0) return { ...base, fits: 'some' };
    /** Nodes that contradict themselves whatever the size. */
    const broken = new Set<Node>();
    const limits: (readonly Limit[])[] = [];
    for (const mismatch of atBase) {
      const others = [taller, wider].map((found) => found.find(({ node }) => node === mismatch.node));
      if (others.every((other) => other?.reason === mismatch.reason)) broken.add(mismatch.node);
      else limits.push(limitsOf(mismatch.pairs, others[0]?.pairs ?? [], others[1]?.pairs ?? [], base, high - low));
    }
    const runsAt = (size: ImageSize): boolean => mismatchesAt(size)?.every(({ node }) => broken.has(node)) ?? false;
    for (const { isOfArea, ...size } of candidates(limits, open, start)) {
      if (left <= 0) return null;
      if (!runsAt(size)) continue;
      const near = [-usualStep, usualStep].map((by) => sized(size.height + by, size.width + by));
      const fits = near.some(runsAt) ? 'some' : isOfArea && otherShapes(size).some(runsAt) ? 'area' : 'only';
      return { ...size, fits };
    }
  }
  return null;
}

/** A number that has to become `wanted`: `atBase` at the base size, and grown by factors per pixel of height and width. */
interface Limit {
  readonly base: ImageSize;
  readonly atBase: number;
  readonly wanted: number;
  readonly perRow: number;
  readonly perColumn: number;
}

/** What a contradiction says of the size: of two numbers that should agree, one stays when the size grows. */
function limitsOf(
  pairs: Mismatch['pairs'],
  taller: Mismatch['pairs'],
  wider: Mismatch['pairs'],
  base: ImageSize,
  grownBy: number,
): readonly Limit[] {
  return pairs.flatMap((pair, index) => {
    const [above, beside] = [taller[index], wider[index]];
    if (!above || !beside) return [];
    const [side, ...others] = [0, 1].filter((each) => above[each] !== pair[each] || beside[each] !== pair[each]);
    if (side === undefined || others.length > 0) return [];
    const [atBase, wanted] = [pair[side]!, pair[1 - side]!];
    if (atBase <= 0 || wanted <= 0) return [];
    const [perRow, perColumn] = [above, beside].map((grown) => (grown[side]! / atBase - 1) / grownBy);
    return [{ base, atBase, wanted, perRow: perRow!, perColumn: perColumn! }];
  });
}

interface Candidate extends ImageSize {
  /** Whether only its number of pixels is known, and its shape is a usual one. */
  readonly isOfArea: boolean;
}

/** Sizes at which the limits that contradictions set are met, the likeliest first. */
function* candidates(limits: readonly (readonly Limit[])[], open: OpenSides, start: ImageSize): Generator<Candidate> {
  const areas: Limit[] = [];
  for (const each of limits) {
    const rows = each.find(({ perRow, perColumn }) => perRow > 0 && perColumn === 0);
    const columns = each.find(({ perRow, perColumn }) => perColumn > 0 && perRow === 0);
    const ofBoth = each.filter(({ perRow, perColumn }) => perRow > 0 && perColumn > 0);
    for (const limit of ofBoth) areas.push(limit);
    const height = rows && solve((side) => valueAt(rows, side, rows.base.width));
    const width = columns && solve((side) => valueAt(columns, columns.base.height, side));
    if (height !== undefined && width !== undefined) {
      const meetsArea = ofBoth[0] === undefined || Math.abs(valueAt(ofBoth[0], height, width)) < 2 * tolerance;
      if (meetsArea) yield* rounded(height, width, open, false);
    } else if (ofBoth.length === 0) {
      for (const other of [start, (rows ?? columns)?.base ?? start]) {
        if (height !== undefined) yield* rounded(height, open.isSquare ? height : other.width, open, false);
        if (width !== undefined) yield* rounded(open.isSquare ? width : other.height, width, open, false);
      }
    }
  }
  for (const aspect of open.isSquare ? [1] : aspects) {
    for (const limit of areas.slice(0, mostReadings)) {
      const side = solve((tall) => valueAt(limit, tall, aspect * tall));
      if (side !== undefined) yield* rounded(side, aspect * side, open, !open.isSquare);
    }
  }
}

/** Shapes with as many pixels whose sides differ by small factors. */
function otherShapes({ height, width }: ImageSize): readonly ImageSize[] {
  return [1, 2, 3, 4].flatMap((numerator) =>
    [2, 3, 4, 5]
      .filter((denominator) => numerator < denominator)
      .map((denominator) => numerator / denominator)
      .flatMap((factor) => [
        { height: height * factor, width: width / factor },
        { height: height / factor, width: width * factor },
      ])
      .filter((size) => Number.isInteger(size.height) && Number.isInteger(size.width)),
  );
}

/** How far a limit is from being met at a size: 0 where it is, below 0 where the size is too small. */
function valueAt({ base, atBase, wanted, perRow, perColumn }: Limit, height: number, width: number): number {
  const rows = 1 + perRow * (height - base.height);
  const columns = 1 + perColumn * (width - base.width);
  return rows <= 0 || columns <= 0 ? -1 : (atBase * rows * columns) / wanted - 1;
}

/** Where a function that grows crosses 0, in pixels; undefined if that is beyond all sizes. */
function solve(value: (side: number) => number): number | undefined {
  let [from, to] = [1, largest];
  if (value(from) > 0 || value(to) < 0) return undefined;
  while (to - from > 0.01) {
    const middle = (from + to) / 2;
    if (value(middle) < 0) from = middle;
    else to = middle;
  }
  return to;
}

function* rounded(height: number, width: number, open: OpenSides, isOfArea: boolean): Generator<Candidate> {
  const isNear = (side: number, exact: number) => Math.abs(side - exact) <= Math.max(1, tolerance * exact);
  for (const step of steps) {
    const [tall, wide] = [height, width].map((side) => step * Math.max(1, Math.round(side / step))) as [number, number];
    const fits = (open.height !== null || isNear(tall, height)) && (open.width !== null || isNear(wide, width));
    if (fits) yield { height: open.height ?? tall, width: open.width ?? wide, isOfArea };
  }
}

/** What may stand between the rows and the fully-connected layer that reads them. */
const passing = new Set(['BatchNormalization', 'Cast', 'Clip', 'Dropout', 'Identity', 'LeakyRelu', 'PRelu', 'Relu']);

/**
 * Feature maps that a target of [-1, K] cuts into rows which are not one image each, before a fully-connected layer: K is
 * a number of channels times another size of map than the one that arrives.
 */
export function mixedRows(nodes: readonly ResolvedNode[], values: Values): readonly Mismatch[] {
  const rows = new Map<string, Mismatch>();
  const found: Mismatch[] = [];
  for (const { node } of nodes) {
    const input = node.inputs[0] ?? '';
    const mixed = node.opType === 'Reshape' ? mixedBy(node, values) : rows.get(input);
    if (mixed === undefined) continue;
    if (node.opType === 'Reshape' || passing.has(node.opType)) rows.set(node.outputs[0] ?? '', mixed);
    else if (node.opType === 'Gemm' || node.opType === 'MatMul') {
      rows.delete(input);
      found.push(mixed);
    }
  }
  return found;
}

function mixedBy(node: Node, values: Values): Mismatch | undefined {
  const from = staticShape(values.get(node.inputs[0] ?? '')?.shape ?? null);
  const target = values.get(node.inputs[1] ?? '');
  const [open, length] = target?.elements ?? [];
  if (from?.length !== 4 || target?.origin !== 'constant' || open !== -1 || typeof length !== 'number')
    return undefined;
  const [, channels = 0, height = 0, width = 0] = from;
  const isOfMaps = target.elements?.length === 2 && channels > 1 && length > 0 && length % channels === 0;
  const ofImage = channels * height * width;
  // Rows that are whole axes, as of channels that come last, are meant.
  if (!isOfMaps || [width, height * width, ofImage].includes(length)) return undefined;
  const reason = t('an image has {0} features but the fully connected layer takes {1}', ofImage, length);
  return { node, pairs: [[ofImage, length]], reason };
}
