import { widthOf } from '../text-table';
import { colours as pc } from '../colours';
import { isEstimate, type Query } from '../../core/estimate/estimate';
import { explainCoefficients, type ExplanationOutcome } from '../../core/estimate/graph-cost/explain';
import type { GraphCostFit } from '../../core/estimate/graph-cost/fit-types';
import { meanRelativeError } from '../../core/estimate/graph-cost/graph-cost-fit';
import type { Estimators } from '../../core/estimate/estimators';
import { formatChange, formatLatency, formatPercent, threeFigures } from '../../core/figures';
import { methodName } from '../../core/present/sentences';
import { timeBreakdown, timeRows } from '../../core/present/time-breakdown';
import type { FileAnswer } from './predict-files';
import { printable } from '../terminal';

/** Kernels that are listed; the others are summed up in one line. */
const maxKernels = 15;

/**
 * What a prediction rests on, as lines of text: the errors that the methods are chosen by, what each kind of work takes
 * with its unit, and the heaviest kernels.
 */
export function predictExplanation(
  answer: FileAnswer & { readonly ok: true },
  query: Query,
  estimators: Estimators,
): readonly string[] {
  const { profile, prediction } = answer;
  const outcome = estimators.graphCostFit({ device: query.device, runtime: query.runtime });
  const answers = [prediction.estimate, ...prediction.alternatives].filter((item) => item !== null);
  const errors = answers.map((item): readonly string[] => [
    methodName(item.method),
    isEstimate(item) ? errorText(item.crossValidatedError) : 'no answer',
  ]);
  return [
    ...section('Mean error on measured models left out of the fit, which decides the method', aligned(errors)),
    ...(outcome.ok ? fitLines(outcome.value) : section('Time per kernel', [outcome.error])),
    ...kernelLines(estimators.explainLatency(profile, query)),
  ];
}

function errorText(error: number | null): string {
  return error === null ? 'not known' : formatPercent(error);
}

function fitLines(fit: GraphCostFit): readonly string[] {
  const coefficients = explainCoefficients(fit).map(({ value, unit, meaning }) => [threeFigures(value), unit, meaning]);
  const families = [...fit.fit.families].map(([family, { mean, deviation }]) => [
    family,
    `${formatChange(Math.expm1(mean))} latency`,
    `± ${formatPercent(deviation)}`,
  ]);
  const boards = [...fit.fit.campaigns].map(([campaign, { mean, deviation }]) => [
    boardOf(campaign),
    `${formatChange(Math.expm1(mean))} latency`,
    `± ${formatPercent(deviation)}, compared with ${fit.reference === null ? 'the others' : boardOf(fit.reference)}`,
  ]);
  const overall = [
    ['each model left out in turn', errorText(meanRelativeError(fit.leaveOneOut))],
    ['each family left out in turn', errorText(meanRelativeError(fit.leaveFamilyOut()))],
  ];
  return [
    ...section(`What each kind of work takes here, from ${fit.landmarks.length} measurements`, aligned(coefficients)),
    ...section('How families and boards differ beyond that', aligned([...families, ...boards])),
    ...section('Mean error over all measurements here', aligned(overall)),
  ];
}

function boardOf(campaign: string): string {
  return campaign === 'paper' ? "the paper's board" : `the board of ${campaign}`;
}

function kernelLines(outcome: ExplanationOutcome): readonly string[] {
  if (!outcome.ok) return section('Where the time goes', [outcome.error]);
  const rows = timeRows(timeBreakdown(outcome.value), 'kernel', maxKernels).map(
    ({ name, detail, latencyMs, share }) => [
      formatLatency(latencyMs),
      formatPercent(share, 3),
      detail === '' ? name : `${name}  ${detail}`,
    ],
  );
  return section(
    `Where the time goes: ${formatLatency(outcome.value.latencyMs)}, ${outcome.value.layers.length} kernels`,
    aligned(rows),
  );
}

/** Columns padded to one width each, the last one free. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const clean = rows.map((row) => row.map(printable));
  const widths = (clean[0] ?? []).map((_, column) => Math.max(...clean.map((row) => widthOf(row[column] ?? ''))));
  return clean.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat(widths[column]! - widthOf(cell))))
      .join('  '),
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `  ${pc.dim(title)}`, ...lines.map((line) => `    ${line}`)];
}
