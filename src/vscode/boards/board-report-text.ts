import { severityName } from '../../core/present/concern-summary';
import { t } from '../../core/language';
import { harmlessText } from '../../core/harmless-text';
import type { DeviceStatus } from './device-monitor';
import { boardFacts } from './board-facts';
import { destinationText, type SavedDevice } from './saved-device';

/** The report of a device as Markdown: what was found, what to do about it, and all of it as JSON. */
export function boardReportText(device: SavedDevice, { report, concerns, checkedAt, reason }: DeviceStatus): string {
  if (report === null) return `# ${device.name}\n\n${reason}\n`;
  const found = checkedAt === null ? '' : t('Found at {0}.', new Date(checkedAt).toLocaleString());
  const facts = boardFacts(report).map(({ label, value }) => `| ${label} | ${cell(value)} |`);
  const list = concerns.map(({ severity, message }) => `- **${severityName(severity)}:** ${message}`);
  const notes = report.notes.map((note) => `- ${note}`);
  const json = JSON.stringify(report, null, 2);
  const sections = [
    `# ${device.name} (${destinationText(device)})`,
    [found, reason].filter((part) => part !== '').join(' '),
    ['| | |', '| --- | --- |', ...facts].join('\n'),
    ...(list.length === 0 ? [] : [`## ${t('What to know before a benchmark')}`, list.join('\n')]),
    ...(notes.length === 0 ? [] : [`## ${t('Notes')}`, notes.join('\n')]),
    `## ${t('All of it')}`,
    `\`\`\`json\n${json}\n\`\`\``,
  ];
  return `${harmlessText(sections.join('\n\n'))}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
