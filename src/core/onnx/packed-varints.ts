import { t } from '../language';
import { damagedAt } from './read-failure';

/** Varints in one piece of a packed list. */
export interface PackedVarints {
  /** How many end in the piece. */
  readonly count: number;
  /** Bytes of the last one where it goes on in the next piece, else 0. */
  readonly unfinished: number;
}

/**
 * Counts the varints in one piece of a packed list. Throws `ReadFailure` (malformed) at one of more than ten bytes.
 *
 * @param start offset of the piece in the file
 * @param unfinishedBefore what the piece before has left open
 */
export function countVarints(bytes: Uint8Array, start: number, unfinishedBefore: number): PackedVarints {
  let count = 0;
  let unfinished = unfinishedBefore;
  for (let index = 0; index < bytes.length; index++) {
    unfinished++;
    if (bytes[index]! < 0x80) {
      count++;
      unfinished = 0;
    } else if (unfinished >= 10) throw damagedAt(start + index, t('a number is longer than ten bytes'));
  }
  return { count, unfinished };
}
