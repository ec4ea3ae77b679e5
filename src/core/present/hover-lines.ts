import { concernSummary } from './concern-summary';
import { escapeMarkdown } from './card';
import type { PredictionView } from './prediction-view';
import { t } from '../language';

const marks = { meets: '✓', misses: '✗', 'does-not-run': '⊘', 'runs-wrongly': '⊘' } as const;

/**
 * What hovers say of a model in three lines of Markdown: the figure, the verdict, the network. Hovers cut what is longer;
 * the page has the rest. Text that comes from a model file is escaped.
 */
export function hoverLines(view: PredictionView): readonly [figure: string, judgement: string, network: string] {
  const { estimate, model, verdict, measured } = view;
  const figure = [
    `**${escapeMarkdown(view.headline)}**`,
    ...(estimate === null ? [] : [escapeMarkdown(estimate.interval)]),
  ];
  const concerns = concernSummary(view.concerns);
  const judgement = [
    ...(verdict === null ? [] : [`${marks[verdict.kind]} **${escapeMarkdown(verdict.sentence)}**`]),
    ...(measured === null ? [] : [escapeMarkdown(measured)]),
  ];
  // A reason, or what there is to know on the board, where nothing is judged.
  const otherwise = view.reason ?? concerns ?? (estimate === null ? '' : t('{0} for one inference', estimate.latency));
  const network = [escapeMarkdown(model.variant), t('{0} parameters', model.parameters)];
  if (view.operatingPoint !== null) network.push(view.operatingPoint);
  return [
    figure.join(' · '),
    judgement.length > 0 ? judgement.join(' · ') : escapeMarkdown(otherwise),
    network.join(' · '),
  ];
}
