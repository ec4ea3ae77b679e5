import { askedCost, wholeMacs } from './operating-point';
import type { KernelKind, LayerCost } from '../profile/cost/layer';
import { kernelKinds } from '../profile/cost/layer';
import type { ModelProfile } from '../profile/profile';
import type { Result } from '../result';
import { leastMemoryBytes } from './board-memory';
import { concernsOf, type Concern } from './concerns';
import type { Prediction, Query } from './estimate';
import type { Estimators } from './estimators';
import type { LatencyExplanation, LayerTime } from './graph-cost/explain';
import { verdictOf, type Verdict } from './verdict';

/** One of two models that are compared part by part. */
export interface DiffedModel {
  readonly profile: ModelProfile;
  readonly prediction: Prediction;
  readonly verdict: Verdict | null;
  readonly concerns: readonly Concern[];
  /** Where its time goes, or why that is not known. */
  readonly time: Result<LatencyExplanation, string>;
  /** Weights, and the activations that live at the same time, in bytes; null where a size is not known. */
  readonly memoryBytes: number | null;
  /** Multiply–accumulates of one inference at the size that is judged; null when unknown. */
  readonly macs: number | null;
}

/** How much of something each of two models has. */
export interface Change<T> {
  readonly of: T;
  readonly before: number;
  readonly after: number;
}

/** Kernels that are alike, of which the models have different numbers. */
export interface KernelChange extends Change<LayerCost> {
  /** Predicted time of all of them; null where it is not known. */
  readonly beforeMs: number | null;
  readonly afterMs: number | null;
}

export interface KindChange extends Change<KernelKind> {
  readonly beforeMs: number | null;
  readonly afterMs: number | null;
}

/** What two models differ by, such as one before and one after pruning, another export, or quantisation. */
export interface ModelDiff {
  readonly before: DiffedModel;
  readonly after: DiffedModel;
  /** Operator types that they have different numbers of, the greatest difference first. */
  readonly operators: readonly Change<string>[];
  /** Kernels and predicted time by kind, of kinds that either has, the greatest difference first. */
  readonly kinds: readonly KindChange[];
  /** Kernels that one has more of than the other, the greatest difference in time first. */
  readonly kernels: readonly KernelChange[];
}

/** Compares two models part by part under one query, each at its own size where the query names none. */
export function diffModels(
  [before, after]: readonly [ModelProfile, ModelProfile],
  query: Query,
  targetFps: number | null,
  estimators: Estimators,
): ModelDiff {
  const models = [before, after].map((profile) => diffedModel(profile, query, targetFps, estimators));
  const [one, other] = models as [DiffedModel, DiffedModel];
  return {
    before: one,
    after: other,
    operators: operatorChanges(before, after),
    kinds: kindChanges(layersOf(one), layersOf(other)),
    kernels: kernelChanges(layersOf(one), layersOf(other)),
  };
}

function diffedModel(
  profile: ModelProfile,
  query: Query,
  targetFps: number | null,
  estimators: Estimators,
): DiffedModel {
  const prediction = estimators.predict(profile, query);
  const concerns = concernsOf(profile, query);
  const cost = askedCost(profile, query, prediction);
  return {
    profile,
    prediction,
    concerns,
    verdict: verdictOf(prediction, concerns, targetFps),
    time: estimators.explainLatency(profile, query),
    macs: wholeMacs(cost),
    memoryBytes: cost.ok ? leastMemoryBytes(profile, query.runtime, cost.value) : null,
  };
}

type Layer = Pick<LayerTime, 'layer'> & { readonly latencyMs: number | null };

/** The kernels with their times; without times where those are not known. */
function layersOf({ profile, time }: DiffedModel): readonly Layer[] {
  if (time.ok) return time.value.layers;
  const cost = profile.costAt({});
  return cost.ok ? cost.value.layers.map((layer) => ({ layer, latencyMs: null })) : [];
}

function operatorChanges(before: ModelProfile, after: ModelProfile): readonly Change<string>[] {
  const names = new Set([...before.operators.keys(), ...after.operators.keys()]);
  return [...names]
    .map((of) => ({ of, before: before.operators.get(of) ?? 0, after: after.operators.get(of) ?? 0 }))
    .filter((change) => change.before !== change.after)
    .sort(byDifference);
}

function byDifference(one: Change<unknown>, other: Change<unknown>): number {
  return Math.abs(other.after - other.before) - Math.abs(one.after - one.before);
}

function byTime(one: KindChange | KernelChange, other: KindChange | KernelChange): number {
  const of = ({ beforeMs, afterMs }: KindChange | KernelChange): number => Math.abs((afterMs ?? 0) - (beforeMs ?? 0));
  return of(other) - of(one) || byDifference(one, other);
}

function kindChanges(before: readonly Layer[], after: readonly Layer[]): readonly KindChange[] {
  return kernelKinds
    .map((of) => changeOf(of, ofKind(before, of), ofKind(after, of)))
    .filter((change) => change.before > 0 || change.after > 0)
    .sort(byTime);
}

function ofKind(layers: readonly Layer[], kind: KernelKind): readonly Layer[] {
  return layers.filter(({ layer }) => layer.kind === kind);
}

function kernelChanges(before: readonly Layer[], after: readonly Layer[]): readonly KernelChange[] {
  const groups = new Map<string, { readonly before: Layer[]; readonly after: Layer[] }>();
  const collect = (layers: readonly Layer[], side: 'before' | 'after'): void => {
    for (const each of layers) {
      const key = signatureOf(each.layer);
      const group = groups.get(key) ?? { before: [], after: [] };
      group[side].push(each);
      groups.set(key, group);
    }
  };
  collect(before, 'before');
  collect(after, 'after');
  return [...groups.values()]
    .map((group) => changeOf((group.before[0] ?? group.after[0])!.layer, group.before, group.after))
    .filter((change) => change.before !== change.after)
    .sort(byTime);
}

/**
 * What makes two kernels alike: operators, window, work and result, whatever they are called. A normalisation after a
 * convolution is no work of its own, whether the exporter has folded it or the engine will.
 */
function signatureOf({ kind, operators, window, output, macs, weightElements, repeats }: LayerCost): string {
  const working = operators.filter((operator) => operator !== 'BatchNormalization');
  return JSON.stringify([kind, working, window, output.shape, macs, weightElements, repeats]);
}

function changeOf<T>(of: T, before: readonly Layer[], after: readonly Layer[]) {
  return { of, before: before.length, after: after.length, beforeMs: sumOf(before), afterMs: sumOf(after) };
}

function sumOf(layers: readonly Layer[]): number | null {
  let sum = 0;
  for (const { latencyMs } of layers) {
    if (latencyMs === null) return null;
    sum += latencyMs;
  }
  return sum;
}
