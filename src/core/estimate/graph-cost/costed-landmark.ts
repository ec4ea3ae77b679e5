import { gpuClockOf, modesOf } from '../../landmarks/devices';
import { inputSize, type Landmark } from '../../landmarks/landmark';
import { isBundledCampaign } from '../../landmarks/landmark-set';
import { kernelsOfLandmark, rowsOfKernels, type KernelWork } from '../../landmarks/model-costs';
import { linearLatency, type LatencyFunction } from './latency-model';
import { hash } from './network-key';
import { latencyModel } from './specification';

/** A landmark with the kernels that its model runs. */
export interface CostedLandmark {
  readonly landmark: Landmark;
  readonly kernels: readonly KernelWork[];
}

/** A landmark with everything that fits over the graph need of it. */
export interface PreparedLandmark extends CostedLandmark {
  /** The latency of its board's {@link latencyModel}. */
  readonly latencyOf: LatencyFunction;
  /** How much of every term it uses. */
  readonly work: readonly number[];
  /** See {@link modelNames}. */
  readonly modelKeys: readonly string[];
  /** See {@link kernelsKeyOf}. */
  readonly kernelsKey: string;
}

/** Null where nobody has recorded the kernels. Made once for each landmark, as stores of thousands are fitted often. */
export function prepareLandmark(landmark: Landmark): PreparedLandmark | null {
  const known = prepared.get(landmark);
  if (known !== undefined) return known;
  const made = prepare(landmark);
  prepared.set(landmark, made);
  return made;
}

const prepared = new WeakMap<Landmark, PreparedLandmark | null>();

function prepare(landmark: Landmark): PreparedLandmark | null {
  const kernels = kernelsOfLandmark(landmark);
  if (kernels === null || kernels.length === 0) return null;
  const model = latencyModel(landmark.device, landmark.runtime);
  const latencyOf = model.latencyOf(kernels);
  return {
    landmark,
    latencyOf,
    work: latencyOf(model.terms.map(() => 1)).shares,
    modelKeys: modelNames(landmark),
    kernelsKey: kernelsKeyOf(kernels),
    // Thousands of landmarks would be hundreds of thousands of kernels; few are ever looked at.
    get kernels() {
      return kernelsOfLandmark(landmark)!;
    },
  };
}

/** Equal for models that run the same kernels. */
export function kernelsKeyOf(kernels: readonly KernelWork[]): string {
  return hash(JSON.stringify(rowsOfKernels(kernels)));
}

/**
 * Another measurement of a landmark's model, or one as if it had been measured on another board or in another power
 * mode: what it uses of each term is then multiplied by how much more the term costs where it was measured.
 */
export function movedLandmark(
  landmark: Landmark,
  from: PreparedLandmark,
  logRatios: readonly number[] = from.work.map(() => 0),
): PreparedLandmark {
  const work = from.work.map((value, term) => value * Math.exp(logRatios[term]!));
  const { modelKeys, kernelsKey } = from;
  return {
    landmark,
    modelKeys,
    kernelsKey,
    work,
    latencyOf: linearLatency(work, from.latencyOf.network),
    get kernels() {
      return from.kernels;
    },
  };
}

/**
 * What a landmark's model is known by; landmarks that share one are of one model, in any campaign and at any size.
 * Names alone do not tell: a ladder's, and many a user's, have the resolution in them. Hardly any two
 * members of a family have equal parameters.
 */
export function modelNames({ model, family, parameters }: Landmark): readonly string[] {
  return [`${model} ${parameters}`, ...(family === null ? [] : [`a ${family} of ${parameters}`])];
}

/**
 * Counts models by the name that each landmark shares with most others: of thousands, where it does not matter that a
 * few are known by more than one.
 *
 * @param enough where counting may end
 */
export function countNamedModels(landmarks: readonly PreparedLandmark[], enough = Infinity): number {
  const models = new Set<string>();
  for (let index = 0; index < landmarks.length && models.size < enough; index += 1) {
    const { modelKeys } = landmarks[index]!;
    models.add(modelKeys[modelKeys.length - 1]!);
  }
  return models.size;
}

/**
 * Whether a landmark may be of a mode that it does not state: a user's on any board that has several; a published one
 * where later software brought a faster mode, as publishers otherwise say when it was not the fastest.
 */
export function hasUnknownMode(landmark: Landmark): boolean {
  if (gpuClockOf(landmark) !== null) return false;
  return isBundledCampaign(landmark.campaign) ? hasSuperMode(landmark.device) : modesOf(landmark.device).length > 1;
}

/** Whether later software brought the board a faster mode. */
export function hasSuperMode(device: string): boolean {
  return modesOf(device).some(({ name }) => name === 'MAXN_SUPER');
}

const points = new WeakMap<Landmark, string>();

/** What a model was measured at: repeated measurements share it. */
export function pointOf(landmark: Landmark): string {
  const known = points.get(landmark);
  if (known !== undefined) return known;
  const { campaign, model, parameters, batch } = landmark;
  const { height, width } = inputSize(landmark);
  const made = JSON.stringify([campaign, model, parameters, height, width, batch, gpuClockOf(landmark)]);
  points.set(landmark, made);
  return made;
}
