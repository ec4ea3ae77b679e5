import { type Layer, SOURCE } from './layers';

/** Layers that are passed at most: what a network has between two layers that matter, many times over. */
const mostPassed = 100;

/** From `from` back to the first layer that is not to be passed; null at the source, where ways part, and too far back. */
export function passBack(layers: readonly Layer[], from: number, passed: (layer: Layer) => boolean): Layer | null {
  let index = from;
  for (let passes = 0; passes <= mostPassed; passes++) {
    const layer = index === SOURCE ? undefined : layers[index];
    if (layer === undefined) return null;
    if (!passed(layer)) return layer;
    const [input] = layer.inputs;
    if (layer.inputs.length !== 1 || input === undefined) return null;
    index = input;
  }
  return null;
}

/** The given layers and all that lead to them. */
export function withAncestors(layers: readonly Layer[], starts: readonly number[]): Set<number> {
  const found = new Set<number>();
  const stack = [...starts];
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (index === SOURCE || found.has(index)) continue;
    found.add(index);
    for (const input of layers[index]?.inputs ?? []) stack.push(input);
  }
  return found;
}

/** The given layers and all that depend on them. */
export function withDescendants(layers: readonly Layer[], starts: readonly number[]): Set<number> {
  const found = new Set(starts);
  // Layers come after those that they read.
  for (const layer of layers) if (layer.inputs.some((input) => found.has(input))) found.add(layer.index);
  return found;
}
