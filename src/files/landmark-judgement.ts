import type { Landmark, Verdict } from '../core/landmarks/landmark';
import type { LandmarkEntry } from '../core/landmarks/landmark-collection';
import { success, type Result } from '../core/result';
import type { LandmarkStore } from './landmark-store';

/** What a user says of landmarks; null takes it back, and what is left out stays. */
export interface Judgement {
  readonly verdict?: Verdict | null;
  readonly comment?: string | null;
}

/**
 * Writes what the user says of landmarks into the own store. Published and shared ones, which are not in it, are
 * repeated there with the judgement, all in one go. Failure codes: those of the store's `update` and `append`.
 */
export async function judgeEntries(
  own: LandmarkStore,
  entries: readonly LandmarkEntry[],
  judgement: Judgement,
): Promise<Result<void>> {
  const { verdict, comment } = judgement;
  const ids = entries.flatMap(({ ownIds }) => ownIds);
  const updated = ids.length === 0 ? success([]) : await own.update(ids, judgement);
  if (!updated.ok) return updated;
  const said = { ...(verdict == null ? {} : { verdict }), ...(comment == null ? {} : { comment }) };
  const repeats = entries
    .filter(({ ownIds }) => ownIds.length === 0)
    .map(({ landmark }) => ({ ...withoutJudgement(landmark), ...said }));
  const appended = Object.keys(said).length === 0 ? success([]) : await own.append(repeats);
  return appended.ok ? success(undefined) : appended;
}

function withoutJudgement(landmark: Landmark): Landmark {
  const plain: { -readonly [Field in keyof Landmark]: Landmark[Field] } = { ...landmark };
  delete plain.verdict;
  delete plain.comment;
  return plain;
}
