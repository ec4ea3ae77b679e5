import type { Graph } from '../model';

/** Input positions that hold trained parameters, by operator. */
const parameterPositions = new Map<string, readonly number[]>(
  Object.entries({
    Conv: [1, 2],
    ConvTranspose: [1, 2],
    BatchNormalization: [1, 2, 3, 4],
    InstanceNormalization: [1, 2],
    PRelu: [1],
    LSTM: [1, 2, 3],
    GRU: [1, 2, 3],
    RNN: [1, 2, 3],
  }),
);

/**
 * Graph inputs that are trained parameters: a model exported without them declares each as an input. One that feeds a
 * convolution's weight gives such a model away; every input of fixed size but the first other one is then a parameter
 * too, since those of matrix products and plain additions look like any tensor.
 */
export function parameterInputs(graph: Graph): ReadonlySet<string> {
  let inputs = remembered.get(graph);
  if (inputs === undefined) remembered.set(graph, (inputs = findParameterInputs(graph)));
  return inputs;
}

const remembered = new WeakMap<Graph, ReadonlySet<string>>();

function findParameterInputs(graph: Graph): ReadonlySet<string> {
  const declared = new Set(graph.inputs.map((input) => input.name));
  const certain = new Set<string>();
  for (const node of graph.nodes) {
    for (const position of parameterPositions.get(node.opType) ?? []) {
      const name = node.inputs[position];
      if (name !== undefined && declared.has(name)) certain.add(name);
    }
  }
  if (certain.size === 0) return certain;
  const [, ...others] = graph.inputs.filter((input) => !certain.has(input.name));
  for (const input of others) {
    if (input.shape?.every((dimension) => typeof dimension === 'number')) certain.add(input.name);
  }
  return certain;
}
