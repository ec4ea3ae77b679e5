import { askedCost, wholeMacs } from '../estimate/operating-point';
import { leastMemoryBytes } from '../estimate/board-memory';
import { concernsOf, type Concern } from '../estimate/concerns';
import type { Interval, Method, Prediction, Query } from '../estimate/estimate';
import { isUnfit, verdictOf, verdictRanks, verdictWord, type Certainty, type Verdict } from '../estimate/verdict';
import type { ModelProfile } from '../profile/profile';
import type { Failure } from '../result';
import { bySeverity } from './concern-summary';
import { paretoFront, type ParetoAxis } from '../pareto';
import { sizeText } from '../figures';
import { publishedTop1Percent } from './accuracy';
import { groupBy } from '../group-by';

/** One file of a comparison, as it was read: a model with its prediction, or why there is none. */
export type ComparedFile =
  | {
      /** Path as the user knows it; identifies the row. */
      readonly file: string;
      readonly ok: true;
      /** With the external data that is present. */
      readonly fileBytes: number;
      /** A sentence for each external file that is not. */
      readonly missingWeights?: readonly string[];
      readonly profile: ModelProfile;
      readonly prediction: Prediction;
    }
  | { readonly file: string; readonly ok: false; readonly error: Failure };

/** One row: a model with the figures that models are chosen by. */
export interface ComparedModel {
  readonly file: string;
  readonly fileBytes: number;
  /** Whether weights are missing, so that `fileBytes` is less than the model takes. */
  readonly isWithoutWeights: boolean;
  readonly family: string | null;
  /** The member, else the family; null where nothing is recognised. */
  readonly variant: string | null;
  readonly parameters: number;
  /** Multiply–accumulates of one inference at the size that is judged; null when unknown. */
  readonly macs: number | null;
  /** What an engine takes at least: weights, and the activations that live at the same time. Null when unknown. */
  readonly memoryBytes: number | null;
  /** Side of the square input in pixels, or of a square with as many pixels, and the batch; null without an estimate. */
  readonly resolution: number | null;
  /** Of an input that is not square, in pixels. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  readonly batch: number | null;
  /** Inputs per second; null where nothing honest can be said, and then `reason` says why. */
  readonly throughputFps: number | null;
  readonly latencyMs: number | null;
  readonly interval: Interval | null;
  readonly method: Method | null;
  readonly extrapolated: boolean;
  /** What the figure rests on, measured ones before predicted ones; null without one. */
  readonly certainty: Certainty | null;
  /** The power mode that the figure is for; null where the board's are not known. */
  readonly powerMode: string | null;
  readonly reason: string | null;
  /** null where there is nothing to judge: no target or no figure, and nothing that keeps it from running. */
  readonly verdict: Verdict | null;
  /** Published top-1 accuracy on ImageNet of the standard network that this is, in percent; null for others. */
  readonly top1Percent: number | null;
  /** No other model of the comparison with this input size is both faster and smaller; see {@link compareModels}. */
  readonly isOnFront: boolean;
  /** No other model of the comparison with this input size is both faster and more accurate, as far as is published. */
  readonly isOnAccuracyFront: boolean;
  /** What matters on the board, errors first. */
  readonly concerns: readonly Concern[];
}

/** A file of the comparison that is no readable model. */
export interface UnreadFile {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

export interface Comparison {
  /** Fastest first; models that do not run as exported after those that do, and those without an estimate last of each. */
  readonly models: readonly ComparedModel[];
  /** By path. */
  readonly unreadable: readonly UnreadFile[];
}

/**
 * Puts models side by side that were made with {@link comparedModel} for the same query and target. There are two Pareto
 * fronts for each input size, as models for other sizes do other work: one over throughput and parameters, which says
 * nothing about accuracy, and one over throughput and published accuracy, between models that have one. Models that cannot
 * be deployed as exported are on neither.
 */
export function compareModels<Model extends ComparedModel, Unread extends UnreadFile>(
  models: readonly Model[],
  unreadable: readonly Unread[],
): { readonly models: readonly Model[]; readonly unreadable: readonly Unread[] } {
  const groups = groupBySize(models.filter(({ verdict }) => !isUnfit(verdict)));
  const frontOf = (axis: ParetoAxis<Model>): ReadonlySet<Model> => {
    const speed: ParetoAxis<Model> = { of: ({ throughputFps }) => throughputFps, better: 'higher' };
    return new Set(groups.flatMap((group) => paretoFront(group.models, [speed, axis])));
  };
  const small = frontOf({ of: ({ parameters }) => parameters, better: 'lower' });
  const accurate = frontOf({ of: ({ top1Percent }) => top1Percent, better: 'higher' });
  return {
    models: sortCompared(
      models.map((model) => ({ ...model, isOnFront: small.has(model), isOnAccuracyFront: accurate.has(model) })),
      'throughput',
      true,
    ),
    unreadable: [...unreadable].sort((one, other) => byPath(one.file, other.file)),
  };
}

/** Models that are judged at one input size, in the order given. */
export interface SizeGroup<Model> {
  /** `112×112`, with the batch if it is not 1; null for models without a prediction. */
  readonly size: string | null;
  readonly models: readonly Model[];
}

/** The models by the size at which each is judged, the smallest first, those without a prediction last. */
export function groupBySize<Model extends ComparedModel>(models: readonly Model[]): readonly SizeGroup<Model>[] {
  const order = (model: ComparedModel): number => model.resolution ?? Infinity;
  const ordered = [...models].sort((one, other) => order(one) - order(other) || 0);
  const groups = groupBy(ordered, (model) =>
    model.resolution === null ? null : sizeText(model.resolution, model.batch ?? 1, model),
  );
  return [...groups].map(([size, members]) => ({ size, models: members }));
}

/** What a comparison can be sorted by. */
export const comparedColumns = [
  'file',
  'model',
  'throughput',
  'latency',
  'parameters',
  'macs',
  'memory',
  'bytes',
  'accuracy',
  'target',
] as const;

export type ComparedColumn = (typeof comparedColumns)[number];

/**
 * The models in the order of a column; those without a figure last either way, and equal ones by path. By throughput and
 * latency, models that cannot be deployed as exported come after all that can, as their figures hold for none of them.
 */
export function sortCompared<Model extends ComparedModel>(
  models: readonly Model[],
  column: ComparedColumn,
  descending: boolean,
): readonly Model[] {
  const key = keys[column];
  const sign = descending ? -1 : 1;
  const setsApart = column === 'throughput' || column === 'latency';
  return [...models].sort((one, other) => {
    const [a, b] = [key(one), key(other)];
    const apart = setsApart ? Number(isUnfit(one.verdict)) - Number(isUnfit(other.verdict)) : 0;
    if (apart !== 0) return apart;
    if (a === null || b === null) return Number(a === null) - Number(b === null) || byPath(one.file, other.file);
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : byPath(String(a), String(b));
    return sign * order || byPath(one.file, other.file);
  });
}

/** Paths and names as a person would list them: numbers by their value, case aside. */
export function byPath(one: string, other: string): number {
  collator ??= new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return collator.compare(one, other);
}

/** Made when it is first needed, as the tables of a language take long to load. */
let collator: Intl.Collator | undefined;

const keys: Readonly<Record<ComparedColumn, (model: ComparedModel) => number | string | null>> = {
  file: ({ file }) => file,
  model: ({ variant }) => variant,
  throughput: ({ throughputFps }) => throughputFps,
  latency: ({ latencyMs }) => latencyMs,
  parameters: ({ parameters }) => parameters,
  macs: ({ macs }) => macs,
  memory: ({ memoryBytes }) => memoryBytes,
  bytes: ({ fileBytes }) => fileBytes,
  accuracy: ({ top1Percent }) => top1Percent,
  target: ({ verdict }) => (verdict === null ? null : verdictRanks.indexOf(verdictWord(verdict))),
};

/** The fewest bytes that a stored number takes: four bits. */
const minBytes = 0.5;

/** Whether a file is smaller than the numbers that it declares, as one that was stored without its weights. */
export function leavesOutWeights(
  fileBytes: number,
  { storedParameters }: Pick<ModelProfile, 'storedParameters'>,
): boolean {
  return fileBytes < minBytes * storedParameters;
}

/** A row of a comparison, whose fronts are not known yet. Costs as much as asking a profile for its cost. */
export function comparedModel(
  { file, fileBytes, missingWeights = [], profile, prediction }: Extract<ComparedFile, { ok: true }>,
  query: Query,
  targetFps: number | null,
): ComparedModel {
  const { estimate, reason } = prediction;
  const concerns = concernsOf(profile, query, prediction);
  const verdict = verdictOf(prediction, concerns, targetFps);
  return {
    file,
    fileBytes,
    isWithoutWeights: missingWeights.length > 0 || leavesOutWeights(fileBytes, profile),
    family: profile.family,
    variant: profile.variant ?? profile.family,
    parameters: profile.parameters,
    certainty: verdict?.certainty ?? estimate?.certainty ?? null,
    powerMode: estimate?.powerMode ?? query.powerMode ?? null,
    ...workOf(profile, query, prediction),
    resolution: estimate?.resolution ?? null,
    height: estimate?.height,
    width: estimate?.width,
    batch: estimate?.batch ?? null,
    throughputFps: estimate?.throughputFps ?? null,
    latencyMs: estimate?.latencyMs ?? null,
    interval: estimate?.interval ?? null,
    method: estimate?.method ?? null,
    extrapolated: estimate?.extrapolated ?? false,
    reason,
    verdict,
    top1Percent: publishedTop1Percent(profile),
    isOnFront: false,
    isOnAccuracyFront: false,
    concerns: bySeverity(concerns),
  };
}

function workOf(
  profile: ModelProfile,
  query: Query,
  prediction: Prediction,
): { readonly macs: number | null; readonly memoryBytes: number | null } {
  const cost = askedCost(profile, query, prediction);
  if (!cost.ok) return { macs: null, memoryBytes: null };
  return {
    macs: wholeMacs(cost),
    memoryBytes: leastMemoryBytes(profile, query.runtime, cost.value),
  };
}
