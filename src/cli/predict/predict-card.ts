import { formatTarget } from '../../core/figures';
import type { Verdict } from '../../core/estimate/verdict';
import { certaintyText } from '../../core/present/sentences';
import { colours as pc } from '../colours';
import type { PredictionView } from '../../core/present/prediction-view';
import { printable } from '../terminal';
import { factLines, section } from '../text-table';

/**
 * The answer for one model as lines of text.
 *
 * @param targetFps the throughput that is needed, where the user has said so
 * @param isExplained whether to add what it rests on: methods, notes and evidence
 * @param toChange lines on what would make it run, and meet the target
 */
export function predictCard(
  file: string,
  view: PredictionView,
  targetFps: number | null,
  isExplained: boolean,
  toChange: readonly string[] = [],
): readonly string[] {
  const { estimate, model, verdict } = view;
  const lines = [pc.dim(printable(file)), ''];
  lines.push(`  ${pc.bold(printable(view.headline))}`);
  if (estimate === null) lines.push(`  ${printable(view.reason ?? '')}`);
  else lines.push(`  ${estimate.latency} · ${estimate.interval}`, `  ${printable(estimate.basis)}`);
  if (view.measured !== null) lines.push(`  ${pc.bold(printable(view.measured))}`);
  if (verdict !== null) {
    const certainty = verdict.certainty === null ? '' : ` (${certaintyText(verdict.certainty)})`;
    lines.push(`  ${colourOf(verdict)(verdict.sentence)}${pc.dim(certainty)}`);
  } else if (targetFps !== null) lines.push(`  ${pc.yellow(`Not known to reach ${formatTarget(targetFps)}`)}`);
  lines.push(...section('What to change', toChange), '');

  const confidence = model.family === null ? '' : ` (confidence ${model.confidence})`;
  const facts: [string, string][] = [
    ['Model', `${model.variant}${confidence}`],
    ['Parameters', `${model.parameters} (${model.parametersExact}; the file stores ${model.storedParametersExact})`],
  ];
  if (model.macs !== null) facts.push(['Cost', model.macs]);
  if (model.uncosted !== '') facts.push(['Without cost', model.uncosted]);
  if (model.input !== null) facts.push(['Input', model.input]);
  if (estimate !== null && isExplained) {
    facts.push(['Method', `${estimate.how}; ${view.operatingPoint}`]);
    if (estimate.error !== null) facts.push(['Checked', estimate.error]);
    if (view.why !== null) facts.push(['Why', view.why]);
  }
  lines.push(...factLines(facts), ...concernLines(view));
  if (!isExplained) return lines;
  const alternatives = estimate === null ? [] : view.alternatives;
  const others = alternatives.map((other) =>
    other.reason === null
      ? `${other.methodName}: ${other.throughput}, ${other.interval}`
      : `${other.methodName}: ${other.reason}`,
  );
  lines.push(...section('Notes', estimate?.notes ?? []));
  lines.push(...section('Other methods', others));
  lines.push(...section('Evidence', model.evidence));
  return lines;
}

function concernLines({ concerns }: PredictionView): readonly string[] {
  if (concerns.length === 0) return [];
  const lines = concerns.map(({ severity, message, finding }) => {
    const label = severity === 'error' ? pc.red('Error:') : pc.yellow('Warning:');
    return `  - ${label} ${printable(finding ?? message)}`;
  });
  return ['', `  ${pc.dim('On this board')}`, ...lines];
}

/**
 * Green where a target is reached, red where it is missed or the model does not run as exported, yellow where the interval
 * leaves it open.
 */
export function colourOf(verdict: Verdict | null): (text: string) => string {
  if (verdict === null) return (text) => text;
  if (!verdict.isSure) return pc.yellow;
  return verdict.kind === 'meets' ? pc.green : pc.red;
}
