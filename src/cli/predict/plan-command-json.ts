import type { Query } from '../../core/estimate/estimate';
import type { Plan, Trial } from '../../core/plan/plan';
import type { Settings } from '../../core/zoo/family';
import { jsonText } from '../terminal';
import { estimateJson } from './predict-json';

/** What was asked, as it is repeated in the answer. */
export type PlanQuestion =
  | { readonly kind: 'family'; readonly family: string; readonly fixed: Settings; readonly query: Query }
  | {
      readonly kind: 'resolution';
      readonly file: string;
      readonly variant: string | null;
      readonly step: number;
      readonly largest: number;
      readonly query: Query;
    };

/** The plan as `--json` prints it: one object, fields in a fixed order, as the command's help describes them. */
export function planJson({ query, ...subject }: PlanQuestion, plan: Plan): string {
  const trial = (value: Trial | null) => (value === null ? null : trialJson(value, plan.targetFps));
  return jsonText({
    subject,
    query,
    targetFps: plan.targetFps,
    outcome: plan.outcome,
    answer: trial(plan.answer),
    lowEndMeets: plan.lowEndMeets,
    sure: trial(plan.sure),
    within: trial(plan.within),
    next: trial(plan.next),
    closest: trial(plan.closest),
    monotonic: plan.exceptions.length === 0,
    candidates: plan.trials.map(trial),
    unanswered: plan.unanswered,
  });
}

function trialJson(value: Trial, targetFps: number): object {
  const { label, settings, resolution, height, width, batch, parameters, macs, estimate } = value;
  const size = { resolution, height, width, batch };
  const meetsTarget = estimate.throughputFps >= targetFps;
  return { label, settings, ...size, parameters, macs, meetsTarget, estimate: estimateJson(estimate) };
}
