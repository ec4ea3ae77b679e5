import { t } from '../language';
import type { Certainty, Verdict } from '../estimate/verdict';
import { formatFps, formatLatency, formatThroughput } from '../figures';
import { exceedsMemory, isEnough, smallestEnough, type BoardAnswer } from '../plan/plan-boards';

/** One board in one power mode, in words and with the figures that a bar is drawn of. */
export interface BoardRow {
  readonly device: string;
  /** `Jetson Orin Nano 8GB`. */
  readonly name: string;
  /** As `nvpmodel` names it; null where the board's modes are not known. */
  readonly powerMode: string | null;
  /** `15 W`; '' for a mode without a limit. */
  readonly watts: string;
  /** Inputs per second; null where nothing can be said, and then `reason` says why. */
  readonly fps: number | null;
  readonly lowFps: number | null;
  readonly highFps: number | null;
  /** `86.4 FPS`, `11.6 ms`, `76.8 to 130`; '' without a figure. */
  readonly throughput: string;
  readonly latency: string;
  readonly interval: string;
  /** Null without a figure. */
  readonly certainty: Certainty | null;
  /** Null where there is nothing to judge. */
  readonly verdict: Pick<Verdict, 'kind' | 'isSure'> | 'too-little-memory' | null;
  readonly isEnough: boolean;
  /** Whether it is the answer to which board is enough; see {@link smallestEnough}. */
  readonly isSmallest: boolean;
  /** What the model takes, and what the board has; null where not known. */
  readonly memoryBytes: number | null;
  readonly boardMemoryBytes: number | null;
  readonly reason: string | null;
}

/** Boards in words, in the order given. */
export function boardRows(answers: readonly BoardAnswer[]): readonly BoardRow[] {
  const smallest = smallestEnough(answers);
  return answers.map((answer) => {
    const { prediction, verdict, memoryBytes, boardMemoryBytes, budgetWatts } = answer;
    const { estimate, reason } = prediction;
    const measured = prediction.measured?.[0]?.throughputFps ?? null;
    const fps = measured ?? estimate?.throughputFps ?? null;
    // It is of the prediction, which a measurement takes the place of.
    const interval = measured === null ? (estimate?.interval ?? null) : null;
    const certainty = verdict?.certainty ?? estimate?.certainty ?? null;
    return {
      device: answer.device,
      name: answer.deviceName,
      powerMode: answer.powerMode,
      watts: budgetWatts === null ? '' : `${budgetWatts} W`,
      fps,
      lowFps: interval?.lowFps ?? null,
      highFps: interval?.highFps ?? null,
      throughput: fps === null ? '' : formatThroughput(fps, estimate?.batch ?? 1),
      latency: estimate === null ? '' : formatLatency(estimate.latencyMs),
      interval: interval === null ? '' : t('{0} to {1}', formatFps(interval.lowFps), formatFps(interval.highFps)),
      certainty,
      verdict: exceedsMemory(answer) ? 'too-little-memory' : verdict && { kind: verdict.kind, isSure: verdict.isSure },
      isEnough: isEnough(answer),
      isSmallest: answer === smallest,
      memoryBytes,
      boardMemoryBytes,
      reason,
    };
  });
}
