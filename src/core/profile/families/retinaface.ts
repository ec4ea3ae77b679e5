import { hasKernel } from '../structure/items';
import { type Convolution, type Layer, SOURCE } from '../structure/layers';
import type { Network } from '../structure/network';
import { passBack, withAncestors } from '../structure/walk';
import type { Family, Recognition } from './family';
import { mobilenetV1 } from './mobilenet-v1';
import { mobilenetV2 } from './mobilenet-v2';
import { resnet } from './resnet';

/** Deng et al. 2020, "RetinaFace: Single-Shot Multi-Level Face Localisation in the Wild". */
export const retinaface: Family = {
  name: 'RetinaFace',
  recognise: (network) => {
    const heads = readHeads(network);
    if (heads === null) return null;
    const { layers } = network.graph;
    const laterals: Layer[] = [];
    for (const { feature } of heads) {
      const context = readContext(feature, network);
      const lateral = context === null ? null : readLateral(context, network);
      if (lateral === null) return null;
      laterals.push(lateral);
    }
    const deepest = Math.max(...laterals.map((lateral) => lateral.inputs[0] ?? SOURCE));
    const backbone = withAncestors(layers, [deepest]);
    if (!laterals.every((lateral) => backbone.has(lateral.inputs[0] ?? SOURCE))) return null;
    return recognition(heads, recogniseBackbone(network, deepest), network);
  },
};

/** The three answers at one level: boxes, classes and landmarks. */
interface Heads {
  /** The layer that they read. */
  readonly feature: number;
  readonly convs: readonly Layer[];
  readonly anchors: number;
}

const LEVELS = 3;
const NUMBERS_PER_BOX = 4;
const NUMBERS_PER_LANDMARKS = 10;

/** Three levels with a 1×1 convolution each for 4 numbers of a box, 10 of five landmarks, and classes. */
function readHeads(network: Network): readonly Heads[] | null {
  const readers = new Map<number, Layer[]>();
  for (const layer of network.weighted) {
    const [input] = layer.inputs;
    if (layer.conv === null || input === undefined || !isPointwise(layer.conv)) continue;
    const list = readers.get(input);
    if (list === undefined) readers.set(input, [layer]);
    else list.push(layer);
  }
  const levels: Heads[] = [];
  for (const [feature, convs] of readers) {
    if (convs.length !== 3) continue;
    const outputs = convs.map((layer) => layer.conv?.outputChannels ?? 0);
    const anchors = outputs.map((count) => count / NUMBERS_PER_BOX);
    const each = anchors.find((count) => Number.isInteger(count) && outputs.includes(count * NUMBERS_PER_LANDMARKS));
    if (each !== undefined && outputs.every((count) => count % each === 0))
      levels.push({ feature, convs, anchors: each });
  }
  return levels.length === LEVELS ? levels : null;
}

function isPointwise(conv: Convolution): boolean {
  return hasKernel(conv, 1) && conv.groups === 1;
}

function isNormOrActivation(layer: Layer): boolean {
  return layer.role === 'activation' || layer.role === 'batch-norm' || layer.role === 'scale' || layer.role === 'shift';
}

function isUpsampling(layer: Layer): boolean {
  const { opType } = layer.node;
  return opType === 'Resize' || opType === 'Upsample' || layer.conv?.transposed === true;
}

/**
 * SSH's context module: half of the channels see 3×3, a quarter each 5×5 and 7×7 by stacked 3×3. Gives the layer
 * that the module reads.
 */
function readContext(feature: number, network: Network): number | null {
  const { layers } = network.graph;
  const join = passBack(layers, feature, isNormOrActivation);
  if (join?.role !== 'concat' || join.inputs.length !== 3) return null;
  const fields = join.inputs.map((input) => passBack(layers, input, isNormOrActivation));
  const widths = fields.map((field) =>
    field?.conv != null && hasKernel(field.conv, 3) ? field.conv.outputChannels : 0,
  );
  const widest = Math.max(...widths);
  const near = fields[widths.indexOf(widest)];
  const shares = widths.filter((width) => 2 * width === widest).length;
  return near != null && widest > 0 && shares === 2 ? (near.inputs[0] ?? null) : null;
}

/** The 1×1 convolution that brings a level of the backbone into the pyramid. */
function readLateral(level: number, network: Network): Layer | null {
  const { layers } = network.graph;
  const conv = passBack(layers, level, isNormOrActivation);
  if (conv?.conv != null && isPointwise(conv.conv)) return conv;
  // A finer level: merged by a 3×3 with the coarser one, which was enlarged.
  const sum = conv?.conv != null && hasKernel(conv.conv, 3) ? layers[conv.inputs[0] ?? SOURCE] : conv;
  if (sum?.role !== 'add' || sum.inputs.length !== 2) return null;
  const sides = sum.inputs.map((input) =>
    passBack(layers, input, (layer) => layer.role === 'move' || isNormOrActivation(layer)),
  );
  const lateral = sides.find((side) => side?.conv != null && isPointwise(side.conv));
  const enlarged = sides.find((side) => side != null && isUpsampling(side));
  return enlarged === undefined ? null : (lateral ?? null);
}

/** The backbone's name as part of the variant; null where it is none of those that RetinaFace is published with. */
function recogniseBackbone(network: Network, deepest: number): string | null {
  const trunk: Network = { ...network, items: network.itemsBetween(SOURCE, deepest) };
  for (const family of [mobilenetV1, resnet, mobilenetV2]) {
    const variant = family.recognise(trunk)?.variant;
    // 'ResNet-50 [3,4,6,3] bottleneck' and 'MobileNetV1 width 0.25' in short.
    if (variant !== undefined) return variant.replace(' width ', ' ').replace(/ \[.*/, '');
  }
  return null;
}

function recognition(heads: readonly Heads[], backbone: string | null, network: Network): Recognition {
  const { layers } = network.graph;
  const convs = heads.flatMap((level) => level.convs);
  const part = withAncestors(
    layers,
    convs.map((layer) => layer.index),
  );
  const anchors = [...new Set(heads.map((level) => level.anchors))].join(', ');
  return {
    variant: `RetinaFace ${backbone ?? 'custom backbone'}`,
    evidence: [
      `At three levels 1×1 convolutions answer with boxes, classes and five landmarks for ${anchors} anchors a place; each ` +
        'reads a context module (3×3, 5×5 and 7×7 out of 3×3 convolutions) on a feature pyramid.',
      backbone === null ? 'The backbone is none that is known.' : `The backbone up to the pyramid is ${backbone}.`,
    ],
    explained: new Set(network.weighted.filter((layer) => part.has(layer.index))),
    normalisation: 'instead-of-bias',
    authoredBias: new Set(convs),
  };
}
