/** Something about a board, or about a run on it, that would spoil or break a benchmark. */
export interface Concern {
  /** `error`: there would be no result. `warning`: there would be one, but it may not be the board's own speed. */
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** What is wrong and what to do about it, in sentences for the user. */
  readonly message: string;
}
