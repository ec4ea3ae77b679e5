import { intsOf } from '../../onnx/attributes';
import { largestOf } from '../../extremes';
import { hasKernel } from './items';
import { type Convolution, type Layer, SOURCE } from './layers';
import type { Network } from './network';

/** A network that answers at several levels, as detectors do. */
export interface Detection {
  /** From the finest to the coarsest. */
  readonly levels: readonly Level[];
  /** Coarser maps that are enlarged on their way to a finer level; 0 where nothing leads back up. */
  readonly upsamplings: number;
  /** Sums and concatenations that enlarged maps flow into, and those after them. */
  readonly merges: { readonly sums: number; readonly concatenations: number };
  /** The last layer before the levels are taken apart or enlarged: the end of the backbone and what pools it. */
  readonly deepest: number;
}

/** One level: the convolutions that answer there, in the order in which they run. */
export interface Level {
  /** Pixels of the input for each of the level's places, per side. */
  readonly stride: number;
  readonly predictions: readonly Prediction[];
}

/** A convolution whose output no other one reads. */
export interface Prediction {
  readonly layer: Layer;
  readonly conv: Convolution;
  /** Convolutions that lead to it alone, the nearest last, with the one that it shares with others before them. */
  readonly tower: readonly Layer[];
}

const known = new WeakMap<Network, Detection | null>();

/** Reads a network as a detector; null for one that answers in fewer than two places. */
export function readDetection(network: Network): Detection | null {
  let detection = known.get(network);
  if (detection === undefined) {
    detection = detect(network);
    known.set(network, detection);
  }
  return detection;
}

/** More answers than any detector has; what has more is looked at no further. */
const MOST_PREDICTIONS = 60;

function detect(network: Network): Detection | null {
  const { layers } = network.graph;
  const predictions = predictingLayers(network);
  if (predictions.length < 2 || predictions.length > MOST_PREDICTIONS) return null;
  const { strides, enlarged } = sizesOf(layers);
  const isShared = sharedLayers(layers);
  const levels = new Map<string, { stride: number; predictions: Prediction[] }>();
  for (const layer of predictions) {
    const { conv } = layer;
    if (conv === null) return null;
    const prediction = { layer, conv, tower: towerOf(layer, layers, isShared) };
    const stride = strides[layer.index] as number;
    const level = levels.get(String(stride));
    if (level === undefined) levels.set(String(stride), { stride, predictions: [prediction] });
    else level.predictions.push(prediction);
  }
  if (levels.size < 2) return null;
  const merges = { sums: 0, concatenations: 0 };
  let upsamplings = 0;
  let first: number | null = null;
  for (const layer of layers) {
    if (isUpsampling(layer)) {
      upsamplings++;
      first ??= layer.inputs[0] ?? SOURCE;
    }
    if (enlarged[layer.index] === 0) continue;
    if (layer.role === 'add') merges.sums++;
    if (layer.role === 'concat' && layer.inputs.some((input) => input !== SOURCE && enlarged[input] === 1))
      merges.concatenations++;
  }
  const sorted = [...levels.values()].sort((one, other) => one.stride - other.stride);
  const last = sorted.at(-1)?.predictions[0]?.layer.inputs[0] ?? SOURCE;
  return { levels: sorted, upsamplings, merges, deepest: first ?? last };
}

/** Convolutions that no other weighted layer depends on, a decoder of distances aside. */
function predictingLayers(network: Network): Layer[] {
  const { layers } = network.graph;
  const leads = new Uint8Array(layers.length);
  const found: Layer[] = [];
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index] as Layer;
    const isWeighted = (layer.role === 'conv' || layer.role === 'linear') && !isDistanceDecoder(layer);
    if (isWeighted && leads[index] === 0) found.push(layer);
    if (isWeighted || leads[index] === 1) for (const input of layer.inputs) if (input !== SOURCE) leads[input] = 1;
  }
  return found.reverse();
}

/** The expectation of a distribution over distances (Li et al. 2020, "Generalized Focal Loss"): nothing trained. */
export function isDistanceDecoder({ conv }: Layer): boolean {
  return (
    conv !== null && hasKernel(conv, 1) && conv.outputChannels === 1 && conv.inputChannels <= 32 && conv.bias === null
  );
}

export function isUpsampling({ node, conv }: Layer): boolean {
  return (
    node.opType === 'Resize' || node.opType === 'Upsample' || (conv?.transposed === true && largestOf(conv.strides) > 1)
  );
}

/** Input pixels for each place, by strides alone, and which layers depend on an enlarged map. */
function sizesOf(layers: readonly Layer[]): { strides: Float64Array; enlarged: Uint8Array } {
  const strides = new Float64Array(layers.length);
  const enlarged = new Uint8Array(layers.length);
  for (const layer of layers) {
    let stride = 0;
    for (const input of layer.inputs) {
      // Of what meets an enlarged map, the other tells the size.
      stride = Math.max(stride, input === SOURCE ? 1 : (strides[input] as number));
      if (input !== SOURCE && enlarged[input] === 1) enlarged[layer.index] = 1;
    }
    if (isUpsampling(layer)) {
      enlarged[layer.index] = 1;
      strides[layer.index] = 0;
      continue;
    }
    const own = layer.conv?.strides ?? (layer.role.endsWith('pool') ? (intsOf(layer.node, 'strides') ?? []) : []);
    strides[layer.index] = stride * largestOf([1, ...own]);
  }
  return { strides, enlarged };
}

/** Tells layers whose output goes several ways; x·σ(x) is one way. */
function sharedLayers(layers: readonly Layer[]): (index: number) => boolean {
  const readers = new Int32Array(layers.length);
  for (const layer of layers) {
    const value = gatedValue(layer, layers);
    for (const input of new Set(value === null ? layer.inputs : [value])) {
      if (input !== SOURCE) readers[input] = (readers[input] as number) + 1;
    }
    if (value !== null) readers[value] = (readers[value] as number) - 1;
  }
  return (index) => (readers[index] as number) > 1;
}

/** What x·σ(x) is computed from; null for other layers. */
function gatedValue(layer: Layer, layers: readonly Layer[]): number | null {
  if (layer.role !== 'mul' || layer.inputs.length !== 2) return null;
  const [one = SOURCE, other = SOURCE] = layer.inputs;
  const gates = (gate: number, value: number): boolean =>
    layers[gate]?.role === 'activation' && layers[gate].inputs[0] === value;
  return gates(other, one) ? one : gates(one, other) ? other : null;
}

const LONGEST_TOWER = 12;

function towerOf(prediction: Layer, layers: readonly Layer[], isShared: (index: number) => boolean): Layer[] {
  const tower: Layer[] = [];
  let shared = false;
  let index = prediction.inputs[0] ?? SOURCE;
  for (let steps = 0; steps < 8 * LONGEST_TOWER; steps++) {
    const layer = layers[index];
    if (layer === undefined) break;
    const value = layer.inputs.length === 1 ? layer.inputs[0] : gatedValue(layer, layers);
    if (value == null || isUpsampling(layer) || layer.role.endsWith('pool')) break;
    // What goes several ways: its convolution is the last that counts.
    if (isShared(index)) shared = true;
    if (layer.conv !== null) {
      tower.push(layer);
      if (shared || tower.length === LONGEST_TOWER) break;
    }
    index = value;
  }
  return tower.reverse();
}

/** What leads to a prediction and its own convolution, in the words of `wordOf` without strides: `P C3 > P`. */
export function towerWords({ tower, conv }: Prediction): string {
  return [
    ...tower.flatMap((layer) => (layer.conv === null ? [] : [convolutionKind(layer.conv)])),
    '>',
    convolutionKind(conv),
  ].join(' ');
}

function convolutionKind(conv: Convolution): string {
  const [kernel = 1] = conv.kernel;
  if (conv.groups > 1 || (conv.inputChannels === 1 && conv.outputChannels === 1)) return `D${kernel}`;
  return kernel === 1 ? 'P' : `C${kernel}`;
}
