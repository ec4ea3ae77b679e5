import type { Model } from '../../core/onnx/model';

/** The precision that a model's file is in: what TensorRT 11 computes in, as it takes the types of the graph. */
export type ModelPrecision = 'fp32' | 'fp16' | 'int8';

/** ONNX's data types FLOAT16 and BFLOAT16. */
const half: ReadonlySet<number> = new Set([10, 16]);
const float = 1;

/**
 * INT8 for a model with quantised operators of its own; FP16 where most of the weights are half-precision numbers;
 * else FP32.
 */
export function modelPrecision({ graph }: Model): ModelPrecision {
  if (graph.nodes.some(({ opType }) => opType === 'QuantizeLinear' || opType === 'DequantizeLinear')) return 'int8';
  let halves = 0;
  let floats = 0;
  const constants = graph.nodes.flatMap(({ attributes }) =>
    [...attributes.values()].flatMap((attribute) => (attribute.kind === 'tensor' ? [attribute.value] : [])),
  );
  for (const { dataType, elements } of [...graph.initializers.values(), ...constants]) {
    if (half.has(dataType)) halves += elements;
    else if (dataType === float) floats += elements;
  }
  return halves > floats ? 'fp16' : 'fp32';
}
