import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import type { Applications } from './applications';
import { isFoldedName } from './folded-names';

/**
 * Convolutions and matrix products that apply a module once more. Where a module is applied twice (both towers of a
 * siamese network, a block in a loop), the exporter folds or transposes its weights for each application and stores a
 * copy of the result.
 */
export function repeatedModules(network: Network, applications: Applications): Layer[] {
  if (!applications.areSeveral) return [];
  const layerOf = new Map(network.weighted.map((layer) => [layer.node, layer]));
  return network.weighted.filter((layer) => {
    const first = applications.firstOf(layer.node);
    const earlier = first === undefined ? undefined : layerOf.get(first);
    const weight = (layer.conv ?? layer.linear)?.weight;
    return (
      weight !== undefined &&
      isFoldedName(weight.key) &&
      earlier !== undefined &&
      weightFacts(earlier) === weightFacts(layer)
    );
  });
}

/** What the weights of layers of one module have in common. */
export function weightFacts({ conv, linear }: Layer): string {
  return [(conv ?? linear)?.weight.dims, conv?.strides, conv?.dilations, conv?.groups].join('|');
}
