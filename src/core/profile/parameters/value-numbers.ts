import { smallestOf } from '../../extremes';
import type { Graph } from '../../onnx/model';
import { isFoldedName } from './folded-names';

/** What torch's exporter calls a tensor that it computes: the operator that reads it, and the next number that is free. */
const numberedName = /^onnx::([A-Za-z]+)_(\d+)$/;

/** Values that a folded convolution had: its weight; scale, shift, mean, variance and count of its BatchNormalization. */
const valuesOfFolded = 6;

/**
 * Values that are gone where the exporter computed others before it wrote the file: of a PReLU's slopes (the slopes and the
 * axes that are put beside them), of a weight that is transposed, and of a shape that x.view(x.size(0), -1) asks for.
 * Axes have been values of their own since opset 13.
 */
const gone = [
  { slopes: 2, matrix: 2, shape: 4 },
  { slopes: 3, matrix: 2, shape: 6 },
] as const;

/** Operators whose arguments are often computed from shapes, and the shape that a file still reads: in more ways than are known here. */
const withComputedArguments = new Set(['Expand', 'Pad', 'Resize', 'Shape', 'Slice', 'Split', 'Tile', 'Upsample']);

/**
 * Whether convolutions can have had so many biases beside the BatchNormalization that was folded into them.
 *
 * torch.onnx.export numbers every value of a graph, tensors of parameters and results alike, in the order in which they
 * appear (torch.onnx.utils._model_to_graph), and folds when that is done. The first number of a folded tensor is how many
 * there were; what remains when those are taken off that the file shows are biases. Null where the numbers do not tell:
 * in files of other exporters, with sub-graphs, and where more was computed than is known here.
 */
export function roomForBiases(graph: Graph): ((biases: number) => boolean) | null {
  const numbers: number[] = [];
  const operators = new Map<string, number>();
  const names = new Set(graph.initializers.keys());
  let results = 0;
  let folded = 0;
  let counts = 0;
  let reshapes = 0;
  for (const { opType, inputs, outputs, attributes } of graph.nodes) {
    if (withComputedArguments.has(opType)) return null;
    if ([...attributes.values()].some(({ kind }) => kind === 'graph' || kind === 'graphs')) return null;
    // Equal tensors are stored once, and the others refer to that.
    if (opType === 'Identity' && names.has(inputs[0] ?? '')) for (const name of outputs) names.add(name);
    else results += outputs.length;
    if (opType === 'BatchNormalization') counts++;
    if (opType === 'Reshape') reshapes++;
    const [, weight = '', bias = ''] = inputs;
    if ((opType === 'Conv' || opType === 'ConvTranspose') && isFoldedName(weight) && isFoldedName(bias)) folded++;
  }
  let named = 0;
  for (const name of names) {
    const [, operator, number] = numberedName.exec(name) ?? [];
    if (operator === undefined) named++;
    else if (operator === 'Conv' || operator === 'ConvTranspose') numbers.push(Number(number));
    else operators.set(operator, (operators.get(operator) ?? 0) + 1);
  }
  const { PRelu: slopes = 0, MatMul: matrices = 0, ...others } = Object.fromEntries(operators);
  if (folded === 0 || numbers.length !== 2 * folded || Object.keys(others).length > 0) return null;
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name)).length;
  const shown = inputs + named + counts + folded * valuesOfFolded + results + folded;
  const unexplained = smallestOf(numbers) - 1 - shown;
  return (biases) =>
    gone.some((values) => {
      const rest = unexplained - biases - slopes * values.slopes - matrices * values.matrix;
      return rest === 0 || (reshapes > 0 && rest === values.shape * reshapes);
    });
}
