import type { Estimators } from '../../core/estimate/estimators';
import type { Query } from '../../core/estimate/estimate';
import { verdictOf } from '../../core/estimate/verdict';
import { changesView } from '../../core/present/change-view';
import { exportAdvice } from '../../core/present/export-advice';
import type { FileAnswer } from './predict-files';

/**
 * Lines on what would make a model run, and meet the target that it misses: the export that its board reads, a smaller
 * input, a published network, another runtime or board. None if nothing has to change. Takes a second or two.
 *
 * @param targetFps inputs per second
 */
export async function whatToChange(
  { file, profile, prediction, concerns }: Extract<FileAnswer, { ok: true }>,
  { query, estimators, targetFps }: { query: Query; estimators: Estimators; targetFps: number | null },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const advice = exportAdvice(profile, concerns, file);
  const lines =
    advice === null
      ? []
      : [
          `Re-export it: ${advice.exportLine}`,
          `Or convert this file: ${advice.convertCommand} (framecast benchmark does that by itself)`,
        ];
  const ratio = verdictOf(prediction, concerns, targetFps)?.ratio ?? null;
  if (targetFps === null || ratio === null || ratio >= 1) return lines;
  const { planChanges } = await import('../../core/plan/plan-changes');
  const changes = await planChanges({ profile, query, targetFps }, estimators, { signal });
  if (!changes.ok) return lines;
  const { first, none } = changesView(changes.value);
  const ways = first.map(({ what, throughput, note }) => `${what}: ${throughput}${note === '' ? '' : ` (${note})`}`);
  return [...lines, ...ways, ...(none === null ? [] : [none])];
}
