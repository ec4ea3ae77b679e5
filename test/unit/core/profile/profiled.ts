import type { Model } from '../../../../src/core/onnx/model';
import type { ModelProfile } from '../../../../src/core/profile/profile';
import { profileModel } from '../../../../src/core/profile/profile-model';

/** The profile of a model that must have one. */
export function profiled(model: Model): ModelProfile {
  const profile = profileModel(model);
  if (!profile.ok) throw new Error(`${profile.error.code}: ${profile.error.message}`);
  return profile.value;
}
