import { onnx } from 'onnx-proto';
import type { Random } from './random';

/** Names that must be nobody's key, operators with rules of their own, and one of nobody's. */
const operators = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '',
  'NoSuchOperator',
  'x'.repeat(5000),
  'Conv',
  'ConvTranspose',
  'Gemm',
  'MatMul',
  'Add',
  'Concat',
  'Split',
  'Slice',
  'Reshape',
  'Resize',
  'Pad',
  'Tile',
  'If',
  'Loop',
  'Scan',
  'Gather',
  'Where',
  'Range',
  'Expand',
  'TopK',
  'OneHot',
  'Einsum',
  'NonMaxSuppression',
  'ReduceMean',
  'LayerNormalization',
  'Attention',
  'GroupNormalization',
  'DeformConv',
  'GridSample',
  'STFT',
];

const numbers = [0, -1, 1, 2, 3, 7, 64, 65, 1000, 2 ** 31 - 1, -(2 ** 31), 2 ** 53, 9.2e18, -9.2e18];

/** Changes a model in one to thirty places: a third of them in its bytes, the others in its messages. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.35)) return mutateBytes(bytes, random);
  let model: onnx.ModelProto;
  try {
    model = onnx.ModelProto.decode(bytes);
  } catch {
    return mutateBytes(bytes, random);
  }
  for (let left = random.size(30); left > 0; left--) mutateModel(model, random);
  try {
    return onnx.ModelProto.encode(model).finish();
  } catch {
    return mutateBytes(bytes, random);
  }
}

function mutateBytes(original: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(original);
  for (let left = random.size(30); left > 0; left--) {
    const at = random.below(bytes.length + 1);
    const length = random.size(2000);
    switch (random.below(5)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1:
        if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
        break;
      case 2:
        bytes.fill(random.pick([0, 0x7f, 0x80, 0xff]), at, at + random.size(12));
        break;
      case 3:
        bytes = joined(bytes.slice(0, at), bytes.slice(Math.max(0, at - length)));
        break;
      default:
        bytes = joined(bytes.slice(0, at), bytes.slice(at + length));
    }
  }
  return bytes;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function mutateModel({ graph, opsetImport }: onnx.ModelProto, random: Random): void {
  const nodes = (graph?.node ?? []) as onnx.NodeProto[];
  const tensors = (graph?.initializer ?? []) as onnx.TensorProto[];
  if (!graph || nodes.length === 0) return;
  const node = random.pick(nodes);
  const other = random.pick(nodes);
  const change = random.below(14);
  if (change === 0) node.opType = random.pick(operators);
  if (change === 1) node.input = [...node.input, ...other.output];
  if (change === 2) node.input = node.input.slice(random.below(2));
  if (change === 3) node.output = random.chance(0.5) ? [...other.output] : [...node.output, `made ${random.below(99)}`];
  if (change === 4) nodes.splice(random.below(nodes.length), 1);
  if (change === 5) nodes.splice(random.below(nodes.length), 0, node);
  if (change === 6) node.input = node.input.map((name) => (random.chance(0.3) ? random.pick(other.output) : name));
  if (change === 7) node.name = random.pick(['', '\u202e\u001b[31m', 'n'.repeat(random.size(70_000)), '](http://x)']);
  if (change === 8 && node.attribute.length > 0)
    mutateAttribute(random.pick(node.attribute) as onnx.AttributeProto, random);
  if (change === 9) node.attribute = [...other.attribute];
  if (change === 10 && tensors.length > 0) mutateTensor(random.pick(tensors), random);
  if (change === 11)
    mutateShape(random.pick([graph.input, graph.output, graph.valueInfo].flatMap((values) => values ?? [])), random);
  if (change === 12 && opsetImport.length > 0) random.pick(opsetImport).version = random.pick(numbers);
  if (change === 13) graph.node = [...nodes].reverse();
}

function mutateAttribute(attribute: onnx.AttributeProto, random: Random): void {
  attribute.i = random.pick(numbers);
  attribute.ints = attribute.ints.map((value) => (random.chance(0.5) ? random.pick(numbers) : value));
  if (random.chance(0.3)) attribute.ints = Array.from({ length: random.size(200) }, () => random.pick(numbers));
  if (random.chance(0.2)) attribute.f = random.pick([NaN, Infinity, -Infinity, 0, 1e38]);
  if (random.chance(0.1)) attribute.name = random.pick(['axis', 'axes', 'perm', 'group', 'strides', '__proto__']);
}

function mutateTensor(tensor: onnx.TensorProto, random: Random): void {
  if (random.chance(0.3)) tensor.dims = Array.from({ length: random.size(100) }, () => random.pick(numbers));
  else tensor.dims = tensor.dims.map((dim) => (random.chance(0.5) ? random.pick(numbers) : dim));
  if (random.chance(0.3)) tensor.dataType = random.below(30);
  if (random.chance(0.3)) tensor.int64Data = Array.from({ length: random.size(2000) }, () => random.pick(numbers));
}

function mutateShape(value: onnx.IValueInfoProto | undefined, random: Random): void {
  const shape = value?.type?.tensorType?.shape;
  if (!shape?.dim) return;
  for (const dim of shape.dim) {
    if (!random.chance(0.5)) continue;
    dim.dimParam = random.chance(0.2) ? 'N' : null;
    dim.dimValue = dim.dimParam === null ? random.pick(numbers) : null;
  }
  if (random.chance(0.2))
    shape.dim = Array.from({ length: random.size(3000) }, () => ({ dimValue: random.pick(numbers) }));
}
