import { ownImageSize } from '../estimate/operating-point';
import type { Pieces } from '../pieces';
import type { ModelProfile } from '../profile/profile';
import { profileModel } from '../profile/profile-model';
import { publishedMembers } from '../zoo/published-members';
import { referenceModel } from '../zoo/reference-model';
import type { LighterModel } from './pipeline-advice';
import type { PipelineStage } from './pipeline';

/** As many lighter members as are proposed for one stage. */
const most = 2;

/** Profiles of published members by family and side; a page asks again with every change of its file. */
const built = new Map<string, readonly LighterModel[]>();

/** Sizes that are kept. */
const maxBuilt = 20;

/**
 * The published members of a model's own family with fewer multiply–accumulates at its input size, the nearest first;
 * none for a family that cannot be built, or an input that is not square.
 */
export function* lighterMembers(profile: ModelProfile, input: PipelineStage['input']): Pieces<readonly LighterModel[]> {
  const size = input ?? ownImageSize(profile);
  if (profile.family === null || size === null || size.height !== size.width) return [];
  const cost = profile.costAt({ ...size, batch: 1 });
  if (!cost.ok) return [];
  const { macs } = cost.value;
  return (yield* membersAt(profile.family, size.height))
    .filter((member) => macsOf(member) < macs)
    .sort((one, other) => macsOf(other) - macsOf(one))
    .slice(0, most);
}

function* membersAt(family: string, resolution: number): Pieces<readonly LighterModel[]> {
  const key = `${family} ${resolution}`;
  const known = built.get(key);
  if (known !== undefined) return known;
  const members: LighterModel[] = [];
  for (const member of publishedMembers) {
    if (member.family !== family) continue;
    yield;
    const model = referenceModel({ family, settings: member.settings, resolution });
    yield;
    const profile = model.ok ? profileModel(model.value.model) : model;
    if (profile.ok) members.push({ label: member.name, profile: profile.value });
  }
  const [oldest] = built.keys();
  if (built.size >= maxBuilt && oldest !== undefined) built.delete(oldest);
  built.set(key, members);
  return members;
}

function macsOf({ profile }: LighterModel): number {
  return profile.macs ?? Infinity;
}
