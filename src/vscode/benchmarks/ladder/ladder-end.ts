import { t } from '../../../core/language';
import type { BenchmarkMessage, Run } from '../../../protocol/benchmark-page';
import { compact } from '../../../core/compact';
import { groupBy } from '../../../core/group-by';

/** How a ladder ended that measured something. */
export interface LadderEnd {
  /** Whether every model is measured, stored and in the fits. */
  readonly isWhole: boolean;
  readonly text: string;
}

/** Names of one kind that are said; the page has all. */
const maxNames = 3;
const maxReasons = 2;

/**
 * Says what became of a ladder's models, what is left to do, and what its fits amount to.
 *
 * @param fits sentences on the fits that there are now
 */
export function ladderEnd({ runs }: BenchmarkMessage, fits: readonly string[]): LadderEnd {
  const measured = runs.filter(({ result }) => result !== null && result.landmark !== 'not-saved');
  const disturbed = measured.filter(({ result }) => result?.landmark === 'kept-out');
  const missing = runs.length - measured.length;
  const sentences = compact([
    missing === 0
      ? t('{0, plural, one {# model is} other {# models are}} measured.', runs.length)
      : t('{0} of {1, plural, one {# model is} other {# models are}} measured.', measured.length, runs.length),
    ...reasons(runs),
    disturbed.length !== 0 &&
      t('Disturbed, so not used for predictions until you accept them on the benchmark page: {0}.', names(disturbed)),
    missing !== 0 && t('Run “Measure Landmark Ladder…” again to measure the rest.'),
    ...fits,
  ]);
  return { isWhole: missing === 0 && disturbed.length === 0, text: sentences.join(' ') };
}

/** Why models are not measured or not stored, each reason once. What was only cancelled needs no reason. */
function reasons(runs: readonly Run[]): readonly string[] {
  const failed = groupBy(
    runs,
    ({ result, failure }) => result?.notSaved ?? (failure?.code === 'cancelled' ? null : (failure?.message ?? null)),
  );
  failed.delete(null);
  const all = [...failed].map(([reason, those]) => `${names(those)}: ${reason}`);
  const more = all.length - maxReasons;
  return more > 0 ? [...all.slice(0, maxReasons), t('{0} more on the benchmark page.', more)] : all;
}

function names(runs: readonly Run[]): string {
  const more = runs.length - maxNames;
  const said = runs.slice(0, maxNames).map(({ model }) => model);
  return more > 0 ? `${said.join(', ')} ${t('and {0} more', more)}` : said.join(', ');
}
