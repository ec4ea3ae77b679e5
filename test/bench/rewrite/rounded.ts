import { onnx } from 'onnx-proto';
import { memorySource } from '../../../src/core/onnx/byte-source';
import { readModel } from '../../../src/core/onnx/read';
import { inferShapes } from '../../../src/core/onnx/shapes/infer';

const { FLOAT, FLOAT16 } = onnx.TensorProto.DataType;
const { INT } = onnx.AttributeProto.AttributeType;

/**
 * The FP32 network with every weight and every value rounded to FP16 and back: what FP16 costs at the least, whoever
 * converts the network. Null where types cannot be inferred.
 */
export async function rounded(bytes: Uint8Array): Promise<Uint8Array | null> {
  const read = await readModel(memorySource(bytes));
  const shapes = read.ok ? inferShapes(read.value) : null;
  if (shapes?.ok !== true) return null;
  const { values } = shapes.value;
  const model = onnx.ModelProto.decode(bytes);
  const graph = model.graph!;
  const nodes: onnx.INodeProto[] = [];
  const cast = (from: string, to: string, type: number): void =>
    void nodes.push({ opType: 'Cast', input: [from], output: [to], attribute: [{ name: 'to', type: INT, i: type }] });
  const through = (from: string, to: string): void => {
    cast(from, `${to}#half`, FLOAT16);
    cast(`${to}#half`, to, FLOAT);
  };
  const weights = (graph.initializer ?? []).map((tensor) => {
    if (tensor.dataType !== FLOAT || (tensor.dims?.length ?? 0) === 0) return tensor;
    const name = `${tensor.name}#whole`;
    through(name, tensor.name ?? '');
    return { ...tensor, name };
  });
  for (const node of graph.node ?? []) {
    const outputs = (node.output ?? []).map((name) => {
      const value = values.get(name);
      return name !== '' && value?.elementType === FLOAT && value.origin === 'data' ? name : null;
    });
    nodes.push({ ...node, output: (node.output ?? []).map((name, at) => (outputs[at] ? `${name}#whole` : name)) });
    for (const name of outputs) if (name !== null) through(`${name}#whole`, name);
  }
  return onnx.ModelProto.encode({ ...model, graph: { ...graph, node: nodes, initializer: weights } }).finish();
}
