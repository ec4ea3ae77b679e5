import { DataType } from '../data-types';
import type { Dimension } from '../model';
import { parseEinsum } from '../shapes/rules/matrix';
import type { Body, Inputs } from './body';

/** A value and what its axes are called in the equation. */
interface Operand {
  readonly name: string;
  readonly labels: readonly string[];
}

const floatTypes: ReadonlySet<number> = new Set([DataType.FLOAT, DataType.FLOAT16, DataType.DOUBLE]);

/** More operands, or axes than TensorRT has, are nobody's network. */
const maxOperands = 8;
const maxAxes = 8;

/**
 * A sum over products by Transpose, Reshape and MatMul, two operands at a time. Null for what these cannot express:
 * a diagonal (an axis twice in one operand), axes of size 1 that stand for any size, integers, and merged axes of which
 * more than one size is open.
 */
export function einsum(body: Body, [first = '']: Inputs): string | null {
  const equation = equationOf(body);
  if (equation === null || !floatTypes.has(body.context.elementType(first) || DataType.FLOAT)) return null;
  const { operands, output, sizes } = equation;
  let product: Operand | null = null;
  for (const [index, operand] of operands.entries()) {
    const later = new Set([...output, ...operands.slice(index + 1).flatMap(({ labels }) => labels)]);
    const needed = new Set([...later, ...(product?.labels ?? [])]);
    const summed = withoutAxes(body, operand, needed);
    product = product === null ? summed : contract(body, product, summed, later, sizes);
    if (product === null) return null;
  }
  if (product === null) return null;
  const { name, labels }: Operand = withoutAxes(body, product, new Set(output));
  const ordered = inOrder(body, { name, labels }, output);
  return body.nodes.some(({ outputs }) => outputs[0] === ordered) ? ordered : body.add('Identity', [ordered]);
}

interface Equation {
  readonly operands: readonly Operand[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, Dimension>;
}

function equationOf(body: Body): Equation | null {
  const { inputs } = body.node;
  const equation = body.string('equation', '');
  if (!/^(?:[A-Za-z, ]|\.{3})+(?:->(?:[A-Za-z ]|\.{3})*)?$/.test(equation) || inputs.length > maxOperands) return null;
  const shapes = inputs.map((name) => body.context.shape(name));
  const ranks = shapes.map((shape) => shape?.length ?? Infinity);
  if (ranks.some((rank) => rank > maxAxes)) return null;
  const terms = parseEinsum(equation, ranks);
  if (terms === null) return null;
  const sizes = new Map<string, Dimension>();
  const operands: Operand[] = [];
  for (const [index, labels] of terms.inputs.entries()) {
    if (new Set(labels).size < labels.length) return null;
    for (const [axis, label] of labels.entries()) {
      const [known, size] = [sizes.get(label), shapes[index]?.[axis] ?? null];
      if (typeof known === 'number' && typeof size === 'number' && known !== size) return null;
      if (typeof known !== 'number') sizes.set(label, size);
    }
    operands.push({ name: inputs[index] ?? '', labels });
  }
  const { output } = terms;
  if (output.length > maxAxes || new Set(output).size < output.length) return null;
  return output.every((label) => sizes.has(label)) ? { operands, output, sizes } : null;
}

/** Sums over the axes that nothing needs any more. */
function withoutAxes(body: Body, { name, labels }: Operand, needed: ReadonlySet<string>): Operand {
  const axes = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  if (axes.length === 0) return { name, labels };
  return { name: body.sum(name, axes), labels: labels.filter((label) => needed.has(label)) };
}

/** The product of two operands, summed over the axes of both that nothing needs later; null where sizes are missing. */
function contract(
  body: Body,
  one: Operand,
  other: Operand,
  later: ReadonlySet<string>,
  sizes: ReadonlyMap<string, Dimension>,
): Operand | null {
  const shared = one.labels.filter((label) => other.labels.includes(label));
  const batch = shared.filter((label) => later.has(label));
  const summed = shared.filter((label) => !later.has(label));
  const rows = one.labels.filter((label) => !shared.includes(label));
  const columns = other.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...rows, ...columns];
  if (summed.length === 0) {
    const wide = inOrder(body, one, [...batch, ...rows]);
    const high = inOrder(body, other, [...batch, ...columns]);
    const behind = columns.map((_, index) => batch.length + rows.length + index);
    const between = rows.map((_, index) => batch.length + index);
    return { name: body.add('Mul', [body.unsqueeze(wide, behind), body.unsqueeze(high, between)]), labels };
  }
  // The axes of both come first and are copied as they are; the others are merged into a matrix.
  const copied = batch.map(() => 0);
  const merged = (operand: Operand, first: readonly string[], second: readonly string[]): string | null => {
    const ordered = inOrder(body, operand, [...batch, ...first, ...second]);
    if (first.length === 1 && second.length === 1) return ordered;
    const shape = mergedShape([first, second], sizes);
    return shape && body.reshape(ordered, body.list([...copied, ...shape]));
  };
  const [left, right] = [merged(one, rows, summed), merged(other, summed, columns)];
  if (left === null || right === null) return null;
  const product = body.add('MatMul', [left, right]);
  if (rows.length === 1 && columns.length === 1) return { name: product, labels };
  const shape = mergedShape(
    [...rows, ...columns].map((label) => [label]),
    sizes,
  );
  return shape && { name: body.reshape(product, body.list([...copied, ...shape])), labels };
}

/** An operand with its axes in another order. */
function inOrder(body: Body, { name, labels }: Operand, order: readonly string[]): string {
  const axes = order.map((label) => labels.indexOf(label));
  return body.transpose(name, axes);
}

/** Sizes of merged axes, -1 for one that is open; null where more than one is. */
function mergedShape(
  groups: readonly (readonly string[])[],
  sizes: ReadonlyMap<string, Dimension>,
): readonly number[] | null {
  const shape = groups.map((labels) =>
    labels.reduce((product, label) => {
      const size = sizes.get(label);
      return product === -1 || typeof size !== 'number' || size < 1 ? -1 : product * size;
    }, 1),
  );
  return shape.filter((size) => size === -1).length > 1 || !shape.every(Number.isSafeInteger) ? null : shape;
}
