import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Attribute, Graph, Node, Tensor } from '../../../../src/core/onnx/model';
import { read } from './reading';

const folder = fileURLToPath(new URL('./backend/', import.meta.url));
const truth = JSON.parse(readFileSync(`${folder}truth.json`, 'utf8')) as Record<string, unknown>;

/** The same view of a graph that truth.py takes. */
function graphView(graph: Graph): unknown {
  return {
    inputs: graph.inputs.map((input) => input.name),
    outputs: graph.outputs.map((output) => output.name),
    initializers: Object.fromEntries([...graph.initializers].map(([name, tensor]) => [name, tensor.dims])),
    nodes: graph.nodes.map(nodeView),
  };
}

function nodeView(node: Node): unknown {
  return {
    opType: node.opType,
    domain: node.domain,
    inputs: node.inputs,
    outputs: node.outputs,
    attributes: Object.fromEntries([...node.attributes].map(([name, attribute]) => [name, attributeView(attribute)])),
  };
}

function attributeView(attribute: Attribute): unknown {
  const tensorView = ({ dims, dataType }: Tensor): unknown => ({ dims, dataType });
  switch (attribute.kind) {
    case 'graph':
      return graphView(attribute.value);
    case 'tensor':
      return tensorView(attribute.value);
    case 'float':
    case 'int':
    case 'string':
      return attribute.value;
    case 'floats':
    case 'ints':
    case 'strings':
      return attribute.values;
    default:
      return null;
  }
}

describe('models of the ONNX project', () => {
  const names = readdirSync(`${folder}models`).map((file) => file.replace(/\.onnx$/, ''));

  it('are all in the truth', () => {
    expect(names.length).toBeGreaterThan(40);
    expect(names.sort()).toEqual(Object.keys(truth).sort());
  });

  it.each(names)('%s reads as Python reads it', async (name) => {
    const model = await read(new Uint8Array(readFileSync(`${folder}models/${name}.onnx`)));
    expect({
      irVersion: model.irVersion,
      opsets: Object.fromEntries(model.opsets),
      graph: graphView(model.graph),
    }).toEqual(truth[name]);
    expect(model.warnings).toEqual([]);
  });
});
