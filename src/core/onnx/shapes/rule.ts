import { t } from '../../language';
import { NodeReader } from '../attributes';
import type { Dimension, Graph, Node } from '../model';
import { shortName } from '../../text';
import { broadcastDimension, unify } from './dimensions';
import type { SizeChange } from './size-change';
import { type InferredValue, unknownValue } from './value';

/**
 * Infers a node's outputs from its inputs. It returns one value per output that it knows something about, and reports
 * what it cannot know through the context; it never throws, whatever the node holds.
 */
export type Rule = (context: RuleContext) => readonly InferredValue[];

/** Same shape and type as the first input. */
export const sameShape: Rule = (context) => context.like(context.shape(0));

export type Registry = ReadonlyMap<string, Rule>;

/** What a node with sub-graphs needs from the engine. */
export interface SubgraphRunner {
  /** Infers a sub-graph given its inputs; null when nesting is too deep or it has a cycle. */
  run(graph: Graph, inputs: readonly InferredValue[]): readonly InferredValue[] | null;
  /** Infers it and makes its nodes part of the resolved graph, executed `repeats` times. */
  adopt(graph: Graph, inputs: readonly InferredValue[], repeats: number): readonly InferredValue[] | null;
}

/** More than these say nothing new of one node. */
const maxReasons = 4;

/** A node's view while its rule runs: inputs, attributes, and where to report problems. */
export class RuleContext extends NodeReader {
  /** Sentences: the node contradicts its inputs. */
  readonly conflicts: string[] = [];
  /** Of the contradictions between numbers, the two that should be equal. */
  readonly mismatches: (readonly [number, number])[] = [];
  /** Sentences: the outputs cannot be known. */
  readonly gaps: string[] = [];
  /** Sentences: a baked constant was re-derived for the chosen resolution or batch. */
  readonly adjustments: string[] = [];

  constructor(
    node: Node,
    /** Version of the opset of the node's domain. */
    readonly opset: number,
    readonly inputs: readonly (InferredValue | null)[],
    readonly subgraphs: SubgraphRunner,
    /**
     * The same node's inputs and outputs at the size the model was exported for, when another size is asked for;
     * a rule uses them to tell which constants were baked from that size.
     */
    readonly exported: {
      readonly inputs: readonly (InferredValue | null)[];
      readonly outputs: readonly InferredValue[];
      readonly change: SizeChange;
    } | null,
  ) {
    super(node);
  }

  /** Input `index`, or null where it is left out. */
  input(index: number): InferredValue | null {
    return this.inputs[index] ?? null;
  }

  has(index: number): boolean {
    return (this.node.inputs[index] ?? '') !== '';
  }

  shape(index: number): readonly Dimension[] | null {
    return this.input(index)?.shape ?? null;
  }

  type(index: number): number {
    return this.input(index)?.elementType ?? 0;
  }

  ints(name: string): readonly number[] | null {
    const attribute = this.node.attributes.get(name);
    // An empty list is written without a kind that tells ints from floats.
    if (attribute?.kind === 'floats' && attribute.values.length === 0) return [];
    return attribute?.kind === 'ints' ? attribute.values : null;
  }

  floats(name: string): readonly number[] | null {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'floats' ? attribute.values : null;
  }

  graph(name: string): Graph | null {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'graph' ? attribute.value : null;
  }

  /** Reports a contradiction, and the numbers that should be equal; the dimension concerned is then unknown. */
  conflict(reason: string, mismatches: readonly (readonly [Dimension, Dimension])[] = []): null {
    if (this.conflicts.length >= maxReasons) return null;
    this.conflicts.push(reason);
    for (const [one, other] of mismatches) {
      if (typeof one === 'number' && typeof other === 'number') this.mismatches.push([one, other]);
    }
    return null;
  }

  /** Reports that an output cannot be known. */
  unknown(reason: string): null {
    if (this.gaps.length < maxReasons) this.gaps.push(reason);
    return null;
  }

  adjust(what: string): void {
    if (this.adjustments.length < maxReasons) this.adjustments.push(what);
  }

  /** A value computed from an input's content, without known elements. The engine sets its origin. */
  output(elementType: number, shape: readonly Dimension[] | null, elements: readonly Dimension[] | null = null) {
    return { elementType, shape, elements, origin: 'data' } as const satisfies InferredValue;
  }

  /** One output of the first input's type. */
  like(shape: readonly Dimension[] | null): readonly InferredValue[] {
    return [this.output(this.type(0), shape)];
  }

  nothing(elementType = 0): readonly InferredValue[] {
    return [unknownValue(elementType)];
  }

  /** Reports a contradiction after which nothing is known of the outputs. */
  refuse(reason: string): readonly InferredValue[] {
    this.conflict(reason);
    return [];
  }

  /** Reports that nothing can be known of the outputs. */
  giveUp(reason: string): readonly InferredValue[] {
    this.unknown(reason);
    return [];
  }

  /** NumPy broadcast of shapes; null when one has no rank. */
  broadcast(shapes: readonly (readonly Dimension[] | null)[]): readonly Dimension[] | null {
    let result: readonly Dimension[] = shapes[0] ?? [];
    for (const shape of shapes) {
      if (shape === null) return null;
      if (isEqual(shape, result)) continue;
      const rank = Math.max(result.length, shape.length);
      const merged: Dimension[] = [];
      for (let i = 0; i < rank; i++) {
        const a = result[i - rank + result.length] ?? (i - rank + result.length < 0 ? 1 : null);
        const b = shape[i - rank + shape.length] ?? (i - rank + shape.length < 0 ? 1 : null);
        const dimension = broadcastDimension(a, b);
        if (typeof dimension === 'object' && dimension !== null) {
          merged.push(
            this.conflict(
              t('shapes {0} and {1} do not broadcast', describe(result), describe(shape)),
              aligned(result, shape),
            ),
          );
        } else merged.push(dimension);
      }
      result = merged;
    }
    return result;
  }

  /** What two statements about one dimension say together; a contradiction is reported with `what`. */
  same(a: Dimension, b: Dimension, what: () => string): Dimension {
    const dimension = unify(a, b);
    if (typeof dimension === 'object' && dimension !== null) {
      return this.conflict(t('{0}: {1} and {2}', what(), String(a), String(b)), [[a, b]]);
    }
    return dimension;
  }
}

function isEqual(one: readonly Dimension[], other: readonly Dimension[]): boolean {
  return one === other || (one.length === other.length && one.every((dimension, axis) => dimension === other[axis]));
}

/** The dimensions of two shapes that meet where these are broadcast. */
function aligned(one: readonly Dimension[], other: readonly Dimension[]): (readonly [Dimension, Dimension])[] {
  const shared = Math.min(one.length, other.length);
  return Array.from({ length: shared }, (_, axis) => [one.at(axis - shared)!, other.at(axis - shared)!]);
}

/** `[1, 3, ?, width]`, for messages. */
export function describe(shape: readonly Dimension[] | null): string {
  if (shape === null) return t('of unknown rank');
  const shown = shape
    .slice(0, 8)
    .map((dimension) => (typeof dimension === 'string' ? shortName(dimension) : (dimension ?? '?')));
  return `[${shown.join(', ')}${shape.length > 8 ? ', …' : ''}]`;
}
