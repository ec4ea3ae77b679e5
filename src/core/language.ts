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

/** A language as sentences are looked up in it. */
interface Catalogue {
  readonly language: Language;
  readonly messages: ReadonlyMap<string, string>;
  readonly decimalMark: string;
  /** Made when it is first asked for. */
  pluralRules?: Intl.PluralRules;
}

/** How one call is told what it asks for, whatever people read meanwhile. */
export interface Listener {
  /** Whether it is told in English. */
  readonly isEnglish: boolean;
  /** What it was told in another language, with the same in English. */
  readonly heard: Map<string, string>;
}

/** Sentences that a listener keeps, the latest. */
const maxHeard = 1000;

const english: Catalogue = {
  language: { locale: 'en-US', messages: {} },
  messages: new Map(),
  decimalMark: '.',
};

let chosen = english;
let isForcedEnglish = false;
let listening: () => Listener | undefined = () => undefined;

/** Says everything in a language from now on; what its catalogue lacks, and everything with null, in English. */
export function setLanguage(next: Language | null): void {
  if (next === null || next.locale === english.language.locale) {
    chosen = english;
    return;
  }
  const decimalMark = (0.5).toLocaleString(next.locale).slice(1, -1);
  chosen = { language: next, messages: new Map(Object.entries(next.messages)), decimalMark };
}

/** Asks from now on who listens, which `AsyncLocalStorage` of Node.js knows. */
export function setListening(to: () => Listener | undefined): void {
  listening = to;
}

/** What is said in English whatever the language, as in tables for programs. */
export function inEnglish<Said>(say: () => Said): Said {
  const before = isForcedEnglish;
  isForcedEnglish = true;
  try {
    return say();
  } finally {
    isForcedEnglish = before;
  }
}

function current(): Catalogue {
  return isForcedEnglish || chosen === english || listening()?.isEnglish === true ? english : chosen;
}

/** Whether people read another language than English. */
export function isTranslated(): boolean {
  return chosen !== english;
}

/** The language that things are said in here, for what has to be told of it. */
export function currentLanguage(): Language {
  return current().language;
}

/**
 * A sentence in the user's language. `{0}` stands for the first value, and `{0, plural, one {# model} other {# models}}`
 * for what its number asks for, with `#` for the number itself: the forms have the names of `Intl.PluralRules`.
 *
 * @param message in English, as a literal, so that it can be found for the catalogues
 */
export function t(message: string, ...values: readonly (string | number)[]): string {
  const { messages } = current();
  if (messages.size === 0) return filled(message, values);
  const said = filled(messages.get(messageKey(message)) ?? message, values);
  const heard = listening()?.heard;
  if (heard !== undefined) {
    if (heard.size >= maxHeard) heard.delete(heard.keys().next().value!);
    const inWords = values.map((value) => heard.get(String(value)) ?? value);
    heard.set(
      said,
      inEnglish(() => filled(message, inWords)),
    );
  }
  return said;
}

function filled(text: string, values: readonly (string | number)[]): string {
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
  const catalogue = current();
  if (catalogue === english) return count === 1 ? 'one' : 'other';
  catalogue.pluralRules ??= new Intl.PluralRules(catalogue.language.locale);
  return catalogue.pluralRules.select(count);
}

/** A number in full, up to three decimals: `11,689,512`. */
export function wholeNumber(count: number): string {
  const catalogue = current();
  if (catalogue !== english) return count.toLocaleString(catalogue.language.locale);
  return String(Number.isInteger(count) ? count : Math.round(count * 1000) / 1000).replace(
    /\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g,
    ',',
  );
}

/** Digits that were written with a decimal point, with the mark of the language: `0.83`, `0,83`. */
export function withDecimalMark(digits: string): string {
  const { decimalMark } = current();
  return decimalMark === '.' ? digits : digits.replace('.', decimalMark);
}
