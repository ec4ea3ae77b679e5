import type { Model } from '../../onnx/model';
import { type ShapeOptions, inferShapes } from '../../onnx/shapes/infer';
import { type Result, success } from '../../result';
import { type ModelCost, costOf, sumWork } from './cost';
import { type KernelKind, type Work, kernelKinds } from './layer';

/** Work of all kernels of one kind, with their number. */
export type KindWork = Work & { readonly kernels: number };

/** What an estimator needs of a network at one size. */
export interface CostFeatures {
  readonly byKind: Readonly<Record<KernelKind, KindWork>>;
  readonly total: KindWork;
  readonly cost: ModelCost;
}

/**
 * Shapes, cost, and the work summed by kernel kind at a resolution and batch; dimensions that the file leaves open
 * are taken from `options.assumed`. Fails as `inferShapes` and `costOf` do.
 */
export function costFeatures(model: Model, options: ShapeOptions = {}): Result<CostFeatures> {
  const shapes = inferShapes(model, options);
  if (!shapes.ok) return shapes;
  const cost = costOf(model, shapes.value);
  if (!cost.ok) return cost;
  const { layers } = cost.value;
  const sums = kernelKinds.map((kind) => [kind, sumKind(layers.filter((layer) => layer.kind === kind))] as const);
  return success({
    byKind: Object.fromEntries(sums) as Record<KernelKind, KindWork>,
    total: sumKind(layers),
    cost: cost.value,
  });
}

function sumKind(layers: ModelCost['layers']): KindWork {
  return { ...sumWork(layers), kernels: layers.reduce((count, layer) => count + layer.repeats, 0) };
}
