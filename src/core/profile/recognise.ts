import { t, wholeNumber } from '../language';
import { bodyOf } from './families/body';
import { families } from './families/all';
import type { Family, Normalisation, Recognition } from './families/family';
import { publishedBody } from './families/published-bodies';
import { weightedLayers } from './structure/items';
import type { Layer } from './structure/layers';
import type { Network } from './structure/network';

/** A recognised architecture family. */
export interface Recognised extends Recognition {
  readonly explained: ReadonlySet<Layer>;
  readonly normalisation: Normalisation;
  readonly family: string;
  /** 0 to 1: the share of the network's weighted layers that the family explains, lowered by what is odd. */
  readonly confidence: number;
}

/** Below this share of explained layers a network only contains a family and is no member of it. */
const LEAST_SHARE = 0.8;

/** Asks every family, or those of `among`; the one that explains most wins. null when none does. */
export function recogniseFamily(network: Network, among: readonly Family[] = families): Recognised | null {
  let best: Recognised | null = null;
  const total = network.weighted.length;
  if (total === 0) return null;
  const onMainWay = weightedLayers(network.items);
  for (const family of among) {
    const recognition = family.recognise(network);
    if (recognition === null) continue;
    const { explained = onMainWay, normalisation = 'instead-of-bias' } = recognition;
    const share = explained.size / total;
    if (share < LEAST_SHARE) continue;
    const confidence = 0.99 * Math.min(1, share);
    if (best === null || confidence > best.confidence)
      best = { ...recognition, explained, normalisation, family: family.name, confidence };
  }
  return best === null ? null : { ...best, ...deviation(network, best) };
}

/** Another name and sentences for a network that is built as a published member and has other layers or activations. */
function deviation(network: Network, recognised: Recognised): Partial<Recognised> {
  const { variant, normalisedVariant, evidence } = recognised;
  const published = publishedBody(variant);
  if (published === null) return {};
  const { kernelElements, activations, answers } = bodyOf(network);
  const sentences = [
    ...(published.kernelElements.includes(kernelElements)
      ? []
      : [
          t(
            'Some of its layers are not those of {0}: kernels before the head hold {1} numbers here and {2} there.',
            variant,
            wholeNumber(kernelElements),
            wholeNumber(published.kernelElements[0] ?? 0),
          ),
        ]),
    // Quantisers take activations into the bounds of what they round.
    ...(published.activations === activations || published.activations === '' || activations === ''
      ? []
      : [t('Its activations are {0}, and {1} in {2}.', named(activations), named(published.activations), variant)]),
    ...(answers === null || published.embedding === undefined || published.embedding === answers
      ? []
      : [t('It answers with {0} numbers, and {1} with an embedding of {2}.', answers, variant, published.embedding)]),
  ];
  if (sentences.length === 0) return {};
  return {
    variant: `${variant} modified`,
    normalisedVariant: normalisedVariant === undefined ? undefined : `${normalisedVariant} modified`,
    evidence: [...evidence, ...sentences],
  };
}

const activationNames = new Map<string, string>([
  ['relu', 'ReLU'],
  ['prelu', 'PReLU'],
  ['leaky-relu', 'LeakyReLU'],
  ['swish', 'SiLU'],
  ['hard-swish', 'Hardswish'],
  ['hard-sigmoid', 'Hardsigmoid'],
  ['gelu', 'GELU'],
  ['sigmoid', 'Sigmoid'],
  ['mish', 'Mish'],
  ['elu', 'ELU'],
  ['tanh', 'Tanh'],
]);

function named(activations: string): string {
  return activations
    .split('+')
    .map((name) => activationNames.get(name) ?? name)
    .join(', ');
}
