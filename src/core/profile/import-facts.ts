import { t } from '../language';
import type { Graph, Model, Node } from '../onnx/model';
import { reductions } from '../onnx/rewrite/rewritable';
import { operatorName } from '../onnx/shapes/order';
import { subgraphsOf } from '../onnx/attributes';
import { shortName } from '../text';
import type { WorkBudget } from '../work-budget';

/** What decides whether a parser can read a network. */
export interface ImportFacts {
  /** Version of the default opset; null when the model states none. */
  readonly opset: number | null;
  /** How often each operator type occurs, sub-graphs included; with its domain where that is not the default. */
  readonly operators: ReadonlyMap<string, number>;
  /** How often each Reduce operator has its axes as an input. */
  readonly axesInputs: readonly (readonly [operator: string, count: number])[];
  /** Reshapes of opset 14 and later that do not state `allowzero`. */
  readonly reshapesWithoutAllowzero: number;
}

const reducing = new Set([...reductions, 'ReduceSum']);

/** ONNX and the domains around it have fewer; what a file has beyond is counted together. */
const maxOperators = 500;

/** Throws within `withinBudget`, where a budget is given. */
export function importFacts(model: Model, budget?: WorkBudget): ImportFacts {
  const opset = model.opsets.get('') ?? null;
  const operators = new Map<string, number>();
  const axesInputs = new Map<string, number>();
  let reshapesWithoutAllowzero = 0;
  const count = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const shortNames = new Map<string, string>();
  const nameOf = (node: Node): string => {
    const operator = operatorName(node);
    const known = shortNames.get(operator);
    if (known !== undefined) return known;
    const name = shortNames.size < maxOperators ? shortName(operator) : t('other operators');
    if (shortNames.size < maxOperators) shortNames.set(operator, name);
    return name;
  };
  const visit = (graph: Graph): void => {
    budget?.nodes(graph.nodes.length);
    for (const node of graph.nodes) {
      count(operators, nameOf(node));
      const isOwn = node.domain === '';
      if (isOwn && reducing.has(node.opType) && (node.inputs[1] ?? '') !== '') count(axesInputs, node.opType);
      const isNewReshape = isOwn && node.opType === 'Reshape' && (node.opset ?? opset ?? 1) >= 14;
      if (isNewReshape && !node.attributes.has('allowzero')) reshapesWithoutAllowzero++;
      subgraphsOf(node).forEach(visit);
    }
  };
  visit(model.graph);
  return { opset, operators, axesInputs: [...axesInputs], reshapesWithoutAllowzero };
}
