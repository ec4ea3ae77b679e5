import type { BoardReport } from '../probe/board-report';
import { boardConcerns } from './board-concerns';
import type { Concern, PlannedRun } from './concern';
import { roomConcerns } from './room-concerns';
import { runConcerns } from './run-concerns';

/**
 * What would spoil or break these runs on this board, errors first and information last, before a byte is uploaded. Without runs: what is
 * true of the board whatever runs there.
 */
export function preflight(report: BoardReport, runs: readonly PlannedRun[]): readonly Concern[] {
  const concerns = [...runConcerns(report, runs), ...roomConcerns(report, runs), ...boardConcerns(report, runs)].filter(
    (concern) => concern !== null,
  );
  const once = concerns.filter(
    ({ message }, index) => concerns.findIndex((other) => other.message === message) === index,
  );
  return severities.flatMap((each) => once.filter(({ severity }) => severity === each));
}

const severities = ['error', 'warning', 'information'] as const;
