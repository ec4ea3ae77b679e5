import type { PredictionView } from './prediction-view';

/**
 * The card that hovers show, as lines of Markdown. Text that comes from a model file is escaped, so that a name in it
 * can neither format nor link anything.
 */
export function predictionCard(view: PredictionView): readonly string[] {
  const { estimate, model, target } = view;
  const lines = [`**${escapeMarkdown(view.headline)}**`, ''];
  if (estimate !== null) {
    const interval = estimate.interval === null ? '' : ` · ${estimate.interval} (${estimate.intervalLevel})`;
    lines.push(`${estimate.latency}${interval}`, '');
    const flag = estimate.extrapolated ? ' · **extrapolated**' : '';
    lines.push(`${escapeMarkdown(`${estimate.methodName}: ${estimate.basis}, ${view.operatingPoint}`)}${flag}`, '');
  } else if (view.reason !== null) {
    lines.push(escapeMarkdown(view.reason), '');
  }
  if (target !== null) lines.push(`${target.met ? '✓' : '✗'} ${escapeMarkdown(target.text)}`, '');
  const cost = model.macs === null ? '' : ` · ${model.macs}`;
  lines.push(`${escapeMarkdown(model.variant)} · ${model.parameters} parameters${cost}`);
  if (model.input !== null) lines.push('', escapeMarkdown(model.input));
  if (model.uncosted !== '') lines.push('', `Without a known cost: ${escapeMarkdown(model.uncosted)}`);
  return lines;
}

/** Text as literal Markdown: every punctuation character that could start markup is escaped, line breaks become spaces. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]()<>#+\-!|~&$@:]/g, '\\$&');
}
