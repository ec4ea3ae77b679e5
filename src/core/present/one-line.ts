import type { Prediction, Query } from '../estimate/estimate';
import { concernsOf, type Concern } from '../estimate/concerns';
import { isUnfit, type Verdict } from '../estimate/verdict';
import { formatCount, formatFps, formatThroughput } from '../figures';
import { boardName } from '../landmarks/devices';
import type { ModelProfile } from '../profile/profile';
import { namedConcerns } from './export-advice';
import { measuredSentence, deploymentText } from './sentences';
import { t } from '../language';

/** What the editor says about a model where it has a line: in the Explorer, in Models, in Problems and in the status bar. */
export interface JudgedModel {
  readonly profile: ModelProfile;
  readonly query: Query;
  readonly prediction: Prediction;
  /** null where there is nothing to judge. */
  readonly verdict: Verdict | null;
}

/** The figure of a row of Models, or why it has none: `86.9 FPS`, `does not run`. */
export function listFigure({ prediction: { estimate }, verdict }: Pick<JudgedModel, 'prediction' | 'verdict'>): string {
  if (verdict?.kind === 'does-not-run') return t('does not run');
  if (verdict?.kind === 'runs-wrongly') return t('wrong result');
  return estimate === null ? t('no prediction') : formatThroughput(estimate.throughputFps, estimate.batch);
}

/** `Nano: 86.9 FPS ✗`, `Does not run as exported`; without an icon. */
export function statusBarText({ query, prediction: { estimate }, verdict }: Omit<JudgedModel, 'profile'>): string {
  if (verdict?.kind === 'does-not-run') return t('Does not run as exported');
  if (verdict?.kind === 'runs-wrongly') return t('Computes a wrong result');
  const figure = estimate === null ? t('No prediction') : formatThroughput(estimate.throughputFps, estimate.batch);
  return `${boardName(query).replace(/^Jetson /, '')}: ${figure}${verdict?.kind === 'misses' ? ' ✗' : ''}`;
}

const marks = { meets: '✓', misses: '✗', 'does-not-run': '!', 'runs-wrongly': '!' } as const;

/** The tooltip of a file in the Explorer. */
export function explorerTooltip({ profile, query, prediction, verdict }: JudgedModel): string {
  const { estimate } = prediction;
  const board = deploymentText(query);
  const measured = measuredSentence(prediction, estimate?.batch ?? 1);
  return [
    estimate === null
      ? t('No prediction for {0}', board)
      : t('{0} FPS on {1}', formatFps(estimate.throughputFps), board),
    ...(measured === null ? [] : [measured]),
    ...(verdict === null ? [] : [`${marks[verdict.kind]} ${verdict.sentence}`]),
    profile.variant ?? profile.family ?? t('unknown family'),
    t('{0} parameters', formatCount(profile.parameters)),
  ].join(' · ');
}

/** A line of Problems. */
export interface ModelProblem {
  readonly sentences: readonly string[];
  /** What keeps the model from running as it was exported; none where it misses the target. */
  readonly errors: readonly Concern[];
}

/** What Problems says about a model; null where there is no problem. */
export function problemOf({ profile, query, prediction, verdict }: JudgedModel, fileName: string): ModelProblem | null {
  if (isUnfit(verdict)) {
    const errors = namedConcerns(concernsOf(profile, query), fileName).filter(({ severity }) => severity === 'error');
    return { sentences: [`${verdict?.sentence ?? ''}.`, ...errors.map(({ message }) => message)], errors };
  }
  if (verdict?.kind !== 'misses') return null;
  const { estimate } = prediction;
  const judged = `${verdict.sentence}.`;
  if (estimate === null) return { sentences: [judged], errors: [] };
  const figure = t('{0} on {1}', formatThroughput(estimate.throughputFps, estimate.batch), deploymentText(query));
  return { sentences: [`${figure}. ${judged}`], errors: [] };
}
