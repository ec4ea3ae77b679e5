import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import type { Graph, Model, Node, Tensor, ValueInfo } from '../../../../src/core/onnx/model';
import { readModel } from '../../../../src/core/onnx/read';

const folder = join(__dirname, '../../../fixtures');

/** What torch says of an exported network: test/fixtures/export.py. */
export interface Truth {
  readonly file: string;
  readonly model: string;
  readonly way: string;
  readonly family: string | null;
  readonly variant: string | null;
  readonly parameters: number;
  readonly unusedParameters: number;
  readonly storedParameters: number;
  readonly macs: number;
  /** Where functional convolutions and products run too; `macs` counts modules. */
  readonly operatorMacs?: number;
  /** Networks with the same graph, told apart by names at most. */
  readonly alternatives?: readonly { readonly variant: string; readonly parameters: number }[];
}

export const truths: readonly Truth[] = (
  JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as { fixtures: Truth[] }
).fixtures;

export async function loadFixture(file: string): Promise<Model> {
  const model = await readModel(memorySource(readFileSync(join(folder, 'exported', file))));
  if (!model.ok) throw new Error(`${file}: ${model.error.message}`);
  return model.value;
}

/** The same model with every name replaced by a meaningless one and the initializers in reverse order. */
export function withoutNames(model: Model): Model {
  const names = new Map<string, string>();
  const rename = (name: string): string => {
    if (name === '') return '';
    const known = names.get(name) ?? `v${names.size}`;
    names.set(name, known);
    return known;
  };
  const value = (info: ValueInfo): ValueInfo => ({ ...info, name: rename(info.name) });
  const tensor = (stored: Tensor): Tensor => ({ ...stored, name: rename(stored.name) });
  const node = (from: Node): Node => ({
    ...from,
    name: '',
    inputs: from.inputs.map(rename),
    outputs: from.outputs.map(rename),
  });
  const { graph } = model;
  const initializers = [...graph.initializers.values()].reverse().map(tensor);
  const renamed: Graph = {
    name: '',
    inputs: graph.inputs.map(value),
    outputs: graph.outputs.map(value),
    nodes: graph.nodes.map(node),
    initializers: new Map(initializers.map((stored) => [stored.name, stored])),
    valueInfos: new Map([...graph.valueInfos.values()].map(value).map((info) => [info.name, info])),
  };
  return { ...model, graph: renamed, producer: { name: '', version: '' } };
}
