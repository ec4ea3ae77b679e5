import { madeTensor } from '../attributes';
import { DataType } from '../data-types';
import type { Graph, Model, Node, Tensor } from '../model';
import { inferShapes } from '../shapes/infer';
import { freshName, madeNode, valueNames } from './draft';

/**
 * Operators that TensorRT runs in INT8 between QuantizeLinear and DequantizeLinear, with the inputs that they need them
 * at: data and weights of what multiplies, and both sides of a residual sum, as NVIDIA's ModelOpt places them.
 */
const quantisable: ReadonlyMap<string, readonly number[]> = new Map([
  ['Conv', [0, 1]],
  ['ConvTranspose', [0, 1]],
  ['Gemm', [0, 1]],
  ['MatMul', [0, 1]],
  ['Add', [0, 1]],
  ['MaxPool', [0]],
  ['AveragePool', [0]],
  ['GlobalAveragePool', [0]],
]);

/** A scale like any other: the time that a layer takes does not depend on it. */
const placeholderScale = 1 / 32;

/** The opset that QuantizeLinear came with. */
const firstOpset = 10;

/**
 * Puts QuantizeLinear and DequantizeLinear with placeholder scales around what TensorRT can run in INT8, in the main
 * graph, for timing: what such a network computes means nothing. Null where nothing of it can be quantised or it is
 * quantised already.
 */
export function quantise(model: Model): Model | null {
  const { graph } = model;
  if ((model.opsets.get('') ?? 1) < firstOpset) return null;
  if (graph.nodes.some(({ opType }) => opType === 'QuantizeLinear' || opType === 'DequantizeLinear')) return null;
  const shapes = inferShapes(model);
  const values = shapes.ok ? shapes.value.values : null;
  const types = new Map(graph.inputs.map(({ name, dataType }) => [name, dataType]));
  const typeOf = (name: string): number =>
    values?.get(name)?.elementType || types.get(name) || graph.initializers.get(name)?.dataType || DataType.FLOAT;
  const isData = (name: string): boolean => (values?.get(name)?.origin ?? 'data') === 'data';

  const names = valueNames(graph);
  const added = new Map<string, Tensor>();
  const quantised = new Map<string, string>();
  const constant = (hint: string, dataType: number, value: number): string => {
    const name = freshName(names, hint);
    added.set(name, madeTensor(name, dataType, [], [value]));
    return name;
  };
  const nodes: Node[] = [];
  const pair = (name: string): string => {
    const known = quantised.get(name);
    if (known !== undefined) return known;
    const inputs = [
      constant(`${name}_scale`, typeOf(name), placeholderScale),
      constant(`${name}_zero_point`, DataType.INT8, 0),
    ];
    const codes = freshName(names, `${name}_quantized`);
    const output = freshName(names, `${name}_dequantized`);
    nodes.push(madeNode('QuantizeLinear', [name, ...inputs], codes));
    nodes.push(madeNode('DequantizeLinear', [codes, ...inputs], output));
    quantised.set(name, output);
    return output;
  };
  for (const node of graph.nodes) {
    const places = node.domain === '' ? (quantisable.get(node.opType) ?? []) : [];
    const [first = '', second = ''] = node.inputs;
    const isFloat = [DataType.FLOAT, DataType.FLOAT16].some((type) => type === typeOf(first));
    // A sum with a constant is a bias.
    const isResidual = node.opType !== 'Add' || (isData(first) && isData(second));
    if (places.length === 0 || !isFloat || !isResidual || !isData(first)) nodes.push(node);
    else
      nodes.push({ ...node, inputs: node.inputs.map((name, index) => (places.includes(index) ? pair(name) : name)) });
  }
  if (quantised.size === 0) return null;
  const result: Graph = { ...graph, nodes, initializers: new Map([...graph.initializers, ...added]) };
  return { ...model, graph: result };
}
