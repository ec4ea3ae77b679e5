import { modelNames, type PreparedLandmark } from './costed-landmark';
import { Numbering, type LandmarkRows } from './landmark-rows';

/** Models that are left out in turn, of all; of every family so many, spread over the order of the landmarks. */
const maxFolds = 400;
const maxFoldsOfFamily = 24;

/** Indices of the landmarks of each model that is left out: of every family some, and of the user's campaign some. */
export function modelsLeftOut(rows: LandmarkRows, reference: string): readonly (readonly number[])[] {
  const { families, campaigns, names } = rows;
  const home = names.find(reference);
  const strata = new Map<number, number[]>();
  const own: number[] = [];
  for (let index = 0; index < families.length; index += 1) {
    const known = strata.get(families[index]!);
    if (known === undefined) strata.set(families[index]!, [index]);
    else known.push(index);
    if (campaigns[index] === home) own.push(index);
  }
  const each = Math.max(2, Math.min(maxFoldsOfFamily, Math.floor(maxFolds / strata.size)));
  const numberOf = modelNumbers(rows);
  for (const stratum of [own, ...[...strata.values()].slice(0, maxFolds)]) {
    for (const index of spread(stratum, each)) numberOf(index, true);
  }
  // Only those of chosen models are looked for, as there are few of them.
  return membersOf(families.length, (index) => numberOf(index, false));
}

/** Indices of the landmarks of each model, each left out with those that share a name or the kernels with it. */
export function allModels(landmarks: readonly PreparedLandmark[]): readonly (readonly number[])[] {
  const groups = modelGroups(landmarks);
  return membersOf(landmarks.length, (index) => groups[index]!);
}

/**
 * A number for each landmark, equal for those of one model (in any campaign, at any resolution), and of models that run
 * the same kernels, as VGG-11 with and without folded normalisations.
 */
export function modelGroups(landmarks: readonly PreparedLandmark[]): readonly number[] {
  const names = new Numbering();
  const keys = landmarks.map(({ landmark, kernelsKey }) => {
    const [model, member] = modelNames(landmark);
    const numbers = [kernelsKey, model!].map((name) => names.numberOf(name));
    return [...numbers, member === undefined ? -1 : names.numberOf(member)];
  });
  const column = (at: number) => Int32Array.from(keys, (numbers) => numbers[at]!);
  const numberOf = modelNumbers({ names, kernels: column(0), models: column(1), members: column(2) });
  return landmarks.map((_, index) => numberOf(index, true));
}

/** Indices of the landmarks of each of some families. */
export function familiesLeftOut(
  { families, names }: LandmarkRows,
  chosen: ReadonlyMap<string, number>,
): readonly (readonly number[])[] {
  const numbers = new Int32Array(names.count).fill(-1);
  for (const [family, number] of chosen) numbers[names.find(family)] = number;
  return membersOf(families.length, (index) => (families[index]! < 0 ? -1 : numbers[families[index]!]!));
}

/** Indices of the landmarks of each model without a family, which is one of its own; of many some. */
export function withoutFamily(rows: LandmarkRows): readonly (readonly number[])[] {
  const { families } = rows;
  const strangers: number[] = [];
  for (let index = 0; index < families.length; index += 1) if (families[index]! < 0) strangers.push(index);
  const numberOf = modelNumbers(rows);
  for (const index of spread(strangers, maxFolds)) numberOf(index, true);
  return membersOf(families.length, (index) => (families[index]! < 0 ? numberOf(index, false) : -1));
}

/** Indices with each number, but −1, in the order in which numbers first come. */
function membersOf(count: number, numberOf: (index: number) => number): readonly (readonly number[])[] {
  const found = new Map<number, number[]>();
  for (let index = 0; index < count; index += 1) {
    const number = numberOf(index);
    if (number < 0) continue;
    const known = found.get(number);
    if (known === undefined) found.set(number, [index]);
    else known.push(index);
  }
  return [...found.values()];
}

/**
 * Numbers models: landmarks that share a name or the kernels have one number.
 *
 * @returns a function of an index, and of whether a landmark of a model not seen before gets a number; −1 is returned
 *   where it does not
 */
function modelNumbers({
  names,
  kernels,
  models,
  members,
}: Pick<LandmarkRows, 'names' | 'kernels' | 'models' | 'members'>): (index: number, isNew: boolean) => number {
  const numbers = new Int32Array(names.count).fill(-1);
  let next = 0;
  return (index, isNew) => {
    const [kernel, model, member] = [kernels[index]!, models[index]!, members[index]!];
    let number = numbers[kernel]!;
    if (number < 0) number = numbers[model]!;
    if (number < 0 && member >= 0) number = numbers[member]!;
    if (number < 0 && !isNew) return -1;
    if (number < 0) number = next++;
    numbers[kernel] = number;
    numbers[model] = number;
    if (member >= 0) numbers[member] = number;
    return number;
  };
}

/** Names numbered from 0, the most frequent first, at most so many; `first` comes before all. */
export function byCount(
  counts: ReadonlyMap<string, number>,
  max: number,
  first: string | null = null,
): ReadonlyMap<string, number> {
  const of = (name: string, count: number) => (name === first ? Infinity : count);
  const ranked = [...counts].sort(([a, countA], [b, countB]) => of(b, countB) - of(a, countA) || (a < b ? -1 : 1));
  return new Map(ranked.slice(0, max).map(([name], index) => [name, index]));
}

/** At most so many of some items, evenly spread, the first and the last among them. */
export function spread<T>(items: readonly T[], max: number): readonly T[] {
  if (items.length <= max) return items;
  return Array.from({ length: max }, (_, index) => items[Math.round((index * (items.length - 1)) / (max - 1))]!);
}
