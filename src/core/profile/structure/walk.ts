import { type Layer, SOURCE } from './layers';

/** From `from` back to the first layer that is not to be passed; null at the source and where ways part. */
export function passBack(layers: readonly Layer[], from: number, passed: (layer: Layer) => boolean): Layer | null {
  let index = from;
  for (;;) {
    const layer = index === SOURCE ? undefined : layers[index];
    if (layer === undefined) return null;
    if (!passed(layer)) return layer;
    const [input] = layer.inputs;
    if (layer.inputs.length !== 1 || input === undefined) return null;
    index = input;
  }
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
