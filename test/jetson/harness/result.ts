import type { Failure, Result } from '../../../src/core/result';

/** The value of a success; throws what a failure says. */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.code}: ${result.error.message}`);
}

/** The failure of a result that must have failed. */
export function failureOf(result: Result<unknown>): Failure {
  if (!result.ok) return result.error;
  throw new Error(`It succeeded: ${JSON.stringify(result.value)?.slice(0, 200)}`);
}
