import { t } from '../language';

/**
 * Fewer than any network for images has: a smaller number was typed in millions or thousands. Landmarks that programs
 * write, and those of a model file, are what they are.
 */
export const minParameters = 1000;

/** What is wrong with a count of parameters that somebody typed, to complete a sentence; null where it can be one. */
export function tooFewParameters(parameters: number): string | null {
  if (parameters >= minParameters) return null;
  return t('is too few for a network; give the whole number, 11689512 rather than 11.7 for millions.');
}
