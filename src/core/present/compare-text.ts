import { t, wholeNumber, withDecimalMark } from '../language';
import type { Query } from '../estimate/estimate';
import { verdictLabel, type Verdict } from '../estimate/verdict';
import { boardName } from '../landmarks/devices';
import { runtimeName } from '../landmarks/landmark';
import type { ComparedModel, Comparison } from './compare';
import {
  formatBytes,
  formatMemory,
  formatCount,
  formatFps,
  formatLatency,
  formatMacs,
  formatShare,
  formatThroughput,
  imageSize,
  sizeText,
  square,
  formatTarget,
} from '../figures';

/** What stands where a figure is not known. */
export const noFigure = '–';

/** One column of figures in words, the same in every table of a comparison. */
export interface ComparedText {
  readonly throughput: string;
  /** `112×112`, with the batch where it is not 1; {@link noFigure} where nothing is predicted. */
  readonly size: string;
  /** `78.1–94.6`; {@link noFigure} where there is none. */
  readonly interval: string;
  readonly latency: string;
  readonly parameters: string;
  readonly macs: string;
  readonly memory: string;
  readonly bytes: string;
  /** `76.1%`; {@link noFigure} where none is published. */
  readonly accuracy: string;
  /** `ResNet-18 [2,2,2,2] basic` or `not recognised`. */
  readonly model: string;
  /** `met`, `likely missed`, `does not run`; `unknown` without a prediction, {@link noFigure} without a target. */
  readonly verdict: string;
}

/** Size of a model's files; one without its weights says so, as it is no measure of the model. */
export function fileSize(bytes: number, isWithoutWeights: boolean): string {
  return `${formatBytes(bytes)}${isWithoutWeights ? t(' + weights') : ''}`;
}

/** A row in words. */
export function comparedText(model: ComparedModel): ComparedText {
  const { throughputFps, interval, latencyMs, macs, memoryBytes, resolution, batch } = model;
  return {
    throughput: throughputFps === null ? noFigure : formatThroughput(throughputFps, batch ?? 1),
    size: resolution === null ? noFigure : sizeText(resolution, batch ?? 1, model),
    interval: interval === null ? noFigure : `${formatFps(interval.lowFps)}–${formatFps(interval.highFps)}`,
    latency: latencyMs === null ? noFigure : formatLatency(latencyMs),
    parameters: formatCount(model.parameters),
    macs: macs === null ? noFigure : formatMacs(macs),
    memory: memoryBytes === null ? noFigure : formatMemory(memoryBytes),
    bytes: fileSize(model.fileBytes, model.isWithoutWeights),
    accuracy: model.top1Percent === null ? noFigure : t('{0}%', withDecimalMark(model.top1Percent.toFixed(1))),
    model: model.variant ?? t('unknown family'),
    verdict: model.verdict === null ? (throughputFps === null ? t('unknown') : noFigure) : verdictLabel(model.verdict),
  };
}

/** Where the figures hold: `Jetson Nano, TensorRT FP16, 224×224, batch 1`; sizes only where they were asked for. */
export function comparedDeployment({ runtime, resolution, height, width, batch, ...board }: Query): string {
  return [
    boardName(board),
    runtimeName(runtime),
    ...(height !== undefined && width !== undefined ? [imageSize(height, width)] : []),
    ...(resolution === undefined ? [] : [square(resolution)]),
    ...(batch === undefined ? [] : [t('batch {0}', batch)]),
  ].join(', ');
}

/** How many models there are and how they stand: `12 models: 5 meet 60 FPS, 7 miss it. 1 file cannot be read.` */
export function comparedSummary({ models, unreadable }: Comparison, targetFps: number | null): string {
  const count = (kind: Verdict['kind']): number => models.filter(({ verdict }) => verdict?.kind === kind).length;
  const unanswered = models.filter(({ throughputFps, verdict }) => throughputFps === null && verdict === null).length;
  const parts: string[] = [];
  if (targetFps !== null) {
    const target = formatTarget(targetFps);
    const [meeting, missing] = [count('meets'), count('misses')];
    if (meeting > 0) parts.push(t('{0, plural, one {# meets} other {# meet}} {1}', meeting, target));
    if (missing > 0) {
      parts.push(
        meeting > 0
          ? t('{0, plural, one {# misses it} other {# miss it}}', missing)
          : t('{0, plural, one {# misses} other {# miss}} {1}', missing, target),
      );
    }
  }
  const [broken, wrong] = [count('does-not-run'), count('runs-wrongly')];
  if (broken > 0) {
    parts.push(t('{0, plural, one {# does not run as exported} other {# do not run as exported}}', broken));
  }
  if (wrong > 0) {
    parts.push(
      t('{0, plural, one {# runs and computes a wrong result} other {# run and compute a wrong result}}', wrong),
    );
  }
  if (unanswered > 0) parts.push(t('{0} without a prediction', wholeNumber(unanswered)));
  const head = t('{0, plural, one {# model} other {# models}}', models.length);
  const first = parts.length === 0 ? `${head}.` : `${head}: ${parts.join(', ')}.`;
  if (unreadable.length === 0) return first;
  return `${first} ${unreadSentence(unreadable.length)}.`;
}

/** `2 files cannot be read`. */
export function unreadSentence(count: number): string {
  return t('{0, plural, one {# file cannot be read} other {# files cannot be read}}', count);
}

/** Whether a table needs a column for verdicts. */
export function hasVerdicts({ models }: Pick<Comparison, 'models'>, targetFps: number | null): boolean {
  return targetFps !== null || models.some(({ verdict }) => verdict !== null);
}

/** How wide the intervals are in words, for the head of the column: `90% interval`; without a level where they differ. */
export function intervalTitle(models: readonly ComparedModel[]): string {
  const levels = new Set(models.flatMap(({ interval }) => (interval === null ? [] : [interval.level])));
  const [level] = levels;
  return levels.size === 1 && level !== undefined ? t('{0} interval', formatShare(level)) : t('Interval');
}

/** Whether the figures hold at different sizes, so that each model has to say its own. */
export function sizesDiffer(models: readonly ComparedModel[]): boolean {
  const sizes = models.flatMap(({ resolution, batch, height, width }) =>
    resolution === null ? [] : [sizeText(resolution, batch ?? 1, { height, width })],
  );
  return new Set(sizes).size > 1;
}

/** What is to be said where they do. */
export function sizesDifferSentence(): string {
  return t(
    'Input sizes differ: each model is judged at its own; choose one resolution and batch to compare all at the same',
  );
}

/** Marks a model on the front of throughput and parameters, and what the mark says. */
export const frontMark = '◆';
export function frontMeaning(): string {
  return t('no other model here with this input size is both faster and smaller, which says nothing about accuracy');
}

/** Marks a model on the front of throughput and accuracy, and what the mark says. */
export const accuracyFrontMark = '★';
export function accuracyFrontMeaning(): string {
  return t(
    'no other model here with this input size is both faster and more accurate, by the published top-1 on ImageNet',
  );
}

/** Whether the comparison has accuracies to weigh against each other: those of two models at least. */
export function comparesAccuracy(models: readonly ComparedModel[]): boolean {
  return models.filter(({ top1Percent, throughputFps }) => top1Percent !== null && throughputFps !== null).length > 1;
}

/** The marks of a model in a comparison: {@link frontMark}, {@link accuracyFrontMark}, both, or none. */
export function frontMarks(model: ComparedModel, models: readonly ComparedModel[]): string {
  return `${model.isOnFront ? frontMark : ''}${model.isOnAccuracyFront && comparesAccuracy(models) ? accuracyFrontMark : ''}`;
}

/** What each mark that occurs says. */
export function frontSentences(models: readonly ComparedModel[]): readonly string[] {
  const isAccurate = comparesAccuracy(models) && models.some(({ isOnAccuracyFront }) => isOnAccuracyFront);
  return [
    ...(models.some(({ isOnFront }) => isOnFront) ? [`${frontMark} ${frontMeaning()}`] : []),
    ...(isAccurate ? [`${accuracyFrontMark} ${accuracyFrontMeaning()}`] : []),
  ];
}
