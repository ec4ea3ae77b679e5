import { t } from '../language';
import { DataType } from '../onnx/data-types';
import type { Attribute, Graph, Node, Tensor, ValueInfo } from '../onnx/model';

/** A feature map or a vector that a layer wrote, with the shape it has for the network's own input. */
export interface Value {
  readonly name: string;
  readonly channels: number;
  /** Pixels; 1 × 1 for a vector. */
  readonly height: number;
  readonly width: number;
}

/** Uniformly distributed content of a tensor, from `low` to `high`. */
export interface Fill {
  readonly low: number;
  readonly high: number;
}

/** A network under construction: what the layer functions below add to. */
export interface GraphBuilder {
  readonly batch: number;
  readonly nodes: Node[];
  readonly initializers: Map<string, Tensor>;
  /** How each initializer is to be filled. */
  readonly fills: Map<string, Fill>;
}

/** A finished graph and how its weights are to be filled. */
export interface BuiltGraph {
  readonly graph: Graph;
  readonly fills: ReadonlyMap<string, Fill>;
}

/** Input of a network: `batch` RGB images. */
export interface InputImages {
  readonly batch: number;
  /** Side of a square image in pixels. */
  readonly resolution: number;
  /** Of an image that is not square, in pixels. */
  readonly height?: number | undefined;
  readonly width?: number | undefined;
}

/** Thrown where the images, or a combination of settings, are such that the architecture has no layers for them. */
export class Unbuildable extends Error {}

/** Builds a graph with the input `input` and the output `output`, named as people name them in torch's exporter. */
export function buildGraph(
  name: string,
  images: InputImages,
  network: (builder: GraphBuilder, image: Value) => Value,
): BuiltGraph {
  const builder: GraphBuilder = { batch: images.batch, nodes: [], initializers: new Map(), fills: new Map() };
  const { resolution, height = resolution, width = resolution } = images;
  const result = network(builder, { name: 'input', channels: 3, height, width });
  const last = builder.nodes.pop()!;
  builder.nodes.push({ ...last, outputs: last.outputs.map((output) => (output === result.name ? 'output' : output)) });
  return {
    graph: {
      name,
      inputs: [valueInfo('input', [images.batch, 3, height, width])],
      outputs: [valueInfo('output', [images.batch, result.channels])],
      nodes: builder.nodes,
      initializers: builder.initializers,
      valueInfos: new Map(),
    },
    fills: builder.fills,
  };
}

export interface ConvolutionSettings {
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Pixels on each side; half the kernel where undefined, which keeps the size at stride 1. */
  readonly padding?: number;
  readonly groups?: number;
  /** False where the exporter has no BatchNormalization to fold and the layer has no bias of its own. */
  readonly bias?: boolean;
  /**
   * Standard deviation of the output over that of the input: √2 (the default) makes up for a ReLU behind it, 1 for
   * none; less where the output is added to another, so that deep networks stay finite in FP16.
   */
  readonly gain?: number;
}

/** Gain of a layer with a ReLU behind it: He et al. 2015, "Delving Deep into Rectifiers", section 2.2. */
const rectifiedGain = Math.SQRT2;

/** A convolution with the bias that folding a BatchNormalization leaves. */
export function convolution(builder: GraphBuilder, input: Value, settings: ConvolutionSettings): Value {
  const { outputs, kernel, stride = 1, padding = Math.floor(kernel / 2), groups = 1, bias = true, gain } = settings;
  const inputsPerGroup = input.channels / groups;
  const name = nextName(builder, 'Conv');
  const weight = addWeight(builder, `${name}.weight`, [outputs, inputsPerGroup, kernel, kernel], gain);
  return addLayer(builder, 'Conv', name, [input.name, weight, ...(bias ? [addBias(builder, name, outputs)] : [])], {
    value: windowOutput(input, outputs, { kernel, stride, padding }),
    attributes: {
      dilations: ints(1, 1),
      group: int(groups),
      ...windowAttributes(kernel, stride, padding),
    },
  });
}

export function relu(builder: GraphBuilder, input: Value): Value {
  return addLayer(builder, 'Relu', nextName(builder, 'Relu'), [input.name], { value: input });
}

/** ReLU6 as torch exports it: Clip between two scalar constants. */
export function relu6(builder: GraphBuilder, input: Value): Value {
  const low = scalar(builder, 0);
  const high = scalar(builder, 6);
  return addLayer(builder, 'Clip', nextName(builder, 'Clip'), [input.name, low, high], { value: input });
}

/** PReLU with a slope for each channel, which torch's exporter writes as C × 1 × 1. */
export function prelu(builder: GraphBuilder, input: Value): Value {
  const name = nextName(builder, 'PRelu');
  const slope = addTensor(builder, `${name}.weight`, [input.channels, 1, 1], { low: 0.2, high: 0.3 });
  return addLayer(builder, 'PRelu', name, [input.name, slope], { value: input });
}

/** A BatchNormalization that no convolution before it can take in. */
export function batchNormalization(builder: GraphBuilder, input: Value): Value {
  const name = nextName(builder, 'BatchNormalization');
  const vector = (role: string, fill: Fill) => addTensor(builder, `${name}.${role}`, [input.channels], fill);
  const parameters = [
    vector('weight', { low: 0.5, high: 1.5 }),
    vector('bias', smallBias),
    vector('running_mean', smallBias),
    vector('running_var', { low: 0.5, high: 1.5 }),
  ];
  return addLayer(builder, 'BatchNormalization', name, [input.name, ...parameters], {
    value: input,
    attributes: { epsilon: float(Math.fround(1e-5)), momentum: float(Math.fround(0.9)) },
  });
}

export function add(builder: GraphBuilder, left: Value, right: Value): Value {
  return addLayer(builder, 'Add', nextName(builder, 'Add'), [left.name, right.name], { value: left });
}

export function concatenate(builder: GraphBuilder, parts: readonly Value[]): Value {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const channels = parts.reduce((sum, part) => sum + part.channels, 0);
  const inputs = parts.map((part) => part.name);
  return addLayer(builder, 'Concat', nextName(builder, 'Concat'), inputs, {
    value: { ...first!, channels },
    attributes: { axis: int(1) },
  });
}

/** The first and the second half of the channels. */
export function splitHalves(builder: GraphBuilder, input: Value): readonly [Value, Value] {
  const name = nextName(builder, 'Split');
  const half = input.channels / 2;
  const halves = [0, 1].map((index) => ({ ...input, name: `${name}.${index}`, channels: half }));
  builder.nodes.push({
    name,
    opType: 'Split',
    domain: '',
    inputs: [input.name],
    outputs: halves.map((part) => part.name),
    attributes: new Map([
      ['axis', int(1)],
      ['split', ints(half, half)],
    ]),
  });
  return halves as [Value, Value];
}

/** Interleaves the two halves of the channels: Reshape, Transpose, Reshape. */
export function shuffleHalves(builder: GraphBuilder, input: Value): Value {
  const { channels, height, width } = input;
  const grouped = reshape(builder, input, [builder.batch, 2, channels / 2, height, width]);
  const turned = addLayer(builder, 'Transpose', nextName(builder, 'Transpose'), [grouped.name], {
    value: input,
    attributes: { perm: ints(0, 2, 1, 3, 4) },
  });
  return reshape(builder, turned, [builder.batch, channels, height, width]);
}

export interface PoolSettings {
  readonly kernel: number;
  readonly stride: number;
  readonly padding?: number;
  /** Whether a window that begins inside and ends outside the image counts. */
  readonly ceiling?: boolean;
}

export function maxPool(builder: GraphBuilder, input: Value, settings: PoolSettings): Value {
  return pool(builder, 'MaxPool', input, settings);
}

export function averagePool(builder: GraphBuilder, input: Value, settings: PoolSettings): Value {
  return pool(builder, 'AveragePool', input, settings);
}

/** Averages to `size` × `size`; as in torch's exporter, only where that divides the image. */
export function averagePoolTo(builder: GraphBuilder, input: Value, size: number): Value {
  if (input.height % size !== 0) {
    throw new Unbuildable(
      t(
        'its classifier reads a {0}×{0} map, to which the {1}×{2} map of this input size cannot be averaged',
        size,
        input.height,
        input.width,
      ),
    );
  }
  const kernel = input.height / size;
  return averagePool(builder, input, { kernel, stride: kernel });
}

/** The mean of each channel as a vector. */
export function globalAverage(builder: GraphBuilder, input: Value): Value {
  const pooled = addLayer(builder, 'GlobalAveragePool', nextName(builder, 'GlobalAveragePool'), [input.name], {
    value: { ...input, height: 1, width: 1 },
  });
  return flatten(builder, pooled);
}

export function flatten(builder: GraphBuilder, input: Value): Value {
  return addLayer(builder, 'Flatten', nextName(builder, 'Flatten'), [input.name], {
    value: { ...input, channels: input.channels * input.height * input.width, height: 1, width: 1 },
    attributes: { axis: int(1) },
  });
}

/** A fully connected layer with bias, its weights transposed as torch keeps them. */
export function linear(builder: GraphBuilder, input: Value, outputs: number, gain = 1): Value {
  const name = nextName(builder, 'Gemm');
  const weight = addWeight(builder, `${name}.weight`, [outputs, input.channels], gain);
  return addLayer(builder, 'Gemm', name, [input.name, weight, addBias(builder, name, outputs)], {
    value: { ...input, channels: outputs },
    attributes: { alpha: float(1), beta: float(1), transB: int(1) },
  });
}

/** A fully connected layer without bias, which torch's exporter writes as a product with the transposed weights. */
export function linearWithoutBias(builder: GraphBuilder, input: Value, outputs: number): Value {
  const name = nextName(builder, 'MatMul');
  const weight = addTensor(builder, `${name}.weight`, [input.channels, outputs], uniform(input.channels, 1));
  return addLayer(builder, 'MatMul', name, [input.name, weight], { value: { ...input, channels: outputs } });
}

const smallBias: Fill = { low: -0.05, high: 0.05 };

function pool(builder: GraphBuilder, opType: 'MaxPool' | 'AveragePool', input: Value, settings: PoolSettings): Value {
  const { kernel, stride, padding = 0, ceiling = false } = settings;
  return addLayer(builder, opType, nextName(builder, opType), [input.name], {
    value: windowOutput(input, input.channels, { kernel, stride, padding, ceiling }),
    attributes: {
      ceil_mode: int(ceiling ? 1 : 0),
      ...windowAttributes(kernel, stride, padding),
    },
  });
}

function windowAttributes(kernel: number, stride: number, padding: number) {
  return {
    kernel_shape: ints(kernel, kernel),
    pads: ints(padding, padding, padding, padding),
    strides: ints(stride, stride),
  };
}

/** Output size of a sliding window, as the ONNX operators Conv and MaxPool define it. */
function windowOutput(
  input: Value,
  channels: number,
  { kernel, stride, padding = 0, ceiling = false }: PoolSettings,
): Omit<Value, 'name'> {
  const along = (size: number): number => {
    const steps = (size + 2 * padding - kernel) / stride;
    return 1 + (ceiling ? Math.ceil(steps) : Math.floor(steps));
  };
  const [height, width] = [along(input.height), along(input.width)];
  if (height < 1 || width < 1) {
    throw new Unbuildable(
      t(
        'a {0}×{0} window does not fit into the {1}×{2} map that is left of this input size',
        kernel,
        input.height,
        input.width,
      ),
    );
  }
  return { channels, height, width };
}

function reshape(builder: GraphBuilder, input: Value, dims: readonly number[]): Value {
  const shape = constant(builder, { dataType: DataType.INT64, dims: [dims.length], values: dims });
  return addLayer(builder, 'Reshape', nextName(builder, 'Reshape'), [input.name, shape], { value: input });
}

function scalar(builder: GraphBuilder, value: number): string {
  return constant(builder, { dataType: DataType.FLOAT, dims: [], values: [value] });
}

function constant(builder: GraphBuilder, { dims, values, dataType }: Pick<Tensor, 'dims' | 'values' | 'dataType'>) {
  const name = nextName(builder, 'Constant');
  const tensor = structure('', dims, dataType, values);
  addLayer(builder, 'Constant', name, [], {
    value: { channels: 1, height: 1, width: 1 },
    attributes: { value: { kind: 'tensor', value: tensor } },
  });
  return name;
}

function addLayer(
  builder: GraphBuilder,
  opType: string,
  name: string,
  inputs: readonly string[],
  { value, attributes = {} }: { value: Omit<Value, 'name'>; attributes?: Record<string, Attribute> },
): Value {
  const entries = new Map(Object.entries(attributes));
  builder.nodes.push({ name, opType, domain: '', inputs, outputs: [name], attributes: entries });
  return { name, channels: value.channels, height: value.height, width: value.width };
}

function addWeight(builder: GraphBuilder, name: string, dims: readonly number[], gain = rectifiedGain): string {
  const summands = dims.slice(1).reduce((product, dim) => product * dim, 1);
  return addTensor(builder, name, dims, uniform(summands, gain));
}

/** Weights of a sum of this many products, whose result has `gain` times the standard deviation of its input. */
function uniform(summands: number, gain: number): Fill {
  // A uniform distribution has the standard deviation bound / √3.
  const bound = gain * Math.sqrt(3 / summands);
  return { low: -bound, high: bound };
}

function addBias(builder: GraphBuilder, layer: string, outputs: number): string {
  return addTensor(builder, `${layer}.bias`, [outputs], smallBias);
}

function addTensor(builder: GraphBuilder, name: string, dims: readonly number[], fill: Fill): string {
  builder.initializers.set(name, structure(name, dims, DataType.FLOAT, null));
  builder.fills.set(name, fill);
  return name;
}

function structure(name: string, dims: readonly number[], dataType: number, values: readonly number[] | null): Tensor {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const payload = { kind: 'absent' } as const;
  return { name, dims, elements, dataType, payload, values, sparse: false, storedElements: elements };
}

function nextName(builder: GraphBuilder, opType: string): string {
  return `${opType}_${builder.nodes.length}`;
}

function valueInfo(name: string, shape: readonly number[]): ValueInfo {
  return { name, dataType: DataType.FLOAT, shape };
}

function int(value: number): Attribute {
  return { kind: 'int', value };
}

function ints(...values: number[]): Attribute {
  return { kind: 'ints', values };
}

function float(value: number): Attribute {
  return { kind: 'float', value };
}
