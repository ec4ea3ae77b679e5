import { SOURCE, type Layer } from './layers';

/**
 * The immediate dominator of every layer: the last layer (or SOURCE) that all paths from the network's input to
 * it pass. Layers come in topological order, so one pass is enough (Cooper, Harvey and Kennedy, "A Simple, Fast
 * Dominance Algorithm", 2001). Layers without data inputs hang from SOURCE.
 */
export function immediateDominators(layers: readonly Layer[]): Int32Array {
  // Places are indices plus one, so that SOURCE is the root of the tree at place 0.
  const parent = new Int32Array(layers.length + 1);
  const depth = new Int32Array(layers.length + 1);
  // An ancestor further up for each place, so that a long way up takes few steps (Myers, "An Applicative Random-Access
  // Stack", 1983).
  const jump = new Int32Array(layers.length + 1);
  const meet = (first: number, second: number): number => {
    let [a, b] = (depth[first] as number) >= (depth[second] as number) ? [first, second] : [second, first];
    const level = depth[b] as number;
    while ((depth[a] as number) > level)
      a = ((depth[jump[a] as number] as number) >= level ? jump[a] : parent[a]) as number;
    while (a !== b) {
      const apart = jump[a] !== jump[b];
      a = (apart ? jump[a] : parent[a]) as number;
      b = (apart ? jump[b] : parent[b]) as number;
    }
    return a;
  };
  for (const layer of layers) {
    let common = (layer.inputs[0] ?? SOURCE) + 1;
    for (const input of layer.inputs) common = meet(common, input + 1);
    const place = layer.index + 1;
    parent[place] = common;
    depth[place] = (depth[common] as number) + 1;
    const [near, far] = [jump[common] as number, jump[jump[common] as number] as number];
    const isEven =
      (depth[common] as number) - (depth[near] as number) === (depth[near] as number) - (depth[far] as number);
    jump[place] = isEven ? far : common;
  }
  return parent.subarray(1).map((place) => place - 1);
}
