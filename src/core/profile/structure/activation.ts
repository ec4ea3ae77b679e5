import { floatOf, stringOf } from '../../onnx/attributes';
import type { Node } from '../../onnx/model';
import type { ConstantLookup } from './constant-value';

export type Activation =
  | 'relu'
  | 'relu6'
  | 'prelu'
  | 'leaky-relu'
  | 'sigmoid'
  | 'hard-sigmoid'
  | 'hard-swish'
  | 'swish'
  | 'gelu'
  | 'mish'
  | 'elu'
  | 'tanh'
  | 'softmax'
  | 'softplus'
  | 'erf'
  | 'clip';

const ACTIVATIONS = new Map<string, Activation>(
  Object.entries({
    Relu: 'relu',
    PRelu: 'prelu',
    LeakyRelu: 'leaky-relu',
    Sigmoid: 'sigmoid',
    QLinearSigmoid: 'sigmoid',
    HardSigmoid: 'hard-sigmoid',
    HardSwish: 'hard-swish',
    Swish: 'swish',
    Gelu: 'gelu',
    FastGelu: 'gelu',
    Mish: 'mish',
    Elu: 'elu',
    Selu: 'elu',
    Celu: 'elu',
    Tanh: 'tanh',
    Softmax: 'softmax',
    LogSoftmax: 'softmax',
    Softplus: 'softplus',
    Erf: 'erf',
  }),
);

/** Which activation an operator is; null for other operators, and for a maximum or minimum that is no part of one. */
export function activationOf(node: Node, constants: ConstantLookup): Activation | null {
  if (node.opType === 'QuickGelu') {
    // onnxruntime writes x·σ(αx); α = 1 is swish, 1.702 an approximation of GELU.
    return floatOf(node, 'alpha') === 1 ? 'swish' : 'gelu';
  }
  if (node.opType === 'Max' || node.opType === 'Min') {
    const limits = node.inputs.flatMap((name) => constants(name)?.values ?? []);
    if (limits.length !== 1 || node.inputs.length !== 2) return null;
    return node.opType === 'Max' ? (limits[0] === 0 ? 'relu' : null) : limits[0] === 6 ? 'relu6' : null;
  }
  if (node.opType !== 'Clip') return ACTIVATIONS.get(node.opType) ?? null;
  const bound = (name: string, position: number): number | null =>
    floatOf(node, name) ?? constants(node.inputs[position] ?? '')?.values?.[0] ?? null;
  const low = bound('min', 1);
  const high = bound('max', 2);
  if (low === 0 && high === 6) return 'relu6';
  return low === 0 && high === null ? 'relu' : 'clip';
}

/** onnxruntime's fused operators name their activation in an attribute. */
export function fusedActivation(node: Node): Activation | null {
  const name = stringOf(node, 'activation', '');
  return name === 'Clip' ? 'relu6' : (ACTIVATIONS.get(name) ?? null);
}
