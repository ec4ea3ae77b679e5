import { t } from '../language';
import { float, int, ints, madeTensor } from '../onnx/attributes';
import { DataType } from '../onnx/data-types';
import type { Attribute, Graph, Node, Tensor, ValueInfo } from '../onnx/model';
import { productOf } from '../onnx/numbers';

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
  const builder = new GraphBuilder(images.batch);
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

const smallBias: Fill = { low: -0.05, high: 0.05 };

export interface PoolSettings {
  readonly kernel: number;
  readonly stride: number;
  readonly padding?: number;
  /** Whether a window that begins inside and ends outside the image counts. */
  readonly ceiling?: boolean;
}

/** A network under construction, to which each method adds a layer. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Tensor>();
  /** How each initializer is to be filled. */
  readonly fills = new Map<string, Fill>();

  constructor(readonly batch: number) {}

  /** A convolution with the bias that folding a BatchNormalization leaves. */
  convolution(input: Value, settings: ConvolutionSettings): Value {
    const { outputs, kernel, stride = 1, padding = Math.floor(kernel / 2), groups = 1, bias = true, gain } = settings;
    const name = this.#name('Conv');
    const weight = this.#weight(name, [outputs, input.channels / groups, kernel, kernel], gain);
    const inputs = [input.name, weight, ...(bias ? [this.#bias(name, outputs)] : [])];
    return this.#layer('Conv', inputs, windowOutput(input, outputs, { kernel, stride, padding }), {
      dilations: ints([1, 1]),
      group: int(groups),
      ...windowAttributes(kernel, stride, padding),
    });
  }

  relu(input: Value): Value {
    return this.#layer('Relu', [input.name], input);
  }

  /** ReLU6 as torch exports it: Clip between two scalar constants. */
  relu6(input: Value): Value {
    const [low, high] = [0, 6].map((bound) => this.#constant(DataType.FLOAT, [], [bound]));
    return this.#layer('Clip', [input.name, low!, high!], input);
  }

  /** PReLU with a slope for each channel, which torch's exporter writes as C × 1 × 1. */
  prelu(input: Value): Value {
    const slope = this.#tensor(`${this.#name('PRelu')}.weight`, [input.channels, 1, 1], { low: 0.2, high: 0.3 });
    return this.#layer('PRelu', [input.name, slope], input);
  }

  /** A BatchNormalization that no convolution before it can take in. */
  batchNormalization(input: Value): Value {
    const name = this.#name('BatchNormalization');
    const vector = (role: string, fill: Fill) => this.#tensor(`${name}.${role}`, [input.channels], fill);
    const parameters = [
      vector('weight', { low: 0.5, high: 1.5 }),
      vector('bias', smallBias),
      vector('running_mean', smallBias),
      vector('running_var', { low: 0.5, high: 1.5 }),
    ];
    return this.#layer('BatchNormalization', [input.name, ...parameters], input, {
      epsilon: float(Math.fround(1e-5)),
      momentum: float(Math.fround(0.9)),
    });
  }

  add(left: Value, right: Value): Value {
    return this.#layer('Add', [left.name, right.name], left);
  }

  concatenate(parts: readonly Value[]): Value {
    const [first] = parts;
    if (parts.length === 1) return first!;
    const channels = parts.reduce((sum, part) => sum + part.channels, 0);
    const inputs = parts.map((part) => part.name);
    return this.#layer('Concat', inputs, { ...first!, channels }, { axis: int(1) });
  }

  /** The first and the second half of the channels. */
  splitHalves(input: Value): readonly [Value, Value] {
    const half = input.channels / 2;
    const whole = this.#layer('Split', [input.name], input, { axis: int(1), split: ints([half, half]) });
    const halves = [0, 1].map((index) => ({ ...input, name: `${whole.name}.${index}`, channels: half }));
    this.nodes.push({ ...this.nodes.pop()!, outputs: halves.map(({ name }) => name) });
    return halves as [Value, Value];
  }

  /** Interleaves the two halves of the channels: Reshape, Transpose, Reshape. */
  shuffleHalves(input: Value): Value {
    const { channels, height, width } = input;
    const grouped = this.#reshape(input, [this.batch, 2, channels / 2, height, width]);
    const turned = this.#layer('Transpose', [grouped.name], input, { perm: ints([0, 2, 1, 3, 4]) });
    return this.#reshape(turned, [this.batch, channels, height, width]);
  }

  maxPool(input: Value, settings: PoolSettings): Value {
    return this.#pool('MaxPool', input, settings);
  }

  averagePool(input: Value, settings: PoolSettings): Value {
    return this.#pool('AveragePool', input, settings);
  }

  /** Averages to `size` × `size`; as in torch's exporter, only where that divides the image. */
  averagePoolTo(input: Value, size: number): Value {
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
    return this.averagePool(input, { kernel, stride: kernel });
  }

  /** The mean of each channel as a vector. */
  globalAverage(input: Value): Value {
    return this.flatten(this.#layer('GlobalAveragePool', [input.name], { ...input, height: 1, width: 1 }));
  }

  flatten(input: Value): Value {
    const channels = input.channels * input.height * input.width;
    return this.#layer('Flatten', [input.name], { channels, height: 1, width: 1 }, { axis: int(1) });
  }

  /** A fully connected layer with bias, its weights transposed as torch keeps them. */
  linear(input: Value, outputs: number, gain = 1): Value {
    const name = this.#name('Gemm');
    const inputs = [input.name, this.#weight(name, [outputs, input.channels], gain), this.#bias(name, outputs)];
    const attributes = { alpha: float(1), beta: float(1), transB: int(1) };
    return this.#layer('Gemm', inputs, { ...input, channels: outputs }, attributes);
  }

  /** A fully connected layer without bias, which torch's exporter writes as a product with the transposed weights. */
  linearWithoutBias(input: Value, outputs: number): Value {
    const name = `${this.#name('MatMul')}.weight`;
    const weight = this.#tensor(name, [input.channels, outputs], uniform(input.channels, 1));
    return this.#layer('MatMul', [input.name, weight], { ...input, channels: outputs });
  }

  #pool(opType: 'MaxPool' | 'AveragePool', input: Value, settings: PoolSettings): Value {
    const { kernel, stride, padding = 0, ceiling = false } = settings;
    return this.#layer(opType, [input.name], windowOutput(input, input.channels, settings), {
      ceil_mode: int(ceiling ? 1 : 0),
      ...windowAttributes(kernel, stride, padding),
    });
  }

  #reshape(input: Value, dims: readonly number[]): Value {
    return this.#layer('Reshape', [input.name, this.#constant(DataType.INT64, [dims.length], dims)], input);
  }

  #constant(dataType: number, dims: readonly number[], values: readonly number[]): string {
    const value: Attribute = { kind: 'tensor', value: madeTensor('', dataType, dims, values) };
    return this.#layer('Constant', [], { channels: 1, height: 1, width: 1 }, { value }).name;
  }

  #layer(
    opType: string,
    inputs: readonly string[],
    { channels, height, width }: Omit<Value, 'name'>,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const name = this.#name(opType);
    const entries = new Map(Object.entries(attributes));
    this.nodes.push({ name, opType, domain: '', inputs, outputs: [name], attributes: entries });
    return { name, channels, height, width };
  }

  #weight(layer: string, dims: readonly number[], gain = rectifiedGain): string {
    return this.#tensor(`${layer}.weight`, dims, uniform(productOf(dims.slice(1)), gain));
  }

  #bias(layer: string, outputs: number): string {
    return this.#tensor(`${layer}.bias`, [outputs], smallBias);
  }

  #tensor(name: string, dims: readonly number[], fill: Fill): string {
    this.initializers.set(name, madeTensor(name, DataType.FLOAT, dims, null));
    this.fills.set(name, fill);
    return name;
  }

  /** The name of the next layer. */
  #name(opType: string): string {
    return `${opType}_${this.nodes.length}`;
  }
}

function windowAttributes(kernel: number, stride: number, padding: number) {
  return {
    kernel_shape: ints([kernel, kernel]),
    pads: ints([padding, padding, padding, padding]),
    strides: ints([stride, stride]),
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

/** Weights of a sum of this many products, whose result has `gain` times the standard deviation of its input. */
function uniform(summands: number, gain: number): Fill {
  // A uniform distribution has the standard deviation bound / √3.
  const bound = gain * Math.sqrt(3 / summands);
  return { low: -bound, high: bound };
}

function valueInfo(name: string, shape: readonly number[]): ValueInfo {
  return { name, dataType: DataType.FLOAT, shape };
}
