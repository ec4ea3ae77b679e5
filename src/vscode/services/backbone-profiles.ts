import type { Backbone } from '../../core/present/accuracy';
import type { ModelProfile } from '../../core/profile/profile';
import { profileModel } from '../../core/profile/profile-model';
import { referenceModel } from '../../core/zoo/reference-model';

/** Made when first asked for, and shared by the pages that draw them. */
const profiles = new Map<string, ModelProfile | null>();

/** A standard backbone's profile; null for one that cannot be built. */
export function profileOfBackbone({ model, family, settings }: Backbone): ModelProfile | null {
  let profile = profiles.get(model);
  if (profile === undefined) {
    const built = referenceModel({ family, settings });
    const profiled = built.ok ? profileModel(built.value.model) : built;
    profile = profiled.ok ? profiled.value : null;
    profiles.set(model, profile);
  }
  return profile;
}
