import { t } from '../language';
import { formatLatency, formatShare, formatTarget } from '../figures';
import { escapeMarkdown } from '../present/card';
import { comparedText, intervalTitle } from '../present/compare-text';
import type { Report, ReportedModel } from './report';

/** A report as Markdown: the same figures and sentences as the HTML file, with tables for charts. */
export function reportMarkdown({ deployment, targetFps, models, unreadable, versions, date }: Report): string {
  const target = targetFps === null ? '' : `, ${t('target {0}', formatTarget(targetFps))}`;
  return [
    `# ${t('Predicted FPS')}`,
    '',
    escapeMarkdown(`${deployment}${target}, ${date}`),
    ...(models.length > 1 ? ['', ...comparison(models)] : []),
    ...models.flatMap(section),
    ...(unreadable.length === 0
      ? []
      : ['', `## ${t('Not read')}`, '', ...items(unreadable.map(({ file, message }) => `${file}: ${message}`))]),
    '',
    '---',
    '',
    ...items(versions),
    '',
  ].join('\n');
}

function items(sentences: readonly string[]): readonly string[] {
  return sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map((row) => line(row.map(escapeMarkdown)))];
}

function comparison(models: readonly ReportedModel[]): readonly string[] {
  const titles = [t('File'), 'FPS', intervalTitle(models), t('Parameters'), t('Memory'), t('Verdict')];
  const rows = models.map((model) => {
    const { throughput, interval, parameters, memory, verdict } = comparedText(model);
    return [model.file, throughput, interval, parameters, memory, verdict];
  });
  return table(titles, rows);
}

function section({ file, view, times, assumptions }: ReportedModel): readonly string[] {
  const { estimate, verdict, measured, model } = view;
  const cost = model.macs === null ? '' : `, ${model.macs}`;
  const rows = times.map(({ name, latencyMs, share, kernels }) => {
    return [name, formatLatency(latencyMs), formatShare(share), kernels === 0 ? '' : String(kernels)];
  });
  return [
    '',
    `## ${escapeMarkdown(file)}`,
    '',
    `**${escapeMarkdown(view.headline)}**`,
    ...(estimate === null ? [] : ['', escapeMarkdown(`${estimate.latency} · ${estimate.interval}`)]),
    ...(measured === null ? [] : ['', escapeMarkdown(measured)]),
    ...(verdict === null ? [] : ['', `**${escapeMarkdown(verdict.sentence)}**`]),
    '',
    escapeMarkdown(`${model.variant}, ${t('{0} parameters', model.parameters)}${cost}`),
    ...(view.concerns.length === 0 ? [] : ['', ...items(view.concerns.map(({ message }) => message))]),
    ...(rows.length === 0
      ? []
      : ['', `### ${t('Where the time goes')}`, '', ...table([t('Kind'), t('Time'), t('Share'), t('Kernels')], rows)]),
    '',
    `### ${t('What this rests on')}`,
    '',
    ...items(assumptions),
  ];
}
