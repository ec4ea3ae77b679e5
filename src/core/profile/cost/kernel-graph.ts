import { t, wholeNumber } from '../../language';
import type { Attribute, Dimension, Model, Node } from '../../onnx/model';
import { operatorName } from '../../onnx/shapes/order';
import type { ShapeResult } from '../../onnx/shapes/infer';
import { type Result, success } from '../../result';
import { shortList, shortName } from '../../text';
import { WorkBudget, withinBudget } from '../../work-budget';
import { traceDataflow } from './dataflow';
import { fuseKernels } from './fuse';

/** A kernel after fusion in the graph of kernels, with what its nodes hold. Texts are bounded. */
export interface KernelNode {
  /** Name of what it writes, as in the layer of the cost that is this kernel. */
  readonly output: string;
  readonly outputShape: readonly Dimension[] | null;
  /** Operator types fused into it, the one that names it first. */
  readonly operators: readonly string[];
  /** Names of those nodes in the file. */
  readonly nodes: readonly string[];
  /** The kernels whose results it reads, by their place in the list; each once. */
  readonly sources: readonly number[];
  /** Inputs of the model that it reads. */
  readonly inputs: readonly string[];
  /** Shapes of what it reads: other kernels' results and inputs of the model. */
  readonly inputShapes: readonly (readonly Dimension[] | null)[];
  /** Attributes of its first node: `strides`, `2, 2`. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  /** Weights of its nodes: name and shape. */
  readonly weights: readonly (readonly [name: string, shape: readonly number[]])[];
}

/** Attributes, weights and inputs of one kernel that are kept. */
const most = 12;

/** Numbers of an attribute that are written out. */
const maxNumbers = 8;

/** The fused kernels of a model and what flows between them, in the order in which they run. Failure code: too-large. */
export function kernelGraph(
  model: Model,
  shapes: ShapeResult,
  budget = new WorkBudget(),
): Result<readonly KernelNode[]> {
  return withinBudget(() => {
    const outputs = model.graph.outputs.map(({ name }) => name);
    const flow = traceDataflow(outputs, shapes, budget);
    const kernels = fuseKernels(flow);
    const kernelOf = new Int32Array(flow.steps.length);
    for (const [index, { steps }] of kernels.entries()) for (const step of steps) kernelOf[step] = index;
    const shapeOf = (name: string) => flow.value(name)?.shape ?? null;
    return success(
      kernels.map(({ steps, reads, output: written }): KernelNode => {
        const nodes = steps.map((step) => flow.steps[step]!.node);
        const output = flow.names[written]!;
        const names = reads.map((buffer) => flow.names[buffer]!);
        const producers = reads.map((buffer) => flow.producer[buffer]!);
        const sources = producers.flatMap((step) => (step < 0 ? [] : [kernelOf[step]!]));
        return {
          output,
          outputShape: shapeOf(output),
          operators: nodes.map(operatorName),
          nodes: nodes.slice(0, most).map((node) => shortName(node.name || (node.outputs[0] ?? ''))),
          sources: [...new Set(sources)],
          inputs: names.filter((_, index) => producers[index]! < 0).slice(0, most),
          inputShapes: names.slice(0, most).map(shapeOf),
          attributes: [...(nodes[0]?.attributes ?? [])]
            .slice(0, most)
            .map(([name, attribute]) => [shortName(name), attributeText(attribute)] as const),
          weights: weightsOf(nodes, model),
        };
      }),
    );
  });
}

function weightsOf(nodes: readonly Node[], { graph }: Model): KernelNode['weights'] {
  const weights: (readonly [string, readonly number[]])[] = [];
  for (const name of nodes.flatMap(({ inputs }) => inputs)) {
    const tensor = graph.initializers.get(name);
    if (tensor !== undefined && weights.length < most)
      weights.push([shortName(name), tensor.dims.slice(0, maxNumbers)]);
  }
  return weights;
}

function attributeText(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'int':
    case 'float':
      return String(attribute.value);
    case 'string':
      return shortName(attribute.value);
    case 'ints':
    case 'floats':
      return listText(attribute.values.slice(0, maxNumbers).map(String), attribute.values.length);
    case 'strings':
      return shortList(attribute.values).join(', ');
    case 'tensor':
      return t('tensor of {0} elements', wholeNumber(attribute.value.elements));
    default:
      return t('not shown');
  }
}

function listText(shown: readonly string[], count: number): string {
  return count > shown.length ? `${shown.join(', ')}, … (${count})` : shown.join(', ');
}
