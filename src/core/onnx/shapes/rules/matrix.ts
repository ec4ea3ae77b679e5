import { t } from '../../../language';
import { DataType } from '../../data-types';
import type { Dimension } from '../../model';
import type { Rule, RuleContext } from '../rule';

/** Matrix products. */

export function matrixProduct(
  context: RuleContext,
  a: readonly Dimension[] | null,
  b: readonly Dimension[] | null,
): readonly Dimension[] | null {
  if (!a || !b) return null;
  if (a.length === 0 || b.length === 0) return context.conflict(t('a matrix product needs operands of rank 1 or more'));
  const left = a.length === 1 ? [1, a[0]!] : a;
  const right = b.length === 1 ? [b[0]!, 1] : b;
  const inner = [left[left.length - 1]!, right[right.length - 2]!] as const;
  context.same(inner[0], inner[1], () => t('the inner dimensions of a matrix product differ'));
  const batch = context.broadcast([left.slice(0, -2), right.slice(0, -2)]);
  if (!batch) return null;
  return [
    ...batch,
    ...(a.length === 1 ? [] : [left[left.length - 2]!]),
    ...(b.length === 1 ? [] : [right[right.length - 1]!]),
  ];
}

const matMul: Rule = (context) => context.like(matrixProduct(context, context.shape(0), context.shape(1)));

const matMulInteger: Rule = (context) => [
  context.output(DataType.INT32, matrixProduct(context, context.shape(0), context.shape(1))),
];

/** Outputs float: inputs a, b, a_scale, b_scale, ... */
const matMulIntegerToFloat: Rule = (context) => [
  context.output(DataType.FLOAT, matrixProduct(context, context.shape(0), context.shape(1))),
];

/** Inputs a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero. */
const qlinearMatMul: Rule = (context) => [
  context.output(context.type(7), matrixProduct(context, context.shape(0), context.shape(3))),
];

/** A [M, K], or [K, M] with transA; before opset 11 A may have more axes, flattened to two. */
function gemmOf(
  context: RuleContext,
  a: readonly Dimension[] | null,
  b: readonly Dimension[] | null,
): readonly Dimension[] | null {
  const transA = context.int('transA', 0) !== 0;
  const transB = context.int('transB', 0) !== 0;
  if ((a && a.length !== 2) || (b && b.length !== 2)) return context.conflict(t('Gemm needs matrices of rank 2'));
  if (a && b) {
    context.same(a[transA ? 0 : 1]!, b[transB ? 1 : 0]!, () => t('the inner dimensions of Gemm differ'));
  }
  return [a?.[transA ? 1 : 0] ?? null, b?.[transB ? 0 : 1] ?? null];
}

const gemm: Rule = (context) => context.like(gemmOf(context, context.shape(0), context.shape(1)));

/** Inputs a, a_scale, a_zero, b, b_scale, b_zero, bias, y_scale, y_zero; floating point without the last two. */
const qgemm: Rule = (context) => [
  context.output(
    context.has(8) ? context.type(8) : context.type(1),
    gemmOf(context, context.shape(0), context.shape(3)),
  ),
];

/** Swaps the last two axes where asked; transBatch rolls the batch axes behind the first matrix axis. */
const fusedMatMul: Rule = (context) => {
  const operand = (index: number, side: 'A' | 'B') => {
    let shape = context.shape(index);
    if (!shape || shape.length < 2) return shape;
    if (context.int(`transBatch${side}`, 0) !== 0) {
      shape = [...shape.slice(1, -1), shape[0]!, shape[shape.length - 1]!];
    }
    if (context.int(`trans${side}`, 0) === 0) return shape;
    return [...shape.slice(0, -2), shape[shape.length - 1]!, shape[shape.length - 2]!];
  };
  return context.like(matrixProduct(context, operand(0, 'A'), operand(1, 'B')));
};

/** Sizes of an Einsum's indices. A broadcast ellipsis is expanded to indices of its own. */
export interface EinsumTerms {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** Parses `ij,jk->ik` for operands of the given ranks; null when the equation does not fit them. */
export function parseEinsum(equation: string, ranks: readonly number[]): EinsumTerms | null {
  const [left, right, ...rest] = equation.replace(/\s/g, '').split('->');
  const terms = (left ?? '').split(',');
  if (rest.length > 0 || terms.length !== ranks.length) return null;
  let ellipsis = 0;
  const inputs: string[][] = [];
  for (const [index, term] of terms.entries()) {
    const [head, tail, ...more] = term.split('...');
    if (more.length > 0 || head === undefined) return null;
    const letters = head.length + (tail?.length ?? 0);
    const hidden = tail === undefined ? 0 : ranks[index]! - letters;
    if (hidden < 0 || letters + hidden !== ranks[index]) return null;
    ellipsis = Math.max(ellipsis, hidden);
    // Ellipses are aligned at their last axis, as in NumPy: the index nearest the end is `.0`.
    const dots = Array.from({ length: hidden }, (_, i) => `.${hidden - 1 - i}`);
    inputs.push([...head, ...dots, ...(tail ?? '')]);
  }
  const dots = Array.from({ length: ellipsis }, (_, i) => `.${ellipsis - 1 - i}`);
  if (right !== undefined) {
    const [head, tail] = right.split('...');
    return { inputs, output: tail === undefined ? [...(head ?? '')] : [...(head ?? ''), ...dots, ...tail] };
  }
  const all = inputs.flat().filter((index) => !index.startsWith('.'));
  const once = [...new Set(all)].filter((index) => all.indexOf(index) === all.lastIndexOf(index)).sort();
  return { inputs, output: [...dots, ...once] };
}

const einsum: Rule = (context) => {
  const shapes = context.inputs.map((input) => input?.shape ?? null);
  const ranks = shapes.map((shape) => shape?.length ?? -1);
  if (ranks.includes(-1)) return context.like(null);
  const terms = parseEinsum(context.string('equation', ''), ranks);
  if (!terms) return context.refuse(t('the equation does not fit the operands'));
  const sizes = new Map<string, Dimension>();
  terms.inputs.forEach((indices, operand) =>
    indices.forEach((index, axis) => {
      const size = shapes[operand]![axis]!;
      const known = sizes.get(index);
      if (known === undefined || known === 1) sizes.set(index, size);
      else if (size !== 1)
        sizes.set(
          index,
          context.same(known, size, () => t('index {0} has two sizes', index)),
        );
    }),
  );
  return context.like(terms.output.map((index) => sizes.get(index) ?? null));
};

const det: Rule = (context) => context.like(context.shape(0)?.slice(0, -2) ?? null);

export const matrixRules: readonly (readonly [string, Rule])[] = [
  ['MatMul', matMul],
  ['Gemm', gemm],
  ['com.microsoft.FusedGemm', gemm],
  ['MatMulInteger', matMulInteger],
  ['com.microsoft.QGemm', qgemm],
  ['com.microsoft.MatMulInteger16', matMulInteger],
  ['com.microsoft.MatMulIntegerToFloat', matMulIntegerToFloat],
  ['com.microsoft.DynamicQuantizeMatMul', matMulIntegerToFloat],
  ['QLinearMatMul', qlinearMatMul],
  ['com.microsoft.FusedMatMul', fusedMatMul],
  ['com.microsoft.TransposeMatMul', fusedMatMul],
  ['Einsum', einsum],
  ['Det', det],
];
