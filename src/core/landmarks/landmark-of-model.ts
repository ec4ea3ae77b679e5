import type { ModelProfile } from '../profile/profile';
import { failure, success, type Result } from '../result';
import { tooFewParameters } from './min-parameters';
import { inputSize, type Landmark } from './landmark';
import { rejectionReason } from './landmark-collection';
import { checkLandmark } from './landmark-lines';
import { kernelRows } from './model-costs';
import { t } from '../language';

/** What is said of a measured model beside what its graph says. */
export type MeasuredPoint = Omit<Landmark, 'family' | 'parameters' | 'kernels'> &
  Partial<Pick<Landmark, 'family' | 'parameters'>>;

/**
 * The landmark of a model that was measured: parameters, family and kernels are the graph's, where `point` does not say
 * otherwise. Without a profile, `point` must say the parameters. Failure code: invalid-request, with every value that
 * is wrong or cannot be true.
 */
export function landmarkOfModel(point: MeasuredPoint, profile: ModelProfile | null): Result<Landmark> {
  const cost = profile?.costAt({ ...inputSize(point), batch: point.batch });
  const kernels = cost?.ok ? kernelRows(cost.value.layers) : [];
  const checked = checkLandmark({
    family: null,
    ...(profile === null ? {} : { family: profile.family, parameters: profile.parameters }),
    ...Object.fromEntries(Object.entries(point).filter(([, value]) => value !== undefined)),
    ...(kernels.length === 0 ? {} : { kernels }),
  });
  if (!checked.ok) return failure('invalid-request', checked.error);
  const { parameters } = checked.value;
  const tooFew = profile === null ? tooFewParameters(parameters) : null;
  if (tooFew !== null) return failure('invalid-request', `${t('A count of {0} parameters', parameters)} ${tooFew}`);
  const impossible = rejectionReason(checked.value);
  return impossible === null ? success(checked.value) : failure('invalid-request', impossible);
}
