import { families } from '../profile/families/all';
import type { Landmark } from './landmark';
import { kernelsOfLandmark } from './model-costs';
import { t } from '../language';

/** Names of the families that Framecast recognises. */
export const knownFamilies: readonly string[] = [...new Set(families.map(({ name }) => name))];

const byLetters = new Map(knownFamilies.map((name) => [letters(name), name]));

/** The family that a text names however it writes it (`resnet`, `mobilenet_v2`); undefined for none that is known. */
export function familyNamed(text: string): string | undefined {
  return byLetters.get(letters(text));
}

/** Whether a fit can learn from a landmark: that of its family, or the one over the graph where its kernels are known. */
export function canEnterFits(landmark: Landmark): boolean {
  const { family, kernels } = landmark;
  return isKnown(family) || kernels !== undefined || kernelsOfLandmark(landmark) !== null;
}

/**
 * What to say of a landmark whose family is not one that Framecast gives to models, or that no fit can learn from as
 * neither family nor kernels are known; null for all others.
 */
export function unknownFamilyRemark(landmark: Landmark): string | null {
  const { family } = landmark;
  if (family === null) {
    return canEnterFits(landmark)
      ? null
      : t(
          "Neither its family nor its model's layers are known, so no fit can learn from it. Name its family, or add it from its model file.",
        );
  }
  if (isKnown(family)) return null;
  const meant = familyNamed(family);
  const advice =
    meant === undefined
      ? t('Known are {0}.', knownFamilies.join(', '))
      : t('Write "{0}" if that is what is meant.', meant);
  return `${t('Family "{0}" is not one that Framecast recognises, so the landmark is in no family\'s fit.', family)} ${advice}`;
}

function isKnown(family: string | null): boolean {
  return family !== null && knownFamilies.includes(family);
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}
