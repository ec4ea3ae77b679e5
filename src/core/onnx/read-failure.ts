import { t } from '../language';
import type { Failure, FailureCode } from '../result';
import { shortSentence } from '../text';

/**
 * Carries a `Failure` up from deep inside a reading to `readModel`, which returns it as a value.
 * Nothing outside this folder sees it.
 */
export class ReadFailure extends Error {
  readonly failure: Failure;

  constructor(code: FailureCode, sentence: string, offset?: number) {
    const message = shortSentence(sentence);
    super(message);
    this.failure = offset === undefined ? { code, message } : { code, message, offset };
  }
}

/** Bytes that are no ONNX model's, at `offset` of the file; `what` is wrong with them completes a sentence. */
export function damagedAt(offset: number, what: string): ReadFailure {
  return new ReadFailure(
    'malformed',
    t('The file is damaged at byte {0}: {1}. Copy, download or export it again.', offset, what),
    offset,
  );
}

/** A file of `size` bytes that lacks at least `missing` more. */
export function truncatedAt(size: number, missing: number): ReadFailure {
  return new ReadFailure(
    'truncated',
    t(
      'The file ends at byte {0}, at least {1} bytes before its content does. Copy or download it again.',
      size,
      missing,
    ),
    size,
  );
}
