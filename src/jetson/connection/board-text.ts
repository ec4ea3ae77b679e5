import { stripVTControlCharacters } from 'node:util';

/**
 * Text from a board as it may be shown: without escape sequences, control characters and marks that reorder text; line
 * ends are `\n` alone. Whatever a board says passes here once, before anything else sees it.
 */
export function boardText(text: string, longest: number): string {
  return (
    // Cut before and after: a long text costs no more than a short one.
    stripVTControlCharacters(text.slice(0, 4 * longest))
      .replace(/\r+\n|\r/g, '\n')
      // eslint-disable-next-line no-control-regex -- these are the characters that it is about
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '')
      .slice(0, longest)
  );
}

/** The same for a sentence or a name: one line, without space around it. */
export function boardSentence(text: string, longest = 600): string {
  return boardText(text, longest).replace(/\s+/g, ' ').trim();
}

/** The end of a log, which says why something failed. */
export function boardTail(text: string, longest = 4000): string {
  return boardText(text.slice(-4 * longest), 4 * longest).slice(-longest);
}
