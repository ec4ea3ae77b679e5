import { t } from '../language';
import { capitalised } from '../text';
import { concernSummary } from './concern-summary';
import { harmlessText } from '../harmless-text';
import type { PredictionView } from './prediction-view';

/**
 * The card that hovers show, as lines of Markdown. Text that comes from a model file is escaped, so that a name in it
 * can neither format nor link anything.
 */
export function predictionCard(view: PredictionView): readonly string[] {
  const { estimate, model, verdict } = view;
  const lines = [`**${escapeMarkdown(view.headline)}**`, ''];
  if (view.measured !== null) lines.push(`**${escapeMarkdown(view.measured)}**`, '');
  if (verdict !== null) lines.push(`**${escapeMarkdown(verdict.sentence)}**`, '');
  if (estimate !== null) {
    lines.push(escapeMarkdown(`${estimate.latency} · ${estimate.interval}`), '');
    lines.push(escapeMarkdown(estimate.basis), '', escapeMarkdown(`${estimate.how}; ${view.operatingPoint}`), '');
    if (estimate.error !== null) lines.push(escapeMarkdown(capitalised(estimate.error)), '');
  } else if (view.reason !== null) {
    lines.push(escapeMarkdown(view.reason), '');
  }
  const concerns = concernSummary(view.concerns);
  if (concerns !== null) lines.push(`⚠ ${escapeMarkdown(concerns)}`, '');
  const parts = [escapeMarkdown(model.variant), t('{0} parameters', model.parameters)];
  lines.push([...parts, ...(model.macs === null ? [] : [model.macs])].join(' · '));
  if (model.input !== null) lines.push('', escapeMarkdown(model.input));
  if (model.uncosted !== '') lines.push('', t('Without a known cost: {0}', escapeMarkdown(model.uncosted)));
  return lines;
}

/**
 * Text as literal Markdown, with nothing escaped that could not start markup, so that it also reads well as it is: line
 * breaks become spaces, and what would steer a terminal or turn text around stands as a visible sign.
 */
export function escapeMarkdown(text: string): string {
  return (
    harmlessText(text.replace(/[\r\n]+/g, ' '))
      .replace(/[\\`*_[\]<>|~&$@#]/g, '\\$&')
      // Addresses and `:emoji:`; lists, rules and underlines at the start of a line.
      .replace(/:(?=\/\/|[\w+-]+:)/g, '\\:')
      .replace(/\b(www)\./gi, '$1\\.')
      .replace(/^(\s*)([-+=])(?=[-+=\s]|$)/, '$1\\$2')
      .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}
