/** Names and lists of a model in sentences: bounded and harmless, because a file can have anything in them. */

import { harmlessText } from './harmless-text';
import { t, wholeNumber } from './language';

const maxNameCharacters = 100;
const maxListed = 10;

/** A name on one line, with its middle left out if it is longer than 100 characters. */
export function shortName(name: string): string {
  const short = name.length <= maxNameCharacters ? name : `${name.slice(0, 60)}…${name.slice(-39)}`;
  return onOneLine(short);
}

function onOneLine(text: string): string {
  return harmlessText(text).replaceAll('\n', '␊').replaceAll('\t', '␉');
}

/** Up to ten short names; what is left out becomes `and N others`. */
export function shortList(names: readonly string[]): readonly string[] {
  if (names.length <= maxListed) return names.map(shortName);
  const others = wholeNumber(names.length - maxListed);
  return [...names.slice(0, maxListed).map(shortName), t('and {0} others', others)];
}

/** Words as a sentence lists them: `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : t('{0} and {1}', words.slice(0, -1).join(', '), words.at(-1)!);
}

/** With its first letter as a sentence begins. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const maxSentenceCharacters = 600;

/** A sentence or two with names of a model in them, on one line; the middle is left out beyond 600 characters. */
export function shortSentence(sentence: string): string {
  const short =
    sentence.length <= maxSentenceCharacters ? sentence : `${sentence.slice(0, 400)}…${sentence.slice(-199)}`;
  return onOneLine(short);
}
