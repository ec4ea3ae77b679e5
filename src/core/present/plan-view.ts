import { t } from '../language';
import type { Plan, Trial, Unanswered } from '../plan/plan';
import { intervalSentence, methodSentence } from './sentences';
import { formatCount, roundedFps, formatLatency, formatMacs, formatTarget, formatThroughput } from '../figures';

/** What was searched: the members of a family, or the resolutions of one network. */
export type PlanSubject = { readonly kind: 'family'; readonly family: string } | { readonly kind: 'resolution' };

/** A plan in words, as every surface shows it. */
export interface PlanView {
  /** `MobileNetV2 width 0.75 is the largest MobileNetV2 that reaches 60 FPS`. */
  readonly headline: string;
  /** Facts by their name, in the order to show them. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What to be careful about. */
  readonly notes: readonly string[];
}

/** Puts a plan into words. */
export function planView(plan: Plan, subject: PlanSubject): PlanView {
  const { answer, closest } = plan;
  const target = formatTarget(plan.targetFps, (answer ?? closest)?.batch);
  if (plan.outcome === 'unanswered') {
    return {
      headline:
        subject.kind === 'family'
          ? t('It is not known which {0} reaches {1}', subject.family, target)
          : t('It is not known which resolution reaches {0}', target),
      facts: [],
      notes: unansweredNotes(plan, subject),
    };
  }
  if (answer === null) {
    return {
      headline:
        subject.kind === 'family'
          ? t('No {0} that was tried reaches {1}', subject.family, target)
          : t('No resolution that was tried reaches {0}', target),
      facts: [...(closest === null ? [] : [[t('Fastest'), short(closest)] as const]), tried(plan, subject)],
      notes: [...(closest?.estimate.notes ?? []), ...unansweredNotes(plan, subject)],
    };
  }
  return {
    headline:
      subject.kind === 'family'
        ? t('{0} is the largest {1} that reaches {2}', answer.label, subject.family, target)
        : t('{0} is the highest resolution that reaches {1}', answer.label, target),
    facts: answerFacts(plan, answer, subject),
    notes: [...cautions(plan, answer, subject), ...answer.estimate.notes, ...unansweredNotes(plan, subject)],
  };
}

function answerFacts(plan: Plan, answer: Trial, subject: PlanSubject): PlanView['facts'] {
  const { estimate } = answer;
  const family = subject.kind === 'family' ? subject.family : null;
  const facts: (readonly [string, string])[] = [
    [t('Predicted'), `${throughput(answer)}, ${formatLatency(estimate.latencyMs)}; ${intervalSentence(estimate)}`],
    [t('Certainty'), certainty(plan)],
  ];
  if (plan.sure !== null && plan.sure !== answer) facts.push([t('On the safe side'), short(plan.sure)]);
  if (estimate.extrapolated) {
    facts.push([t('Within landmarks'), plan.within === null ? t('none reaches the target') : short(plan.within)]);
  }
  facts.push([family === null ? t('Next higher') : t('Next larger'), next(plan)]);
  if (family !== null) facts.push([t('Parameters'), formatCount(answer.parameters)]);
  if (answer.macs !== null) facts.push([t('Cost'), formatMacs(answer.macs)]);
  facts.push([t('Method'), methodSentence(estimate, family)], tried(plan, subject));
  return facts;
}

function certainty({ lowEndMeets, targetFps }: Plan): string {
  const target = formatTarget(targetFps);
  if (lowEndMeets === null) return t('there are too few landmarks for an interval');
  return lowEndMeets
    ? t('even the low end of the interval meets {0}', target)
    : t('the interval extends below {0}', target);
}

function next({ next, outcome, unanswered }: Plan): string {
  if (next !== null) return t('{0}, misses', short(next));
  if (outcome === 'all') return t('none was tried: all reach the target');
  return unanswered.length > 0 ? t('no figure') : t('none was tried');
}

/** How much was looked at, by size. */
function tried({ trials }: Plan, { kind }: PlanSubject): readonly [string, string] {
  const [smallest, largest] = [trials[0]!, trials.at(-1)!];
  if (smallest === largest) return [t('Tried'), smallest.label];
  const range = [trials.length, smallest.label, largest.label];
  return [
    t('Tried'),
    kind === 'family' ? t('{0} members, {1} to {2}', ...range) : t('{0} resolutions, {1} to {2}', ...range),
  ];
}

function cautions({ exceptions }: Plan, answer: Trial, { kind }: PlanSubject): readonly string[] {
  const notes: string[] = [];
  if (exceptions.length > 0) {
    const named = exceptions.slice(0, 3).map(short).join(', ');
    const listed = exceptions.length > 3 ? t('{0} and {1} others', named, exceptions.length - 3) : named;
    notes.push(
      kind === 'family'
        ? t(
            'Predicted FPS do not fall steadily with the number of parameters. Before the answer, but below the target: {0}. Every candidate was tried.',
            listed,
          )
        : t(
            'Predicted FPS do not fall steadily with the resolution. Before the answer, but below the target: {0}. Every candidate was tried.',
            listed,
          ),
    );
  }
  if (answer.estimate.extrapolated) notes.push(t('The answer is extrapolated beyond the landmarks.'));
  return notes;
}

/** Each kind of reason once, with one example: reasons often differ only in the size that they name. */
function unansweredNotes({ unanswered }: Plan, { kind }: PlanSubject): readonly string[] {
  const labels = unanswered.flatMap((group) => group.labels);
  const [first] = unanswered;
  if (first === undefined) return [];
  const reason = example(first, unanswered.length);
  if (labels.length === 1) return [t('For {0} there is no figure. {1}', labels[0]!, reason)];
  return [
    kind === 'family'
      ? t('For {0} members there is no figure. {1}', labels.length, reason)
      : t('For {0} resolutions there is no figure. {1}', labels.length, reason),
  ];
}

function example({ reason, labels }: Unanswered, reasons: number): string {
  return reasons === 1 ? reason : `${labels[0]}: ${reason}`;
}

function short(trial: Trial): string {
  return t('{0} with {1}', trial.label, throughput(trial));
}

function throughput({ estimate }: Trial): string {
  return formatThroughput(estimate.throughputFps, estimate.batch);
}

/** The highest resolution at which the open model meets a target, in one sentence. */
export function resolutionPlanSentence(plan: Plan): string {
  const target = formatTarget(plan.targetFps);
  const { answer, closest, next, trials } = plan;
  // Of a model that takes only one size, the page says that beside it.
  if (answer !== null) {
    if (trials.length === 1)
      return t('Reaches {0} at {1} ({2}).', target, answer.label, throughput(answer)) + caution(plan);
    const reached = [target, answer.label, throughput(answer)];
    const sentence =
      next === null
        ? t('Reaches {0} up to {1} ({2}), the highest tried.', ...reached)
        : t('Reaches {0} up to {1} ({2}); {3} would drop to {4}.', ...reached, next.label, belowTarget(next, plan));
    return sentence + caution(plan);
  }
  if (closest === null) return t('The highest resolution that meets {0} cannot be predicted here.', target);
  const missed = [target, closest.label, throughput(closest)];
  return trials.length === 1
    ? t('Misses {0} at {1} ({2}).', ...missed)
    : t('No resolution meets {0}: even {1} is predicted to run at {2}.', ...missed);
}

/** If the answer is not certain, the candidate that is. */
function caution({ answer, lowEndMeets, sure }: Plan): string {
  if (answer === null || lowEndMeets !== false) return '';
  return sure === null
    ? ` ${t("Its interval extends below the target, and so does every other candidate's.")}`
    : ` ${t('Its interval extends below the target; {0} meets it with its whole interval.', sure.label)}`;
}

/** A throughput below the target, which must not read as the target for being rounded. */
function belowTarget(trial: Trial, plan: Plan): string {
  const rounded = roundedFps(trial.estimate.throughputFps);
  return rounded < plan.targetFps ? throughput(trial) : t('just under {0}', formatTarget(plan.targetFps));
}
