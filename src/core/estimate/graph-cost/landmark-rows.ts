import type { PreparedLandmark } from './costed-landmark';
import { hasUnknownMode } from './costed-landmark';
import { beginsWith } from '../../landmarks/landmark-set';
import { networkBelief, type CoefficientPrior } from './priors';

/**
 * Landmarks of one device, runtime and power mode in columns, one entry a landmark: what fits look through again and
 * again, so that each of thousands is looked at itself only once.
 */
export interface LandmarkRows {
  readonly landmarks: readonly PreparedLandmark[];
  /** How many come first that are all rows of an earlier set; 0 where others have changed. */
  readonly carried: number;
  /** Numbers for the names in the columns below. */
  readonly names: Numbering;
  /** How much of each term a landmark uses: `terms` entries each. */
  readonly works: Float64Array;
  readonly terms: number;
  /** Logarithm of the measured time of one inference in ms. */
  readonly logLatencies: Float64Array;
  readonly resolutions: Float64Array;
  readonly batches: Float64Array;
  readonly campaigns: Int32Array;
  /** −1 without a family, as in {@link members}. */
  readonly families: Int32Array;
  /** What models are known by: their kernels, their name, and their parameters within a family. */
  readonly kernels: Int32Array;
  readonly models: Int32Array;
  readonly members: Int32Array;
  /** 1 where the power mode is not known, of several. */
  readonly unclear: Uint8Array;
  /** What other boards say of the landmark's network; see {@link networkBelief}. */
  readonly networkMeans: Float64Array;
  readonly networkDeviations: Float64Array;
  readonly prior: CoefficientPrior;
}

/** Names numbered from 0 in the order in which they are first seen. */
export class Numbering {
  private readonly numbers = new Map<string, number>();
  private readonly all: string[] = [];

  get count(): number {
    return this.all.length;
  }

  numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.all.length);
    return this.all.push(name) - 1;
  }

  /** −1 for a name without a number. */
  find(name: string): number {
    return this.numbers.get(name) ?? -1;
  }

  nameOf(number: number): string {
    return this.all[number]!;
  }
}

/** Rows that a later set has gone on from, in their arrays. */
const outgrown = new WeakSet<LandmarkRows>();

/**
 * @param before rows of nearly the same landmarks, from which those of the same objects are taken; rows that only come
 *   after them are written into the room left in their arrays, so that one among thousands copies none of the others
 */
export function landmarkRows(
  landmarks: readonly PreparedLandmark[],
  prior: CoefficientPrior,
  before?: LandmarkRows,
): LandmarkRows {
  const known = before?.prior === prior ? before : undefined;
  const isGrown = known !== undefined && !outgrown.has(known) && beginsWith(landmarks, known.landmarks);
  if (isGrown) outgrown.add(known);
  const carried = isGrown ? known.landmarks.length : 0;
  const count = landmarks.length;
  const terms = prior.mean.length;
  const numbers = (values?: Float64Array, each = 1) => resized(Float64Array, count * each, isGrown, values);
  const indices = (values?: Int32Array) => resized(Int32Array, count, isGrown, values);
  const names = known?.names ?? new Numbering();
  const rows: LandmarkRows = {
    landmarks,
    carried,
    names,
    works: numbers(known?.works, terms),
    terms,
    logLatencies: numbers(known?.logLatencies),
    resolutions: numbers(known?.resolutions),
    batches: numbers(known?.batches),
    campaigns: indices(known?.campaigns),
    families: indices(known?.families),
    kernels: indices(known?.kernels),
    models: indices(known?.models),
    members: indices(known?.members),
    unclear: resized(Uint8Array, count, isGrown, known?.unclear),
    networkMeans: numbers(known?.networkMeans),
    networkDeviations: numbers(known?.networkDeviations),
    prior,
  };
  for (let index = carried; index < count; index += 1) {
    if (landmarks[index] === known?.landmarks[index]) continue;
    const { landmark, work, latencyOf, kernelsKey, modelKeys } = landmarks[index]!;
    const { campaign, family, batch, resolution, throughputFps } = landmark;
    for (let term = 0; term < terms; term += 1) rows.works[index * terms + term] = work[term]!;
    rows.logLatencies[index] = Math.log((1000 * batch) / throughputFps);
    rows.resolutions[index] = resolution;
    rows.batches[index] = batch;
    rows.campaigns[index] = names.numberOf(campaign);
    rows.families[index] = family === null ? -1 : names.numberOf(family);
    rows.kernels[index] = names.numberOf(kernelsKey);
    rows.models[index] = names.numberOf(modelKeys[0]!);
    rows.members[index] = modelKeys[1] === undefined ? -1 : names.numberOf(modelKeys[1]);
    rows.unclear[index] = hasUnknownMode(landmark) ? 1 : 0;
    const network = networkBelief(prior, latencyOf.network, family);
    rows.networkMeans[index] = network.mean;
    rows.networkDeviations[index] = network.deviation;
  }
  return rows;
}

/** A column of another length, in the array of the earlier one if it may go on there and there is room. */
function resized<T extends Float64Array | Int32Array | Uint8Array>(
  Column: new (from: number | ArrayBufferLike, offset?: number, length?: number) => T,
  length: number,
  isGrown: boolean,
  from: T | undefined,
): T {
  if (isGrown && from && length * from.BYTES_PER_ELEMENT <= from.buffer.byteLength) {
    return new Column(from.buffer, 0, length);
  }
  const made = new Column(from === undefined ? length : Math.ceil(length * 1.1));
  if (from !== undefined) made.set(from.length > length ? from.subarray(0, length) : from);
  return new Column(made.buffer, 0, length);
}

/** How many landmarks have each name of a column, by that name, in the order in which names first come. */
export function countNames({ names }: LandmarkRows, column: Int32Array): ReadonlyMap<string, number> {
  const counts = new Int32Array(names.count);
  const order: number[] = [];
  for (let index = 0; index < column.length; index += 1) {
    const name = column[index]!;
    if (name < 0) continue;
    if (counts[name] === 0) order.push(name);
    counts[name]! += 1;
  }
  return new Map(order.map((name) => [names.nameOf(name), counts[name]!]));
}

/**
 * A column with other numbers for its names; −1 stays.
 *
 * @param numbers of names; others become `other`
 */
export function renumbered(
  { names }: LandmarkRows,
  column: Int32Array,
  numbers: ReadonlyMap<string, number>,
  other: number,
): Int32Array {
  const numberOf = new Int32Array(names.count).fill(other);
  for (const [name, number] of numbers) numberOf[names.find(name)] = number;
  const found = new Int32Array(column.length);
  for (let index = 0; index < column.length; index += 1) {
    const name = column[index]!;
    found[index] = name < 0 ? -1 : numberOf[name]!;
  }
  return found;
}
