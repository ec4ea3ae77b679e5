import type { Dimension } from '../../onnx/model';

/**
 * What a kernel does, as far as its speed depends on it:
 * `dense` convolution with a window; `pointwise` 1×1 convolution; `depthwise`, one input channel per group; `grouped`
 * convolution; `matrix` product (Gemm, MatMul, recurrent layers); `data-movement` without arithmetic; `element-wise`;
 * `reduce`, pools, reductions and normalisations.
 */
export type KernelKind =
  'dense' | 'pointwise' | 'depthwise' | 'grouped' | 'matrix' | 'data-movement' | 'element-wise' | 'reduce';

export const kernelKinds: readonly KernelKind[] = [
  'dense',
  'pointwise',
  'depthwise',
  'grouped',
  'matrix',
  'data-movement',
  'element-wise',
  'reduce',
];

/** Work and traffic of one or more kernels; all are element counts, whatever their type's width. */
export interface Work {
  /** Multiply–accumulates; 0 for kernels that are not convolutions or matrix products. */
  readonly macs: number;
  /** Activation elements read, each distinct operand once. */
  readonly readElements: number;
  /** Activation elements written. */
  readonly writtenElements: number;
  /** Elements of the weights, biases left out. */
  readonly weightElements: number;
}

/** One kernel after fusion. Its work includes its repeats. */
export interface LayerCost extends Work {
  readonly kind: KernelKind;
  /** Operator types fused into it, the one that names the kernel first. */
  readonly operators: readonly string[];
  /** Names of those nodes in the file; a nameless one goes by its first output. */
  readonly nodes: readonly string[];
  /** Name of the weight that a convolution or matrix product reads, as the file has it. */
  readonly weight?: string | undefined;
  readonly output: {
    readonly name: string;
    readonly shape: readonly Dimension[] | null;
    /** TensorProto.DataType number. */
    readonly dataType: number;
  };
  /** Spatial size of a convolution's window, its strides and groups; null for other kernels. */
  readonly window: {
    readonly kernel: readonly number[];
    readonly strides: readonly number[];
    readonly groups: number;
  } | null;
  /** How often it runs in one inference; more than once inside a loop. */
  readonly repeats: number;
}

/** How often a kernel runs in one inference, 1 or more. */
export function runsOf({ repeats }: Pick<LayerCost, 'repeats'>): number {
  return Math.max(1, repeats);
}
