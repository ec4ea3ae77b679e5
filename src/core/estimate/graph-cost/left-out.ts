import type { Landmark } from '../../landmarks/landmark';
import type { PreparedLandmark } from './costed-landmark';

/** Models that are left out in turn, of all; of every family so many, spread over the order of the landmarks. */
const maxFolds = 400;
const maxFoldsOfFamily = 24;

/** Indices of the landmarks of each model that is left out: of every family some, and of the user's campaign some. */
export function modelsLeftOut(
  landmarks: readonly PreparedLandmark[],
  reference: string,
): readonly (readonly number[])[] {
  const strata = new Map<string | null, number[]>();
  const own: number[] = [];
  for (let index = 0; index < landmarks.length; index += 1) {
    const { family, campaign } = landmarks[index]!.landmark;
    const known = strata.get(family);
    if (known === undefined) strata.set(family, [index]);
    else known.push(index);
    if (campaign === reference) own.push(index);
  }
  const each = Math.max(2, Math.min(maxFoldsOfFamily, Math.floor(maxFolds / strata.size)));
  const numberOf = createNumbering();
  for (const stratum of [own, ...[...strata.values()].slice(0, maxFolds)]) {
    for (const index of spread(stratum, each)) numberOf(landmarks[index]!, true);
  }
  // Only those of chosen models are looked for, as there are few of them.
  return members(landmarks, (landmark) => numberOf(landmark, false));
}

/** Indices of the landmarks of each model, each left out with those that share a name or the kernels with it. */
export function allModels(landmarks: readonly PreparedLandmark[]): readonly (readonly number[])[] {
  const groups = modelGroups(landmarks);
  return members(landmarks, (_, index) => groups[index]!);
}

/**
 * A number for each landmark, equal for those of one model (in any campaign, at any resolution), and of models that run
 * the same kernels, as VGG-11 with and without folded normalisations.
 */
export function modelGroups(landmarks: readonly PreparedLandmark[]): readonly number[] {
  const numberOf = createNumbering();
  return landmarks.map((landmark) => numberOf(landmark, true)!);
}

/** Indices of the landmarks of each of some families. */
export function familiesLeftOut(
  landmarks: readonly PreparedLandmark[],
  families: ReadonlyMap<string, number>,
): readonly (readonly number[])[] {
  return members(landmarks, ({ landmark: { family } }) => (family === null ? null : (families.get(family) ?? null)));
}

/** Indices of the landmarks of each model without a family, which is one of its own; of many some. */
export function withoutFamily(landmarks: readonly PreparedLandmark[]): readonly (readonly number[])[] {
  const strangers = landmarks.flatMap(({ landmark }, index) => (landmark.family === null ? [index] : []));
  const numberOf = createNumbering();
  for (const index of spread(strangers, maxFolds)) numberOf(landmarks[index]!, true);
  return members(landmarks, (landmark) => (landmark.landmark.family === null ? numberOf(landmark, false) : null));
}

function members(
  landmarks: readonly PreparedLandmark[],
  numberOf: (landmark: PreparedLandmark, index: number) => number | null,
): readonly (readonly number[])[] {
  const found = new Map<number, number[]>();
  for (let index = 0; index < landmarks.length; index += 1) {
    const number = numberOf(landmarks[index]!, index);
    if (number === null) continue;
    const known = found.get(number);
    if (known === undefined) found.set(number, [index]);
    else known.push(index);
  }
  return [...found.values()];
}

/**
 * Numbers models: landmarks that share a name or the kernels have one number.
 *
 * @param isNew whether a landmark of a model not seen before gets a number; null is returned where it does not
 */
function createNumbering(): (landmark: PreparedLandmark, isNew: boolean) => number | null {
  const numbers = new Map<string, number>();
  let next = 0;
  return ({ modelKeys, kernelsKey }, isNew) => {
    let number = numbers.get(kernelsKey);
    for (let index = 0; number === undefined && index < modelKeys.length; index += 1) {
      number = numbers.get(modelKeys[index]!);
    }
    if (number === undefined && !isNew) return null;
    number ??= next++;
    numbers.set(kernelsKey, number);
    for (const name of modelKeys) numbers.set(name, number);
    return number;
  };
}

/** Names numbered from 0, the most frequent first, at most so many; `first` comes before all. */
export function byCount(
  landmarks: readonly PreparedLandmark[],
  nameOf: (landmark: Landmark) => string | null,
  max: number,
  first: string | null = null,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { landmark } of landmarks) {
    const name = nameOf(landmark);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (first !== null && counts.has(first)) counts.set(first, Infinity);
  const ranked = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return new Map(ranked.slice(0, max).map(([name], index) => [name, index]));
}

/** At most so many of some items, evenly spread, the first and the last among them. */
export function spread<T>(items: readonly T[], max: number): readonly T[] {
  if (items.length <= max) return items;
  return Array.from({ length: max }, (_, index) => items[Math.round((index * (items.length - 1)) / (max - 1))]!);
}
