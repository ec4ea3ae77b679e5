/** Positions of the trained tensors among an operator's inputs. */
export interface TrainedInputs {
  /** Kernels, matrices and tables; the last is the one that the data are multiplied with. */
  readonly weights?: readonly number[];
  /** Biases, scales, shifts and slopes; of a convolution or matrix product, its bias. */
  readonly vectors?: readonly number[];
}

const convolution: TrainedInputs = { weights: [1], vectors: [2] };
const normalisation: TrainedInputs = { vectors: [1, 2] };

/** Convolutions with constant weights. */
export const convolutions = byName({
  Conv: convolution,
  ConvTranspose: convolution,
  FusedConv: convolution,
  NhwcConv: convolution,
  NhwcFusedConv: convolution,
  ConvInteger: { weights: [1] },
  QLinearConv: { weights: [3], vectors: [8] },
});

/** Matrix products. */
export const products = byName({
  Gemm: { weights: [0, 1], vectors: [2] },
  FusedGemm: convolution,
  QGemm: { weights: [3], vectors: [6] },
  MatMul: { weights: [0, 1] },
  FusedMatMul: { weights: [1] },
  MatMulInteger: { weights: [1] },
  MatMulIntegerToFloat: { weights: [1], vectors: [6] },
  DynamicQuantizeMatMul: { weights: [1], vectors: [4] },
  QLinearMatMul: { weights: [3] },
});

/** By operator; running statistics and quantisation arguments are not trained. */
export const trainedInputs: ReadonlyMap<string, TrainedInputs> = new Map([
  ...convolutions,
  ...products,
  ...byName({
    DeformConv: { weights: [1], vectors: [3] },
    MatMulNBits: { weights: [1] },
    BatchNormalization: normalisation,
    LayerNormalization: normalisation,
    GroupNormalization: normalisation,
    GroupNorm: normalisation,
    RMSNormalization: { vectors: [1] },
    SimplifiedLayerNormalization: { vectors: [1] },
    SkipLayerNormalization: { vectors: [2, 3, 4] },
    SkipSimplifiedLayerNormalization: { vectors: [2, 3] },
    PRelu: { vectors: [1] },
    LSTM: { weights: [1, 2], vectors: [3, 7] },
    GRU: { weights: [1, 2], vectors: [3] },
    RNN: { weights: [1, 2], vectors: [3] },
    Attention: convolution,
    QAttention: convolution,
    BiasGelu: { vectors: [1] },
    BiasAdd: { vectors: [1] },
    Gather: { weights: [0] },
    Einsum: { weights: [0, 1] },
  }),
]);

function byName(operators: Record<string, TrainedInputs>): ReadonlyMap<string, TrainedInputs> {
  return new Map(Object.entries(operators));
}
