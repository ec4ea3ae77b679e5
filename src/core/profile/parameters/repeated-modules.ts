import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { isFoldedName } from './folded-names';

/**
 * Convolutions that apply a module once more. Where a module is applied twice (both towers of a siamese network, an image
 * and its mirror image), the exporter folds BatchNormalization for each application and stores a copy of the result.
 * torch names the nodes after the module: `/tower/conv1/Conv`, then `/tower/conv1_1/Conv`.
 */
export function repeatedModules(network: Network): Layer[] {
  const applied = new Map<string, Layer>();
  const repeated: Layer[] = [];
  for (const layer of network.weighted) {
    const { name } = layer.node;
    if (layer.conv === null || !isFoldedName(layer.conv.weight.key)) continue;
    const [, path = '', operator = ''] = /^(\/.*)_\d+\/([A-Za-z]+)$/.exec(name) ?? [];
    const earlier = applied.get(`${path}/${operator}`);
    if (earlier?.conv != null && isAlike(earlier, layer)) repeated.push(layer);
    else applied.set(name, layer);
  }
  // A single pair of such names may be an author's own.
  return repeated.length > 1 ? repeated : [];
}

function isAlike({ conv: one }: Layer, { conv: other }: Layer): boolean {
  const facts = (conv: typeof one): string =>
    [conv?.weight.dims, conv?.strides, conv?.dilations, conv?.groups].map(String).join('|');
  return facts(one) === facts(other);
}
