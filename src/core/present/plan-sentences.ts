import { square } from '../estimate/operating-point';
import type { Plan, Trial } from '../plan/plan';
import { formatCount, formatFps } from '../figures';

/** The highest resolution at which the open model meets a target, in one sentence. */
export function resolutionPlanSentence(plan: Plan): string {
  const target = targetText(plan);
  const { answer, closest, next, trials } = plan;
  if (answer !== null) {
    const rest = next === null ? ', the highest tried' : `; ${next.label} would run at ${missing(next, plan)}`;
    return `${target} holds up to ${answer.label} (${fps(answer)})${rest}.${caution(plan)}`;
  }
  if (closest === null) return `At which resolution this model would meet ${target} cannot be predicted here.`;
  return `No resolution meets ${target}: even ${closest.label} is predicted to run at ${fps(closest)}${trials.length === 1 ? ', and the model takes no other' : ''}.`;
}

/** The largest member of the model's family that meets a target, in one sentence. */
export function familyPlanSentence(plan: Plan, family: string, resolution: number, batch: number): string {
  const target = targetText(plan);
  const where = sizeText(resolution, batch);
  const { answer, closest } = plan;
  if (answer !== null) {
    const size = `${formatCount(answer.parameters)} parameters, ${fps(answer)}`;
    return `The largest ${family} that meets ${target} at ${where} is ${answer.label} (${size}).${caution(plan)}`;
  }
  if (closest === null) return `Which ${family} would meet ${target} at ${where} cannot be predicted here.`;
  return `No ${family} meets ${target} at ${where}: the fastest tried, ${closest.label}, is predicted to run at ${fps(closest)}.`;
}

/** `224×224`, and the batch where it is not 1. */
export function sizeText(resolution: number, batch: number): string {
  return `${square(resolution)}${batch === 1 ? '' : `, batch ${batch}`}`;
}

/** Where the answer itself is not certain, the one that is. */
function caution({ answer, lowEndMeets, sure }: Plan): string {
  if (answer === null || lowEndMeets !== false) return '';
  return sure === null
    ? ' Its interval reaches below the target, as that of every other does.'
    : ` Its interval reaches below the target; ${sure.label} meets it with its whole interval.`;
}

function fps({ estimate, batch }: Trial): string {
  return `${formatFps(estimate.throughputFps)} ${batch === 1 ? 'FPS' : 'inputs/s'}`;
}

/** A throughput below the target, which must not read as the target for being rounded. */
function missing(trial: Trial, plan: Plan): string {
  const rounded = Number(formatFps(trial.estimate.throughputFps).replaceAll(',', ''));
  return rounded < plan.targetFps ? fps(trial) : `just under ${targetText(plan)}`;
}

/** As it was entered: 60, not 60.0. */
function targetText({ targetFps }: Plan): string {
  return `${Number(targetFps.toPrecision(4))} FPS`;
}
