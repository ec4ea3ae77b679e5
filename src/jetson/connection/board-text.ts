import { stripVTControlCharacters } from 'node:util';
import { harmlessText } from '../../core/harmless-text';

/**
 * Text from a board as it may be shown: bounded, without the escape sequences that colour it, and harmless. Whatever a
 * board says passes here once, before anything else sees it.
 */
export function boardText(text: string, longest: number): string {
  // Cut before and after: a long text costs no more than a short one.
  return harmlessText(stripVTControlCharacters(text.slice(0, 4 * longest))).slice(0, longest);
}

/** The same for a sentence or a name: one line, without space around it. */
export function boardSentence(text: string, longest = 600): string {
  return boardText(text, longest).replace(/\s+/g, ' ').trim();
}

/** The end of a log, which says why something failed. */
export function boardTail(text: string, longest = 4000): string {
  return boardText(text.slice(-4 * longest), 4 * longest).slice(-longest);
}
