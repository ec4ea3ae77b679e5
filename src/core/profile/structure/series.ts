import type { WorkBudget } from '../../work-budget';
import { immediateDominators } from './dominators';
import { type Layer, SOURCE } from './layers';

/** A network, or a part of it, as a series of steps. */
export type Series = readonly Step[];

export type Step =
  | { readonly kind: 'layer'; readonly layer: Layer }
  /** Branches that start at one value and meet in `join`, in the order of its inputs. */
  | { readonly kind: 'parallel'; readonly join: Layer; readonly branches: readonly Series[] }
  /** A part with one entry and one exit (`join`) whose inside is no series of parallels. */
  | { readonly kind: 'region'; readonly join: Layer; readonly layers: readonly Layer[] };

/** Deeper nesting than any network needs is kept as a region instead of recursing on. */
const MAX_DEPTH = 60;

/**
 * Takes a graph of layers apart into series and parallels, walking backwards from a layer to where all its
 * paths come from. Side branches that do not lead to that layer are not part of the result.
 */
export function createSeriesReader(layers: readonly Layer[], budget: WorkBudget): (from: number, to: number) => Series {
  const dominator = immediateDominators(layers);
  const seenIn = new Int32Array(layers.length);
  let search = 0;

  /**
   * Layers strictly between `above` and `starts` (which count), each once, or null when they meet those of searches from
   * `avoid` on.
   */
  const interior = (starts: readonly number[], above: number, avoid: number): number[] | null => {
    const mine = ++search;
    const found: number[] = [];
    const stack = [...starts];
    while (stack.length > 0) {
      const index = stack.pop() as number;
      if (index === above || index === SOURCE || seenIn[index] === mine) continue;
      if ((seenIn[index] as number) >= avoid) return null;
      seenIn[index] = mine;
      found.push(index);
      const { inputs } = layers[index] as Layer;
      budget.steps(inputs.length);
      for (const input of inputs) stack.push(input);
    }
    return found;
  };

  const region = (join: Layer, above: number): Step => {
    const inside = interior(join.inputs, above, Infinity) ?? [];
    inside.sort((a, b) => a - b);
    return { kind: 'region', join, layers: inside.map((index) => layers[index] as Layer) };
  };

  const read = (from: number, to: number, depth: number): Series => {
    const steps: Step[] = [];
    let at = to;
    while (at !== from && at !== SOURCE) {
      const layer = layers[at] as Layer;
      const above = dominator[at] as number;
      if (layer.inputs.length <= 1) {
        steps.push({ kind: 'layer', layer });
      } else if (layer.inputs.every((input) => input === above)) {
        // x·x, x + x: no branches with anything on them.
        steps.push({ kind: 'parallel', join: layer, branches: layer.inputs.map(() => []) });
      } else {
        const first = search + 1;
        const separate = layer.inputs.every((input) => interior([input], above, first) !== null);
        if (separate && depth < MAX_DEPTH) {
          const branches = layer.inputs.map((input) => read(above, input, depth + 1));
          steps.push({ kind: 'parallel', join: layer, branches });
        } else {
          steps.push(region(layer, above));
        }
      }
      at = above;
    }
    return steps.reverse();
  };
  return (from, to) => read(from, to, 0);
}
