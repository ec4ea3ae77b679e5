import { currentLanguage, t } from '../language';
import { formatFps, formatLatency, formatShare, formatTarget } from '../figures';
import { comparedText, intervalTitle } from '../present/compare-text';
import { harmlessText } from '../harmless-text';
import { isUnfit } from '../estimate/verdict';
import { barChart, escapeHtml, sizeChart } from './report-chart';
import type { Report, ReportedModel } from './report';

/**
 * A report as one HTML file that needs nothing else and runs nothing: figures, charts as SVG, what they rest on, versions.
 * Text that comes from a model file is escaped.
 */
export function reportHtml(report: Report): string {
  const { deployment, targetFps, models, unreadable, versions, date } = report;
  const target = targetFps === null ? '' : `, ${t('target {0}', formatTarget(targetFps))}`;
  return `<!doctype html>
<html lang="${currentLanguage().locale.split('-')[0]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${text(`Framecast: ${t('{0} on {1}', models.length === 1 ? models[0]!.file : t('{0, plural, one {# model} other {# models}}', models.length), deployment)}`)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${t('Predicted FPS')}</h1><p>${text(`${deployment}${target}, ${date}`)}</p></header>
${models.length > 1 ? comparison(models, targetFps) : ''}
${models.map((model) => section(model, targetFps)).join('\n')}
${unreadable.length === 0 ? '' : `<section><h2>${t('Not read')}</h2>${list(unreadable.map(({ file, message }) => `${file}: ${message}`))}</section>`}
<footer>${list(versions)}</footer>
</body>
</html>
`;
}

function text(value: string): string {
  return escapeHtml(harmlessText(value));
}

function list(sentences: readonly string[]): string {
  return sentences.length === 0 ? '' : `<ul>${sentences.map((sentence) => `<li>${text(sentence)}</li>`).join('')}</ul>`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${row.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
  const head = titles.length === 0 ? '' : `<thead>${cells(titles, 'th')}</thead>`;
  return `<div class="wide"><table>${head}<tbody>${rows.map((row) => cells(row, 'td')).join('')}</tbody></table></div>`;
}

function comparison(models: readonly ReportedModel[], targetFps: number | null): string {
  const bars = models.flatMap(({ file, throughputFps, verdict }) =>
    throughputFps === null
      ? []
      : [{ name: file, value: throughputFps, text: `${formatFps(throughputFps)} FPS`, isFaint: isUnfit(verdict) }],
  );
  const mark = targetFps === null ? null : { value: targetFps, text: formatTarget(targetFps) };
  const titles = [
    t('File'),
    t('Model'),
    t('Input'),
    'FPS',
    intervalTitle(models),
    t('Parameters'),
    'MACs',
    t('Memory'),
    t('Verdict'),
  ];
  const rows = models.map((model) => {
    const words = comparedText(model);
    const { throughput, interval, parameters, macs, memory, verdict } = words;
    return [model.file, words.model, words.size, throughput, interval, parameters, macs, memory, verdict];
  });
  const chart = bars.length === 0 ? '' : barChart(t('Predicted FPS of each model'), bars, mark);
  return `<section><h2>${t('All models')}</h2>${chart}${table(titles, rows)}</section>`;
}

function section(model: ReportedModel, targetFps: number | null): string {
  const { view, times, sizes, assumptions } = model;
  const { verdict, estimate } = view;
  const facts = [
    [t('Model'), view.model.variant],
    [t('Parameters'), `${view.model.parameters} (${view.model.parametersExact})`],
    ...(view.model.macs === null ? [] : [[t('Cost'), view.model.macs]]),
    ...(view.model.input === null ? [] : [[t('Input'), view.model.input]]),
    [t('Memory, at least'), comparedText(model).memory],
  ];
  const parts = [
    `<section><h2>${text(model.file)}</h2>`,
    `<p class="figure">${text(view.headline)}</p>`,
    ...(estimate === null ? [] : [`<p>${text(`${estimate.latency} · ${estimate.interval}`)}</p>`]),
    ...(view.measured === null ? [] : [`<p>${text(view.measured)}</p>`]),
    ...(verdict === null ? [] : [`<p class="verdict ${verdict.kind}">${text(verdict.sentence)}</p>`]),
    list(view.concerns.map(({ message }) => message)),
    table([], facts),
  ];
  if (times.length > 0) {
    const bars = times.map(({ name, latencyMs, share }) => ({
      name,
      value: latencyMs,
      text: `${formatLatency(latencyMs)} (${formatShare(share)})`,
    }));
    parts.push(`<h3>${t('Where the time goes')}</h3>`, barChart(t('Predicted time by kind of kernel'), bars, null));
  }
  if (sizes.length > 1) {
    parts.push(`<h3>${t('At other sizes')}</h3>`, sizeChart(t('Predicted FPS at other input sizes'), sizes, targetFps));
  }
  return [...parts, `<h3>${t('What this rests on')}</h3>${list(assumptions)}</section>`].join('\n');
}

const style = `
:root{color-scheme:light dark;--text:#1f2328;--soft:#59636e;--line:#d1d9e0;--bar:#0969da;--faint:#afb8c1;--bad:#cf222e;--good:#1a7f37;--page:#fff}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9198a1;--line:#3d444d;--bar:#4493f8;--faint:#656c76;--bad:#f85149;--good:#3fb950;--page:#0d1117}}
@media print{section{break-inside:avoid}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page);max-width:960px;margin:0 auto;padding:24px}
h1{font-size:24px;margin:0}h2{font-size:19px;margin:32px 0 8px;border-bottom:1px solid var(--line);overflow-wrap:anywhere}h3{font-size:15px;margin:20px 0 4px}
header p,footer{color:var(--soft);margin:0}footer{margin-top:32px;font-size:13px}
.figure{font-size:22px;font-weight:600;margin:8px 0 0}.verdict{font-weight:600}.verdict.meets{color:var(--good)}.verdict:not(.meets){color:var(--bad)}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:8px 0;font-size:13px}th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}td:nth-child(n+3){white-space:nowrap}
svg{width:100%;height:auto;max-width:720px;font-size:12px}svg text{fill:var(--text)}.bar{fill:var(--bar)}.faint{fill:var(--faint)}
polyline{fill:none;stroke:var(--bar);stroke-width:2}circle{fill:var(--bar)}.grid{stroke:var(--line)}.target{stroke:var(--bad);stroke-dasharray:4 3}
li{overflow-wrap:anywhere}`;
