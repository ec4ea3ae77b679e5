import { int, intOf, ints, stringOf, withAttribute, withoutAttributes } from '../attributes';
import { DataType } from '../data-types';
import type { Node } from '../model';
import type { RewriteContext } from './draft';
import { reductions } from './rewritable';

/**
 * A change of an operator that an older opset cannot express by the same node. Versions by docs/Changelog.md of ONNX
 * 1.22 (opset 27). All other changes up to there allow more types and leave a node as it is.
 */
export interface OpsetChange {
  readonly version: number;
  /** The node as the opset before has it; `same` where it is that already, null where there is none. */
  readonly undo: (node: Node, context: RewriteContext) => Undone;
}

export type Undone = { readonly nodes: readonly Node[]; readonly isRewritten: boolean } | 'same' | null;

/** The newest opset whose changes are known here. */
export const newestKnownOpset = 27;

/** Opset that an operator came with, for those that came after opset 11. */
export const introducedIn: ReadonlyMap<string, number> = new Map(
  Object.entries({
    12: 'Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss',
    14: 'HardSwish Trilu',
    15: 'Bernoulli CastLike Optional OptionalGetElement OptionalHasElement',
    16: 'GridSample',
    17: 'BlackmanWindow DFT HammingWindow HannWindow LayerNormalization MelWeightMatrix STFT SequenceMap',
    18: 'BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization Mish',
    19: 'DeformConv',
    20: 'AffineGrid Gelu ImageDecoder RegexFullMatch StringConcat StringSplit',
    23: 'Attention RMSNormalization RotaryEmbedding',
    24: 'Swish TensorScatter',
    26: 'BitCast CumProd',
    27: 'CausalConvWithState LinearAttention',
  } as const).flatMap(([version, names]) => names.split(' ').map((name) => [name, Number(version)] as const)),
);

/** By operator, the newest change first. */
export const opsetChanges: ReadonlyMap<string, readonly OpsetChange[]> = new Map<string, readonly OpsetChange[]>([
  ...reductions.map((name) => [name, [{ version: 18, undo: axesToAttribute }]] as const),
  ['ReduceSum', [{ version: 13, undo: axesToAttribute }]],
  ['Squeeze', [{ version: 13, undo: inputToAttribute('axes') }]],
  ['Unsqueeze', [{ version: 13, undo: inputToAttribute('axes') }]],
  [
    'Split',
    [
      { version: 18, undo: withoutNumOutputs },
      { version: 13, undo: inputToAttribute('split') },
    ],
  ],
  ...['Softmax', 'LogSoftmax', 'Hardmax'].map((name) => [name, [{ version: 13, undo: lastAxis }]] as const),
  ['Shape', [{ version: 15, undo: sliceOfShape }]],
  [
    'Resize',
    [
      {
        version: 19,
        undo: unless((node) => stringOf(node, 'coordinate_transformation_mode', '') === 'half_pixel_symmetric'),
      },
      { version: 18, undo: resizeOfAllAxes },
      { version: 13, undo: emptyScales },
    ],
  ],
  [
    'Pad',
    [
      { version: 19, undo: unless((node) => stringOf(node, 'mode', '') === 'wrap') },
      { version: 18, undo: padOfAllAxes },
    ],
  ],
  ['AveragePool', [{ version: 19, undo: unitDilations }]],
  [
    'LpPool',
    [{ version: 18, undo: unless((node) => node.attributes.has('dilations') || node.attributes.has('ceil_mode')) }],
  ],
  ...['Cast', 'CastLike'].map(
    (name) =>
      [
        name,
        [
          { version: 24, undo: dropped(['round_mode']) },
          { version: 19, undo: dropped(['saturate']) },
        ],
      ] as const,
  ),
  ['Reshape', [{ version: 14, undo: withoutAllowzero }]],
  ['BatchNormalization', [{ version: 14, undo: defaults({ training_mode: 0 }) }]],
  ['Dropout', [{ version: 12, undo: unless((node) => node.inputs.slice(1).some((name) => name !== '')) }]],
  ['ArgMax', [{ version: 12, undo: defaults({ select_last_index: 0 }) }]],
  ['ArgMin', [{ version: 12, undo: defaults({ select_last_index: 0 }) }]],
  ['GatherND', [{ version: 12, undo: defaults({ batch_dims: 0 }) }]],
  ['Constant', [{ version: 12, undo: unless((node) => !node.attributes.has('value')) }]],
  ['GridSample', [{ version: 20, undo: olderGridModes }]],
  ['RoiAlign', [{ version: 16, undo: olderRoiAlign }]],
  ...['ScatterElements', 'ScatterND'].map(
    (name) => [name, [{ version: 16, undo: defaults({ reduction: 'none' }) }]] as const,
  ),
  ...['LSTM', 'GRU', 'RNN'].map((name) => [name, [{ version: 14, undo: defaults({ layout: 0 }) }]] as const),
  ...['QuantizeLinear', 'DequantizeLinear'].map(
    (name) =>
      [
        name,
        [
          { version: 23, undo: defaults({ precision: 0 }) },
          { version: 21, undo: defaults({ block_size: 0, output_dtype: 0 }) },
          { version: 19, undo: dropped(['saturate']) },
          { version: 13, undo: wholeTensor },
        ],
      ] as const,
  ),
  ['GroupNormalization', [{ version: 21, undo: () => null }]],
  ['DFT', [{ version: 20, undo: () => null }]],
  ['Attention', [{ version: 24, undo: () => null }]],
  ['SplitToSequence', [{ version: 24, undo: () => null }]],
  ['Range', [{ version: 27, undo: () => null }]],
]);

function rewritten(node: Node): Undone {
  return { nodes: [node], isRewritten: true };
}

/** A node without attributes, which changes nothing about what it does. */
function without(node: Node, names: readonly string[]): Undone {
  if (!names.some((name) => node.attributes.has(name))) return 'same';
  return { nodes: [withoutAttributes(node, names)], isRewritten: false };
}

function dropped(names: readonly string[]): OpsetChange['undo'] {
  return (node) => without(node, names);
}

/** Attributes that must have these values, which is what their absence means. */
function defaults(values: Readonly<Record<string, number | string>>): OpsetChange['undo'] {
  return (node) => {
    for (const [name, value] of Object.entries(values)) {
      const attribute = node.attributes.get(name);
      if (attribute !== undefined && !('value' in attribute && attribute.value === value)) return null;
    }
    return without(node, Object.keys(values));
  };
}

function unless(isNew: (node: Node) => boolean): OpsetChange['undo'] {
  return (node) => (isNew(node) ? null : 'same');
}

/** The second input as an attribute; it must be constant. */
function inputToAttribute(name: string): OpsetChange['undo'] {
  return (node, context) => {
    const [data = '', list = ''] = node.inputs;
    if (list === '') return 'same';
    const values = context.constant(list)?.values;
    if (!values) return null;
    return rewritten({ ...withAttribute(node, name, ints(values)), inputs: [data] });
  };
}

/**
 * Axes of a Reduce operator as an attribute. Parsers that do not know the input reduce over all axes.
 * `noop_with_empty_axes`, which came with the input, makes a node without axes an Identity.
 */
export function axesToAttribute(node: Node, context: RewriteContext): Undone {
  const [data = '', list = ''] = node.inputs;
  const isNoop = intOf(node, 'noop_with_empty_axes', 0) !== 0;
  const plain = { ...withoutAttributes(node, ['noop_with_empty_axes']), inputs: [data] };
  const values = list === '' ? [] : context.constant(list)?.values;
  if (!values) return null;
  if (values.length > 0) return rewritten(withAttribute(plain, 'axes', ints(values)));
  if (isNoop) return null;
  if (list === '') return without(node, ['noop_with_empty_axes']);
  return rewritten(plain);
}

/** `allowzero` says what a 0 in the wanted shape means, so it does nothing where there is none. */
function withoutAllowzero(node: Node, context: RewriteContext): Undone {
  const wanted = context.constant(node.inputs[1] ?? '')?.values;
  const isPlain = intOf(node, 'allowzero', 0) === 0 || (wanted != null && !wanted.includes(0));
  return isPlain ? without(node, ['allowzero']) : null;
}

/** Before opset 18 a Split without sizes gives parts of one size; with `num_outputs` the last may be smaller. */
function withoutNumOutputs(node: Node, context: RewriteContext): Undone {
  if ((node.inputs[1] ?? '') !== '') return without(node, ['num_outputs']);
  const parts = intOf(node, 'num_outputs', node.outputs.length);
  const axis = intOf(node, 'axis', 0);
  const shape = context.shape(node.inputs[0] ?? '');
  const size = shape?.at(axis);
  if (typeof size !== 'number' || parts !== node.outputs.length || parts < 1) return null;
  if (size % parts === 0) return without(node, ['num_outputs']);
  const part = Math.ceil(size / parts);
  const sizes = Array.from({ length: parts }, (_, index) => Math.min(part, size - index * part));
  if (sizes.some((each) => each < 1)) return null;
  const list = context.addConstant(`${node.outputs[0]}_split`, DataType.INT64, [parts], sizes);
  return rewritten({ ...withoutAttributes(node, ['num_outputs']), inputs: [node.inputs[0] ?? '', list] });
}

/** Places of axes among so many; null where one is none of them. */
function placesOf(axes: readonly number[], rank: number): readonly number[] | null {
  const places = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  return places.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank) ? places : null;
}

/** Before opset 18 Pad has an amount for every axis, without a list of axes. */
export function padOfAllAxes(node: Node, context: RewriteContext): Undone {
  const [data = '', pads = '', value = '', list = ''] = node.inputs;
  if (list === '') return 'same';
  const [axes, amounts, rank] = [
    context.constant(list)?.values,
    context.constant(pads)?.values,
    context.shape(data)?.length,
  ];
  const places = axes && rank !== undefined ? placesOf(axes, rank) : null;
  if (!places || !amounts || rank === undefined || amounts.length !== 2 * places.length) return null;
  const whole = new Array<number>(2 * rank).fill(0);
  places.forEach((at, index) => {
    whole[at] = amounts[index]!;
    whole[at + rank] = amounts[index + places.length]!;
  });
  const all = context.addConstant(`${node.outputs[0]}_pads`, DataType.INT64, [2 * rank], whole);
  return rewritten({ ...node, inputs: value === '' ? [data, all] : [data, all, value] });
}

/** Before opset 18 Resize has a scale or a size for every axis, and neither smooths nor keeps the aspect ratio. */
function resizeOfAllAxes(node: Node, context: RewriteContext): Undone {
  const axes = node.attributes.get('axes');
  const plain = defaults({ antialias: 0, keep_aspect_ratio_policy: 'stretch' })(node, context);
  if (axes === undefined || plain === null) return plain;
  const [data = '', region = '', scales = '', sizes = ''] = node.inputs;
  const shape = context.shape(data);
  const places = axes.kind === 'ints' && shape !== null ? placesOf(axes.values, shape.length) : null;
  const given = context.constant(scales === '' ? sizes : scales)?.values;
  if (places === null || shape === null || !given || given.length !== places.length || region !== '') return null;
  const whole: (number | null)[] = shape.map((size) => (scales === '' ? (typeof size === 'number' ? size : null) : 1));
  places.forEach((at, index) => (whole[at] = given[index]!));
  if (!whole.every((each) => each !== null)) return null;
  const dataType = scales === '' ? DataType.INT64 : DataType.FLOAT;
  const all = context.addConstant(`${node.outputs[0]}_sizes`, dataType, [shape.length], whole);
  const newer = ['axes', 'antialias', 'keep_aspect_ratio_policy'];
  const inputs = scales === '' ? [data, '', '', all] : [data, '', all];
  return rewritten({ ...withoutAttributes(node, newer), inputs });
}

/** Before opset 13 Softmax takes everything from its axis on as one; that is the same for the last axis alone. */
function lastAxis(node: Node, context: RewriteContext): Undone {
  const axis = intOf(node, 'axis', -1);
  if (axis !== -1 && axis !== (context.shape(node.inputs[0] ?? '')?.length ?? 0) - 1) return null;
  if (node.attributes.has('axis')) return 'same';
  return rewritten(withAttribute(node, 'axis', int(axis)));
}

/** Part of a shape, as Shape gives it since opset 15, by Shape and Slice. */
function sliceOfShape(node: Node, context: RewriteContext): Undone {
  const start = intOf(node, 'start', 0);
  const isToEnd = !node.attributes.has('end');
  if (start === 0 && isToEnd) return without(node, ['start']);
  const whole = context.fresh(`${node.outputs[0]}_Shape`);
  const list = (value: number): string =>
    context.addConstant(`${node.outputs[0]}_constant`, DataType.INT64, [1], [value]);
  const end = isToEnd ? 2 ** 31 - 1 : intOf(node, 'end', 0);
  const slice: Node = {
    ...node,
    opType: 'Slice',
    attributes: new Map(),
    inputs: [whole, list(start), list(end), list(0)],
  };
  return { nodes: [{ ...node, outputs: [whole], attributes: new Map() }, slice], isRewritten: true };
}

/** Before opset 13 Resize wants its inputs for the region and the scales, empty where they are not used. */
function emptyScales(node: Node, context: RewriteContext): Undone {
  const [data = '', region = '', scales = '', ...sizes] = node.inputs;
  if (region !== '' && scales !== '') return 'same';
  const empty = (): string => context.addConstant(`${node.outputs[0]}_constant`, DataType.FLOAT, [0], []);
  return rewritten({ ...node, inputs: [data, region || empty(), scales || empty(), ...sizes] });
}

function unitDilations(node: Node): Undone {
  const dilations = node.attributes.get('dilations');
  if (dilations === undefined) return 'same';
  if (dilations.kind !== 'ints' || dilations.values.some((value) => value !== 1)) return null;
  return without(node, ['dilations']);
}

function olderGridModes(node: Node, context: RewriteContext): Undone {
  if (context.shape(node.inputs[0] ?? '')?.length !== 4) return null;
  const mode = stringOf(node, 'mode', 'linear');
  const value = mode === 'linear' ? 'bilinear' : mode === 'cubic' ? 'bicubic' : mode;
  return rewritten(withAttribute(node, 'mode', { kind: 'string', value }));
}

/** Half a pixel off is the default since opset 16; before, nothing else than what follows was there. */
function olderRoiAlign(node: Node): Undone {
  const mode = stringOf(node, 'coordinate_transformation_mode', 'half_pixel');
  return mode === 'output_half_pixel' ? without(node, ['coordinate_transformation_mode']) : null;
}

/** Before opset 13 there is one scale for the whole tensor. */
function wholeTensor(node: Node, context: RewriteContext): Undone {
  return context.shape(node.inputs[1] ?? '')?.length === 0 ? without(node, ['axis']) : null;
}
