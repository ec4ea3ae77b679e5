/**
 * What people read, in their language. The code has every sentence in English; a catalogue has it in another language,
 * as the bundles of `l10n/` have, which a build gives short keys. It is set once, before anything is shown, and nothing
 * is looked up while a module loads.
 */
import { messageKey } from './message-key';

/** A language, with its sentences. */
export interface Language {
  /** As `Intl` takes it, e.g. `de`. */
  readonly locale: string;
  /** By the {@link messageKey} of the English one. */
  readonly messages: Readonly<Record<string, string>>;
}

const english: Language = { locale: 'en-US', messages: {} };

let language = english;
let messages = new Map<string, string>();
let decimalMark = '.';

/** Says everything in a language from now on; what its catalogue lacks, and everything with null, in English. */
export function setLanguage(next: Language | null): void {
  language = next === null || next.locale === english.locale ? english : next;
  messages = new Map(Object.entries(language.messages));
  decimalMark = language === english ? '.' : (0.5).toLocaleString(language.locale).slice(1, -1);
}

/** What is said in English whatever the language, as in tables for programs. */
export function inEnglish<Said>(say: () => Said): Said {
  const before = language;
  setLanguage(null);
  try {
    return say();
  } finally {
    setLanguage(before);
  }
}

/** The language that was set last, for what has to be told of it. */
export function currentLanguage(): Language {
  return language;
}

/**
 * A sentence in the user's language. `{0}` stands for the first value, and `{0, plural, one {# model} other {# models}}`
 * for what its number asks for, with `#` for the number itself: the forms have the names of `Intl.PluralRules`.
 *
 * @param message in English, as a literal, so that it can be found for the catalogues
 */
export function t(message: string, ...values: readonly (string | number)[]): string {
  const text = (messages.size === 0 ? undefined : messages.get(messageKey(message))) ?? message;
  if (values.length === 0) return text;
  return text.replace(placeholder, (whole, index: string, forms: string | undefined) => {
    const value = values[Number(index)];
    if (value === undefined) return whole;
    return forms === undefined ? String(value) : pluralForm(forms, Number(value));
  });
}

const placeholder = /\{(\d)(?:, plural,((?: \w+ \{[^{}]*\})+))?\}/g;

function pluralForm(forms: string, count: number): string {
  const texts = new Map([...forms.matchAll(/(\w+) \{([^{}]*)\}/g)].map(([, name, text]) => [name, text ?? '']));
  const text = texts.get(pluralName(count)) ?? texts.get('other') ?? '';
  return text.replaceAll('#', wholeNumber(count));
}

/** `Intl` loads the tables of a language, which takes longer than to read a model: English does without. */
function pluralName(count: number): string {
  if (language === english) return count === 1 ? 'one' : 'other';
  return new Intl.PluralRules(language.locale).select(count);
}

/** A number in full, up to three decimals: `11,689,512`. */
export function wholeNumber(count: number): string {
  if (language !== english) return count.toLocaleString(language.locale);
  return String(Number.isInteger(count) ? count : Math.round(count * 1000) / 1000).replace(
    /\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g,
    ',',
  );
}

/** Digits that were written with a decimal point, with the mark of the language: `0.83`, `0,83`. */
export function withDecimalMark(digits: string): string {
  return decimalMark === '.' ? digits : digits.replace('.', decimalMark);
}
