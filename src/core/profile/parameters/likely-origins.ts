import { t } from '../../language';
import { largestOf, smallestOf } from '../../extremes';
import { intsOf } from '../../onnx/attributes';
import type { Graph } from '../../onnx/model';
import type { Recognised } from '../recognise';
import { SOURCE, type Layer } from '../structure/layers';
import { isFoldedName } from './folded-names';
import { allItems } from '../structure/items';
import type { Network } from '../structure/network';

/** Where the bias of a convolution comes from that has no BatchNormalization after it in the file. */
export type BiasOrigin =
  | 'author'
  /** The author's, of a convolution whose standardised kernel has a trained gain for each channel. */
  | 'beside-gain'
  /** Folding a BatchNormalization left it in the place of the two trained vectors. */
  | 'folded'
  /** The same, of a convolution that had a bias of its own as well. */
  | 'folded-beside-bias';

export interface Verdict {
  readonly origin: BiasOrigin;
  /** What the verdict rests on, as the end of a sentence. */
  readonly because: string;
  /** False where the graph alone cannot tell. */
  readonly certain: boolean;
  /** What it may be instead, where that is not the obvious other. */
  readonly instead?: BiasOrigin;
  /** Elements of so many biases as the exporter's numbers leave room for: of the smallest layers, and of the largest. */
  readonly unexplained?: { readonly biases: number; readonly least: number; readonly most: number };
}

/** Where biases come from, without the numbers in the exporter's names. */
export function likelyOrigins(graph: Graph, network: Network, recognised: Recognised | null): Map<Layer, Verdict> {
  const fusions = fusionsOf(network);
  const convolutions = network.weighted.filter((layer) => layer.conv !== null || fusions.has(layer));
  const normalised = new Set(convolutions.filter((layer) => isNormalised(layer, network)));
  const open = convolutions.filter((layer) => (layer.conv ?? layer.linear)?.bias != null && !normalised.has(layer));
  const verdicts = new Map<Layer, Verdict>();
  if (open.length === 0) return verdicts;
  const settle = (layer: Layer, origin: BiasOrigin, because: string, certain = true): void =>
    void verdicts.set(layer, { origin, because, certain });

  const hasBias = recognised?.normalisation === 'optional-beside-bias';
  const always = recognised?.normalisation === 'beside-bias';
  const folded: BiasOrigin = hasBias || always ? 'folded-beside-bias' : 'folded';
  const pooled = recognised?.normalisedGates === true ? new Set<Layer>() : layersOnPooledValues(network);
  const names = namingOf(graph);
  const rest: Layer[] = [];
  for (const layer of open) {
    const fusion = fusions.get(layer);
    if (fusion !== undefined) settle(layer, fusion, t('the exporter gives such names to operators that it folded'));
    else if (fusions.size > 0)
      settle(layer, 'author', t('the operators kept their names, which the exporter changes when it folds'));
    else if (pooled.has(layer) && names(layer) !== 'generated')
      settle(layer, 'author', t('globally pooled values are hardly ever normalised'));
    else if (layer.conv?.transposed === true && names(layer) !== 'generated')
      settle(layer, 'author', t('exporters hardly ever fold BatchNormalization into transposed convolutions'));
    else if (recognised?.normalisation === 'gains' && recognised.explained.has(layer))
      settle(layer, 'beside-gain', t('{0} standardises its kernels instead of normalising', recognised.family), false);
    else if (recognised?.authoredBias?.has(layer) === true && names(layer) !== 'generated')
      settle(layer, 'author', t('this part of {0} has no BatchNormalization', recognised.variant));
    else if (normalised.size === 0 && recognised?.biasedBeforeNorm?.has(layer) === true)
      settle(layer, 'folded-beside-bias', t('{0} has biases as well as BatchNormalization here', recognised.family));
    else rest.push(layer);
  }
  const heads = outputHeads(network);
  const embedding = layersOfEmbedding(network);
  // An exporter folds every BatchNormalization that directly follows a convolution, or none.
  if (normalised.size > 0 && normalised.size >= rest.length) {
    // But it may have computed frozen ones into arithmetic of their own.
    const frozen = network.graph.writtenOutNorms.length === normalised.size;
    for (const layer of rest.splice(0)) {
      if (frozen && names(layer) === 'generated') rest.push(layer);
      else settle(layer, 'author', t('this file keeps BatchNormalization, and none follows here'));
    }
    if (rest.length === 0) return verdicts;
  }
  if (recognised !== null && (recognised.normalisation === 'instead-of-bias' || always)) {
    const renamed = rest.some((layer) => names(layer) === 'generated');
    for (const layer of rest.splice(0)) {
      // A head that somebody put on the network: the exporter left its names alone.
      if (renamed && names(layer) === 'paired')
        settle(layer, 'author', t('weight and bias carry the two names of one module, others made-up ones'));
      else if (
        recognised.explained.has(layer) &&
        !always &&
        layer.conv !== null &&
        (heads.has(layer.index) || embedding.has(layer) || recognised.authoredBias?.has(layer) === true)
      )
        verdicts.set(layer, {
          origin: 'folded',
          because: t('some authors give the last convolution a bias as well as BatchNormalization'),
          certain: false,
          instead: 'folded-beside-bias',
        });
      else if (recognised.explained.has(layer)) settle(layer, folded, becauseOf(recognised));
      // What stands beside the family's own layers is judged by itself.
      else rest.push(layer);
    }
  }
  const order = orderOf(graph, network, rest);
  const traits = traitsOf(network);
  const besideKept = layersBesideKept(rest, network, names);
  const gates = gatesBeforeKept(open, network, names);
  for (const layer of rest) {
    const named = names(layer);
    if (named === 'generated' && (besideKept.has(layer) || gates.has(layer)))
      verdicts.set(layer, {
        origin: 'folded-beside-bias',
        because: t('neighbouring convolutions that were not folded have biases of their own'),
        certain: false,
        instead: 'folded',
      });
    else if (named === 'generated')
      verdicts.set(layer, {
        origin: folded,
        because: t('the tensors carry names that the exporter makes up when it folds'),
        certain: recognised !== null,
        instead: 'folded-beside-bias',
      });
    else if (named === 'paired') settle(layer, 'author', t('weight and bias carry the two names of one module'));
    else if (named === 'own-bias')
      settle(
        layer,
        'author',
        t('the bias carries the name of its module; the weight was computed, and may be made of more'),
      );
    else if (order === 'after')
      settle(
        layer,
        folded,
        t('the weights are stored after those of later layers, where the exporter puts folded ones'),
      );
    else if (order === 'before')
      settle(layer, 'author', t('the weights are stored in the order of the layers, which folding changes'));
    else if (recognised?.normalisation === 'none')
      settle(layer, 'author', t('{0} has no BatchNormalization', recognised.family));
    else if (hasBias)
      settle(layer, 'author', t('nothing in the file tells the plain network from the normalised one'), false);
    else if (heads.has(layer.index)) settle(layer, 'author', t('the output is the answer of the network'), false);
    else if (traits === 'layer-normalised' || isOtherwiseNormalised(layer, network))
      settle(layer, 'author', t('another normalisation than BatchNormalization is used'), false);
    else if (traits === 'modern')
      settle(layer, folded, t('residual and depthwise networks are trained with BatchNormalization'), false);
    else settle(layer, 'author', t('nothing in the graph points to BatchNormalization'), false);
  }
  return verdicts;
}

function becauseOf({ family, normalisation }: Recognised): string {
  return normalisation === 'beside-bias'
    ? t('{0} has biases as well as BatchNormalization after them', family)
    : t('{0} has BatchNormalization instead of biases after its convolutions', family);
}

function consumersOf(network: Network): Map<number, Layer[]> {
  const consumers = new Map<number, Layer[]>();
  for (const layer of network.graph.layers) {
    for (const input of layer.inputs) {
      const list = consumers.get(input);
      if (list === undefined) consumers.set(input, [layer]);
      else if (list[list.length - 1] !== layer) list.push(layer);
    }
  }
  return consumers;
}

const consumerCache = new WeakMap<Network, Map<number, Layer[]>>();

function followers(layer: Layer, network: Network): readonly Layer[] {
  let consumers = consumerCache.get(network);
  if (consumers === undefined) {
    consumers = consumersOf(network);
    consumerCache.set(network, consumers);
  }
  return consumers.get(layer.index) ?? [];
}

/** Where others read the same values, the BatchNormalization is theirs, as beside a branch. */
function isNormalised(layer: Layer, network: Network): boolean {
  const next = followers(layer, network);
  return next.length > 0 && next.every(({ role }) => role === 'batch-norm');
}

/**
 * Convolutions of squeeze-and-excitation gates and classifiers: they read globally pooled values, and their result is
 * multiplied onto a feature map or is the answer.
 */
function layersOnPooledValues(network: Network): Set<Layer> {
  const { layers } = network.graph;
  const pooled = new Uint8Array(layers.length);
  for (const layer of layers) {
    const fromPooled = layer.inputs.length > 0 && layer.inputs.every((input) => input >= 0 && pooled[input] === 1);
    if (layer.role === 'global-pool' || fromPooled) pooled[layer.index] = 1;
  }
  const found = new Set<Layer>();
  // Backwards, so that what follows a layer is known when it is met.
  const gating = new Uint8Array(layers.length);
  for (const layer of [...layers].reverse()) {
    if (pooled[layer.index] !== 1) continue;
    const next = followers(layer, network);
    const gates = next.every((follower) =>
      pooled[follower.index] === 1 ? gating[follower.index] === 1 : follower.role === 'mul',
    );
    if (!gates) continue;
    gating[layer.index] = 1;
    if (layer.conv !== null && layer.role === 'conv') found.add(layer);
  }
  return found;
}

/**
 * Layers that torch's newer exporter made by folding a BatchNormalization. It calls what it makes itself
 * `node_Conv_12`, and what an author's module became `node_conv2d_3`; a bias that it makes up is called after the weight.
 */
function fusionsOf(network: Network): Map<Layer, BiasOrigin> {
  const fusions = new Map<Layer, BiasOrigin>();
  for (const layer of network.weighted) {
    const { name, outputs } = layer.node;
    const { weight, bias } = layer.conv ?? layer.linear ?? {};
    const isMade = /^node_(Conv|ConvTranspose|Gemm)_\d+$/.test(name) && /^getitem(_\d+)?$/.test(outputs[0] ?? '');
    if (!isMade || weight === undefined || bias == null) continue;
    fusions.set(layer, bias.key === `${weight.key}_bias` ? 'folded' : 'folded-beside-bias');
  }
  return fusions;
}

/** Folded convolutions of which one that directly follows, within the body of the network, kept a bias of its own. */
function layersBesideKept(
  convolutions: readonly Layer[],
  network: Network,
  names: (layer: Layer) => Naming,
): Set<Layer> {
  const isKept = (layer: Layer): boolean => layer.conv?.bias != null && names(layer) === 'paired';
  const isFolded = (layer: Layer): boolean => layer.conv !== null && names(layer) === 'generated';
  const between = convolutions.filter(isKept).filter((layer) => {
    const before = network.graph.layers[layer.inputs[0] ?? -1];
    return before !== undefined && isFolded(before);
  });
  // In the body of a network, not in its heads: what follows them is folded again.
  const leadsOn = between.some((layer) =>
    followers(layer, network).some((next) => [next, ...followers(next, network)].some((after) => isFolded(after))),
  );
  return new Set(leadsOn ? convolutions.filter(isFolded) : []);
}

/** Folded convolutions of globally pooled values before one that kept a bias of its own, as gates in two steps have. */
function gatesBeforeKept(
  convolutions: readonly Layer[],
  network: Network,
  names: (layer: Layer) => Naming,
): Set<Layer> {
  const kept = convolutions.filter((layer) => layer.conv !== null && names(layer) === 'paired');
  const pooled = layersOnPooledValues(network);
  return new Set(
    kept.flatMap((layer) => {
      const input = network.graph.layers[layer.inputs[0] ?? -1];
      const before = input?.role === 'activation' ? network.graph.layers[input.inputs[0] ?? -1] : input;
      return pooled.has(layer) && before?.conv != null && names(before) === 'generated' ? [before] : [];
    }),
  );
}

/**
 * A depthwise convolution over the whole of a map, which ends the body of many face networks, and what comes after it:
 * nothing there looks at more than one position, as there is no more.
 */
function layersOfEmbedding({ graph: { layers } }: Network): Set<Layer> {
  const found = new Set<Layer>();
  const isAfter = new Uint8Array(layers.length);
  const hasWindowAfter = new Uint8Array(layers.length);
  for (let index = layers.length - 1; index >= 0; index--) {
    const { role, conv, inputs } = layers[index]!;
    const isWindow = conv === null ? role.endsWith('-pool') : conv.kernel.some((size) => size > 1);
    if (!isWindow && hasWindowAfter[index] === 0) continue;
    for (const input of inputs) if (input !== SOURCE) hasWindowAfter[input] = 1;
  }
  for (const layer of layers) {
    const { conv, node, inputs } = layer;
    const isWhole =
      conv !== null &&
      conv.groups > 1 &&
      smallestOf(conv.kernel) > 3 &&
      hasWindowAfter[layer.index] === 0 &&
      (intsOf(node, 'pads') ?? []).every((pad) => pad === 0);
    if (!isWhole && !inputs.some((input) => isAfter[input] === 1)) continue;
    isAfter[layer.index] = 1;
    found.add(layer);
  }
  return found;
}

/** Layers that no convolution or linear layer comes after, and no activation but a squashing one. */
export function outputHeads(network: Network): Set<number> {
  const heads = new Set<number>();
  // Backwards, so that what follows a layer is known when it is met.
  for (const layer of [...network.graph.layers].reverse()) {
    const isLast = followers(layer, network).every((next) => {
      const squashing = next.activation === 'sigmoid' || next.activation === 'softmax' || next.activation === 'tanh';
      const computes = next.conv !== null || next.linear !== null || (next.role === 'activation' && !squashing);
      return !computes && heads.has(next.index);
    });
    if (isLast) heads.add(layer.index);
  }
  return heads;
}

type Naming =
  | 'generated'
  | 'paired'
  /** The bias alone has its module's name: the weight was computed, by weight normalisation for example. */
  | 'own-bias'
  | 'silent';

/** What tensor names say about folding. They serve as evidence for this alone, never for the family. */
function namingOf(graph: Graph): (layer: Layer) => Naming {
  const modulePath = /[./](weight|bias|gamma|beta|kernel)$/;
  const hasPaths = [...graph.initializers.keys()].some((name) => modulePath.test(name));
  return (layer) => {
    const weight = layer.conv?.weight.key ?? '';
    const bias = layer.conv?.bias?.key ?? '';
    // torch.onnx.export with constant folding; torch's newer exporter through onnxscript's rewriter.
    if (isFoldedName(weight)) return isFoldedName(bias) || /^\d*$/.test(bias) ? 'generated' : 'own-bias';
    if (bias === `${weight}_bias`) return 'generated';
    if (hasPaths && /^\d+$/.test(weight)) return 'generated';
    // A bias of another module's: the exporter merged equal ones.
    if (/\.weight$/.test(weight) && /\.bias$/.test(bias)) return 'paired';
    const stem = weight.replace(/weight$/, '');
    return stem !== weight && bias === `${stem}bias` ? 'paired' : 'silent';
  };
}

/**
 * torch's exporter removes the tensors that it folds and appends the results, so folded convolutions are stored
 * after the linear layers that run later. 'mixed' where the file keeps no such order.
 */
function orderOf(graph: Graph, network: Network, convolutions: readonly Layer[]): 'before' | 'after' | 'mixed' {
  const position = new Map<string, number>();
  for (const name of graph.initializers.keys()) position.set(name, position.size);
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    if (node.opType === 'Constant' && output !== undefined) position.set(output, position.size);
  }
  const places = (layers: readonly Layer[]): number[] =>
    layers.flatMap((layer) => {
      const place = position.get((layer.conv ?? layer.linear)?.weight.key ?? '');
      return place === undefined ? [] : [place];
    });
  const mine = places(convolutions);
  // The matrices of linear layers without a bias are transposed by the exporter, and appended as well.
  const others = places(network.weighted.filter(({ linear, node }) => linear !== null && node.opType !== 'MatMul'));
  const ascending = mine.every((place, index) => index === 0 || place > (mine[index - 1] as number));
  if (mine.length < 2 || others.length === 0 || !ascending) return 'mixed';
  if (smallestOf(mine) > largestOf(others)) return 'after';
  return largestOf(mine) < smallestOf(others) ? 'before' : 'mixed';
}

function traitsOf(network: Network): 'modern' | 'layer-normalised' | 'plain' {
  const { layers } = network.graph;
  const batchNorm = layers.some((layer) => layer.role === 'batch-norm');
  // Before opset 17 exporters write LayerNormalization out: mean, difference, square, mean, root.
  const layerNorm =
    layers.some((layer) => layer.node.opType.endsWith('LayerNormalization')) ||
    layers.filter((layer) => layer.node.opType === 'Sqrt').length > 2;
  if (layerNorm && !batchNorm) return 'layer-normalised';
  if (batchNorm) return 'modern';
  const depthwise = network.weighted.some((layer) => (layer.conv?.groups ?? 1) > 2);
  const residual = allItems(network.items).some((item) => item.kind === 'sum');
  return depthwise || residual ? 'modern' : 'plain';
}

/** An instance or group normalisation reads it, reshapes aside. */
function isOtherwiseNormalised(layer: Layer, network: Network): boolean {
  const next = followers(layer, network);
  const reshaped = next.flatMap((follower) => (follower.role === 'move' ? followers(follower, network) : []));
  return [...next, ...reshaped].some((follower) => follower.role === 'other-norm');
}
