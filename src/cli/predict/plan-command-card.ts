import type { Plan } from '../../core/plan/plan';
import type { PlanView } from '../../core/present/plan-view';
import { colours } from '../colours';
import { printable } from '../terminal';

/**
 * A plan as lines of text.
 *
 * @param title where the figures hold, and for which model
 */
export function planCard(title: string, view: PlanView, plan: Plan): readonly string[] {
  const paint = plan.answer === null ? colours.red : plan.lowEndMeets === true ? colours.green : colours.yellow;
  const width = Math.max(0, ...view.facts.map(([name]) => name.length));
  return [
    colours.dim(printable(title)),
    '',
    `  ${paint(colours.bold(printable(view.headline)))}`,
    ...(view.facts.length === 0 ? [] : ['']),
    ...view.facts.map(([name, value]) => `  ${colours.dim(name.padEnd(width))}  ${printable(value)}`),
    ...(view.notes.length === 0 ? [] : ['', `  ${colours.dim('Notes')}`]),
    ...view.notes.map((note) => `  - ${printable(note)}`),
  ];
}
