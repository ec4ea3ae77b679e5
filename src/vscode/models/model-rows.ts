import { t } from '../../core/language';
import { concernsOf } from '../../core/estimate/concerns';
import type { Prediction, Query } from '../../core/estimate/estimate';
import type { Estimators } from '../../core/estimate/estimators';
import { isUnfit, verdictOf, type Verdict } from '../../core/estimate/verdict';
import { byPath } from '../../core/present/compare';
import type { ModelProfile } from '../../core/profile/profile';
import type { Failure, Result } from '../../core/result';
import { profileOfSummary, type ModelSummary } from '../../files/reading/model-summary';
import { groupBy } from '../../core/group-by';

/** What is known of one file: a model with its prediction, why there is none, or that it waits to be read. */
export type ModelState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'model';
      readonly summary: ModelSummary;
      readonly profile: ModelProfile;
      readonly query: Query;
      readonly targetFps: number | null;
      readonly prediction: Prediction;
      /** null where there is nothing to judge. */
      readonly verdict: Verdict | null;
    };

/** A file as the view lists it. */
export interface ModelRow<F> {
  readonly file: F;
  readonly name: string;
  /** Folder as the user knows it; '' for the root of a workspace of one folder. */
  readonly folder: string;
  readonly state: ModelState;
}

/** What a result says of a model under these settings. */
export function modelState(
  result: Result<ModelSummary> | null,
  query: Query,
  targetFps: number | null,
  estimators: Estimators,
): ModelState {
  if (result === null) return { kind: 'waiting' };
  if (!result.ok) return { kind: 'failed', failure: result.error };
  const summary = result.value;
  const profile = profileOfSummary(summary);
  const prediction = estimators.predict(profile, query);
  const verdict = verdictOf(prediction, concernsOf(profile, query), targetFps);
  return { kind: 'model', summary, profile, query, targetFps, prediction, verdict };
}

/** Whether a model is predicted to miss its target, surely or probably. */
export function missesTarget({ state }: { readonly state: ModelState }): boolean {
  return state.kind === 'model' && state.verdict?.kind === 'misses';
}

/** Whether a model cannot be deployed as it was exported. */
export function isUnfitModel({ state }: { readonly state: ModelState }): boolean {
  return state.kind === 'model' && isUnfit(state.verdict);
}

export type Grouping = 'none' | 'family' | 'folder';
export type Order = 'throughput' | 'name';

/** Rows under one heading. */
export interface RowGroup<F> {
  /** Stays the same while rows come and go. */
  readonly id: string;
  readonly label: string;
  readonly rows: readonly ModelRow<F>[];
}

/**
 * The rows under their headings, headings by name and what has no family last; without grouping all under one.
 *
 * @param root what the root of the workspace is called
 */
export function groupRows<F>(
  rows: readonly ModelRow<F>[],
  by: { readonly grouping: Grouping; readonly order: Order; readonly belowTargetOnly: boolean },
  root: string,
): readonly RowGroup<F>[] {
  const shown = by.belowTargetOnly ? rows.filter(missesTarget) : rows;
  return [...groupBy(shown, (row) => groupId(row, by.grouping))]
    .map(([id, members]): RowGroup<F> => ({ id, label: labelOf(id, root), rows: sortRows(members, by.order) }))
    .sort((one, other) => rank(one.id) - rank(other.id) || byPath(one.label, other.label));
}

/** Headings of rows that have no family, in the order in which they come after the families. */
const groupsWithoutFamily = ['unrecognised', 'waiting', 'failed'];

function groupId<F>(row: ModelRow<F>, grouping: Grouping): string {
  if (grouping === 'none') return 'all';
  return grouping === 'folder' ? `folder ${row.folder}` : familyId(row);
}

function familyId<F>({ state }: ModelRow<F>): string {
  if (state.kind !== 'model') return state.kind;
  return state.profile.family === null ? 'unrecognised' : `family ${state.profile.family}`;
}

function labelOf(id: string, root: string): string {
  switch (id) {
    case 'unrecognised':
      return t('Not recognised');
    case 'waiting':
      return t('Reading');
    case 'failed':
      return t('Not readable');
  }
  const label = id.slice(id.indexOf(' ') + 1);
  return label === '' ? root : label;
}

function rank(id: string): number {
  return groupsWithoutFamily.indexOf(id);
}

function sortRows<F>(rows: readonly ModelRow<F>[], order: Order): readonly ModelRow<F>[] {
  const throughput = ({ state }: ModelRow<F>): number =>
    state.kind === 'model' ? (state.prediction.estimate?.throughputFps ?? -1) : -2;
  // What does not run as exported comes after what does: its figure holds for neither.
  const apart = (row: ModelRow<F>): number => Number(isUnfitModel(row));
  return [...rows].sort(
    (one, other) =>
      (order === 'throughput' ? apart(one) - apart(other) || throughput(other) - throughput(one) : 0) ||
      byPath(one.name, other.name) ||
      byPath(one.folder, other.folder),
  );
}
