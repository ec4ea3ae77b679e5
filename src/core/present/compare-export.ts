import { csvText, type CsvCell } from '../csv';
import { formatTarget } from '../figures';
import type { Query } from '../estimate/estimate';
import { verdictWord } from '../estimate/verdict';
import { t } from '../language';
import { escapeMarkdown } from './card';
import {
  comparedDeployment,
  comparedText,
  comparesAccuracy,
  frontMarks,
  frontSentences,
  hasVerdicts,
  intervalTitle,
  sizesDiffer,
  sizesDifferSentence,
} from './compare-text';
import type { ComparedModel, Comparison } from './compare';
import { harmlessText } from '../harmless-text';

/** What a comparison was asked for. */
export interface ComparisonContext {
  readonly query: Query;
  readonly targetFps: number | null;
}

/**
 * A comparison as CSV after RFC 4180: a line per file in the order given, plain numbers with their unit in the column's
 * name, empty where a figure is not known; `error` says why a file could not be read or a model not be predicted. Cells
 * that a spreadsheet would take for a formula are disarmed with an apostrophe.
 */
export function comparisonCsv({ models, unreadable }: Comparison, { query, targetFps }: ComparisonContext): string {
  const rows = [...models.map((model) => modelCells(model, query, targetFps)), ...unreadable.map(unreadCells)];
  return csvText(
    csvColumns,
    rows.map((row) => csvColumns.map((column) => csvCell(row[column]))),
  );
}

const csvColumns = [
  'file',
  'family',
  'variant',
  'device',
  'runtime',
  'power_mode',
  'resolution',
  'width',
  'height',
  'batch',
  'throughput_fps',
  'interval_low_fps',
  'interval_high_fps',
  'interval_level',
  'latency_ms',
  'parameters',
  'macs',
  'memory_bytes',
  'file_bytes',
  'method',
  'extrapolated',
  'target_fps',
  'verdict',
  'certainty',
  'pareto_front',
  'top1_percent',
  'accuracy_front',
  'error',
] as const;

/** Text is made harmless for terminals, as the lines may be printed on one. */
function csvCell(value: Cells[keyof Cells]): CsvCell {
  return typeof value === 'string' ? harmlessText(value) : (value ?? null);
}

type Cells = Partial<Record<(typeof csvColumns)[number], string | number | boolean | null>>;

function modelCells(model: ComparedModel, { device, runtime }: Query, targetFps: number | null): Cells {
  return {
    file: model.file,
    family: model.family,
    variant: model.variant,
    device,
    runtime,
    power_mode: model.powerMode,
    resolution: model.resolution,
    width: model.width ?? model.resolution,
    height: model.height ?? model.resolution,
    batch: model.batch,
    throughput_fps: model.throughputFps,
    interval_low_fps: model.interval?.lowFps ?? null,
    interval_high_fps: model.interval?.highFps ?? null,
    interval_level: model.interval?.level ?? null,
    latency_ms: model.latencyMs,
    parameters: model.parameters,
    macs: model.macs,
    memory_bytes: model.memoryBytes,
    file_bytes: model.fileBytes,
    method: model.method,
    extrapolated: model.throughputFps === null ? null : model.extrapolated,
    target_fps: targetFps,
    verdict: model.verdict === null ? null : verdictWord(model.verdict),
    certainty: model.certainty,
    pareto_front: model.isOnFront,
    top1_percent: model.top1Percent,
    accuracy_front: model.top1Percent === null ? null : model.isOnAccuracyFront,
    error: model.reason,
  };
}

function unreadCells({ file, message }: Comparison['unreadable'][number]): Cells {
  return { file, error: message };
}

/** A comparison as a Markdown table, with where it holds above it and what could not be answered below. */
export function comparisonMarkdown(comparison: Comparison, { query, targetFps }: ComparisonContext): string {
  const { models } = comparison;
  const ownSizes = sizesDiffer(models);
  const saysVerdicts = hasVerdicts(comparison, targetFps);
  const saysAccuracy = comparesAccuracy(models);
  const deployment = escapeMarkdown(comparedDeployment(query));
  const titles = [
    t('File'),
    t('Model'),
    ...(ownSizes ? [t('Input')] : []),
    'FPS',
    intervalTitle(models),
    t('Latency'),
    t('Parameters'),
    'MACs',
    t('Memory'),
    t('File size'),
    ...(saysAccuracy ? ['Top-1'] : []),
    ...(saysVerdicts ? [t('Verdict')] : []),
  ];
  const rules = titles.map((title) => ([t('File'), t('Model'), t('Verdict')].includes(title) ? '---' : '---:'));
  const rows = models.map((model) => {
    const text = comparedText(model);
    return [
      [escapeMarkdown(model.file), frontMarks(model, models)].join(' ').trim(),
      escapeMarkdown(text.model),
      ...(ownSizes ? [text.size] : []),
      `${text.throughput}${model.extrapolated ? ' \\*' : ''}`,
      text.interval,
      text.latency,
      text.parameters,
      text.macs,
      text.memory,
      text.bytes,
      ...(saysAccuracy ? [text.accuracy] : []),
      ...(saysVerdicts ? [text.verdict] : []),
    ];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    targetFps === null ? deployment : t('{0}, target {1}', deployment, formatTarget(targetFps)),
    '',
    ...(models.length === 0 ? [] : [line(titles), line(rules), ...rows.map(line), '']),
    ...notes(comparison),
    '',
  ].join('\n');
}

function notes({ models, unreadable }: Comparison): readonly string[] {
  const unanswered = models.filter(({ reason }) => reason !== null);
  return [
    ...frontSentences(models).map((sentence) => `- ${sentence}`),
    ...(sizesDiffer(models) ? [`- ${sizesDifferSentence()}`] : []),
    ...(models.some(({ extrapolated }) => extrapolated) ? [`- \\* ${t('extrapolated beyond the landmarks')}`] : []),
    ...unanswered.map(({ file, reason }) => `- ${escapeMarkdown(file)}: ${escapeMarkdown(reason ?? '')}`),
    ...unreadable.map(
      ({ file, message }) => `- ${t('{0} cannot be read: {1}', escapeMarkdown(file), escapeMarkdown(message))}`,
    ),
  ];
}
