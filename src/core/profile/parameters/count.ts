import { isFloat, isQuantised } from '../../onnx/data-types';
import type { Graph, Model, Node, Tensor } from '../../onnx/model';
import { WorkBudget } from '../../work-budget';
import type { Recognised } from '../recognise';
import { type ConstantValue, elementsIn } from '../structure/constant-value';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { biasOrigins, channelsOf, outputHeads, type Verdict } from './bias-origin';
import { explainDoubts } from './doubts';
import { applicationsOf, type Applications } from './applications';
import { isFoldedName } from './folded-names';
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
          `${repeated.length} ${repeated.some(({ linear }) => linear !== null) ? 'layers' : 'convolutions'} apply modules ` +
            'once more, by the names of their operators; they have copies of computed weights, which are counted once. Were ' +
            `they modules of their own, the network would have ${(parameters + repeatedElements(repeated)).toLocaleString('en-US')} parameters.`,
        ]
      : []),
    ...(renormalised.length > 0
      ? [
          `${renormalised.length} of them have a BatchNormalization for each application, as equal copies would have been ` +
            'merged. Were it one for all, the network would have ' +
            `${(parameters - renormalisedElements).toLocaleString('en-US')} parameters.`,
        ]
      : []),
    ...explainSlopes(slopes, parameters),
    ...explainDoubts(found.doubts, parameters),
    ...explainComputedWeights(slots, parameters),
    ...explainTables(found.tables),
    ...explainPositions(found.slots, parameters),
    ...explainCoordinates(found.coordinates),
    ...explainSubgraphs(graph),
    ...(centres.length > 0
      ? ['The 1×1 kernels of central-difference convolutions are computed from the 3×3 ones and not counted.']
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
      `${merged} vectors that the exporter merged because they are equal are counted each. Were they shared by their ` +
        `layers, the network would have ${(parameters - mergedElements).toLocaleString('en-US')} parameters.`,
    );
  if (shared > 0)
    sentences.push(
      `${shared} vectors belong to modules that are applied once more, by the names of their operators, and are counted ` +
        'once. Were they equal vectors of several modules, the network would have ' +
        `${(parameters + sharedElements).toLocaleString('en-US')} parameters.`,
    );
  return sentences;
}

function repeatedElements(repeated: readonly Layer[]): number {
  let sum = 0;
  for (const { conv, linear } of repeated)
    for (const root of [...((conv ?? linear)?.weight.roots ?? []), ...(conv?.bias?.roots ?? [])]) sum += root.elements;
  return sum;
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
  return [
    `${kernels === 1 ? 'A kernel is' : `${kernels} kernels are`} computed from what the file does not hold, and counted by ` +
      'their elements. With weight normalisation, which has one number more for each channel, the network would have ' +
      `${(parameters + channels).toLocaleString('en-US')} parameters` +
      (features === 0
        ? '.'
        : `, and ${(parameters + channels + features).toLocaleString('en-US')} if its linear layers have it as well.`),
  ];
}

function elementsOf({ value, roots }: Slot): number | undefined {
  if (value.dims !== null) return elementsIn(value.dims);
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

function isFolded({ origin }: Verdict): boolean {
  return origin === 'folded' || origin === 'folded-beside-bias';
}

/** A folded BatchNormalization had two vectors where one bias is left. */
function restoredElements(layer: Layer, verdict: Verdict): number {
  const channels = channelsOf(layer);
  switch (verdict.origin) {
    case 'author':
      return 0;
    case 'beside-gain':
    case 'folded':
      return channels;
    case 'folded-beside-bias':
      return 2 * channels;
  }
}

/** Subtracted halves of central differences whose kernel an exporter computed and stored beside the trained one. */
function derivedCentres(network: Network): Layer[] {
  return network.centralDifferences.flatMap(({ centre }) => (centre.conv?.weight.computed === false ? [centre] : []));
}

function explainBiases(
  verdicts: ReadonlyMap<Layer, Verdict>,
  parameters: number,
  recognised: Recognised | null,
): string[] {
  const groups = new Map<string, { verdict: Verdict; layers: Layer[] }>();
  for (const [layer, verdict] of verdicts) {
    const key = `${verdict.origin} ${verdict.because}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { verdict, layers: [layer] });
    else group.layers.push(layer);
  }
  const sentences = [...groups.values()].flatMap(({ verdict, layers }) => {
    const biases = `${layers.length} ${layers.some(({ conv }) => conv === null) ? 'layer' : 'convolution'} bias${layers.length === 1 ? '' : 'es'}`;
    const sentence =
      verdict.origin === 'author'
        ? `${biases} taken as written by the author: ${verdict.because}.`
        : verdict.origin === 'beside-gain'
          ? `${biases} taken as written by the author, with a trained gain for each channel: ${verdict.because}.`
          : `${biases} taken as left by folded BatchNormalization, whose two vectors are counted instead: ${verdict.because}.`;
    return verdict.certain ? [sentence] : [sentence, alternative(verdict, layers, parameters, recognised)];
  });
  // What the exporter's numbers leave open is of all of them.
  return [...new Set(sentences)];
}

/**
 * A BatchNormalization without scale and shift folds into the same graph. Families have both, but for the last one of an
 * embedding.
 */
function explainBareNorms(
  verdicts: ReadonlyMap<Layer, Verdict>,
  parameters: number,
  network: Network,
  recognised: Recognised | null,
): string[] {
  if (![...verdicts.values()].some(isFolded)) return [];
  const heads = outputHeads(network);
  let [norms, biases, vectors, ofLast] = [0, 0, 0, 0];
  for (const [layer, verdict] of verdicts) {
    const isLast = heads.has(layer.index);
    if (!isFolded(verdict) || (recognised?.explained.has(layer) === true && !isLast)) continue;
    const channels = channelsOf(layer);
    norms++;
    biases += channels;
    vectors += channels + restoredElements(layer, verdict);
    if (isLast) ofLast += 2 * channels;
  }
  if (norms === 0) return [];
  const count = (fewer: number): string => (parameters - fewer).toLocaleString('en-US');
  const some = ofLast > 0 ? `, and ${count(ofLast)} if only the last lacks them` : ', and more if only some lack them';
  return [
    'Folding hides whether BatchNormalization had scale and shift. Without them (affine=False in torch), the network would ' +
      `have ${count(vectors)} parameters, or ${count(vectors - biases)} with biases of its own` +
      `${norms === 1 ? '' : some}.`,
  ];
}

/** What the count would be the other way, where the graph cannot tell. */
function alternative(
  verdict: Verdict,
  layers: readonly Layer[],
  parameters: number,
  recognised: Recognised | null,
): string {
  if (verdict.unexplained !== undefined) {
    const { biases, least, most } = verdict.unexplained;
    const counts = [...new Set([least, most])].map((more) => (parameters + more).toLocaleString('en-US'));
    return (
      `The exporter numbered ${biases === 1 ? 'one value' : `${biases} values`} more: tensors that the network does not use, ` +
      `or as many biases of such layers, with which it would have ${counts.length === 1 ? '' : 'between '}` +
      `${counts.join(' and ')} parameters.`
    );
  }
  const hasBias = recognised?.normalisation === 'optional-beside-bias';
  const obvious = verdict.origin !== 'author' ? 'author' : hasBias ? 'folded-beside-bias' : 'folded';
  const origin = verdict.instead ?? obvious;
  const change = layers.reduce(
    (sum, layer) => sum + restoredElements(layer, { ...verdict, origin }) - restoredElements(layer, verdict),
    0,
  );
  const count = (parameters + change).toLocaleString('en-US');
  if (verdict.origin === 'beside-gain') return `Without gains, the network would have ${count} parameters.`;
  if (verdict.instead === 'folded') return `Without such biases the network would have ${count} parameters.`;
  if (verdict.instead === 'folded-beside-bias')
    return `Had all of these biases of their own as well, the network would have ${count} parameters, and fewer had some; folding hides it.`;
  return origin === 'author'
    ? `Had the author written them, the network would have ${count} parameters; its graph would be the same.`
    : `With BatchNormalization, folded away, the network would have ${count} parameters and the same graph` +
        `${recognised?.normalisedVariant === undefined ? '' : ` (${recognised.normalisedVariant})`}.`;
}

/** Sub-graphs run one or the other, or in a loop, and are not taken apart. */
function explainSubgraphs(graph: Graph): string[] {
  const inside = (node: Node): readonly Graph[] =>
    [...node.attributes.values()].flatMap((attribute) =>
      attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.values : [],
    );
  const biased = (nodes: readonly Node[]): number =>
    nodes.reduce((sum, node) => {
      const own = node.opType === 'Conv' && (node.inputs[2] ?? '') !== '' ? 1 : 0;
      return sum + own + inside(node).reduce((below, inner) => below + biased(inner.nodes), 0);
    }, 0);
  const count = graph.nodes.reduce(
    (sum, node) => sum + inside(node).reduce((all, { nodes }) => all + biased(nodes), 0),
    0,
  );
  return count === 0
    ? []
    : [
        `${count} convolution${count === 1 ? '' : 's'} with a bias in sub-graphs: their tensors are counted as they are stored. ` +
          'If BatchNormalization was folded into them, the network has one more parameter for each of their channels.',
      ];
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
    `${repeated.size} PReLU operators apply a module once more, by their names, so its slopes are counted once. Were each a ` +
      `module of its own, the network would have ${(parameters + elements).toLocaleString('en-US')} parameters.`,
  ];
}

/** Anchors and the like are computed by hand, not trained; other tools may count them. */
function explainTables(tables: readonly ConstantValue[]): string[] {
  const elements = new Map(tables.flatMap(({ roots }) => roots.map((root) => [root.key, root.elements])));
  const sum = [...elements.values()].reduce((total, count) => total + count, 0);
  if (sum === 0) return [];
  return [
    `${sum.toLocaleString('en-US')} numbers of tables that decode the answers, such as anchors, priors or grids, are not counted: ` +
      'nothing trained comes after them.',
  ];
}

/** The table behind a bias of positions may have been one of distances or one of offsets; the file shows neither. */
function explainPositions(slots: readonly Slot[], parameters: number): string[] {
  const tables = new Map(
    slots.flatMap((slot) => (slot.spread ? [[slot.roots[0]?.key ?? '', slot.spread] as const] : [])),
  );
  if (tables.size === 0) return [];
  let [other, fixed] = [parameters, parameters];
  for (const { counted, alternative } of tables.values()) {
    other += alternative - counted;
    fixed -= counted;
  }
  const [what, instead] = [...tables.values()].some(({ isOfDistances }) => isOfDistances)
    ? ['distances, of as many rows as there are positions', 'offsets, as Swin has it']
    : ['offsets, as Swin has it', 'distances, as LeViT has it'];
  return [
    `${tables.size} biases of relative positions are counted as the tables that the exporter spread them from, of ${what}. ` +
      `Were these of ${instead}, the network would have ${other.toLocaleString('en-US')} parameters; were they fixed, as ` +
      `ALiBi's are, ${fixed.toLocaleString('en-US')}.`,
  ];
}

/** Coordinates that are joined to a feature map (CoordConv) are computed, not trained. */
function explainCoordinates(coordinates: readonly ConstantValue[]): string[] {
  return coordinates.length === 0
    ? []
    : [`${coordinates.length} maps of coordinates that are joined to features are not counted: they are computed.`];
}

function explainStatistics(network: Network): string[] {
  const kept = network.graph.layers.filter(({ node }) => node.opType === 'BatchNormalization').length;
  if (kept === 0) return [];
  return [
    `Running means and variances of ${kept} BatchNormalization operator${kept === 1 ? '' : 's'} are not counted.`,
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
