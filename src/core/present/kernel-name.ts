import type { LayerCost } from '../profile/cost/layer';

/** Names that exporters make up: `node_Conv_841`, `Conv_12`, `/Add_3`, `val_77`, `n0_2`. */
const madeUp = /^(node_|val_|n\d|onnx::|\d+$|[A-Z]\w*_\d+$)/;

/** What a weight is called within its module, which names the module less well than the rest. */
const ofWeight = /\.(weight(_orig|_v|_quantized)?|kernel|w)$/i;

/**
 * What a kernel is called for people: the module whose weight it reads or that its node is named after, without what the
 * exporter adds: `layer4.0.conv2` for a node `/layer4/layer4.0/conv2/Conv`, and for a node `node_Conv_841` with the weight
 * `layer4.0.conv2.weight`. A name that the exporter made up stays where there is no better.
 */
export function kernelName({
  nodes,
  weight = '',
  output,
  operators,
}: Pick<LayerCost, 'nodes' | 'weight' | 'output' | 'operators'>): string {
  const written = nodes[0] || output.name || operators[0] || '';
  const ofNode = withoutNoise(written, operators[0] ?? '');
  if (!madeUp.test(ofNode)) return ofNode;
  return ofWeight.test(weight) && !madeUp.test(weight) ? weight.replace(ofWeight, '') : written;
}

function withoutNoise(name: string, operator: string): string {
  if (!name.startsWith('/')) return name;
  const parts = name.slice(1).split('/');
  const last = parts.at(-1)!;
  const isOperator =
    last === operator || (last.startsWith(`${operator}_`) && /^\d+$/.test(last.slice(operator.length + 1)));
  if (parts.length > 1 && isOperator) parts.pop();
  // A module's name repeats that of the one around it: layer4, then layer4.0.
  const told = parts.filter((part, index) => parts[index + 1]?.startsWith(`${part}.`) !== true);
  return told.join('.');
}
