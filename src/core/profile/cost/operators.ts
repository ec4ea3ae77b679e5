import type { Node } from '../../onnx/model';
import { operatorName } from '../../onnx/shapes/order';

/** What an operator is to the cost model. */
export type Role =
  /** Convolution or matrix product: has multiply–accumulates. */
  | 'linear'
  /** One output element from the elements at the same place. */
  | 'pointwise'
  /** Pools, reductions, normalisations: reads a neighbourhood or a whole axis. */
  | 'reduce'
  /** Writes elements at other places. */
  | 'movement'
  /** Nothing at run time: names, shapes, training. */
  | 'free'
  | 'unknown';

const byRole: Readonly<Record<Exclude<Role, 'unknown'>, readonly string[]>> = {
  linear: [
    'Conv',
    'ConvTranspose',
    'ConvInteger',
    'QLinearConv',
    'Gemm',
    'MatMul',
    'MatMulInteger',
    'QLinearMatMul',
    'Einsum',
    'RNN',
    'GRU',
    'LSTM',
    'com.microsoft.FusedConv',
    'com.microsoft.QLinearConv',
    'com.microsoft.FusedGemm',
    'com.microsoft.FusedMatMul',
    'com.microsoft.TransposeMatMul',
    'com.microsoft.MatMulInteger16',
    'com.microsoft.MatMulIntegerToFloat',
    'com.microsoft.DynamicQuantizeMatMul',
    'com.microsoft.Attention',
    'Attention',
    'DeformConv',
    'com.microsoft.MatMulNBits',
  ],
  pointwise: [
    'Relu',
    'Clip',
    'LeakyRelu',
    'PRelu',
    'Sigmoid',
    'HardSigmoid',
    'HardSwish',
    'Tanh',
    'Elu',
    'Selu',
    'Celu',
    'Softplus',
    'Softsign',
    'ThresholdedRelu',
    'Mish',
    'Gelu',
    'Swish',
    'Exp',
    'Log',
    'Erf',
    'Reciprocal',
    'Sqrt',
    'Abs',
    'Neg',
    'Floor',
    'Ceil',
    'Round',
    'Sign',
    'Sin',
    'Cos',
    'Tan',
    'Asin',
    'Acos',
    'Atan',
    'Sinh',
    'Cosh',
    'Asinh',
    'Acosh',
    'Atanh',
    'Shrink',
    'Affine',
    'ImageScaler',
    'ScaledTanh',
    'ParametricSoftplus',
    'Not',
    'IsNaN',
    'IsInf',
    'Add',
    'Sub',
    'Mul',
    'Div',
    'Pow',
    'Mod',
    'And',
    'Or',
    'Xor',
    'Equal',
    'Less',
    'LessOrEqual',
    'Greater',
    'GreaterOrEqual',
    'BitShift',
    'BitwiseAnd',
    'BitwiseOr',
    'BitwiseXor',
    'BitwiseNot',
    'Max',
    'Min',
    'Sum',
    'Mean',
    'RotaryEmbedding',
    'com.microsoft.RotaryEmbedding',
    'BitCast',
    'Where',
    'Cast',
    'CastLike',
    'BatchNormalization',
    'QuantizeLinear',
    'DequantizeLinear',
    'Trilu',
    ...['Gelu', 'FastGelu', 'BiasGelu', 'QuickGelu', 'QLinearAdd', 'QLinearMul', 'QLinearSigmoid', 'QLinearLeakyRelu']
      .concat('QuantizeLinear', 'DequantizeLinear')
      .map((name) => `com.microsoft.${name}`),
  ],
  reduce: [
    'MaxPool',
    'AveragePool',
    'LpPool',
    'GlobalAveragePool',
    'GlobalMaxPool',
    'GlobalLpPool',
    'MaxRoiPool',
    'RoiAlign',
    'ReduceMean',
    'ReduceSum',
    'ReduceProd',
    'ReduceMax',
    'ReduceMin',
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSum',
    'ReduceLogSumExp',
    'ReduceSumSquare',
    'ArgMax',
    'ArgMin',
    'Softmax',
    'LogSoftmax',
    'Hardmax',
    'CumSum',
    'CumProd',
    'TopK',
    'InstanceNormalization',
    'GroupNormalization',
    'LayerNormalization',
    'LRN',
    'LpNormalization',
    'MeanVarianceNormalization',
    'RMSNormalization',
    'SimplifiedLayerNormalization',
    ...[
      'LayerNormalization',
      'SimplifiedLayerNormalization',
      'SkipLayerNormalization',
      'SkipSimplifiedLayerNormalization',
    ]
      .concat(
        'GroupNorm',
        'EmbedLayerNormalization',
        'QLinearAveragePool',
        'QLinearGlobalAveragePool',
        'QLinearSoftmax',
      )
      .map((name) => `com.microsoft.${name}`),
    'DynamicQuantizeLinear',
  ],
  movement: [
    'Transpose',
    'Concat',
    'Slice',
    'Split',
    'Pad',
    'Resize',
    'Upsample',
    'Gather',
    'GatherElements',
    'GatherND',
    'ScatterND',
    'ScatterElements',
    'Scatter',
    'Tile',
    'Expand',
    'DepthToSpace',
    'SpaceToDepth',
    'GridSample',
    'Col2Im',
    'TensorScatter',
    'ReverseSequence',
    'OneHot',
    'MaxUnpool',
    'com.microsoft.Pad',
    'ConstantOfShape',
    'EyeLike',
    'Compress',
    'Range',
    'RandomNormal',
    'RandomUniform',
    'RandomNormalLike',
    'RandomUniformLike',
    'Bernoulli',
    'NonZero',
  ],
  free: ['Identity', 'Dropout', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Shape', 'Size', 'Constant'],
};

const roles = new Map<string, Role>(
  (Object.entries(byRole) as [Role, readonly string[]][]).flatMap(([role, names]) =>
    names.map((name) => [name, role] as const),
  ),
);

export function roleOf(node: Node): Role {
  return roles.get(operatorName(node)) ?? 'unknown';
}

/** Activations that TensorRT runs in the same kernel as the convolution or matrix product before them. */
const fusedActivations = new Set([
  'Relu',
  'Clip',
  'LeakyRelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'Elu',
  'Selu',
  'Celu',
  'Softplus',
  'Softsign',
  'ThresholdedRelu',
  'Mish',
  'Gelu',
  'Swish',
  'Max',
  'Min',
  'QuantizeLinear',
  ...['Gelu', 'FastGelu', 'BiasGelu', 'QuickGelu', 'QuantizeLinear'].map((name) => `com.microsoft.${name}`),
]);

export function isFusedActivation(node: Node): boolean {
  return fusedActivations.has(operatorName(node));
}

/** Operators that scale or shift by constants, which TensorRT folds into the weights before them. */
const scales = new Set(['BatchNormalization', 'Mul', 'Add', 'Sub', 'Div', 'Sum']);

export function isScale(node: Node): boolean {
  return scales.has(node.opType);
}
