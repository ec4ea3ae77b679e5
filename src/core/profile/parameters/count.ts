import { t, wholeNumber } from '../../language';
import { productOf } from '../../onnx/numbers';
import { isFloat, isQuantised } from '../../onnx/data-types';
import type { Graph, Model, Node, Tensor } from '../../onnx/model';
import { WorkBudget } from '../../work-budget';
import type { Recognised } from '../recognise';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { biasOrigins, channelsOf } from './bias-origin';
import { copiedModules, tellApplications } from './copied-modules';
import { explainBareNorms, explainBiases, isFolded, restoredElements } from './explain-biases';
import { explainDoubts } from './doubts';
import { applicationsOf, type Applications } from './applications';
import {
  explainCoordinates,
  explainPositions,
  explainStatistics,
  explainSubgraphs,
  explainTables,
} from './explain-constants';
import { isFoldedName } from './folded-names';
import type { Verdict } from './likely-origins';
import { repeatedModules } from './repeated-modules';
import { findSlots, type Slot } from './slots';
import { countWrittenOutNorms, explainWrittenOutNorms } from './decomposed-norms';

export interface ParameterCount {
  /** Σ numel of `module.parameters()` of the network before it was exported. */
  readonly parameters: number;
  /** Elements of the floating-point and quantised tensors that the file stores, single numbers left out. */
  readonly storedParameters: number;
  /** Sentences that say how the one follows from the other. */
  readonly evidence: readonly string[];
  /** True where biases are what folding BatchNormalization left. */
  readonly foldedBatchNorm: boolean;
  /** Names of the values that were counted, as their nodes read them. */
  readonly counted: ReadonlySet<string>;
}

/** Counts parameters as the training framework does, undoing what exporters do to them. */
export function countParameters(
  model: Model,
  network: Network,
  recognised: Recognised | null,
  budget = new WorkBudget(),
): ParameterCount {
  const { graph } = model;
  const behind = recognised?.trained ?? [];
  const settled = new Set(behind.flatMap(({ layers }) => layers.map((layer) => layer.node)));
  const centres = derivedCentres(network);
  for (const layer of centres) settled.add(layer.node);
  const applications = applicationsOf(network.graph.order);
  const repeated = repeatedModules(network, applications);
  // torch merges equal tensors: copies that are stored are not equal, so each application has a normalisation of its own.
  const renormalised = repeated.filter(({ conv }) => graph.initializers.has(conv?.weight.key ?? ''));
  const renormalisedElements = renormalised.reduce((sum, { conv }) => sum + 2 * (conv?.outputChannels ?? 0), 0);
  for (const layer of repeated) settled.add(layer.node);
  const copies = repeated.length === 0 ? copiedModules(network) : new Set<Layer>();
  for (const layer of copies) settled.add(layer.node);
  const norms = countWrittenOutNorms(network);
  for (const { arithmetic } of network.graph.writtenOutNorms) for (const { node } of arithmetic) settled.add(node);
  const found = findSlots(graph, network.graph, budget);
  const slopes = repeatedSlopes(found.slots, applications);
  const slots = found.slots.filter((slot) => !settled.has(slot.node) && !slopes.has(slot));
  const direct = countSlots(slots, network, applications);
  const verdicts = biasOrigins(model, network, recognised);
  let restored = 0;
  for (const [layer, verdict] of verdicts) if (!settled.has(layer.node)) restored += restoredElements(layer, verdict);
  const known = behind.reduce((sum, { parameters }) => sum + parameters, 0);
  const parameters = direct.elements + restored + known + norms.trained + renormalisedElements;
  const evidence = [
    ...explainBiases(verdicts, parameters, recognised),
    ...explainBareNorms(verdicts, parameters, network, recognised),
    ...explainStatistics(network),
    ...explainWrittenOutNorms(norms, parameters),
    ...explainMerged(direct, parameters),
    ...(repeated.length > 0
      ? [
          t(
            '{0, plural, one {# layer applies a module} other {# layers apply modules}} once more, by the names of the operators, with copies of computed weights that are counted once. If they were modules of their own, the network would have {1} parameters.',
            repeated.length,
            wholeNumber(parameters - renormalisedElements + elementsOfModules(repeated, verdicts, found.slots)),
          ),
        ]
      : []),
    ...explainCopies(copies, parameters, verdicts, found.slots),
    ...(renormalised.length > 0
      ? [
          t(
            '{0} of them with a BatchNormalization for each application, as equal copies would have been merged. With one for all, the network would have {1} parameters.',
            renormalised.length,
            wholeNumber(parameters - renormalisedElements),
          ),
        ]
      : []),
    ...explainSlopes(slopes, parameters),
    ...(recognised === null && !tellApplications(network.graph.order) ? explainAlikeSlopes(slots, parameters) : []),
    ...explainDoubts(found.doubts, parameters),
    ...explainComputedWeights(slots, parameters),
    ...explainTables(found.tables),
    ...explainPositions(found.slots, parameters),
    ...explainCoordinates(found.coordinates),
    ...explainSubgraphs(graph),
    ...(centres.length > 0
      ? [t('The 1×1 kernels of central-difference convolutions are computed from the 3×3 ones and not counted.')]
      : []),
  ];
  const foldedBatchNorm = [...verdicts.values()].some(isFolded);
  const counted = new Set(slots.map(({ value }) => value.key));
  return { parameters, storedParameters: storedElements(graph), evidence, foldedBatchNorm, counted };
}

interface DirectCount {
  readonly elements: number;
  /** Vectors that several layers have, counted for each, and their elements beyond the first of each. */
  readonly merged: number;
  readonly mergedElements: number;
  /** Vectors of modules that are applied once more, counted once, and the elements that counting each would add. */
  readonly shared: number;
  readonly sharedElements: number;
}

/** Elements in all slots, each tensor once; equal vectors that an exporter merged count for each of their layers. */
function countSlots(slots: readonly Slot[], network: Network, applications: Applications): DirectCount {
  const counted = new Set<string>();
  const again: Slot[] = [];
  const shared: Slot[] = [];
  const repeatedNodes = repeatedApplications(network);
  let elements = 0;
  for (const slot of slots) {
    const named = applications.repeats(slot.node);
    const repeated = named || repeatedNodes(slot.node);
    const vector = slot.role === 'vector' || slot.role === 'slope';
    // Only where a tensor is used as it is can several uses be several equal tensors.
    const whole = slot.roots.length === 1 && elementsOf(slot) === slot.roots[0]?.elements;
    for (const root of slot.roots) {
      if (!counted.has(root.key)) {
        // A module that is applied again leaves another copy of what the exporter computes from its vectors.
        if (!(repeated && vector && isFoldedName(root.key))) elements += root.elements;
      } else if (vector && whole && !repeated) again.push(slot);
      else if (vector && whole && named && !repeatedNodes(slot.node)) shared.push(slot);
      counted.add(root.key);
    }
  }
  // One PRelu module may serve many places; its slope counts again only in a file where merging is seen elsewhere.
  const merging = again.some((slot) => slot.role === 'vector');
  const merged = again.filter((slot) => slot.role === 'vector' || merging);
  const sum = (of: readonly Slot[]): number =>
    of.reduce((total, { roots }) => roots.reduce((all, root) => all + root.elements, total), 0);
  return {
    elements: elements + sum(merged),
    merged: merged.length,
    mergedElements: sum(merged),
    shared: shared.length,
    sharedElements: sum(shared),
  };
}

function explainMerged({ merged, mergedElements, shared, sharedElements }: DirectCount, parameters: number): string[] {
  const sentences: string[] = [];
  if (merged > 0)
    sentences.push(
      t(
        '{0, plural, one {# vector} other {# vectors}} that the exporter merged with equal ones, counted individually. If the layers shared them, the network would have {1} parameters.',
        merged,
        wholeNumber(parameters - mergedElements),
      ),
    );
  if (shared > 0)
    sentences.push(
      t(
        '{0, plural, one {# vector} other {# vectors}} of modules that are applied once more, by the names of the operators, counted once. If they were equal vectors of several modules, the network would have {1} parameters.',
        shared,
        wholeNumber(parameters + sharedElements),
      ),
    );
  return sentences;
}

/** What layers would add to the count if each were a module of its own. */
function elementsOfModules(
  layers: Iterable<Layer>,
  verdicts: ReadonlyMap<Layer, Verdict>,
  slots: readonly Slot[],
): number {
  const nodes = new Map([...layers].map((layer) => [layer.node, layer]));
  let sum = 0;
  for (const [, layer] of nodes) {
    const verdict = verdicts.get(layer);
    if (verdict !== undefined) sum += restoredElements(layer, verdict);
  }
  for (const { node, roots } of slots) if (nodes.has(node)) for (const { elements } of roots) sum += elements;
  return sum;
}

function explainCopies(
  copies: ReadonlySet<Layer>,
  parameters: number,
  verdicts: ReadonlyMap<Layer, Verdict>,
  slots: readonly Slot[],
): string[] {
  const weighted = [...copies].filter(({ conv, linear }) => conv !== null || linear !== null);
  if (weighted.length === 0) return [];
  const folded = weighted.filter((layer) => isFolded(verdicts.get(layer) ?? { origin: 'author' }));
  const own = wholeNumber(parameters + elementsOfModules(copies, verdicts, slots));
  const renormalised = folded.reduce((sum, layer) => sum + 2 * channelsOf(layer), parameters);
  return [
    t(
      '{0, plural, one {# layer is} other {# layers are}} like others in all but their numbers and lead, as these do, to weights that are used several times: taken for further applications of one module, and counted once. As modules of their own, they would make it {1} parameters.',
      weighted.length,
      own,
    ),
    ...(folded.length > 0
      ? [
          t(
            'With one convolution but a BatchNormalization for each application, it would have {0}.',
            wholeNumber(renormalised),
          ),
        ]
      : []),
  ];
}

/**
 * Kernels that the exporter computed although there is no BatchNormalization behind them: they have the bias of their
 * module, or none. Weight normalisation (Salimans and Kingma 2016) computes them from one number more for each channel.
 */
function explainComputedWeights(slots: readonly Slot[], parameters: number): string[] {
  let kernels = 0;
  let channels = 0;
  let features = 0;
  for (const { node, role, value } of slots) {
    if (role !== 'weight' || !isFoldedName(value.key)) continue;
    // The exporter transposes the matrices of linear layers in any case.
    if (node.opType === 'MatMul') features += value.dims?.at(-1) ?? 0;
    if (
      (node.opType !== 'Conv' && node.opType !== 'Gemm') ||
      isFoldedName(node.inputs[2] ?? '') ||
      /^\d+$/.test(node.inputs[2] ?? '')
    )
      continue;
    kernels++;
    channels += value.dims?.[0] ?? 0;
  }
  if (kernels === 0) return [];
  const withNumbers = wholeNumber(parameters + channels);
  return [
    t(
      '{0, plural, one {A kernel is} other {# kernels are}} computed from what the file does not hold, and counted by elements.',
      kernels,
    ),
    features === 0
      ? t(
          'With weight normalisation, which has one more number for each channel, the network would have {0} parameters.',
          withNumbers,
        )
      : t(
          'With weight normalisation, which has one more number for each channel, the network would have {0} parameters, and {1} if its linear layers have it as well.',
          withNumbers,
          wholeNumber(parameters + channels + features),
        ),
  ];
}

function elementsOf({ value, roots }: Slot): number | undefined {
  if (value.dims !== null) return productOf(value.dims);
  return value.computed ? undefined : roots[0]?.elements;
}

/** Tells nodes that belong to a module applied a second time: the nearest weight before them was used before. */
function repeatedApplications(network: Network): (node: Node) => boolean {
  const { layers, layerOf } = network.graph;
  const seen = new Set<string>();
  const repeated = new Uint8Array(layers.length);
  for (const layer of layers) {
    const weight = (layer.conv ?? layer.linear)?.weight.roots[0]?.key;
    const [input] = layer.inputs;
    if (weight === undefined) repeated[layer.index] = input === undefined || input < 0 ? 0 : (repeated[input] ?? 0);
    else repeated[layer.index] = seen.has(weight) ? 1 : 0;
    if (weight !== undefined) seen.add(weight);
  }
  return (node) => {
    const layer = layerOf(node);
    return layer !== undefined && repeated[layer.index] === 1;
  };
}

/** Subtracted halves of central differences whose kernel an exporter computed and stored beside the trained one. */
function derivedCentres(network: Network): Layer[] {
  return network.centralDifferences.flatMap(({ centre }) => (centre.conv?.weight.computed === false ? [centre] : []));
}

/**
 * Slopes of a PReLU module that is applied again. An exporter that merges equal tensors makes copies of one slope look like
 * one that is shared; the names of the operators tell.
 */
function repeatedSlopes(slots: readonly Slot[], applications: Applications): Set<Slot> {
  const dimsOf = new Map(slots.map(({ node, value }) => [node, value.dims?.join()]));
  return new Set(
    slots.filter((slot) => {
      const first = slot.role === 'slope' ? applications.firstOf(slot.node) : undefined;
      return first !== undefined && dimsOf.get(first) === slot.value.dims?.join();
    }),
  );
}

function explainSlopes(repeated: ReadonlySet<Slot>, parameters: number): string[] {
  if (repeated.size === 0) return [];
  let elements = 0;
  for (const { roots } of repeated) for (const root of roots) elements += root.elements;
  return [
    t(
      '{0, plural, one {# PReLU operator applies} other {# PReLU operators apply}} a module once more, by name, so its slopes are counted once. If they were modules of their own, the network would have {1} parameters.',
      repeated.size,
      wholeNumber(parameters + elements),
    ),
  ];
}

/** Without names, copies of a slope that several places share look like slopes of several modules. */
function explainAlikeSlopes(slots: readonly Slot[], parameters: number): string[] {
  const keys = new Set<string>();
  const sizes = new Set<string>();
  let [tensors, fewest] = [0, parameters];
  for (const { role, roots, value } of slots) {
    const [root] = roots;
    if (role !== 'slope' || root === undefined || keys.has(root.key) || /\w[./]\w+$/.test(root.key)) continue;
    keys.add(root.key);
    tensors++;
    const size = String(value.dims);
    if (sizes.has(size)) fewest -= root.elements;
    sizes.add(size);
  }
  return fewest === parameters
    ? []
    : [
        t(
          '{0} slopes of PReLU are counted individually, as nothing in the file tells copies of one from several. If modules served several places, the network would have fewer parameters, {1} at least.',
          tensors,
          wholeNumber(fewest),
        ),
      ];
}

/** Plain sum over initializers and Constant nodes, sub-graphs included, of all numbers that are no scalars or shapes. */
function storedElements(graph: Graph): number {
  let sum = 0;
  const add = (tensor: Tensor): void => {
    const number = isFloat(tensor.dataType) || isQuantised(tensor.dataType);
    if (number && tensor.dims.length > 0) sum += tensor.storedElements;
  };
  graph.initializers.forEach(add);
  for (const node of graph.nodes) {
    for (const attribute of node.attributes.values()) {
      if (attribute.kind === 'tensor' && node.opType === 'Constant') add(attribute.value);
      if (attribute.kind === 'graph') sum += storedElements(attribute.value);
      if (attribute.kind === 'graphs') for (const inner of attribute.values) sum += storedElements(inner);
    }
  }
  return sum;
}
