import type { Model, ValueInfo } from '../onnx/model';
import { countParameters } from './parameters/count';
import type { ModelProfile } from './profile';
import { recogniseFamily } from './recognise';
import { describeNetwork, readNetwork } from './structure/network';

/**
 * Profiles a model from its graph alone. Never fails: what cannot be told is null, with a sentence in `evidence`.
 * Takes milliseconds for networks of a thousand nodes.
 */
export function profileModel(model: Model): ModelProfile {
  const { graph } = model;
  const network = readNetwork(graph);
  const recognised = recogniseFamily(network);
  const count = countParameters(graph, network, recognised);
  const input = imageInput(graph.inputs, network.graph.constants);
  const variant =
    recognised?.normalisedVariant !== undefined && count.foldedBatchNorm
      ? recognised.normalisedVariant
      : (recognised?.variant ?? null);
  return {
    parameters: count.parameters,
    storedParameters: count.storedParameters,
    family: recognised?.family ?? null,
    variant,
    confidence: recognised?.confidence ?? 0,
    evidence: [
      ...(recognised?.evidence ?? [`No known architecture family: ${describeNetwork(network)}.`]),
      ...count.evidence,
      ...(graph.nodes.some((node) => node.domain === 'com.microsoft.nchwc')
        ? [
            'onnxruntime optimised this file for one kind of CPU, which reorders and pads weights: ' +
              'counts are of that form. Open the file that it was made from.',
          ]
        : []),
      ...(network.graph.cyclicNodes > 0
        ? [
            `${network.graph.cyclicNodes} operators depend on themselves and are left out; the file breaks ONNX's rules.`,
          ]
        : []),
    ],
    input: input === null ? null : { name: input.name, shape: input.shape },
    macs: null,
    activationElements: null,
    weightElements: null,
    opset: model.opsets.get('') ?? null,
    uncosted: [],
  };
}

/** The first input of rank 4, else the first that is not used as a weight. */
function imageInput(inputs: readonly ValueInfo[], constants: (name: string) => unknown): ValueInfo | null {
  const data = inputs.filter((input) => constants(input.name) === null);
  return data.find((input) => input.shape?.length === 4) ?? data[0] ?? null;
}
