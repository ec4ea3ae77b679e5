import { t } from '../../language';
import type { Model } from '../../onnx/model';
import type { Recognised } from '../recognise';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { roomForBiases } from './value-numbers';
import { likelyOrigins, outputHeads, type Verdict } from './likely-origins';

/** Decides for every convolution with a bias and without a BatchNormalization of its own. */
export function biasOrigins(model: Model, network: Network, recognised: Recognised | null): Map<Layer, Verdict> {
  const verdicts = likelyOrigins(model.graph, network, recognised);
  settleByNumbers(verdicts, model, network, recognised);
  return verdicts;
}

/**
 * Settles which folded convolutions had biases of their own, where the numbers in the exporter's names leave room for those
 * of one reading alone: none had one, all had, those that are likely to, those of which it is doubtful, the last of these,
 * or those of a part that is published with biases. More values than that may be biases of other layers, or tensors that
 * the network does not use: the likely origins stay, and how many it may be is said.
 */
function settleByNumbers(
  verdicts: Map<Layer, Verdict>,
  model: Model,
  network: Network,
  recognised: Recognised | null,
): void {
  const folded = [...verdicts].filter(([, { origin }]) => origin === 'folded' || origin === 'folded-beside-bias');
  const hasRoom = folded.length === 0 ? null : roomForBiases(model.graph, model.opsets.get('') ?? 1);
  if (hasRoom === null) return;
  const likely = folded.filter(([, { origin }]) => origin === 'folded-beside-bias');
  const doubtful = folded.filter(([, { instead, certain }]) => !certain && instead === 'folded-beside-bias');
  const heads = outputHeads(network);
  const last = recognised === null ? [] : doubtful.filter(([{ index }]) => heads.has(index));
  const published = folded.filter(([layer]) => recognised?.authoredBias?.has(layer) === true);
  const readings = new Map([[], folded, likely, doubtful, last, published].map((biased) => [biased.length, biased]));
  const possible = [...readings.values()].filter(({ length }) => hasRoom(length));
  const [biased, ...others] = possible;
  if (biased !== undefined && others.length === 0) settle(verdicts, folded, biased);
  if (biased !== undefined || likely.length > 0) return;
  const unexplained = unexplainedBiases(
    folded.map(([layer]) => layer),
    hasRoom,
  );
  for (const [layer, verdict] of folded)
    verdicts.set(layer, { ...verdict, certain: false, instead: verdict.instead ?? 'folded-beside-bias', unexplained });
}

function settle(
  verdicts: Map<Layer, Verdict>,
  folded: readonly (readonly [Layer, Verdict])[],
  biased: readonly (readonly [Layer, Verdict])[],
): void {
  const own = new Set(biased.map(([layer]) => layer));
  for (const [layer] of folded) {
    verdicts.set(layer, {
      origin: own.has(layer) ? 'folded-beside-bias' : 'folded',
      because: own.has(layer)
        ? t('the exporter numbered enough values for biases of their own as well')
        : t('the exporter numbered no values for biases of their own'),
      certain: true,
    });
  }
}

/** Undefined where the numbers do not tell how many. */
function unexplainedBiases(layers: readonly Layer[], hasRoom: (biases: number) => boolean): Verdict['unexplained'] {
  const [biases, ...others] = layers.map((_, at) => at + 1).filter(hasRoom);
  if (biases === undefined || others.length > 0) return undefined;
  const sizes = layers.map(channelsOf).sort((a, b) => a - b);
  const sum = (of: readonly number[]): number => of.reduce((total, size) => total + size, 0);
  return { biases, least: sum(sizes.slice(0, biases)), most: sum(sizes.slice(sizes.length - biases)) };
}

export function channelsOf({ conv, linear }: Layer): number {
  return conv?.outputChannels ?? linear?.outputFeatures ?? 0;
}
