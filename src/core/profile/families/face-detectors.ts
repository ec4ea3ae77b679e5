import { t } from '../../language';
import type { Detection } from '../structure/detection';
import { hasKernel, weightedLayers } from '../structure/items';
import { type Layer, SOURCE } from '../structure/layers';
import type { Network } from '../structure/network';
import { passBack, withAncestors } from '../structure/walk';
import { wordsOf } from '../structure/words';
import { detectorFamily, landmarksSuffix } from './detector';
import type { TrainedBehind } from './family';
import { brackets } from './naming';

/** Linzaer 2019, Ultra-Light-Fast-Generic-Face-Detector-1MB: an SSD with four levels on a thin MobileNetV1. */
export const ultraface = detectorFamily({
  name: 'UltraFace',
  levels: [4],
  answers: ['box', 'class'],
  anchors: [3, 2, 2, 3],
  towers: /(?:^|.* )(?:D3 > P|P > C3)$/,
  pyramid: 'none',
  member: ({ detection }, network) => {
    const words = trunkWords(network, detection.deepest);
    const stem = /^C3\/2~ (?:D3(?:\/2)?~ P~ ){6}/.exec(words)?.[0] ?? null;
    if (stem === null) return null;
    const rest = words.slice(stem.length);
    // The receptive field block: branches with growing kernels and dilation, concatenated, and a 1×1 shortcut.
    const receptive = /^\(\[P C3~ C3 \| P C3~ C3 \| P C3~ C3~ C3\] P \+ P\)~ /.test(rest);
    const separable = /^D3~ P~ /.test(rest);
    if (!receptive && !separable) return null;
    return {
      variant: `UltraFace ${receptive ? 'RFB' : 'slim'}`,
      backbone: t('The backbone is a thin MobileNetV1.'),
      evidence: [
        receptive
          ? t('A receptive field block precedes the first level: three dilated branches, concatenated.')
          : t('One more depthwise-separable block precedes the first level: the slim version.'),
      ],
      // What the detector adds to its backbone: the depthwise convolutions of the heads, and the last level.
      authoredBias: [
        ...detection.levels
          .flatMap(({ predictions }) => predictions.flatMap(({ tower }) => tower.slice(-1)))
          .filter(isDepthwiseLayer),
        ...trunkLayers(network, detection.deepest).slice(-3),
      ],
    };
  },
});

/** Wu et al. 2023, "YuNet: A Tiny Millisecond-level Face Detector". */
export const yunet = detectorFamily({
  name: 'YuNet',
  levels: [3],
  answers: ['box', 'class', 'objectness', 'optional landmarks'],
  towers: /^(?:.* )?P > D3$/,
  pyramid: 'sums',
  anchors: [1, 1, 1],
  member: ({ detection: { deepest }, landmarks }, network) => {
    const words = trunkWords(network, deepest);
    if (!/^C3\/2~ P D3~ m2\/2 (?:P D3~ P D3~ (?:m2\/2 )?)+(?:P D3~ )?$/.test(words)) return null;
    const widths = stageWidths(network, deepest);
    const size = YUNET_MEMBERS.get(widths.join()) ?? `custom channels ${brackets(widths)}`;
    return {
      variant: `YuNet ${size}${landmarksSuffix(landmarks, 5)}`,
      backbone: t('The backbone consists of pairs of such blocks with max pooling between.'),
      evidence: [t('Every block is a 1×1 and then a depthwise 3×3 convolution with nothing between them.')],
      authoredBias: network.weighted.filter(({ conv }) => conv !== null && hasKernel(conv, 1)),
      biasedBeforeNorm: network.weighted.filter(({ conv }) => conv !== null && !hasKernel(conv, 1)),
    };
  },
});

/** Channels of the stages: Wu et al. 2023, Table 1, and the configurations of its code. */
const YUNET_MEMBERS: ReadonlyMap<string, string> = new Map([
  ['16,64,64,64,64,64', 'n'],
  ['16,32,64,64,64,64', 's'],
]);

/** Channels after the first block, and after each pair of blocks that follows. */
function stageWidths(network: Network, end: number): number[] {
  const widths = network
    .itemsBetween(SOURCE, end)
    .flatMap((item) => (item.kind === 'conv' && hasKernel(item.conv, 1) ? [item.conv.outputChannels] : []));
  return widths.filter((_, index) => index % 2 === 0).slice(0, Math.ceil(widths.length / 2));
}

/** Depths and widths of the backbone's stages: Guo et al. 2021, Table 6, and the configurations of its code. */
const SCRFD_MEMBERS: Readonly<Record<string, string>> = {
  'MobileNetV1 custom [1,2,3,2,6] 288': '500MF',
  'ResNet custom [3,5,3,2] 80': '2.5GF',
  'ResNet custom [3,4,2,3] 224': '10GF',
  'ResNet bottleneck custom [17,16,2,8] 736': '34GF',
};

/** Guo et al. 2021, "Sample and Computation Redistribution for Efficient Face Detection". */
export const scrfd = detectorFamily({
  name: 'SCRFD',
  levels: [3],
  answers: ['box', 'class', 'optional landmarks'],
  anchors: [2, 2, 2],
  towers: /^(?:.* )?(?:P|C3) > C3$/,
  pyramid: 'sums',
  member: ({ detection, classes, landmarks, backbone }, network) => {
    // A pyramid that goes down again: two sums up, two down.
    if (classes !== 1 || detection.merges.sums < 4 || detection.merges.concatenations > 0) return null;
    const last = network.itemsBetween(SOURCE, detection.deepest).at(-1);
    const width = last?.kind === 'conv' ? last.conv.inputChannels : 0;
    const size = backbone === null ? undefined : SCRFD_MEMBERS[`${backbone} ${width}`];
    return {
      variant: `SCRFD${size === undefined ? ` ${backbone ?? 'custom backbone'}` : `-${size}`}${landmarks === 0 ? '' : ` with ${landmarks} landmarks`}`,
      evidence: [
        t(
          'The pyramid sums its levels from coarse to fine and back; every answer is a 3×3 convolution after one tower.',
        ),
      ],
      authoredBias: pyramidLayers(network, detection),
      trained: [...boxScales(network, detection), ...sharedVectors(network, detection)],
    };
  },
});

/** Bazarevsky et al. 2019, "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs". */
export const blazeface = detectorFamily({
  name: 'BlazeFace',
  levels: [2],
  // The six points of a face are in one answer with its box.
  answers: ['box and landmarks', 'class'],
  towers: /^(?:.* )?> P$/,
  pyramid: 'none',
  normalisation: 'none',
  member: ({ detection: { deepest }, landmarks }, network) => {
    const words = trunkWords(network, deepest);
    const stem = /^C5\/2~ /.exec(words)?.[0];
    if (stem === undefined) return null;
    const blocks = words.slice(stem.length).match(BLAZE_BLOCKS) ?? [];
    if (blocks.length < 8 || blocks.join('') !== words.slice(stem.length)) return null;
    return {
      variant: `BlazeFace${BLAZE_CAMERAS.get(blocks.length) ?? ` custom (${blocks.length} blocks)`}${landmarksSuffix(landmarks, 6)}`,
      backbone: t('The backbone is its own.'),
      evidence: [
        t(
          '{0} blocks of a depthwise and a 1×1 convolution with a shortcut, pooled where the block has a stride.',
          blocks.length,
        ),
      ],
    };
  },
});

/** A single block, or a double one with a narrow middle. */
/** Numbers of blocks of the network for front cameras (128×128) and of that for back cameras (256×256). */
const BLAZE_CAMERAS: ReadonlyMap<number, string> = new Map([
  [16, ''],
  [39, ' for back cameras'],
]);

const BLAZE_BLOCKS = /\(D[35](?:\/2)? P(?:~ D[35] P)? \+ (?:m2\/2)?\)~ /g;

/** VGG-16 with its fully connected layers as convolutions, and four more convolutions. */
const SFD_TRUNK = /^(?:C3~ C3~ m2\/2 ){2}(?:C3~ C3~ C3~ m2\/2 ){3}C3~ P~ (?:P~ C3\/2~ ){2}$/;

/** Zhang et al. 2017, "S3FD: Single Shot Scale-Invariant Face Detector". */
export const s3fd = detectorFamily({
  name: 'S3FD',
  levels: [6],
  answers: ['box', 'class'],
  anchors: [1, 1, 1, 1, 1, 1],
  maxOut: true,
  towers: /^(?:.* )?> C3$/,
  pyramid: 'none',
  normalisation: 'none',
  member: ({ detection: { deepest, levels }, classes }, network) => {
    if (classes > 2 || !SFD_TRUNK.test(trunkWords(network, deepest))) return null;
    const [finest = 0, next = 0] = levels.map(({ predictions }) =>
      predictions.reduce((sum, { conv }) => sum + conv.outputChannels, 0),
    );
    return {
      variant: 'S3FD',
      backbone: t('The backbone is VGG-16, its linear layers as convolutions, with four more convolutions.'),
      evidence:
        finest > next ? [t('At the finest level, the largest of several scores stands for the background.')] : [],
    };
  },
});

/** What a convolution gives beside its negative: Shang et al. 2016, "CReLU". */
const MIRRORED = String.raw`\[ \| (?:\{Neg\})?\]~ `;
const FACEBOXES_TRUNK = new RegExp(
  `^C7/4 ${MIRRORED}m3/2 C5/2 ${MIRRORED}m3/2 ` +
    String.raw`(?:\[(?:(?:v3 )?P~(?: C3~){0,2}(?: \| )?){4}\] ){3}(?:P~ C3/2~ ){2}$`,
);

/** Zhang et al. 2017, "FaceBoxes: A CPU Real-time Face Detector with High Accuracy". */
export const faceboxes = detectorFamily({
  name: 'FaceBoxes',
  levels: [3],
  answers: ['box', 'class'],
  anchors: [21, 1, 1],
  towers: /^(?:.* )?> C3$/,
  pyramid: 'none',
  member: ({ detection: { deepest }, classes }, network) =>
    classes > 2 || !FACEBOXES_TRUNK.test(trunkWords(network, deepest))
      ? null
      : {
          variant: 'FaceBoxes',
          backbone: t(
            'The backbone is its own: two convolutions that go on with their negatives, and three inceptions.',
          ),
          evidence: [],
        },
});

/** The convolutions of the pyramid: from the backbone to its channels, and from these to as many. */
function pyramidLayers(network: Network, { deepest }: Detection): Layer[] {
  const { layers } = network.graph;
  const lateral = layers[deepest]?.conv ?? null;
  const backbone = withAncestors(layers, layers[deepest]?.inputs ?? []);
  return network.weighted.filter(
    (layer) =>
      !backbone.has(layer.index) && layer.conv?.groups === 1 && layer.conv.outputChannels === lateral?.outputChannels,
  );
}

/** Each level scales its boxes by a number that is trained. */
function boxScales(network: Network, { levels }: Detection): TrainedBehind[] {
  const predicted = new Set(levels.flatMap(({ predictions }) => predictions.map(({ layer }) => layer.index)));
  const scales = network.graph.layers.filter(
    ({ role, constant, inputs: [input] }) =>
      role === 'scale' && constant?.elements === 1 && predicted.has(flat(network, input)),
  );
  return scales.map((layer) => ({ layers: [layer], parameters: 1 }));
}

/**
 * Levels that share a tower share its group normalisations, whose vectors the exporter writes once for each level.
 */
function sharedVectors({ graph: { layers } }: Network, { levels }: Detection): TrainedBehind[] {
  const vectors = new Map<string, Layer[]>();
  for (const layer of layers) {
    if ((layer.role !== 'scale' && layer.role !== 'shift') || (layer.constant?.elements ?? 1) === 1) continue;
    const before = passBack(
      layers,
      layer.inputs[0] ?? SOURCE,
      ({ role }) => role === 'move' || role === 'other-norm' || role === 'scale',
    );
    if (before?.conv == null) continue;
    const key = `${layer.role} ${before.conv.weight.key}`;
    vectors.set(key, [...(vectors.get(key) ?? []), layer]);
  }
  return [...vectors.values()].flatMap((shared) => {
    const elements = shared[0]?.constant?.elements ?? 0;
    return shared.length === levels.length ? [{ layers: shared, parameters: elements }] : [];
  });
}

/** What a reordered value was before. */
function flat(network: Network, index = SOURCE): number {
  const before = passBack(network.graph.layers, index, ({ role }) => role === 'move' || role === 'transpose');
  return before?.index ?? SOURCE;
}

function isDepthwiseLayer({ conv }: Layer): boolean {
  return conv !== null && conv.groups > 1;
}

/** The weighted layers on the way to a layer, in order. */
function trunkLayers(network: Network, end: number): Layer[] {
  return [...weightedLayers(network.itemsBetween(SOURCE, end))];
}

function trunkWords(network: Network, end: number): string {
  return `${wordsOf(network.itemsBetween(SOURCE, end))} `;
}
