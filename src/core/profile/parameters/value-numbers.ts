import { smallestOf } from '../../extremes';
import { isFloat } from '../../onnx/data-types';
import type { Graph } from '../../onnx/model';
import { isFoldedName } from './folded-names';

/** What torch's exporter calls a tensor that it computes: the operator that reads it, and the next number that is free. */
const numberedName = /^onnx::([A-Za-z]+)_(\d+)$/;

/** Values that a folded convolution had: its weight; scale, shift, mean, variance and count of its BatchNormalization. */
const valuesOfFolded = 6;

/**
 * Values that are gone where the exporter computed others before it wrote the file, as axes have been values of their own
 * since opset 13: of a PReLU's slopes (the slopes and the axes that are put beside them), of a number in a shape that the
 * file still computes, of each number of a shape that x.view(x.size(0), -1) asks for, and of the scales of a Resize.
 */
const goneBefore13 = { slopes: 2, literal: 1, dimension: 2, scales: 2 } as const;
const goneSince13 = { slopes: 3, literal: 2, dimension: 3, scales: 3 } as const;
/** And of a weight that is transposed, whatever the opset. */
const goneOfMatrix = 2;

/** Operators with arguments of which it is known that nothing is gone only where they are written, not computed. */
const withArguments = new Set(['Pad', 'Slice', 'Split']);

/** Operators whose arguments are often computed from shapes, in more ways than are known here. */
const withComputedArguments = new Set(['Expand', 'Resize', 'Tile', 'Upsample']);

interface Gone {
  /** Values whose absence is certain. */
  readonly known: number;
  /** Those that are gone as well if all shapes that the file has as constants were computed, as by x.view(x.size(0), -1). */
  readonly ifComputed: number;
}

/** What the exporter computed of shapes and arguments; null where that is not known. */
function goneOf({ nodes, initializers }: Graph, values: typeof goneBefore13 | typeof goneSince13): Gone | null {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const isMadeBy = (name: string, opType: string): boolean => producers.get(name)?.opType === opType;
  const isWritten = (name: string): boolean => isMadeBy(name, 'Constant') || initializers.has(name);
  let [known, ifComputed] = [0, 0];
  for (const { opType, inputs } of nodes) {
    const [, ...rest] = inputs;
    const areWritten = rest.every((name) => name === '' || isWritten(name));
    if (opType === 'Resize' && areWritten && rest.length === 2) known += values.scales;
    else if (withComputedArguments.has(opType) || (withArguments.has(opType) && !areWritten)) return null;
    else if (opType === 'Concat' && inputs.some((name) => isMadeBy(name, 'Unsqueeze')))
      known += values.literal * inputs.filter(isWritten).length;
    else if (opType === 'Reshape' && areWritten) {
      const name = inputs[1] ?? '';
      const value = producers.get(name)?.attributes.get('value');
      const shape = value?.kind === 'tensor' ? value.value : initializers.get(name);
      ifComputed += values.dimension * (shape?.dims[0] ?? 0);
    }
  }
  return { known, ifComputed };
}

/**
 * Whether convolutions can have had so many biases beside the BatchNormalization that was folded into them.
 *
 * torch.onnx.export numbers every value of a graph, tensors of parameters and results alike, in the order in which they
 * appear (torch.onnx.utils._model_to_graph), and folds when that is done. The first number of a folded tensor is how many
 * there were; what remains when those are taken off that the file shows are biases. Null where the numbers do not tell:
 * in files of other exporters, with sub-graphs, and where more was computed than is known here.
 *
 * @param opset version of ai.onnx
 */
export function roomForBiases(graph: Graph, opset: number): ((biases: number) => boolean) | null {
  const values = opset < 13 ? goneBefore13 : goneSince13;
  const numbers: number[] = [];
  const operators = new Map<string, number>();
  // Whole numbers without a module's path are arguments that a tool stored there.
  const stored = [...graph.initializers.values()].filter(
    ({ dataType, name }) => isFloat(dataType) || name.includes('.'),
  );
  const names = new Set(stored.map(({ name }) => name));
  let results = 0;
  let folded = 0;
  let counts = 0;
  const gone = goneOf(graph, values);
  if (gone === null) return null;
  for (const { opType, inputs, outputs, attributes } of graph.nodes) {
    if ([...attributes.values()].some(({ kind }) => kind === 'graph' || kind === 'graphs')) return null;
    // Equal tensors are stored once, and the others refer to that.
    if (opType === 'Identity' && names.has(inputs[0] ?? '')) for (const name of outputs) names.add(name);
    else results += outputs.length;
    if (opType === 'BatchNormalization') counts++;
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
  const computed = slopes * values.slopes + matrices * goneOfMatrix + gone.known;
  const unexplained = smallestOf(numbers) - 1 - shown - computed;
  return (biases) => unexplained === biases || unexplained === biases + gone.ifComputed;
}
