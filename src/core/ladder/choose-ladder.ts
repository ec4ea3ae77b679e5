import { equation2Coefficients } from '../estimate/family-fit/equation2';
import { isPublished } from '../estimate/graph-cost/graph-cost-fit';
import { boardSpecification, latencyModel } from '../estimate/graph-cost/specification';
import { coefficientPrior, logRatios } from '../estimate/graph-cost/priors';
import { type ImageSize, isSameSize } from '../image-size';
import { findMode, modeOfLandmark } from '../landmarks/devices';
import { inputSize, type Landmark, type Runtime, type SizeFields } from '../landmarks/landmark';
import { kernelsOfLandmark, type KernelWork, readKernelRows } from '../landmarks/model-costs';
import { failure, success, type Result } from '../result';
import { zooFamilies } from '../zoo/families';
import { addMeasured, informationOf, knowledgeOf, type Slopes } from './information';
import { equation2Resolution, type Rung, rungsUpTo } from './rung';
import { t } from '../language';

/** What a ladder is wanted for: plain data, which may be handed to another thread. */
export interface LadderQuestion {
  readonly device: string;
  readonly runtime: Runtime;
  /** Rungs for the fit over the graph, with those that are measured already. */
  readonly length: number;
  /** Families of the zoo, in any case, that are to get a fit of Equation 2 of their own. */
  readonly families: readonly string[];
  /** No model file larger than this is chosen. */
  readonly maxWeightBytes: number;
  /** Sizes of the images that the models are to read; 112, 224 and 320 pixels square where undefined. */
  readonly sizes?: readonly ImageSize[] | undefined;
  /** The board's power mode, as its `powerModes` name it; the fastest where undefined. */
  readonly powerMode?: string | undefined;
  /** What is already measured on this very board in this mode with this runtime. */
  readonly measured: readonly Landmark[];
  /** What is measured with this runtime on other boards of its kind, and in its other modes. */
  readonly elsewhere: readonly Landmark[];
  /** Of the fit over the graph for the device, mode and runtime; null where there is none. */
  readonly coefficients: readonly number[] | null;
}

/** Reference models to measure, those that tell most first. */
export interface Ladder {
  readonly rungs: readonly Rung[];
  /** Sentences on families that cannot get what was asked. */
  readonly notes: readonly string[];
}

const equation2Size: ImageSize = { height: equation2Resolution, width: equation2Resolution };

export const defaultLadderLength = 8;
export const defaultMaxWeightBytes = 256e6;

/**
 * Chooses the reference models whose throughputs pin the fits best: the subset of `length` models that is D-optimal
 * for the coefficients of the graph-cost model beyond what is known of them in this power mode (greedy, then by
 * exchanges until none helps), and for each asked family as many members at 224×224 as Equation 2 has coefficients. What is measured
 * already counts, and is not chosen again: a ladder that was measured to its end leaves no rungs.
 *
 * Failure codes: invalid-request (a family that the zoo has not, a length below 1), no-match (no model is so small).
 */
export function chooseLadder(question: LadderQuestion): Result<Ladder> {
  const { length, maxWeightBytes, measured } = question;
  if (!Number.isInteger(length) || length < 1 || length > 40) {
    return failure('invalid-request', t('The length of a ladder must be a whole number from 1 to 40.'));
  }
  const names = question.families.map((name) => ({ name, family: familyNamed(name) }));
  const unknown = names.find(({ family }) => family === null);
  if (unknown !== undefined) {
    const known = zooFamilies.map((family) => family.name).join(', ');
    return failure(
      'invalid-request',
      t('There are no reference models of {0}. There are of {1}.', unknown.name, known),
    );
  }
  const slopesOf = slopesAbout(question);
  const rungs = rungsUpTo(Infinity, question.sizes);
  const small = rungs.filter(({ weightBytes }) => weightBytes <= maxWeightBytes);
  if (rungs.length === 0)
    return failure('no-match', t('No reference model can read images of that size; larger ones work.'));
  if (small.length === 0) {
    const smallest = Math.min(...rungs.map(({ weightBytes }) => weightBytes));
    return failure(
      'no-match',
      t(
        'No reference model has a file of at most {0}; the smallest needs {1} MB.',
        megabytes(maxWeightBytes),
        Math.ceil(smallest / 1e6),
      ),
    );
  }
  const known = knowledgeBefore(question, slopesOf);
  const score: Score = (chosen) =>
    informationOf(
      chosen.map(({ slopes }) => slopes),
      known,
    );
  const isFresh = (rung: Rung) => !measured.some((landmark) => isMeasured(rung, landmark));
  const fresh = small.filter(isFresh).map((rung) => ({ rung, slopes: slopesOf(readKernelRows(rung.kernels)) }));
  const missing = Math.max(0, length - rungs.filter((rung) => !isFresh(rung)).length);
  const chosen = exchange(greedy(fresh, missing, score), fresh, score).map(({ rung }) => rung);

  const notes: string[] = [];
  if (chosen.length < missing) {
    notes.push(
      t(
        'All reference models with files of at most {0} are in the ladder, {1} fewer than asked for.',
        megabytes(maxWeightBytes),
        missing - chosen.length,
      ),
    );
  }
  for (const { family } of names) {
    const added = membersForEquation2(family!, rungsUpTo(maxWeightBytes), chosen, question);
    if (added.ok) chosen.push(...added.value);
    else notes.push(added.error.message);
  }
  return success({ rungs: chosen, notes });
}

/** Whether a landmark is of a rung's model at the rung's size. */
export function isMeasured(rung: Rung, landmark: Landmark): boolean {
  return (
    landmark.family === rung.family &&
    landmark.parameters === rung.parameters &&
    isSameSize(inputSize(landmark), inputSize(rung)) &&
    landmark.batch === 1
  );
}

interface Candidate {
  readonly rung: Rung;
  /** Each coefficient's share of its latency. */
  readonly slopes: readonly number[];
}

type Score = (chosen: readonly Candidate[]) => number;

function greedy(candidates: readonly Candidate[], length: number, score: Score): readonly Candidate[] {
  const chosen: Candidate[] = [];
  while (chosen.length < length) {
    const next = best(
      candidates.filter((candidate) => !chosen.includes(candidate)),
      (candidate) => score([...chosen, candidate]),
    );
    if (next === null) break;
    chosen.push(next);
  }
  return chosen;
}

/** Puts one candidate in another's place as long as that tells more (Fedorov 1972). */
function exchange(start: readonly Candidate[], candidates: readonly Candidate[], score: Score): readonly Candidate[] {
  const chosen = [...start];
  let current = score(chosen);
  for (let round = 0; round < 10; round += 1) {
    const before = current;
    for (const [place, kept] of [...chosen.entries()]) {
      const others = chosen.filter((_, index) => index !== place);
      const replacement = best(
        candidates.filter((candidate) => !chosen.includes(candidate)),
        (candidate) => score([...others, candidate]),
      );
      if (replacement === null) continue;
      chosen[place] = replacement;
      const next = score(chosen);
      if (next > current + 1e-9) current = next;
      else chosen[place] = kept;
    }
    if (current === before) break;
  }
  return chosen;
}

function best<T>(items: readonly T[], score: (item: T) => number): T | null {
  let found: T | null = null;
  let highest = -Infinity;
  for (const item of items) {
    const value = score(item);
    if (value > highest) [found, highest] = [item, value];
  }
  return found;
}

/**
 * Each coefficient's share of a network's latency, about the fitted coefficients where there is a fit, else the priors.
 *
 * @param ratios how many times as much each coefficient is where a network was measured; as much where left out
 */
type SlopesOf = (kernels: readonly KernelWork[], ratios?: readonly number[]) => readonly number[];

function slopesAbout({ device, runtime, powerMode, coefficients }: LadderQuestion): SlopesOf {
  const around = coefficients ?? coefficientPrior(device, runtime, powerMode).mean.map(Math.exp);
  const model = latencyModel(device, runtime);
  return (kernels, ratios) => {
    const there = ratios === undefined ? around : around.map((value, term) => value * ratios[term]!);
    const { latencyMs, shares } = model.latencyOf(kernels)(there);
    return shares.map((share) => share / latencyMs);
  };
}

/** What is known of the coefficients before the first rung. */
function knowledgeBefore({ device, runtime, powerMode, measured, elsewhere }: LadderQuestion, slopesOf: SlopesOf) {
  const slopesIn = (landmark: Landmark): Slopes => {
    const kernels = kernelsOfLandmark(landmark);
    if (kernels === null) return [];
    const ratios = modeRatios(device, runtime, modeOfLandmark(landmark).powerMode, powerMode);
    return [slopesOf(kernels, ratios)];
  };
  const campaigns = new Map<string, (readonly number[])[]>();
  for (const landmark of elsewhere) {
    const name = JSON.stringify([landmark.campaign, modeOfLandmark(landmark)]);
    const slopes = campaigns.get(name) ?? [];
    campaigns.set(name, slopes);
    slopes.push(...slopesIn(landmark));
  }
  const prior = coefficientPrior(device, runtime, powerMode, isPublished({ device, runtime }));
  const known = knowledgeOf(prior, [...campaigns.values()]);
  addMeasured(known, measured.flatMap(slopesIn));
  return known;
}

/** How many times as much each coefficient is in one power mode as in another; undefined where they are one. */
function modeRatios(device: string, runtime: Runtime, from?: string, to?: string): readonly number[] | undefined {
  if (from === to) return undefined;
  const [one, other] = [
    boardSpecification(device, findMode(device, from)),
    boardSpecification(device, findMode(device, to)),
  ];
  return one === null || other === null ? undefined : logRatios(one, other, runtime).map(Math.exp);
}

/**
 * Members that a family lacks for Equation 2 at 224×224 and batch 1. Of all sets that complete it, the one whose
 * design has the largest determinant: members far apart in 1/𝒫. Fails where the zoo has too few, or too few small ones.
 */
function membersForEquation2(
  family: string,
  rungs: readonly Rung[],
  chosen: readonly Rung[],
  { measured, maxWeightBytes }: Pick<LadderQuestion, 'measured' | 'maxWeightBytes'>,
): Result<readonly Rung[]> {
  const isEquation2Size = (of: SizeFields) => isSameSize(inputSize(of), equation2Size);
  const at = (rung: Rung) => rung.family === family && isEquation2Size(rung);
  const have = [
    ...chosen.filter(at).map(({ parameters }) => parameters),
    ...measured
      .filter((one) => one.family === family && isEquation2Size(one) && one.batch === 1)
      .map(({ parameters }) => parameters),
  ];
  const distinct = [...new Set(have)];
  const missing = Math.max(0, equation2Coefficients - distinct.length);
  if (missing === 0) return success([]);
  const others = rungs.filter((rung) => at(rung) && !distinct.includes(rung.parameters));
  const sets = subsets(others, missing);
  const widest = best(sets, (set) => spreadOf([...distinct, ...set.map(({ parameters }) => parameters)]));
  if (widest === null) {
    const members = new Set(
      rungsUpTo(Infinity)
        .filter(at)
        .map(({ parameters }) => parameters),
    ).size;
    const lack =
      members < equation2Coefficients
        ? t('the zoo has too few')
        : t("too few of the zoo's have files of at most {0}", megabytes(maxWeightBytes));
    return failure(
      'no-match',
      t(
        'Equation 2 needs {0} measured members of {1}, and {2}; its other members are predicted from what their kernels cost.',
        equation2Coefficients,
        family,
        lack,
      ),
    );
  }
  return success(widest);
}

/** |det| of Equation 2's design on three parameter counts: a Vandermonde determinant in 1/𝒫; 0 on fewer. */
function spreadOf(parameters: readonly number[]): number {
  const inverses = parameters.map((count) => 1e6 / count);
  return inverses.reduce(
    (product, a, index) => inverses.slice(index + 1).reduce((inner, b) => inner * Math.abs(a - b), product),
    1,
  );
}

function subsets<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) => subsets(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]));
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1e6)} MB`;
}

function familyNamed(name: string): string | null {
  return zooFamilies.find((family) => family.name.toLowerCase() === name.toLowerCase())?.name ?? null;
}
