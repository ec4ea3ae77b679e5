import type { Runtime } from '../landmarks/landmark';
import { documentedOpset, importableOperators, isBefore } from '../landmarks/tensorrt-operators';
import type { Model } from '../onnx/model';
import { reductions } from '../onnx/rewrite/opset-changes';
import { rewriteModel, type RewriteTarget, type RewrittenModel } from '../onnx/rewrite/rewrite-model';
import { success, type Result } from '../result';

/** What a network is to run on. */
export interface RewriteBoard {
  /** Release of TensorRT, e.g. `8.2.1`. */
  readonly tensorrt: string;
  readonly runtime: Runtime;
}

/**
 * What a model must become to run on a board; `rewrites` is empty where it can stay as it is. Failure code:
 * invalid-graph, for a model that must be rewritten and cannot.
 */
export function rewritesFor(model: Model, board: RewriteBoard): Result<RewrittenModel> {
  const target = rewriteTarget(board);
  if (target === null) return success({ model, rewrites: [], origins: new Map(), clamped: 0 });
  return rewriteModel(model, target);
}

/** What a TensorRT release wants of a network; null for other runtimes and for releases before 7.1. */
export function rewriteTarget({ tensorrt, runtime }: RewriteBoard): RewriteTarget | null {
  const importable = importableOperators(tensorrt);
  if (importable === null || !runtime.startsWith('tensorrt')) return null;
  return {
    importable,
    opset: documentedOpset(tensorrt),
    axesAsAttributes: misreadReductions(tensorrt),
    // By docs/Changelog.md of onnx-tensorrt: axes of Pad as a tensor since 10.4, GroupNormalization-21 since 10.9.
    padsAllAxes: isBefore(tensorrt, '10.4'),
    groupsScales: isBefore(tensorrt, '10.9'),
    statesAllowzero: statesAllowzero(tensorrt),
    embedsWeights: isBefore(tensorrt, '7.2'),
    precision: isBefore(tensorrt, firstStronglyTyped) ? null : precisionOf(runtime),
  };
}

/** From here on the engine computes in the types of the network: release notes of TensorRT 11.0. */
const firstStronglyTyped = '11.0';

/** Their importers read the axes since onnx-tensorrt's branch release/10.0-GA. */
const readFrom = '10.0';

/**
 * Reduce operators whose axes a release does not read where they are an input, and so reduces over all axes: by the
 * importers of onnx-tensorrt, branches 7.1 to 10.2 (`reduceTensor` without its second input, or without axes after Exp).
 */
export function misreadReductions(tensorrt: string): ReadonlySet<string> {
  if (isBefore(tensorrt, '7.2')) return new Set([...reductions, 'ReduceSum']);
  // ReduceLogSum goes through ReduceSum, whose axes are read.
  if (isBefore(tensorrt, readFrom)) return new Set(reductions.filter((name) => name !== 'ReduceLogSum'));
  return new Set(isBefore(tensorrt, '10.2') ? ['ReduceLogSumExp'] : []);
}

/** Whether Reshape without `allowzero` is refused from opset 14 on: the attribute has no default in 8.0 and 8.2. */
export function statesAllowzero(tensorrt: string): boolean {
  return !isBefore(tensorrt, '8.0') && isBefore(tensorrt, '8.4');
}

function precisionOf(runtime: Runtime): RewriteTarget['precision'] {
  if (runtime === 'tensorrt-fp16') return 'fp16';
  return runtime === 'tensorrt-int8' ? 'int8' : null;
}
