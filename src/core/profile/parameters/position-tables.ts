import { intsOf } from '../../onnx/attributes';
import type { Node } from '../../onnx/model';
import type { ConstantValue, Root } from '../structure/constant-value';

/** Tables of positions: those that are trained, and those that are computed. */

export interface Spread {
  /** Elements of the table that is counted. */
  readonly counted: number;
  /** Elements of the other kind of table. */
  readonly alternative: number;
  /** The table counted has a row for each distance, not for each offset. */
  readonly isOfDistances: boolean;
}

/**
 * The table behind a relative position bias that an exporter has spread over all pairs of w² positions, with one row of
 * numbers for each head: (2w − 1)² offsets (Liu et al. 2021, "Swin Transformer", equation 4), with three more where a
 * class token is among the positions (Bao et al. 2021, "BEiT"), or w² distances (Graham et al. 2021, "LeViT", section
 * 4.2). The last are of networks that attend to the whole map instead of windows.
 */
export function relativePositions(
  node: Node,
  value: ConstantValue,
  producers: ReadonlyMap<string, Node>,
  hasWindows: boolean,
): { roots: Root[]; spread?: Spread } | null {
  const [root] = value.roots;
  const dims = value.dims?.filter((dim, axis) => dim !== 1 || axis > 0) ?? [];
  const [heads, rows, columns] = dims;
  if (node.opType !== 'Add' || dims.length !== 3 || rows !== columns || root === undefined) return null;
  if (heads === undefined || rows === undefined || value.roots.length > 1) return null;
  const side = Math.floor(Math.sqrt(rows));
  const extra = rows - side ** 2;
  if (side < 2 || extra > 1) return null;
  const scores = node.inputs.some((name) =>
    ['MatMul', 'Einsum', 'Mul', 'Div', 'Add'].includes(producers.get(name)?.opType ?? ''),
  );
  if (!scores || root.elements !== heads * rows ** 2) return null;
  const offsets = heads * ((2 * side - 1) ** 2 + 3 * extra);
  if (extra > 0) return { roots: [{ ...root, elements: offsets }] };
  const distances = heads * side ** 2;
  const counted = hasWindows ? offsets : distances;
  return {
    roots: [{ ...root, elements: counted }],
    spread: { counted, alternative: offsets + distances - counted, isOfDistances: !hasWindows },
  };
}

/** Whether maps are cut into windows, by height and by width: that moves an axis between two others of six. */
export function cutsWindows(order: readonly Node[]): boolean {
  return order.some((node) => node.opType === 'Transpose' && intsOf(node, 'perm')?.length === 6);
}

/** Coordinates joined to a feature map: a channel or three as large as the map (Liu et al. 2018, "CoordConv"). */
export function isCoordinates(node: Node, { dims }: ConstantValue): boolean {
  const [, channels = 0, height = 0, width = 0] = dims ?? [];
  return node.opType === 'Concat' && dims?.length === 4 && channels <= 3 && height > 1 && width > 1;
}
