import { t } from '../language';
import type { Setting, ZooOption } from './family';

/** What a user has to write for an option: a phrase for people. */
export function wantedText(option: ZooOption): string {
  if (option.kind === 'choice') return option.choices.join(t(' or '));
  if (option.kind === 'layout') return t('whole numbers with commas between, such as 3,4,6,3');
  return option.whole ? t('a whole number') : t('a number, such as 0.75');
}

/**
 * A setting from what a user wrote; null where it is none of the option's kind. Whether it is within the option's
 * bounds is for `completeSettings` to say.
 */
export function parseSettingText(option: ZooOption, text: string): Setting | null {
  if (option.kind === 'choice') return choiceNamed(option.choices, text.trim());
  const parts = option.kind === 'layout' ? text.split(',') : [text];
  const numbers = parts.map((part) => (decimal.test(part) ? Number(part) : Number.NaN));
  if (numbers.some((value) => !Number.isFinite(value))) return null;
  return option.kind === 'layout' ? numbers : numbers[0]!;
}

/** What bounds refuse, such as -1 or 1e9, is a number all the same. */
const decimal = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;

/** The choice that a text means in any case, `1.0` and `x1` being 1 as well; the text itself where it means none. */
function choiceNamed(choices: readonly string[], text: string): string {
  const plain = text.toLowerCase();
  const number = Number(plain.replace(/^x(?=[\d.])/, '') || Number.NaN);
  return choices.find((choice) => choice === plain) ?? choices.find((choice) => Number(choice) === number) ?? text;
}

/** A setting as a user would write it. */
export function settingText(setting: Setting): string {
  return Array.isArray(setting) ? setting.join(',') : String(setting);
}
