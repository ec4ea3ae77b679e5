import { t } from '../../language';
import { subgraphsOf } from '../../onnx/attributes';
import type { Model, Node } from '../../onnx/model';
import { operatorName } from '../../onnx/shapes/order';
import type { ShapeResult } from '../../onnx/shapes/infer';
import { type Result, failure, success } from '../../result';
import { shortList } from '../../text';
import { WorkBudget, withinBudget } from '../../work-budget';
import { type ConcatPlan, planConcats } from './concat';
import { type Dataflow, type Step, traceDataflow } from './dataflow';
import { type Kernel, fuseKernels } from './fuse';
import type { KernelKind, LayerCost, Work } from './layer';
import { type LinearWork, linearWork } from './macs';
import { roleOf } from './operators';
import { type PeakActivation, peakActivation } from './memory';

/** What a network does in one inference, after fusion. */
export interface ModelCost {
  /** One entry per kernel, in graph order. */
  readonly layers: readonly LayerCost[];
  /** Sum over `layers`. */
  readonly total: Work;
  /**
   * Multiply–accumulates of every convolution and matrix product: Conv, ConvTranspose, Gemm and MatMul, the products of
   * two activations in attention and those inside recurrent layers included, as torch's operator-level counters have
   * them (torch.utils.flop_counter and fvcore, whose FLOP is one or two of these).
   */
  readonly macs: number;
  /**
   * The part of `macs` that Conv, ConvTranspose, Gemm and MatMul nodes with a weight do. It is what hooks on Conv2d,
   * ConvTranspose2d and Linear modules count, unless a forward pass calls such operators as functions, which hooks miss.
   */
  readonly weightedMacs: number;
  /** Input plus output elements of those layers, each on its own, before any fusion. */
  readonly activationElements: number;
  /** Elements of those layers' weights, biases left out; a weight used twice counts twice, as it is read twice. */
  readonly weightElements: number;
  /** Number of those layers. */
  readonly weightedLayers: number;
  /** Largest memory that activations take at once; null when a size is not known. */
  readonly peakActivation: PeakActivation | null;
  /** Operator types, with the domain where that is not the default, whose cost is not known; sorted, the first few of many. */
  readonly uncosted: readonly string[];
  /** Whether one of them may be a convolution or matrix product, so that `macs` is not the whole. */
  readonly lacksMacs: boolean;
  /** Share (0 to 1) of the nodes that run whose cost is not known and that `layers` therefore lacks. */
  readonly uncostedShare: number;
  /** A sentence: trained tables that would have to be resized before the network runs at this size. */
  readonly sizeNote?: string;
}

/** Operators that `macs` counts, by name, those of other domains included. */
const weighted = /Conv|Gemm|MatMul/;

/** Linear operators that are several layers in one node; torch has them as modules of another kind. */
const compound = new Set(['RNN', 'GRU', 'LSTM', 'com.microsoft.Attention', 'com.microsoft.QAttention']);

/**
 * Cost of a model at the sizes that `shapes` was inferred for, per fused kernel and in total. Linear in the number of
 * nodes for networks as they are. Failure codes: overflow, when a count passes 2^53; too-large.
 */
export function costOf(model: Model, shapes: ShapeResult, budget = new WorkBudget()): Result<ModelCost> {
  return withinBudget(() => costWithin(model, shapes, budget));
}

function costWithin(model: Model, shapes: ShapeResult, budget: WorkBudget): Result<ModelCost> {
  const flow = traceDataflow(
    model.graph.outputs.map((output) => output.name),
    shapes,
    budget,
  );
  const kernels = fuseKernels(flow);
  const concats = planConcats(flow);

  const layers: LayerCost[] = [];
  const uncosted = new Map<string, number>();
  let lacksMacs = false;
  const counted = { weightedMacs: 0, activationElements: 0, weightElements: 0, weightedLayers: 0 };
  for (const kernel of kernels) {
    const steps = kernel.steps.map((index) => flow.steps[index]!);
    const linear = steps[0]!.role === 'linear' ? linearWork(steps[0]!.node, flow.value) : null;
    const layer = layerOf(flow, kernel, steps, linear, concats);
    if (layer === 'unknown') {
      for (const { node } of steps) uncosted.set(operatorName(node), (uncosted.get(operatorName(node)) ?? 0) + 1);
      lacksMacs ||= steps.some(({ node }) => mayMultiply(node));
      continue;
    }
    if (layer) layers.push(layer);
    const { node, repeats } = steps[0]!;
    if (linear && linear.weightElements > 0 && !compound.has(operatorName(node))) {
      counted.weightedMacs += linear.macs * repeats;
      counted.activationElements += linear.activationElements * repeats;
      counted.weightElements += linear.weightElements * repeats;
      counted.weightedLayers += repeats;
    }
  }

  const total = sumWork(layers);
  const counts = [...Object.values(total), ...Object.values(counted)];
  if (!counts.every((number) => Number.isSafeInteger(number))) {
    return failure(
      'overflow',
      t('The work of this model is more than 2^53 operations or elements; its sizes cannot be meant.'),
    );
  }
  const missing = [...uncosted.values()].reduce((a, b) => a + b, 0);
  return success({
    layers,
    total,
    macs: total.macs,
    ...counted,
    peakActivation: peakActivation(
      flow,
      kernels,
      concats,
      model.graph.inputs.map((input) => input.name),
    ),
    uncosted: shortList([...uncosted.keys()].sort()),
    lacksMacs,
    uncostedShare: flow.steps.length === 0 ? 0 : missing / flow.steps.length,
  });
}

/** Whether a node or its sub-graphs have convolutions or matrix products. */
function mayMultiply(node: Node): boolean {
  if (roleOf(node) === 'linear' || weighted.test(node.opType)) return true;
  return subgraphsOf(node).some((graph) => graph.nodes.some(mayMultiply));
}

/** A kernel's cost; null when it turns out to do nothing, 'unknown' when its operator or a size is. */
function layerOf(
  flow: Dataflow,
  kernel: Kernel,
  steps: readonly Step[],
  linear: LinearWork | null,
  concats: ConcatPlan,
): LayerCost | null | 'unknown' {
  const first = steps[0]!;
  if (first.role === 'unknown' || first.role === 'free') return 'unknown';
  if (first.role === 'linear' && !linear) return 'unknown';
  const traffic = trafficOf(flow, kernel, first, concats);
  if (!traffic) return 'unknown';
  if (first.role === 'movement' && traffic.readElements + traffic.writtenElements === 0) return null;
  const name = flow.names[kernel.output]!;
  const value = flow.values[kernel.output];
  const weight = linear === null || linear.weightElements === 0 ? undefined : first.node.inputs[1] || undefined;
  return {
    kind: linear?.kind ?? kindOf(first),
    operators: steps.map(({ node }) => operatorName(node)),
    nodes: steps.map(({ node }) => node.name || (node.outputs[0] ?? '')),
    weight,
    output: { name, shape: value?.shape ?? null, dataType: value?.elementType ?? 0 },
    window: linear?.window ?? null,
    repeats: first.repeats,
    macs: (linear?.macs ?? 0) * first.repeats,
    weightElements: (linear?.weightElements ?? 0) * first.repeats,
    readElements: traffic.readElements * first.repeats,
    writtenElements: traffic.writtenElements * first.repeats,
  };
}

function trafficOf(
  flow: Dataflow,
  kernel: Kernel,
  first: Step,
  concats: ConcatPlan,
): Pick<Work, 'readElements' | 'writtenElements'> | null {
  const copied = concats.copied.get(first.writes[0]!);
  if (first.node.opType === 'Concat' && copied !== undefined) {
    return Number.isNaN(copied) ? null : { readElements: copied, writtenElements: copied };
  }
  const sum = (buffers: readonly number[]): number => {
    let total = 0;
    for (const buffer of buffers) total += flow.size[buffer]!;
    return total;
  };
  const written = kernel.steps.length > 1 ? flow.size[kernel.output]! : sum(liveOutputs(flow, first));
  // These read no more than they keep, however large the tensor that they pick from.
  const read = pickingOperators.has(first.node.opType) ? written : sum(kernel.reads);
  return Number.isNaN(written) || Number.isNaN(read) ? null : { readElements: read, writtenElements: written };
}

const pickingOperators = new Set(['Slice', 'Split', 'Gather', 'GatherElements', 'GatherND']);

/** Outputs that something reads; the first one where nothing does. */
function liveOutputs(flow: Dataflow, { writes }: Step): readonly number[] {
  if (writes.length === 1) return writes;
  const live = writes.filter((buffer) => flow.readers.count(buffer) > 0 || flow.isResult[buffer] === 1);
  return live.length > 0 ? live : writes.slice(0, 1);
}

function kindOf(step: Step): KernelKind {
  if (step.role === 'movement') return 'data-movement';
  return step.role === 'pointwise' ? 'element-wise' : 'reduce';
}

export function sumWork(layers: readonly Work[]): Work {
  const total = { macs: 0, readElements: 0, writtenElements: 0, weightElements: 0 };
  for (const layer of layers) {
    total.macs += layer.macs;
    total.readElements += layer.readElements;
    total.writtenElements += layer.writtenElements;
    total.weightElements += layer.weightElements;
  }
  return total;
}
