import { isBefore } from '../landmarks/tensorrt-operators';
import { reductions } from '../onnx/rewrite/rewritable';

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
