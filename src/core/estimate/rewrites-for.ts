import type { Runtime } from '../landmarks/landmark';
import { documentedOpset, importableOperators, isBefore } from '../landmarks/tensorrt-operators';
import type { Model } from '../onnx/model';
import { rewriteModel, type RewriteTarget, type RewrittenModel } from '../onnx/rewrite/rewrite-model';
import { success, type Result } from '../result';
import { misreadReductions, statesAllowzero } from './importer-defects';

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

function precisionOf(runtime: Runtime): RewriteTarget['precision'] {
  if (runtime === 'tensorrt-fp16') return 'fp16';
  return runtime === 'tensorrt-int8' ? 'int8' : null;
}
