import { t } from '../../../language';
import { DataType } from '../../data-types';
import type { Dimension } from '../../model';
import { add } from '../dimensions';
import type { Rule } from '../rule';
import { type InferredValue, knownElements, unknownValue } from '../value';

/** Operators with sub-graphs. */

/** Taken apart when the condition is constant; otherwise what both branches agree on. */
const branch: Rule = (context) => {
  const thenGraph = context.graph('then_branch');
  const elseGraph = context.graph('else_branch');
  if (!thenGraph || !elseGraph) return context.giveUp('a branch is missing');
  const condition = knownElements(context.input(0))?.[0];
  if (condition !== undefined) {
    const outputs = context.subgraphs.adopt(condition !== 0 ? thenGraph : elseGraph, [], 1);
    if (!outputs) context.unknown('sub-graphs are nested too deeply');
    return outputs ?? [];
  }
  const taken = context.subgraphs.run(thenGraph, []);
  const other = context.subgraphs.run(elseGraph, []);
  if (!taken || !other) return context.giveUp('sub-graphs are nested too deeply');
  const outputs = taken.map((value, index) => agreement(value, other[index] ?? unknownValue()));
  context.unknown('which branch is taken depends on the data');
  return outputs;
};

function agreement(a: InferredValue, b: InferredValue): InferredValue {
  const elementType = a.elementType === b.elementType ? a.elementType : 0;
  if (!a.shape || !b.shape || a.shape.length !== b.shape.length) return unknownValue(elementType);
  const shape = a.shape.map((d, axis) => (d === b.shape![axis] ? d : null));
  return { elementType, shape, elements: null, origin: 'data' };
}

/**
 * Inputs: trip count, condition, carried values. Body: (iteration, condition, carried) -> (condition, carried, scans).
 * Carried values keep what does not change from one pass to the next; a scan output gets the trip count in front.
 */
const loop: Rule = (context) => {
  const body = context.graph('body');
  if (!body) return context.giveUp('its body is missing');
  const carriedCount = Math.max(0, body.inputs.length - 2);
  const stated = context.has(0) ? (knownElements(context.input(0))?.[0] ?? null) : null;
  // The largest number there is says that the condition alone ends the loop.
  const trips = stated !== null && stated <= maxTrips ? Math.max(0, stated) : null;
  const iteration: InferredValue = { elementType: DataType.INT64, shape: [], elements: null, origin: 'data' };
  const condition: InferredValue = { elementType: DataType.BOOL, shape: [], elements: null, origin: 'data' };
  let carried = Array.from({ length: carriedCount }, (_, i) => withoutElements(context.input(i + 2) ?? unknownValue()));
  let outputs: readonly InferredValue[] | null = null;
  // Each pass can only forget dimensions, so it settles; rank and dimensions that still move are then unknown.
  for (let pass = 0; pass < 3; pass++) {
    outputs = context.subgraphs.run(body, [iteration, condition, ...carried]);
    if (!outputs) break;
    const next = carried.map((value, i) => agreement(value, outputs![i + 1] ?? unknownValue()));
    const settled = next.every((value, i) => sameShape(value, carried[i]!));
    carried =
      pass < 2
        ? next
        : next.map((value, i) => (sameShape(value, carried[i]!) ? value : unknownValue(value.elementType)));
    if (settled) break;
  }
  if (!outputs) return context.giveUp('sub-graphs are nested too deeply');
  const endless = !context.has(1) || knownElements(context.input(1))?.[0] === 1;
  const counted = trips !== null && endless && keepsCondition(outputs[0]);
  const scans = outputs.slice(1 + carriedCount);
  if (counted && scans.length === 0 && trips >= 1) {
    const adopted = context.subgraphs.adopt(body, [iteration, condition, ...carried], trips);
    if (adopted) return adopted.slice(1);
  }
  if (!counted) context.unknown('how often it runs depends on the data');
  const length: Dimension = counted ? trips : null;
  return [
    ...carried,
    ...scans.map((value) => context.output(value.elementType, value.shape && [length, ...value.shape])),
  ];
};

/** No network runs a loop more often; exporters write the largest integer for a trip count that is none. */
const maxTrips = 2 ** 31 - 2;

/** The body's condition output is constantly true, or handed through. */
function keepsCondition(value: InferredValue | undefined): boolean {
  const known = knownElements(value)?.[0];
  return known === 1 || (known === undefined && value?.origin === 'data' && value.elements === null);
}

function withoutElements(value: InferredValue): InferredValue {
  return { ...value, elements: null, origin: 'data' };
}

function sameShape(a: InferredValue, b: InferredValue): boolean {
  if (!a.shape || !b.shape) return a.shape === b.shape;
  return a.shape.length === b.shape.length && a.shape.every((d, axis) => d === b.shape![axis]);
}

/** Scan (opset 9 and later): states, then inputs that are cut along an axis; scan outputs are stacked along one. */
const scan: Rule = (context) => {
  const body = context.graph('body');
  const inputCount = context.int('num_scan_inputs', 0);
  if (!body || context.opset < 9) return context.giveUp('this form of Scan is not resolved');
  const states = body.inputs.length - inputCount;
  if (inputCount < 1 || states < 0 || states > body.outputs.length || context.inputs.length !== body.inputs.length)
    return context.refuse(t('its inputs do not fit its body'));
  const axes = context.ints('scan_input_axes') ?? [];
  let length: Dimension = null;
  const inputs = body.inputs.map((_, index) => {
    const value = withoutElements(context.input(index) ?? unknownValue());
    if (index < states || !value.shape) return value;
    const axis = axes[index - states] ?? 0;
    const at = axis < 0 ? axis + value.shape.length : axis;
    length = context.same(length, value.shape[at] ?? null, () => t('the scanned inputs have different lengths'));
    return { ...value, shape: value.shape.filter((_, i) => i !== at) };
  });
  const outputs = context.subgraphs.run(body, inputs);
  if (!outputs) return context.giveUp('sub-graphs are nested too deeply');
  const outputAxes = context.ints('scan_output_axes') ?? [];
  return outputs.map((value, index) => {
    if (index < states) return agreement(value, inputs[index]!);
    if (!value.shape) return unknownValue(value.elementType);
    const axis = outputAxes[index - states] ?? 0;
    const at = axis < 0 ? add(axis, value.shape.length + 1) : axis;
    const shape = [...value.shape];
    shape.splice(Number(at), 0, length);
    return context.output(value.elementType, shape);
  });
};

export const controlFlowRules: readonly (readonly [string, Rule])[] = [
  ['If', branch],
  ['Loop', loop],
  ['Scan', scan],
];
