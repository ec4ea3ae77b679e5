import { SOURCE, type Layer } from './layers';

/**
 * The immediate dominator of every layer: the last layer (or SOURCE) that all paths from the network's input to
 * it pass. Layers come in topological order, so one pass is enough (Cooper, Harvey and Kennedy, "A Simple, Fast
 * Dominance Algorithm", 2001). Layers without data inputs hang from SOURCE.
 */
export function immediateDominators(layers: readonly Layer[]): Int32Array {
  const dominator = new Int32Array(layers.length).fill(SOURCE);
  const depth = new Int32Array(layers.length);
  const meet = (first: number, second: number): number => {
    let a = first;
    let b = second;
    while (a !== b) {
      if (a === SOURCE || b === SOURCE) return SOURCE;
      if ((depth[a] as number) >= (depth[b] as number)) a = dominator[a] as number;
      else b = dominator[b] as number;
    }
    return a;
  };
  for (const layer of layers) {
    let common = layer.inputs[0] ?? SOURCE;
    for (const input of layer.inputs) common = meet(common, input);
    dominator[layer.index] = common;
    depth[layer.index] = common === SOURCE ? 0 : (depth[common] as number) + 1;
  }
  return dominator;
}
