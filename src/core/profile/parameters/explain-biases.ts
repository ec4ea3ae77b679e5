import { t, wholeNumber } from '../../language';
import type { Recognised } from '../recognise';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { channelsOf } from './bias-origin';
import { outputHeads, type Verdict } from './likely-origins';

export function explainBiases(
  verdicts: ReadonlyMap<Layer, Verdict>,
  parameters: number,
  recognised: Recognised | null,
): string[] {
  const groups = new Map<string, { verdict: Verdict; layers: Layer[] }>();
  for (const [layer, verdict] of verdicts) {
    const key = `${verdict.origin} ${verdict.because}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { verdict, layers: [layer] });
    else group.layers.push(layer);
  }
  const sentences = [...groups.values()].flatMap(({ verdict, layers }) => {
    const biases = layers.some(({ conv }) => conv === null)
      ? t('{0, plural, one {# layer bias} other {# layer biases}}', layers.length)
      : t('{0, plural, one {# convolution bias} other {# convolution biases}}', layers.length);
    const sentence =
      verdict.origin === 'author'
        ? t('{0} taken as written by the author: {1}.', biases, verdict.because)
        : verdict.origin === 'beside-gain'
          ? t('{0} taken as written by the author, with a trained gain for each channel: {1}.', biases, verdict.because)
          : t(
              '{0} taken as left by folded BatchNormalization, whose two vectors are counted instead: {1}.',
              biases,
              verdict.because,
            );
    return verdict.certain ? [sentence] : [sentence, alternative(verdict, layers, parameters, recognised)];
  });
  // What the exporter's numbers leave open is of all of them.
  return [...new Set(sentences)];
}

/** What the count would be the other way, where the graph cannot tell. */
function alternative(
  verdict: Verdict,
  layers: readonly Layer[],
  parameters: number,
  recognised: Recognised | null,
): string {
  if (verdict.unexplained !== undefined) {
    const { biases, least, most } = verdict.unexplained;
    return least === most
      ? t(
          'The exporter numbered {0, plural, one {one value} other {# values}} more: tensors that the network does not use, or as many biases of such layers, with which it would have {1} parameters.',
          biases,
          wholeNumber(parameters + least),
        )
      : t(
          'The exporter numbered {0, plural, one {one value} other {# values}} more: tensors that the network does not use, or as many biases of such layers, with which it would have between {1} and {2} parameters.',
          biases,
          wholeNumber(parameters + least),
          wholeNumber(parameters + most),
        );
  }
  const hasBias = recognised?.normalisation === 'optional-beside-bias';
  const obvious = verdict.origin !== 'author' ? 'author' : hasBias ? 'folded-beside-bias' : 'folded';
  const origin = verdict.instead ?? obvious;
  const change = layers.reduce(
    (sum, layer) => sum + restoredElements(layer, { ...verdict, origin }) - restoredElements(layer, verdict),
    0,
  );
  const count = wholeNumber(parameters + change);
  if (verdict.origin === 'beside-gain') return t('Without gains, the network would have {0} parameters.', count);
  if (verdict.instead === 'folded')
    return t('Without biases of their own, the network would have {0} parameters.', count);
  if (verdict.instead === 'folded-beside-bias')
    return t(
      'If all of these had biases of their own as well, the network would have {0} parameters, and fewer if only some had; folding hides it.',
      count,
    );
  if (origin === 'author') {
    const beside = layers.reduce((sum, layer) => sum + channelsOf(layer), parameters);
    return t(
      'If the author wrote {0, plural, one {it} other {all of them}}, the network would have {1} parameters and the same graph; with {0, plural, one {a bias of its own} other {biases of their own}} beside BatchNormalization, {2}; and if only some are so, a number between.',
      layers.length,
      count,
      wholeNumber(beside),
    );
  }
  return recognised?.normalisedVariant === undefined
    ? t('With folded BatchNormalization, the network would have {0} parameters and the same graph.', count)
    : t(
        'With folded BatchNormalization, the network would be {1}, with {0} parameters and the same graph.',
        count,
        recognised.normalisedVariant,
      );
}

/**
 * A BatchNormalization without scale and shift folds into the same graph. Families have both, but for the last one of an
 * embedding.
 */
export function explainBareNorms(
  verdicts: ReadonlyMap<Layer, Verdict>,
  parameters: number,
  network: Network,
  recognised: Recognised | null,
): string[] {
  if (![...verdicts.values()].some(isFolded)) return [];
  const heads = outputHeads(network);
  let [norms, biases, vectors, ofLast] = [0, 0, 0, 0];
  for (const [layer, verdict] of verdicts) {
    const isLast = heads.has(layer.index);
    if (!isFolded(verdict) || (recognised?.explained.has(layer) === true && !isLast)) continue;
    const channels = channelsOf(layer);
    norms++;
    biases += channels;
    vectors += channels + restoredElements(layer, verdict);
    if (isLast) ofLast += 2 * channels;
  }
  if (norms === 0) return [];
  const count = (fewer: number): string => wholeNumber(parameters - fewer);
  const sentences = [
    t(
      'Folding hides whether BatchNormalization had scale and shift. Without them (affine=False in torch), the network would have {0} parameters, or {1} with biases of its own.',
      count(vectors),
      count(vectors - biases),
    ),
  ];
  if (norms > 1)
    sentences.push(
      ofLast > 0
        ? t('If only the last lacks them, it would have {0}.', count(ofLast))
        : t('If only some lack them, it would have more.'),
    );
  return sentences;
}

export function isFolded({ origin }: Pick<Verdict, 'origin'>): boolean {
  return origin === 'folded' || origin === 'folded-beside-bias';
}

/** A folded BatchNormalization had two vectors where one bias is left. */
export function restoredElements(layer: Layer, verdict: Verdict): number {
  const channels = channelsOf(layer);
  switch (verdict.origin) {
    case 'author':
      return 0;
    case 'beside-gain':
    case 'folded':
      return channels;
    case 'folded-beside-bias':
      return 2 * channels;
  }
}
