import type { Concern, PlannedRun } from '../preflight/concern';
import { preflight } from '../preflight/preflight';
import type { BoardReport } from '../probe/probe';
import { refusedRun, type RunOutcome } from './benchmark-outcome';
import { shownRewritesOf } from './convert-for-board';
import type { PreparedRun } from './prepare-runs';

/** What the preflight makes of the runs. */
export interface Judged {
  readonly concerns: readonly Concern[];
  /** Errors that are true whatever runs. */
  readonly boardErrors: readonly Concern[];
  readonly possible: readonly PreparedRun[];
  readonly refused: readonly RunOutcome[];
}

/** Judges runs on a board. An error about one run costs that run; an error about the board costs all. */
export function checkRuns(report: BoardReport, runs: readonly PreparedRun[], allowCpu: boolean): Judged {
  const isError = ({ severity }: Concern): boolean => severity === 'error';
  const plan = (run: PreparedRun): PlannedRun => ({
    ...run,
    torchscript: run.torchscript !== null,
    facts: run.conversion?.facts ?? run.profile,
    rewrites: shownRewritesOf(run),
    modelBytes: run.content.bytes,
    allowCpu,
  });
  const errorsOf = (run: PreparedRun): readonly Concern[] => preflight(report, [plan(run)]).filter(isError);
  const ofBoard = preflight(report, []).filter(isError);
  const possible = runs.filter((run) => errorsOf(run).length === 0);
  const together = preflight(report, possible.map(plan));
  const refused = runs
    .filter((run) => !possible.includes(run))
    .map((run) => refusedRun(run, { code: 'not-ready', message: sentences(errorsOf(run)) }));
  return {
    concerns: [...runs.flatMap(errorsOf), ...together].filter(
      ({ message }, index, all) => all.findIndex((other) => other.message === message) === index,
    ),
    // Runs may be possible one by one and not together, as when the disk has no room for all models.
    boardErrors: ofBoard.length > 0 ? ofBoard : together.filter(isError),
    possible,
    refused,
  };
}

/** Several concerns as one message. */
export function sentences(concerns: readonly Concern[]): string {
  return concerns.map(({ message }) => message).join(' ');
}
