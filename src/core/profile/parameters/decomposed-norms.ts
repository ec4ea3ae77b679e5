import { t, wholeNumber } from '../../language';
import type { Network } from '../structure/network';
import type { WrittenOutNorm } from '../structure/layers';
import { isFoldedName } from './folded-names';

export interface NormCount {
  /** Elements of the trained vectors behind all of them. */
  readonly trained: number;
  /** Those of them whose statistics the file does not show, so that they may be frozen. */
  readonly uncertain: number;
  readonly uncertainNorms: number;
  /** Elements that would be counted if the frozen ones were trained. */
  readonly frozen: number;
  readonly trainedNorms: number;
  readonly frozenNorms: number;
}

/**
 * Counts BatchNormalizations that are written out as arithmetic: a scale and a shift each, whatever number of vectors
 * they are written with. Frozen ones, which torchvision and Detectron put into the backbones of detectors, keep all of
 * their vectors as buffers.
 */
export function countWrittenOutNorms(network: Network): NormCount {
  const { layers, writtenOutNorms } = network.graph;
  const seen = new Set<string>();
  const count = { trained: 0, uncertain: 0, uncertainNorms: 0, frozen: 0, trainedNorms: 0, frozenNorms: 0 };
  for (const norm of writtenOutNorms) {
    // One module may be applied several times; equal vectors after different convolutions are different ones.
    const before = layers[norm.layer.inputs[0] ?? -1];
    const weight = (before?.conv ?? before?.linear)?.weight.key ?? `layer ${before?.index ?? ''}`;
    const identity = [weight, ...norm.constants.map(({ key }) => key)].join('\n');
    if (seen.has(identity)) continue;
    seen.add(identity);
    const elements = 2 * norm.channels;
    if (isFrozen(norm)) {
      count.frozen += elements;
      count.frozenNorms++;
      continue;
    }
    count.trained += elements;
    count.trainedNorms++;
    if (norm.constants.length === 2) {
      count.uncertain += elements;
      count.uncertainNorms++;
    }
  }
  return count;
}

/** Sentences about them; `parameters` is the whole count. */
export function explainWrittenOutNorms(count: NormCount, parameters: number): string[] {
  const sentences: string[] = [];
  if (count.trainedNorms > 0)
    sentences.push(
      t(
        '{0, plural, one {# BatchNormalization is} other {# BatchNormalizations are}} written out as arithmetic; a scale and a shift are counted for each.',
        count.trainedNorms,
      ),
    );
  if (count.uncertain > 0)
    sentences.push(
      t(
        'Were the {0} without visible statistics frozen, the network would have {1} parameters.',
        count.uncertainNorms,
        wholeNumber(parameters - count.uncertain),
      ),
    );
  if (count.frozenNorms > 0)
    sentences.push(
      t(
        '{0, plural, one {# BatchNormalization is} other {# BatchNormalizations are}} computed from stored statistics alone, as frozen ones are, whose vectors are not trained and not counted; trained, the network would have {1} parameters.',
        count.frozenNorms,
        wholeNumber(parameters + count.frozen),
      ),
    );
  return sentences;
}

/**
 * A frozen BatchNormalization computes s = γ/√(σ² + ε) and β − μ·s from its buffers: in the file where nothing is folded,
 * otherwise before it is written.
 */
function isFrozen({ constants }: WrittenOutNorm): boolean {
  const [scale, shift] = constants;
  if (constants.length !== 2 || scale === undefined || shift === undefined) return false;
  // Without ε, a single number.
  const [inScale, inShift] = [scale, shift].map(({ roots }) => roots.filter(({ elements }) => elements > 1));
  const shiftKeys = new Set(inShift?.map(({ key }) => key));
  const computed = inScale?.length === 2 && inShift?.length === 4;
  if (computed && inScale.every(({ key }) => shiftKeys.has(key))) return true;
  return isFoldedName(scale.key) && isFoldedName(shift.key);
}
