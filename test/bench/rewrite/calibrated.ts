import { onnx } from 'onnx-proto';
import { run } from '../../unit/core/onnx/rewrite/outputs';

const { FLOAT } = onnx.TensorProto.DataType;
const tiny = 'framecast#tiny';
const weighted = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/**
 * A model with random weights, scaled so that what each layer with weights gives has a root mean square of 1, as
 * networks have that were trained: layer-sequential unit variance (Mishkin and Matas 2016, arXiv:1511.06422). All
 * layers in one run: each one's output is divided by its root mean square, which is then taken into its weights.
 */
export async function calibrated(bytes: Uint8Array): Promise<Uint8Array> {
  const model = onnx.ModelProto.decode(bytes);
  const graph = model.graph!;
  const readers = new Map<string, number>();
  for (const name of (graph.node ?? []).flatMap(({ input }) => input ?? [])) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const weights = new Map(
    (graph.initializer ?? [])
      .filter(({ name, dims, dataType, rawData }) => {
        const isMatrix = (dims?.length ?? 0) >= 2 && dataType === FLOAT && (rawData?.length ?? 0) > 64;
        return isMatrix && readers.get(name ?? '') === 1;
      })
      .map((tensor) => [tensor.name ?? '', tensor]),
  );
  const layers: { readonly size: string; readonly tensors: readonly onnx.ITensorProto[] }[] = [];
  const biases = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]));
  const made = (opType: string, input: string[], output: string): onnx.INodeProto => ({
    opType,
    input,
    output: [output],
  });
  const nodes = (graph.node ?? []).flatMap((node) => {
    const weight = weights.get(node.input?.[1] ?? '') ?? weights.get(node.input?.[0] ?? '');
    if (!weighted.has(node.opType ?? '') || weight === undefined) return [node];
    const [output = ''] = node.output ?? [];
    const part = (name: string): string => `${output}#${name}`;
    const [raw, square, mean, above, size] = [part('raw'), part('square'), part('mean'), part('above'), part('size')];
    const bias = node.opType === 'MatMul' ? undefined : biases.get(node.input?.[2] ?? '');
    layers.push({ size, tensors: bias?.rawData?.length ? [weight, bias] : [weight] });
    return [
      { ...node, output: [raw] },
      made('Mul', [raw, raw], square),
      made('ReduceMean', [square], mean),
      made('Add', [mean, tiny], above),
      made('Sqrt', [above], size),
      made('Div', [raw, size], output),
    ];
  });
  if (layers.length === 0) return bytes;
  const floor: onnx.ITensorProto = { name: tiny, dataType: FLOAT, dims: [], floatData: [1e-12] };
  const sized = layers.map(({ size }) => ({ name: size, type: { tensorType: { elemType: FLOAT } } }));
  const measured = {
    ...model,
    graph: {
      ...graph,
      node: nodes,
      initializer: [...(graph.initializer ?? []), floor],
      output: [...(graph.output ?? []), ...sized],
    },
  };
  const { outputs } = await run(onnx.ModelProto.encode(measured).finish());
  for (const { size, tensors } of layers) {
    const factor = 1 / Number((outputs[size]!.data as Float32Array)[0]);
    // A layer whose inputs are all 0 keeps its weights.
    if (!(factor > 0 && factor < 1e5)) continue;
    for (const tensor of tensors) {
      const values = new Float32Array(new Uint8Array(tensor.rawData!).buffer).map((value) => value * factor);
      tensor.rawData = new Uint8Array(values.buffer);
    }
  }
  return onnx.ModelProto.encode(model).finish();
}
