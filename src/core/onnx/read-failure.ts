import type { Failure, FailureCode } from '../result';

/**
 * Carries a `Failure` up from deep inside a reading to `readModel`, which returns it as a value.
 * Nothing outside this folder sees it.
 */
export class ReadFailure extends Error {
  readonly failure: Failure;

  constructor(code: FailureCode, message: string, offset?: number) {
    super(message);
    this.failure = offset === undefined ? { code, message } : { code, message, offset };
  }
}
