import { t } from '../../language';
import type { Failure, FailureCode } from '../../result';
import { shortName } from '../../text';
import { type WorkBudget, WorkFailure } from '../../work-budget';
import type { Dimension, Graph, Model, Node, ValueInfo } from '../model';
import { type ResolvedNode, inline } from './inline';
import { hasSubgraphs, label, operatorName, orderNodes } from './order';
import { originOf } from './origin';
import { parameterInputs } from './parameter-inputs';
import { rules } from './registry';
import { remadeConstants } from './remade-constants';
import { type Rule, RuleContext, type SubgraphRunner } from './rule';
import { Scope, ofTensor } from './scope';
import { SizeChange } from './size-change';
import { type Mismatch, mixedRows } from './size-from-constants';
import { type InferredValue, type Origin, isSize, trackable, unknownValue } from './value';

/** A node whose outputs could not be inferred. */
export interface Unresolved {
  /** With its domain where that is not the default. */
  readonly operator: string;
  /** The node's name, or its first output's. */
  readonly node: string;
  readonly reason: string;
}

/** A constant that was baked for the exported size and re-derived for the one asked for. */
export interface Adjustment {
  readonly operator: string;
  readonly node: string;
  readonly what: string;
  /** The constant that was baked, if it is a value of its own. */
  readonly constant?: string;
}

/** Sub-graphs nested deeper than this are left unresolved. */
const maxDepth = 16;
/** The highest rank of a tensor; the largest of any operator's is 8 in TensorRT. */
export const maxRank = 64;
/** Ranks above this, which no operator of TensorRT takes, are paid for axis by axis. */
const usualRank = 8;
const stepsPerAxis = 50;
/** Lists longer than shapes are, of which a rule may read every element and keep a single one. */
const shortList = 16;
const stepsPerElement = 16;
/** What one visit of a node costs besides its inputs and outputs. */
const stepsPerVisit = 10;
/** What it costs inside a sub-graph, and what beginning one does: loops within loops run their bodies again and again. */
const stepsPerInnerVisit = 60;
const stepsPerSubgraph = 200;
/** What each of its inputs, outputs and initializers costs then. */
const stepsPerEntry = 40;

const noSubgraphs: SubgraphRunner = { run: () => null, adopt: () => null };

/** One inference of a model's shapes, at one size of its inputs. */
export class Inference {
  readonly values = new Map<string, InferredValue>();
  readonly resolved: ResolvedNode[] = [];
  readonly unresolved: Unresolved[] = [];
  readonly adjustments: Adjustment[] = [];
  /** Nodes that contradict their inputs, each with how. */
  readonly conflicts = new Map<Node, Mismatch>();
  private readonly change: SizeChange | null;
  private visits = 0;

  constructor(
    private readonly model: Model,
    private readonly symbols: ReadonlyMap<string, number>,
    /** The same model at the size it was exported for, when another one is asked for. */
    private readonly exported: Inference | null,
    private readonly budget: WorkBudget,
    private readonly signal: { readonly aborted: boolean } | undefined,
  ) {
    this.change = exported && new SizeChange(model.graph.nodes, exported.values, this.values);
  }

  infer(inputs: ReadonlyMap<string, readonly Dimension[] | null>): Failure | null {
    const graph = this.model.graph;
    try {
      const parameters = parameterInputs(graph);
      for (const input of graph.inputs) {
        const origin = parameters.has(input.name) ? 'constant' : 'data';
        const shape = inputs.get(input.name) ?? null;
        this.checkSize(input.name, shape);
        this.values.set(input.name, { elementType: input.dataType, shape, elements: null, origin });
      }
      this.run(new Scope(graph, null, this.values), 1, this.resolved, 0);
      return null;
    } catch (error) {
      if (error instanceof WorkFailure) return error.failure;
      throw error;
    }
  }

  /**
   * The contradictions, in the order of the graph.
   *
   * @param withRows whether a fully-connected layer's rows that are not one image each are among them: a network can run
   *   so, but it is not meant to
   */
  mismatches(withRows: boolean): readonly Mismatch[] {
    const found = [...this.conflicts.values()];
    return found.length > 0 || !withRows ? found : mixedRows(this.resolved, this.values);
  }

  /** Infers one graph's nodes into its scope; appends them to `resolved` unless that is null. */
  private run(scope: Scope, repeats: number, resolved: ResolvedNode[] | null, depth: number): void {
    const { inputs, outputs, initializers } = scope.graph;
    if (depth > 0)
      this.budget.steps(stepsPerSubgraph + stepsPerEntry * (inputs.length + outputs.length + initializers.size));
    const stepsPerNode = depth === 0 ? stepsPerVisit : stepsPerInnerVisit;
    for (const [name, tensor] of initializers) {
      if (!scope.own.has(name)) scope.own.set(name, ofTensor(tensor));
    }
    const order = orderNodes(scope.graph);
    if (!order.ok) throw new WorkFailure(order.error);
    for (const node of order.value) {
      this.budget.steps(stepsPerNode + node.inputs.length + node.outputs.length);
      if (++this.visits % 512 === 0 && this.signal?.aborted) throw stop('cancelled', 'Cancelled.');
      this.visit(node, scope, repeats, resolved, depth);
    }
  }

  private visit(node: Node, scope: Scope, repeats: number, resolved: ResolvedNode[] | null, depth: number): void {
    const operator = operatorName(node);
    let inputs: readonly (InferredValue | null)[] = node.inputs.map((name) =>
      name === '' ? null : (scope.find(name) ?? unknownValue()),
    );
    this.payForConstants(inputs);
    const subgraphs = hasSubgraphs(node) ? this.subgraphRunner(node, scope, repeats, resolved, depth) : null;
    // Values inside sub-graphs are not kept under their own names, so nothing is known of their former sizes.
    const exported = this.exported &&
      depth === 0 && {
        inputs: node.inputs.map((name) => this.exported!.values.get(name) ?? null),
        outputs: node.outputs.map((name) => this.exported!.values.get(name) ?? unknownValue()),
        change: this.change!,
      };
    const named = () => ({ operator, node: node.name || node.outputs.find((name) => name !== '') || '' });
    if (exported) {
      inputs = remadeConstants(node, inputs, exported.inputs, (what, constant, remade) => {
        this.adjustments.push({ ...named(), what, constant });
        this.values.set(constant, remade);
      });
    }
    const context = new RuleContext(node, this.opsetOf(node), inputs, subgraphs ?? noSubgraphs, exported || null);
    const rule: Rule | undefined = rules.get(operator);
    let outputs: readonly InferredValue[] = [];
    if (rule) outputs = rule(context);
    else context.unknown('no shape rule for this operator');

    for (const what of context.adjustments) this.adjustments.push({ ...named(), what });
    const reasons = context.conflicts.length + context.gaps.length;
    if (reasons > 0)
      for (const reason of new Set([...context.conflicts, ...context.gaps]))
        this.unresolved.push({ ...named(), reason });
    if (context.conflicts.length > 0) {
      const reason = context.conflicts[0] ?? '';
      this.conflicts.set(node, { node, pairs: context.mismatches, reason });
      // A node that contradicts itself at the exported size too says nothing about the size asked for.
      if (this.exported && !this.exported.conflicts.has(node)) {
        const { code, message } = cannotRun(node, reason);
        throw stop(code, t('{0} Export it at that size instead.', message));
      }
      outputs = [];
    }

    const origin = originOf(node, scope);
    node.outputs.forEach((name, index) => {
      if (name === '') return;
      const stated = this.exported ? undefined : scope.stated(name);
      scope.own.set(name, this.finish(name, outputs[index] ?? unknownValue(), stated, origin));
    });
    if (exported) this.change!.note(node);
    // A rule that adopted a body has put the body's nodes in place of this one.
    if (subgraphs?.adopted !== true) resolved?.push({ node, repeats });
  }

  /** What a rule may compute with: where anything but constants comes in, as in a layer with weights, it computes nothing. */
  private payForConstants(inputs: readonly (InferredValue | null)[]): void {
    let elements = 0;
    for (const input of inputs) {
      if (input === null) continue;
      if (input.elements === null) return;
      if (input.elements.length > shortList) elements += input.elements.length;
    }
    this.budget.steps(stepsPerElement * elements);
  }

  /** Fills gaps from what the file states, checks the size, and sets the origin. */
  private finish(name: string, value: InferredValue, stated: ValueInfo | undefined, origin: Origin): InferredValue {
    let shape = value.shape;
    if (stated?.shape) {
      const bound = stated.shape.map((d) => (typeof d === 'string' ? (this.symbols.get(d) ?? d) : d || null));
      if (shape === null) shape = bound;
      else if (shape.length === bound.length) {
        shape = shape.map((d, i) =>
          typeof d === 'number' ? d : typeof bound[i] === 'number' ? bound[i] : (d ?? bound[i]!),
        );
      }
    }
    this.checkSize(name, shape);
    const elements = trackable(value.elements);
    if (elements !== null) this.budget.foldedElements(elements.length);
    const elementType = value.elementType || (stated?.dataType ?? 0);
    const settled = elements !== null && elements.every((element) => typeof element === 'number');
    return { elementType, shape, elements, origin: origin === 'data' && settled ? 'shape' : origin };
  }

  private checkSize(name: string, shape: readonly Dimension[] | null): void {
    if (shape === null) return;
    if (shape.length > maxRank) {
      throw stop(
        'too-large',
        t(
          'The value "{0}" would have {1} dimensions; Framecast reads up to {2}.',
          shortName(name),
          shape.length,
          maxRank,
        ),
      );
    }
    if (shape.length > usualRank) this.budget.steps(stepsPerAxis * shape.length);
    let product = 1;
    let isEmpty = false;
    for (const dimension of shape) {
      if (typeof dimension !== 'number') continue;
      if (!isSize(dimension)) {
        throw stop(
          Number.isInteger(dimension) && dimension > 0 ? 'overflow' : 'invalid-graph',
          t('The value "{0}" would have a dimension of {1}, which no tensor can have.', shortName(name), dimension),
        );
      }
      if (dimension === 0) isEmpty = true;
      product *= dimension;
    }
    if (isEmpty || Number.isSafeInteger(product)) return;
    throw stop(
      'overflow',
      t('The value "{0}" would have more than 2^53 elements, more than any memory holds.', shortName(name)),
    );
  }

  private opsetOf(node: Node): number {
    const domain = node.domain === 'ai.onnx' ? '' : node.domain;
    return this.model.opsets.get(domain) ?? (domain === '' ? this.model.opsets.get('ai.onnx') : undefined) ?? 1;
  }

  private subgraphRunner(
    node: Node,
    scope: Scope,
    repeats: number,
    resolved: ResolvedNode[] | null,
    depth: number,
  ): SubgraphRunner & { adopted: boolean } {
    const start = (graph: Graph, inputs: readonly InferredValue[]): Scope | null => {
      if (depth + 1 > maxDepth) return null;
      const inner = new Scope(graph, scope, new Map());
      graph.inputs.forEach((input, index) => {
        const given = inputs[index] ?? unknownValue();
        inner.own.set(input.name, { ...given, elementType: given.elementType || input.dataType });
      });
      return inner;
    };
    const results = (inner: Scope) => inner.graph.outputs.map((output) => inner.find(output.name) ?? unknownValue());
    const runner = {
      adopted: false,
      run: (graph: Graph, inputs: readonly InferredValue[]) => {
        const inner = start(graph, inputs);
        if (!inner) return null;
        const before = this.unresolved.length;
        this.run(inner, repeats, null, depth + 1);
        this.unresolved.length = before;
        return results(inner);
      },
      adopt: (graph: Graph, inputs: readonly InferredValue[], times: number) => {
        const inner = start(graph, inputs);
        if (!inner) return null;
        const body: ResolvedNode[] = [];
        this.run(inner, repeats * times, resolved && body, depth + 1);
        runner.adopted = true;
        if (resolved) {
          for (const each of inline(node, inner, scope, body, repeats, this.budget)) resolved.push(each);
        }
        return results(inner);
      },
    };
    return runner;
  }
}

export function cannotRun(node: Node, reason: string): Failure {
  return {
    code: 'shape-conflict',
    message: t('This network cannot run at the size asked for: at node {0}, {1}.', label(node), reason),
  };
}

/** Leaves nested sub-graphs at once. */
function stop(code: FailureCode, message: string): WorkFailure {
  return new WorkFailure({ code, message });
}
