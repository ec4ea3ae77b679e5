/** Exit codes of the command line. */
export const exitCode = {
  /** Everything was answered and every target met. */
  fine: 0,
  /** A target was missed, or there is no prediction to compare with it. */
  targetMissed: 1,
  /** Something could not be read or written, or the command line is wrong. */
  unreadable: 2,
} as const;
