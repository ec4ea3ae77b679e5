import { families } from '../profile/families/all';

/** Names of the families that Framecast recognises. */
export const knownFamilies: readonly string[] = families.map(({ name }) => name);

const byLetters = new Map(knownFamilies.map((name) => [letters(name), name]));

/** The family that a text names however it writes it (`resnet`, `mobilenet_v2`); undefined for none that is known. */
export function familyNamed(text: string): string | undefined {
  return byLetters.get(letters(text));
}

/** What to say of a family's name that Framecast never gives to a model; null where it does. */
export function unknownFamilyRemark(family: string | null): string | null {
  if (family === null || knownFamilies.includes(family)) return null;
  const meant = familyNamed(family);
  const advice =
    meant === undefined ? `Known are ${knownFamilies.join(', ')}.` : `Write "${meant}" if that is what is meant.`;
  return `Family "${family}" is not one that Framecast recognises, so the landmark is in no family's fit. ${advice}`;
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}
