import type { Plan, Trial } from '../plan/plan';
import { formatCount, formatFps, formatTarget, formatThroughput, sizeText } from '../figures';

/** The highest resolution at which the open model meets a target, in one sentence. */
export function resolutionPlanSentence(plan: Plan): string {
  const target = formatTarget(plan.targetFps);
  const { answer, closest, next, trials } = plan;
  if (answer !== null) {
    const rest = next === null ? ', the highest tried' : `; ${next.label} would drop to ${missing(next, plan)}`;
    return `Reaches ${target} up to ${answer.label} (${fps(answer)})${rest}.${caution(plan)}`;
  }
  if (closest === null) return `The highest resolution that meets ${target} cannot be predicted here.`;
  return `No resolution meets ${target}: even ${closest.label} is predicted to run at ${fps(closest)}${trials.length === 1 ? ', and the model takes no other' : ''}.`;
}

/** The largest member of the model's family that meets a target, in one sentence. */
export function familyPlanSentence(plan: Plan, family: string, resolution: number, batch: number): string {
  const target = formatTarget(plan.targetFps);
  const where = sizeText(resolution, batch);
  const { answer, closest } = plan;
  if (answer !== null) {
    const size = `${formatCount(answer.parameters)} parameters, ${fps(answer)}`;
    return `The largest ${family} that meets ${target} at ${where} is ${answer.label} (${size}).${caution(plan)}`;
  }
  if (closest === null) return `The largest ${family} that meets ${target} at ${where} cannot be predicted here.`;
  return `No ${family} meets ${target} at ${where}: the fastest tried, ${closest.label}, is predicted to run at ${fps(closest)}.`;
}

/** If the answer is not certain, the candidate that is. */
function caution({ answer, lowEndMeets, sure }: Plan): string {
  if (answer === null || lowEndMeets !== false) return '';
  return sure === null
    ? " Its interval extends below the target, and so does every other candidate's."
    : ` Its interval extends below the target; ${sure.label} meets it with its whole interval.`;
}

function fps({ estimate, batch }: Trial): string {
  return formatThroughput(estimate.throughputFps, batch);
}

/** A throughput below the target, which must not read as the target for being rounded. */
function missing(trial: Trial, plan: Plan): string {
  const rounded = Number(formatFps(trial.estimate.throughputFps).replaceAll(',', ''));
  return rounded < plan.targetFps ? fps(trial) : `just under ${formatTarget(plan.targetFps)}`;
}
