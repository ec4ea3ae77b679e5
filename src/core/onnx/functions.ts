import { t } from '../language';
import { onnx } from 'onnx-proto';
import { subgraphsOf, withGraphs } from './attributes';
import { toAttribute, toDomain, toNodes } from './graphs';
import type { Conversion } from './graphs';
import type { Limits } from './limits';
import type { Attribute, Graph, Node, Tensor, ValueInfo } from './model';
import { toNumber } from './numbers';
import { workLimits } from '../work-budget';
import { ReadFailure } from './read-failure';
import { noteOf } from './side-table';

/** A model-local function, its calls of other functions not yet replaced. */
export interface LocalFunction {
  readonly key: string;
  readonly title: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly defaults: ReadonlyMap<string, Attribute>;
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly Node[];
}

/** One call in progress: what its body's names and attribute references stand for. */
interface Scope {
  readonly function: LocalFunction;
  /** Formal inputs and outputs to the caller's value names; '' for an input that the call leaves out. */
  readonly values: ReadonlyMap<string, string>;
  /** Put before every other name of the body. */
  readonly prefix: string;
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/**
 * Replaces calls of the model's own functions by the functions' bodies, in the main graph, in sub-graphs and in other
 * functions, as the ONNX specification's section on model-local functions says: inputs and outputs by position,
 * attribute references by the call's attributes or else the function's defaults, and body names made unique. Adds the
 * domains that only functions import to `opsets`.
 *
 * Throws `ReadFailure`: invalid-graph for a function that calls itself, too-large beyond `maxNodes`,
 * `maxExpansionBytes` or `maxNesting`.
 */
export function inlineFunctions(
  graph: Graph,
  functions: readonly LocalFunction[],
  opsets: Map<string, number>,
  conversion: Conversion,
  limits: Limits,
): Graph {
  if (functions.length === 0) return graph;
  const expansion = new Expansion(functions, opsets, conversion, limits);
  const expanded = expansion.run(graph);
  checkExtent(expanded, limits);
  return expanded;
}

class Expansion {
  readonly #functions: ReadonlyMap<string, LocalFunction>;
  /** The number of the last call; names of calls begin with it. */
  #calls = 0;
  #depth = 0;
  #nodes = 0;
  #bytes = 0;

  constructor(
    functions: readonly LocalFunction[],
    private readonly opsets: Map<string, number>,
    private readonly conversion: Conversion,
    private readonly limits: Limits,
  ) {
    this.#functions = new Map(functions.map((local) => [local.key, local]));
  }

  run(graph: Graph): Graph {
    this.#calls = largestMark(graph);
    return this.#graph(graph, null, []);
  }

  #graph(graph: Graph, outer: Scope | null, path: readonly string[]): Graph {
    const scope = outer === null ? null : this.#withoutShadowed(outer, graph);
    const nodes: Node[] = [];
    this.#deepen(1);
    for (const node of graph.nodes) this.#node(node, scope, path, nodes);
    this.#deepen(-1);
    if (scope === null) return { ...graph, nodes };
    const info = (value: ValueInfo): ValueInfo => ({ ...value, name: this.#rename(value.name, scope) });
    const initializers = new Map<string, Tensor>();
    for (const tensor of graph.initializers.values()) {
      const name = this.#rename(tensor.name, scope);
      initializers.set(name, { ...tensor, name });
    }
    return {
      name: graph.name,
      inputs: graph.inputs.map(info),
      outputs: graph.outputs.map(info),
      nodes,
      initializers,
      valueInfos: new Map([...graph.valueInfos.values()].map(info).map((value) => [value.name, value])),
    };
  }

  #node(node: Node, scope: Scope | null, path: readonly string[], out: Node[]): void {
    const details = this.conversion.calls.get(node);
    const attributes = this.#attributes(node, scope, path);
    const rename = (name: string): string => this.#rename(name, scope);
    const renamed = { ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename), attributes };
    const called = this.#functions.get(functionKey(node.domain, node.opType, details?.overload ?? ''));
    if (called !== undefined) {
      this.#call(called, renamed, path, out);
      return;
    }
    const opset = scope?.function.opsets.get(node.domain);
    out.push(opset === undefined || opset === this.opsets.get(node.domain) ? renamed : { ...renamed, opset });
  }

  #call(called: LocalFunction, call: Node, path: readonly string[], out: Node[]): void {
    if (path.includes(called.key)) {
      throw new ReadFailure(
        'invalid-graph',
        t("The model's function {0} calls itself, so it never ends.", called.title),
      );
    }
    const prefix = `@${++this.#calls}/`;
    const values = new Map<string, string>();
    called.inputs.forEach((formal, index) => values.set(formal, call.inputs[index] ?? ''));
    const produced = new Set(called.nodes.flatMap((node) => node.outputs));
    // An output that no node of the body gives, or that is listed twice, needs a node that hands the value on.
    const handedOn: { formal: string; actual: string }[] = [];
    called.outputs.forEach((formal, index) => {
      const actual = call.outputs[index] ?? '';
      if (actual === '') return;
      if (values.has(formal) || !produced.has(formal)) handedOn.push({ formal, actual });
      else values.set(formal, actual);
    });
    this.#spend(called.nodes.length + handedOn.length, 128 * (1 + called.inputs.length + called.outputs.length));
    for (const [domain, version] of called.opsets) {
      if (!this.opsets.has(domain)) this.opsets.set(domain, version);
    }
    const scope: Scope = {
      function: called,
      values,
      prefix,
      attributes: new Map([...called.defaults, ...call.attributes]),
    };
    const inner = [...path, called.key];
    this.#deepen(1);
    for (const node of called.nodes) this.#node(node, scope, inner, out);
    this.#deepen(-1);
    for (const { formal, actual } of handedOn) {
      const inputs = [this.#rename(formal, scope)];
      out.push({ name: '', opType: 'Identity', domain: '', inputs, outputs: [actual], attributes: new Map() });
    }
  }

  #attributes(node: Node, scope: Scope | null, path: readonly string[]): ReadonlyMap<string, Attribute> {
    const references = this.conversion.calls.get(node)?.references;
    const bound = new Map<string, Attribute>();
    for (const [name, attribute] of node.attributes)
      bound.set(
        name,
        withGraphs(attribute, (graph) => this.#subgraph(graph, scope, path)),
      );
    for (const [name, reference] of references ?? []) {
      const value = scope?.attributes.get(reference);
      if (value !== undefined) bound.set(name, value);
    }
    if (scope !== null) this.#spend(0, 64 * bound.size);
    return bound;
  }

  #subgraph(graph: Graph, scope: Scope | null, path: readonly string[]): Graph {
    if (scope !== null) {
      const entries = graph.inputs.length + graph.outputs.length + graph.initializers.size + graph.valueInfos.size;
      this.#spend(graph.nodes.length, 128 * (1 + entries));
    }
    return this.#graph(graph, scope, path);
  }

  #rename(name: string, scope: Scope | null): string {
    if (scope === null || name === '') return name;
    const actual = scope.values.get(name);
    if (actual !== undefined) {
      this.#spend(0, 8);
      return actual;
    }
    this.#spend(0, 40 + scope.prefix.length + name.length);
    return scope.prefix + name;
  }

  /** A sub-graph's own names hide the function's inputs and outputs of the same name. */
  #withoutShadowed(scope: Scope, graph: Graph): Scope {
    const hidden = definedNames(graph).filter((name) => scope.values.has(name));
    if (hidden.length === 0) return scope;
    this.#spend(0, 64 * scope.values.size);
    const values = new Map(scope.values);
    for (const name of hidden) values.delete(name);
    return { ...scope, values };
  }

  #deepen(levels: number): void {
    this.#depth += levels;
    if (this.#depth <= this.limits.maxNesting) return;
    throw this.#tooLarge(t('calls and sub-graphs nested deeper than {0}', this.limits.maxNesting));
  }

  #spend(nodes: number, bytes: number): void {
    this.#nodes += nodes;
    this.#bytes += 200 * nodes + bytes;
    const maxNodes = Math.min(this.limits.maxNodes, workLimits.nodes);
    if (this.#nodes > maxNodes) throw this.#tooLarge(t('more than {0} nodes', maxNodes));
    if (this.#bytes > this.limits.maxExpansionBytes) {
      throw this.#tooLarge(t('more than {0} bytes', this.limits.maxExpansionBytes));
    }
  }

  #tooLarge(what: string): ReadFailure {
    return new ReadFailure(
      'too-large',
      t('The model is larger than Framecast reads once its functions are written out: {0}.', what),
    );
  }
}

/** Throws `ReadFailure` (invalid-graph) for a body with impossible nodes or tensors. */
export function toFunction(proto: onnx.FunctionProto, conversion: Conversion): LocalFunction {
  const note = noteOf(conversion.notes, proto.docString);
  const domain = toDomain(proto.domain);
  const defaults = new Map<string, Attribute>();
  for (const bytes of note.attributeDefaults ?? []) {
    const attribute = onnx.AttributeProto.decode(bytes);
    defaults.set(attribute.name, toAttribute(attribute, conversion));
  }
  return {
    key: functionKey(domain, proto.name, note.overload ?? ''),
    title: `"${proto.name}"` + (domain === '' ? '' : ` of "${domain}"`),
    inputs: proto.input,
    outputs: proto.output,
    defaults,
    opsets: new Map(proto.opsetImport.map((entry) => [toDomain(entry.domain), toNumber(entry.version ?? 0)])),
    nodes: toNodes(proto.node, conversion),
  };
}

function functionKey(domain: string, name: string, overload: string): string {
  return `${domain}\0${name}\0${overload}`;
}

function definedNames(graph: Graph): string[] {
  return [
    ...graph.inputs.map((input) => input.name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ];
}

/** The largest number of a name `@number/…` in a graph and its sub-graphs; 0 where there is none. */
function largestMark(graph: Graph): number {
  const markOf = (name: string): number => (name.startsWith('@') ? Number(/^@(\d{1,15})\//.exec(name)?.[1] ?? 0) : 0);
  let largest = 0;
  for (const name of definedNames(graph)) largest = Math.max(largest, markOf(name));
  for (const node of graph.nodes) {
    for (const name of node.inputs) largest = Math.max(largest, markOf(name));
    for (const inner of subgraphsOf(node)) largest = Math.max(largest, largestMark(inner));
  }
  return largest;
}

/**
 * A graph that is handed to a function as an attribute may appear in its body many times over. It is one object in
 * memory, but a walk of the graph meets it each time, so the extent is limited as walked.
 */
function checkExtent(graph: Graph, limits: Limits): void {
  const known = new Map<Graph, { nodes: number; depth: number }>();
  const measure = (current: Graph, level: number): { nodes: number; depth: number } => {
    const before = known.get(current);
    if (before !== undefined) return before;
    if (level > limits.maxNesting) return { nodes: 0, depth: Infinity };
    const extent = { nodes: current.nodes.length, depth: 1 };
    for (const inner of current.nodes.flatMap(subgraphsOf)) {
      const { nodes, depth } = measure(inner, level + 1);
      extent.nodes += nodes;
      extent.depth = Math.max(extent.depth, depth + 1);
    }
    known.set(current, extent);
    return extent;
  };
  const { nodes, depth } = measure(graph, 0);
  if (nodes <= limits.maxNodes && depth <= limits.maxNesting) return;
  throw new ReadFailure(
    'too-large',
    t(
      'The model is larger than Framecast reads once its functions are written out: {0} nodes, sub-graphs nested {1} deep.',
      nodes,
      depth,
    ),
  );
}
