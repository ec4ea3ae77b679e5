import { onnx } from 'onnx-proto';

const channels = 8;

/**
 * A network as torch writes one: convolutions with weights, biases and attributes, named by their modules' paths, each
 * followed by an activation, with a residual sum after every second.
 */
export function convolutions(nodeCount: number): Uint8Array {
  const node: onnx.INodeProto[] = [];
  const initializer: onnx.ITensorProto[] = [];
  let [value, skip] = ['x', 'x'];
  const add = (opType: string, path: string, input: string[], attribute: onnx.IAttributeProto[] = []): void => {
    value = `${path}_output_0`;
    node.push({ opType, name: path, input, output: [value], attribute });
  };
  for (let index = 0; node.length < nodeCount; index++) {
    const module = `layers.${index}.conv`;
    const [weight, bias] = [`${module}.weight`, `${module}.bias`];
    initializer.push(floats(weight, [channels, channels, 3, 3]), floats(bias, [channels]));
    add(
      'Conv',
      `/layers.${index}/conv/Conv`,
      [value, weight, bias],
      [
        ints('dilations', [1, 1]),
        { name: 'group', type: onnx.AttributeProto.AttributeType.INT, i: 1 },
        ints('kernel_shape', [3, 3]),
        ints('pads', [1, 1, 1, 1]),
        ints('strides', [1, 1]),
      ],
    );
    add('Relu', `/layers.${index}/act/Relu`, [value]);
    if (index % 2 === 1) {
      add('Add', `/layers.${index}/Add`, [value, skip]);
      skip = value;
    }
  }
  const dim = [1, channels, 56, 56].map((dimValue) => ({ dimValue }));
  const type = { tensorType: { elemType: 1, shape: { dim } } };
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: { name: 'main_graph', node, initializer, input: [{ name: 'x', type }], output: [{ name: value, type }] },
  }).finish();
}

function floats(name: string, dims: number[]): onnx.ITensorProto {
  return { name, dims, dataType: 1, rawData: new Uint8Array(4 * dims.reduce((product, each) => product * each, 1)) };
}

function ints(name: string, values: number[]): onnx.IAttributeProto {
  return { name, type: onnx.AttributeProto.AttributeType.INTS, ints: values };
}
