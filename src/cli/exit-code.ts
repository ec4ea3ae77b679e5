import { isUnfit, type Verdict } from '../core/estimate/verdict';

/** Exit codes of the command line. */
export const exitCode = {
  /** Everything was answered and every target met. */
  fine: 0,
  /** A target was missed, there is no figure to compare with it, or a model does not run as exported. */
  targetMissed: 1,
  /** Something could not be read or written, or the command line is wrong. */
  unreadable: 2,
  /** As shells have it for what Ctrl-C ended. */
  interrupted: 130,
} as const;

/** The help's words for {@link exitCode} where models are judged. */
export const verdictExitHelp = `
Exit status:
  0  every file was answered, every model runs as exported, and every target is met
  1  a target is missed, no throughput is known to compare with it, or a model does not run as exported or computes
     wrong results (not with --allow-unsupported, for models that are mended later)
  2  something could not be read, or the command line is wrong`;

/** What models are judged by. */
export interface Demands {
  /** Inputs per second. */
  readonly targetFps: number | null;
  /** Whether a model that does not run as exported is no failure. */
  readonly allowUnsupported: boolean;
}

/** Whether a model fails what is demanded. */
export function isFailed(verdict: Verdict | null, { targetFps, allowUnsupported }: Demands): boolean {
  if (!allowUnsupported && isUnfit(verdict)) return true;
  return targetFps !== null && !((verdict?.ratio ?? 0) >= 1);
}
