import {
  formatMemory,
  formatChange,
  formatCount,
  formatExactCount,
  formatLatency,
  formatMacs,
  formatThroughput,
} from '../figures';
import type { Query } from '../estimate/estimate';
import type { DiffedModel, ModelDiff } from '../estimate/model-diff';
import { t, wholeNumber, withDecimalMark } from '../language';
import { verdictLabel } from '../estimate/verdict';
import { comparedDeployment, noFigure } from './compare-text';
import { kernelDetail, kindName } from './time-breakdown';

/** A row of a table of two models: what, of each, and by how much they differ. */
export interface DiffRow {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** `+12%`, `−3`; '' where it cannot be said or nothing differs. */
  readonly change: string;
}

/** Two models part by part, in words. */
export interface DiffView {
  /** `1.25 times as fast: 32.0 FPS before, 40.1 FPS after`. */
  readonly headline: string;
  /** `Jetson Nano, TensorRT FP16`. */
  readonly deployment: string;
  readonly facts: readonly DiffRow[];
  /** Predicted time by kind. */
  readonly kinds: readonly DiffRow[];
  readonly operators: readonly DiffRow[];
  /** Kernels gained and lost. */
  readonly kernels: readonly DiffRow[];
  /** Kernels that are not listed. */
  readonly otherKernels: number;
  /** What matters on the board of one alone: `Only before: …`. */
  readonly concerns: readonly string[];
}

/** @param maxKernels rows of kernels; the others are counted */
export function diffView(diff: ModelDiff, query: Query, maxKernels = 30): DiffView {
  const { before, after } = diff;
  return {
    headline: headlineOf(before, after),
    deployment: comparedDeployment(query),
    facts: factsOf(before, after),
    kinds: diff.kinds.map(({ of, ...change }) => ({
      name: kindName(of),
      ...timesOf(change),
    })),
    operators: diff.operators.map(({ of, before: one, after: other }) => ({
      name: of,
      before: String(one),
      after: String(other),
      change: signed(other - one),
    })),
    kernels: diff.kernels
      .slice(0, maxKernels)
      .map(({ of, ...change }) => ({ name: kernelDetail(of), ...timesOf(change) })),
    otherKernels: Math.max(0, diff.kernels.length - maxKernels),
    concerns: [...onlyIn('before', before, after), ...onlyIn('after', after, before)],
  };
}

function headlineOf(before: DiffedModel, after: DiffedModel): string {
  const [one, other] = [before.prediction.estimate, after.prediction.estimate];
  if (one === null || other === null) {
    if (one !== null) return t('No prediction of the second model');
    return other === null ? t('No prediction of either model') : t('No prediction of the first model');
  }
  const ratio = other.throughputFps / one.throughputFps;
  const figures = [formatThroughput(one.throughputFps, one.batch), formatThroughput(other.throughputFps, other.batch)];
  if (Math.abs(ratio - 1) < 0.005) return t('As fast: {0} before, {1} after', ...figures);
  return t('{2} times as fast: {0} before, {1} after', ...figures, withDecimalMark(ratio.toPrecision(3)));
}

function factsOf(before: DiffedModel, after: DiffedModel): readonly DiffRow[] {
  const row = (
    name: string,
    of: (model: DiffedModel) => number | null,
    format: (value: number, model: DiffedModel) => string,
  ): DiffRow => {
    const [one, other] = [of(before), of(after)];
    return {
      name,
      before: one === null ? noFigure : format(one, before),
      after: other === null ? noFigure : format(other, after),
      change: one === null || other === null ? '' : relative(one, other),
    };
  };
  const text = (name: string, of: (model: DiffedModel) => string): DiffRow => ({
    name,
    before: of(before),
    after: of(after),
    change: '',
  });
  const kernels = ({ time }: DiffedModel): number | null => (time.ok ? time.value.layers.length : null);
  const verdict = ({ verdict: own }: DiffedModel): string => (own === null ? noFigure : verdictLabel(own));
  const hasVerdicts = before.verdict !== null || after.verdict !== null;
  return [
    row(
      'FPS',
      ({ prediction }) => prediction.estimate?.throughputFps ?? null,
      (value, { prediction }) => formatThroughput(value, prediction.estimate?.batch),
    ),
    row(t('Latency'), ({ prediction }) => prediction.estimate?.latencyMs ?? null, formatLatency),
    ...(hasVerdicts ? [text(t('Verdict'), verdict)] : []),
    text(t('Model'), ({ profile }) => profile.variant ?? profile.family ?? t('unknown family')),
    row(t('Parameters'), ({ profile }) => profile.parameters, formatCount),
    row('MACs', ({ macs }) => macs, formatMacs),
    row(t('Memory'), ({ memoryBytes }) => memoryBytes, formatMemory),
    row(t('Kernels'), kernels, formatExactCount),
    text(t('Opset'), ({ profile }) => String(profile.opset)),
  ];
}

function timesOf(change: {
  readonly before: number;
  readonly after: number;
  readonly beforeMs: number | null;
  readonly afterMs: number | null;
}): Omit<DiffRow, 'name'> {
  const { before, after, beforeMs, afterMs } = change;
  const side = (count: number, milliseconds: number | null): string => {
    if (count === 0) return noFigure;
    return milliseconds === null ? `×${count}` : `${formatLatency(milliseconds)} (×${count})`;
  };
  const difference = beforeMs === null || afterMs === null ? null : afterMs - beforeMs;
  return {
    before: side(before, beforeMs),
    after: side(after, afterMs),
    change: difference === null ? signed(after - before) : signedLatency(difference),
  };
}

function signed(difference: number): string {
  return difference === 0 ? '' : `${difference < 0 ? '−' : '+'}${wholeNumber(Math.abs(difference))}`;
}

/** Differences that no board would show are none. */
function signedLatency(milliseconds: number): string {
  if (Math.abs(milliseconds) < 0.0005) return '';
  return `${milliseconds < 0 ? '−' : '+'}${formatLatency(Math.abs(milliseconds))}`;
}

function relative(before: number, after: number): string {
  if (before === after || before === 0) return '';
  return formatChange(after / before - 1);
}

function onlyIn(side: 'before' | 'after', { concerns }: DiffedModel, other: DiffedModel): readonly string[] {
  const known = new Set(other.concerns.map(({ code }) => code));
  const own = concerns.filter(({ code }) => !known.has(code));
  return own.map(({ message }) => (side === 'before' ? t('Only before: {0}', message) : t('Only after: {0}', message)));
}
