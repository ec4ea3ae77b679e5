import { DataType, isFloat } from '../data-types';
import type { Dimension, Graph, Node, ValueInfo } from '../model';
import { parameterInputs } from './parameter-inputs';
import type { OpenSides } from './size-from-constants';

export interface InputSize {
  /** Pixels of the image. */
  readonly height?: number | undefined;
  readonly width?: number | undefined;
  /** Side of a square image in pixels; for what `height` or `width` leaves out. */
  readonly resolution?: number | undefined;
  readonly batch?: number | undefined;
}

/** What each axis of an image is; the last two have no batch. */
export type ImageLayout = 'NCHW' | 'NHWC' | 'CHW' | 'HWC';

/** The graph input that takes the image, and where its batch, height and width are. */
export interface ImageInput {
  readonly name: string;
  readonly layout: ImageLayout;
}

/** Shapes of the graph's inputs for one inference. */
export interface SizedInputs {
  readonly image: ImageInput | null;
  readonly shapes: ReadonlyMap<string, readonly Dimension[] | null>;
  /** The shapes as exported, where `size` changes a dimension that the file states as a number; otherwise null. */
  readonly exported: ReadonlyMap<string, readonly Dimension[] | null> | null;
  /** Numbers that symbolic dimensions stand for. */
  readonly symbols: ReadonlyMap<string, number>;
}

/**
 * Sets the inputs' dimensions: `size` replaces batch, height and width of the image input (and of inputs with the same
 * spatial size) whether they are numbers or not, `assumed` fills only those that are not numbers, and `dimensions`
 * gives symbols by name. A symbol of the image input has its number everywhere. The first dimension of any other input
 * is taken for the batch where it is not a number, or is 1 in a network without an image.
 */
export function sizeInputs(
  graph: Graph,
  size: InputSize,
  assumed: InputSize,
  dimensions: ReadonlyMap<string, number>,
): SizedInputs {
  const image = findImageInput(graph);
  const parameters = parameterInputs(graph);
  const imageShape = graph.inputs.find((input) => input.name === image?.name)?.shape ?? null;
  const layout = image?.layout ?? 'NCHW';
  const axes: ImageAxes = { batch: layout.indexOf('N'), height: layout.indexOf('H'), width: layout.indexOf('W') };
  /** What `from` says about one axis of an input. */
  const wanted = (input: ValueInfo, axis: number, from: InputSize): number | undefined => {
    if (parameters.has(input.name)) return undefined;
    if (imageShape && sameKind(input, imageShape, axes)) {
      if (axis === axes.height) return from.height ?? from.resolution;
      if (axis === axes.width) return from.width ?? from.resolution;
      return axis === axes.batch ? from.batch : undefined;
    }
    const stated = input.shape?.[axis];
    const batch = axis === 0 && (typeof stated !== 'number' || stated === 0 || (stated === 1 && image === null));
    return batch ? from.batch : undefined;
  };

  const symbols = new Map(dimensions);
  // The image comes first, so that its symbols are not taken for another input's batch.
  const inputs = [...graph.inputs].sort((a, b) => Number(b.name === image?.name) - Number(a.name === image?.name));
  for (const input of inputs) {
    for (const [axis, dimension] of (input.shape ?? []).entries()) {
      if (typeof dimension !== 'string') continue;
      const number = symbols.get(dimension) ?? wanted(input, axis, size) ?? wanted(input, axis, assumed);
      if (number !== undefined) symbols.set(dimension, number);
    }
  }

  const shapes = new Map<string, readonly Dimension[] | null>();
  const exported = new Map<string, readonly Dimension[] | null>();
  let rescaled = false;
  for (const input of graph.inputs) {
    const original = (input.shape ?? []).map((dimension, axis) => {
      if (typeof dimension === 'string') return symbols.get(dimension) ?? dimension;
      // Exporters that have no symbols write 0 for a dimension they leave open.
      return dimension || (wanted(input, axis, size) ?? wanted(input, axis, assumed) ?? null);
    });
    const sized = original.map((dimension, axis) => wanted(input, axis, size) ?? dimension);
    rescaled ||= sized.some((dimension, axis) => dimension !== original[axis]);
    shapes.set(input.name, input.shape && sized);
    exported.set(input.name, input.shape && original);
  }
  return { image, shapes, exported: rescaled ? exported : null, symbols };
}

/** What a graph states of its image's sides if it leaves one of them open; null where it leaves none, or reads no image. */
export function openSides(graph: Graph): OpenSides | null {
  const image = findImageInput(graph);
  const shape = graph.inputs.find((input) => input.name === image?.name)?.shape;
  if (!image || !shape) return null;
  const [tall, wide] = [shape[image.layout.indexOf('H')], shape[image.layout.indexOf('W')]];
  const stated = (side: Dimension | undefined) => (typeof side === 'number' && side > 0 ? side : null);
  const [height, width] = [stated(tall), stated(wide)];
  if (height !== null && width !== null) return null;
  return { height, width, isSquare: typeof tall === 'string' && tall === wide };
}

/** Whether sizing the inputs so gives the shapes that they have without being asked for any size. */
export function isOwnSize(graph: Graph, size: InputSize, assumed: InputSize): boolean {
  const shapesAt = (asked: InputSize) => [...sizeInputs(graph, asked, assumed, new Map()).shapes.values()];
  return JSON.stringify(shapesAt(size)) === JSON.stringify(shapesAt({}));
}

/**
 * The first rank-4 input of image type, or a rank-3 one that the graph gives a batch axis. NHWC when it is transposed to
 * NCHW at once, or when only its last dimension looks like channels; NCHW otherwise, as every ONNX convolution wants it.
 */
export function findImageInput(graph: Graph): ImageInput | null {
  let input = imageInputs.get(graph);
  if (input === undefined) imageInputs.set(graph, (input = searchImageInput(graph)));
  return input;
}

/** Asked for at every size. */
const imageInputs = new WeakMap<Graph, ImageInput | null>();

function searchImageInput(graph: Graph): ImageInput | null {
  const parameters = parameterInputs(graph);
  const input = graph.inputs.find(
    (candidate) => candidate.shape?.length === 4 && isImageType(candidate.dataType) && !parameters.has(candidate.name),
  );
  if (!input?.shape) return imageWithoutBatch(graph, parameters);
  const transposed = graph.nodes.some(
    (node) =>
      node.opType === 'Transpose' &&
      node.inputs[0] === input.name &&
      permutation(node.attributes.get('perm')) === '0,3,1,2',
  );
  return { name: input.name, layout: transposed ? 'NHWC' : (layoutOf(input.shape) ?? 'NCHW') };
}

/** What the axes of an image with a batch axis are by their sizes alone; null for another rank than 4. */
export function layoutOf(shape: readonly Dimension[]): ImageLayout | null {
  if (shape.length !== 4) return null;
  const [, second, third, last] = shape;
  const isLastOnly = looksLikeChannels(last) && !looksLikeChannels(second) && !looksLikeChannels(third);
  return isLastOnly ? 'NHWC' : 'NCHW';
}

/** A rank-3 input that the graph itself gives a batch axis, as torch's `image[None]` and `unsqueeze(0)` do. */
function imageWithoutBatch(graph: Graph, parameters: ReadonlySet<string>): ImageInput | null {
  const input = graph.inputs.find(
    (candidate) => candidate.shape?.length === 3 && isImageType(candidate.dataType) && !parameters.has(candidate.name),
  );
  if (!input?.shape) return null;
  // The image in other forms: converted, scaled, transposed. These come before what reads them.
  const forms = new Map([[input.name, 0]]);
  for (const node of graph.nodes) {
    const from = node.inputs.map((name) => forms.get(name)).find((steps) => steps !== undefined);
    if (from === undefined) continue;
    if (node.opType === 'Unsqueeze' && isBatchAxis(node, graph)) {
      const [first, , last] = input.shape;
      return { name: input.name, layout: looksLikeChannels(last) && !looksLikeChannels(first) ? 'HWC' : 'CHW' };
    }
    if (CONVERSIONS.has(node.opType) && from < MOST_CONVERSIONS)
      for (const output of node.outputs) forms.set(output, from + 1);
  }
  return null;
}

const CONVERSIONS = new Set(['Add', 'Cast', 'Clip', 'Div', 'Identity', 'Mul', 'Sub', 'Transpose']);

const MOST_CONVERSIONS = 12;

function isBatchAxis(node: Node, graph: Graph): boolean {
  const attribute = node.attributes.get('axes');
  if (attribute?.kind === 'ints') return attribute.values.join() === '0';
  const axes = node.inputs[1] ?? '';
  if (graph.initializers.has(axes)) return graph.initializers.get(axes)?.values?.join() === '0';
  const constant = graph.nodes.find(({ opType, outputs }) => opType === 'Constant' && outputs[0] === axes);
  const value = constant?.attributes.get('value');
  return value?.kind === 'tensor' && value.value.values?.join() === '0';
}

interface ImageAxes {
  /** -1 for an image without a batch axis. */
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** A second image of the same spatial size, as siamese and multi-modal (RGB, depth, infrared) networks take. */
function sameKind(input: ValueInfo, image: readonly Dimension[], axes: ImageAxes): boolean {
  return (
    input.shape?.length === image.length &&
    isImageType(input.dataType) &&
    input.shape[axes.height] === image[axes.height] &&
    input.shape[axes.width] === image[axes.width]
  );
}

function isImageType(dataType: number): boolean {
  return isFloat(dataType) || dataType === DataType.UINT8 || dataType === DataType.INT8;
}

function looksLikeChannels(dimension: Dimension | undefined): boolean {
  return typeof dimension === 'number' && dimension >= 1 && dimension <= 4;
}

function permutation(attribute: ReturnType<Graph['nodes'][number]['attributes']['get']>): string {
  return attribute?.kind === 'ints' ? attribute.values.join() : '';
}
