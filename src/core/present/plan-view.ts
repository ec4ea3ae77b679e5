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
  const words = vocabulary(subject);
  const { answer, closest } = plan;
  const target = formatTarget(plan.targetFps, (answer ?? closest)?.batch);
  if (plan.outcome === 'unanswered') {
    return {
      headline: `It is not known which ${words.one} reaches ${target}`,
      facts: [],
      notes: unansweredNotes(plan, words),
    };
  }
  if (answer === null) {
    return {
      headline: `No ${words.one} that was tried reaches ${target}`,
      facts: [...(closest === null ? [] : [['Fastest', short(closest)] as const]), tried(plan, words)],
      notes: [...(closest?.estimate.notes ?? []), ...unansweredNotes(plan, words)],
    };
  }
  return {
    headline: `${answer.label} is the ${words.largest} that reaches ${target}`,
    facts: answerFacts(plan, answer, words, subject),
    notes: [...cautions(plan, answer, words), ...answer.estimate.notes, ...unansweredNotes(plan, words)],
  };
}

interface Vocabulary {
  readonly one: string;
  readonly many: string;
  readonly largest: string;
  readonly larger: string;
  readonly order: string;
}

function vocabulary(subject: PlanSubject): Vocabulary {
  return subject.kind === 'family'
    ? {
        one: `${subject.family}`,
        many: 'members',
        largest: `largest ${subject.family}`,
        larger: 'Next larger',
        order: 'number of parameters',
      }
    : {
        one: 'resolution',
        many: 'resolutions',
        largest: 'highest resolution',
        larger: 'Next higher',
        order: 'resolution',
      };
}

function answerFacts(plan: Plan, answer: Trial, words: Vocabulary, subject: PlanSubject): PlanView['facts'] {
  const { estimate } = answer;
  const facts: (readonly [string, string])[] = [
    ['Predicted', `${throughput(answer)}, ${formatLatency(estimate.latencyMs)}; ${intervalSentence(estimate)}`],
    ['Certainty', certainty(plan)],
  ];
  if (plan.sure !== null && plan.sure !== answer) facts.push(['On the safe side', short(plan.sure)]);
  if (estimate.extrapolated) {
    facts.push(['Within landmarks', plan.within === null ? 'none reaches the target' : short(plan.within)]);
  }
  facts.push([words.larger, next(plan)]);
  if (subject.kind === 'family') facts.push(['Parameters', formatCount(answer.parameters)]);
  if (answer.macs !== null) facts.push(['Cost', formatMacs(answer.macs)]);
  const family = subject.kind === 'family' ? subject.family : null;
  facts.push(['Method', methodSentence(estimate, family)], tried(plan, words));
  return facts;
}

function certainty({ lowEndMeets, targetFps }: Plan): string {
  const target = formatTarget(targetFps);
  if (lowEndMeets === null) return 'there are too few landmarks for an interval';
  return lowEndMeets ? `even the low end of the interval meets ${target}` : `the interval extends below ${target}`;
}

function next({ next, outcome, unanswered }: Plan): string {
  if (next !== null) return `${short(next)}, misses`;
  if (outcome === 'all') return 'none was tried: all reach the target';
  return unanswered.length > 0 ? 'no figure' : 'none was tried';
}

/** How much was looked at, by size. */
function tried({ trials }: Plan, words: Vocabulary): readonly [string, string] {
  const [smallest, largest] = [trials[0]!, trials.at(-1)!];
  if (smallest === largest) return ['Tried', smallest.label];
  return ['Tried', `${trials.length} ${words.many}, ${smallest.label} to ${largest.label}`];
}

function cautions({ exceptions }: Plan, answer: Trial, words: Vocabulary): readonly string[] {
  const notes: string[] = [];
  if (exceptions.length > 0) {
    const named = exceptions.slice(0, 3).map(short).join(', ');
    const more = exceptions.length > 3 ? ` and ${exceptions.length - 3} others` : '';
    notes.push(
      `Predicted FPS do not fall steadily with the ${words.order}: ${named}${more} come before the answer and miss the target. Every candidate was tried.`,
    );
  }
  if (answer.estimate.extrapolated) notes.push('The answer is extrapolated beyond the landmarks.');
  return notes;
}

/** Each kind of reason once, with one example: reasons often differ only in the size that they name. */
function unansweredNotes({ unanswered }: Plan, words: Vocabulary): readonly string[] {
  const labels = unanswered.flatMap((group) => group.labels);
  const [first] = unanswered;
  if (first === undefined) return [];
  const count = labels.length === 1 ? `For ${labels[0]} there is` : `For ${labels.length} ${words.many} there is`;
  return [`${count} no figure. ${example(first, unanswered.length)}`];
}

function example({ reason, labels }: Unanswered, reasons: number): string {
  return reasons === 1 ? reason : `${labels[0]}: ${reason}`;
}

function short(trial: Trial): string {
  return `${trial.label} with ${throughput(trial)}`;
}

function throughput({ estimate }: Trial): string {
  return formatThroughput(estimate.throughputFps, estimate.batch);
}

/** The highest resolution at which the open model meets a target, in one sentence. */
export function resolutionPlanSentence(plan: Plan): string {
  const target = formatTarget(plan.targetFps);
  const { answer, closest, next, trials } = plan;
  if (answer !== null) {
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
    ? t('No resolution meets {0}: even {1} is predicted to run at {2}, and the model takes no other.', ...missed)
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
