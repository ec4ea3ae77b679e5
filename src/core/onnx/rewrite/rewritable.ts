/** Operators that the rewriter knows, by name: what asks only whether it can mend a network need not load how. */

/** Operators that can be written with others. */
const decomposable = [
  'HardSwish',
  'Mish',
  'Swish',
  'Gelu',
  'LayerNormalization',
  'RMSNormalization',
  'GroupNormalization',
  'Attention',
  'Mod',
  'CastLike',
  'Einsum',
  'ScatterND',
  'ScatterElements',
  'Scatter',
  'GatherND',
  'GatherElements',
  'OneHot',
  'Trilu',
  'CumSum',
  'Celu',
  'Sign',
  'Round',
  'Shrink',
  'Xor',
  'IsNaN',
  'GreaterOrEqual',
  'LessOrEqual',
  'LpNormalization',
  'MeanVarianceNormalization',
] as const;

export type DecomposableOperator = (typeof decomposable)[number];

export const decomposableOperators: ReadonlySet<string> = new Set(decomposable);

/** Operators that reduce axes and take them as an input since opset 18. */
export const reductions = [
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceSumSquare',
  'ReduceLogSum',
  'ReduceLogSumExp',
];
