import { t } from '../../language';
import { listed } from '../../text';
import { intsOf } from '../../onnx/attributes';
import { largestOf } from '../../extremes';
import { weightedLayers } from '../structure/items';
import { type Layer, SOURCE } from '../structure/layers';
import { type Detection, readDetection, towerWords } from '../structure/detection';
import type { Network } from '../structure/network';
import { wordsOf } from '../structure/words';
import type { Family } from './family';
import { decimal } from './naming';

/** What tells one version of YOLO from the others. */
interface Version {
  readonly name: string;
  /** Words of the backbone's beginning. */
  readonly opening: RegExp;
  /** What leads to the predictions of a level, in any order; words of `towerWords`. */
  readonly towers: readonly RegExp[];
  /** Channels of a level's box prediction; null where one convolution answers everything. */
  readonly box: number | null;
  /** Channels of the first convolution and weighted layers up to the first enlarged map, by size. */
  readonly sizes: Readonly<Record<string, string>>;
  /** Whether the coarsest map is pooled at several sizes, which tells versions 11 and 12 apart. */
  readonly pools?: boolean;
  readonly evidence: () => string;
}

const CONVOLVED = /^(?:P|C3) C3 C3 > P$/;
const LIGHT = /^(?:P|C3) D3 P D3 P > P$/;

/** A strided 3×3, then a pooled and a convolved half: the face variants of version 5. */
const FACE_STEM = /^C3\/2~ \[P~ C3\/2~ \| m2\/2\] P~ /;

const CSP = String.raw`\[P~(?: \(P~ C3~ \+ \))+ \| P~\] P~ `;

/** Ultralytics' versions, and those of others in between; sizes after their published configurations. */
const VERSIONS: readonly Version[] = [
  {
    name: 'YOLOv5',
    opening: new RegExp(String.raw`^(?:C6/2~|\{#\} C3~|\{Concat\} C3~|C3~) C3/2~ ${CSP}`),
    towers: [/^(?:.* )?> P$/],
    box: null,
    sizes: { '16:34': 'n', '32:34': 's', '48:48': 'm', '64:62': 'l', '80:76': 'x' },
    evidence: () =>
      t('Stages of two 1×1 halves, one of them through residual bottlenecks, and a convolution for three anchors.'),
  },
  {
    name: 'YOLOv5',
    opening: FACE_STEM,
    towers: [/^(?:.* )?> P$/],
    box: null,
    sizes: { '32:38': 's', '48:54': 'm', '64:70': 'l' },
    evidence: () =>
      t('A stem with a pooled and a convolved half, as in YOLO5Face, and a convolution for three anchors.'),
  },
  {
    name: 'YOLOX',
    opening: /^\{#\} C3~ /,
    towers: [/^(?:.* )?> P$/],
    box: 4,
    sizes: { '16:48': '-nano', '24:36': '-tiny', '32:36': '-s', '48:52': '-m', '64:68': '-l', '80:84': '-x' },
    evidence: () =>
      t('The image is rearranged from space to depth; boxes, classes and objectness have convolutions of their own.'),
  },
  {
    name: 'YOLOv7',
    opening: /^C3~ C3\/2~ C3~ C3\/2~ \{#\} P~ \[P~ C3\/2~ \| m2\/2 P~\] /,
    towers: [/^(?:.* )?> P$/],
    box: null,
    sizes: { '32:49': '', '40:57': '-X' },
    evidence: () =>
      t(
        'Stages concatenate the results of every second 3×3 convolution in a row, and a convolution for three anchors.',
      ),
  },
  {
    name: 'YOLOv7',
    opening: /^C3\/2~ C3\/2~ \{#\} P~ m2\/2 \{#\} P~ /,
    towers: [/^(?:.* )?> P$/],
    box: null,
    sizes: { '32:27': '-tiny' },
    evidence: () => t('Stages concatenate the results of two 3×3 convolutions, and a convolution for three anchors.'),
  },
  {
    name: 'YOLOv9',
    opening: /^C3\/2~ C3\/2~ P~ \{#\} P~ v2 /,
    towers: [/^(?:P|C3) C3 (?:C3|D3) > (?:P|D1)$/],
    box: 64,
    sizes: { '16:77': 't', '32:77': 's', '32:63': 'm', '64:66': 'c' },
    evidence: () =>
      t(
        'Stages split in two that keep the results of both blocks, with average pooling before each stride; boxes are distributions over 16 distances.',
      ),
  },
  {
    name: 'YOLOv8',
    opening: /^C3\/2~ C3\/2~ P~ (?:\[ \| (?: \| )*|\{#\})/,
    towers: [CONVOLVED],
    box: 64,
    sizes: { '16:27': 'n', '32:27': 's', '48:39': 'm', '64:51': 'l', '80:51': 'x' },
    evidence: () =>
      t('Stages split in two that keep the result of every bottleneck; boxes are distributions over 16 distances.'),
  },
  {
    name: 'YOLOv10',
    opening: /^C3\/2~ C3\/2~ P~ .*P~ D3\/2 /,
    towers: [CONVOLVED, LIGHT],
    box: 64,
    sizes: { '16:36': 'n', '32:39': 's', '48:54': 'm', '64:54': 'b', '64:69': 'l', '80:87': 'x' },
    evidence: () =>
      t('Stages begin with a 1×1 and a strided depthwise convolution; depthwise convolutions find the classes.'),
  },
  {
    name: 'YOLO11',
    pools: true,
    opening: /^C3\/2~ C3\/2~ P~ /,
    towers: [CONVOLVED, LIGHT],
    box: 64,
    sizes: { '16:40': 'n', '32:40': 's', '64:50': 'm', '64:83': 'l', '96:83': 'x' },
    evidence: () =>
      t(
        'Self-attention in the last stage; boxes are distributions over 16 distances, and depthwise convolutions find the classes.',
      ),
  },
  {
    name: 'YOLO12',
    pools: false,
    opening: /^C3\/2~ C3\/2~ P~ /,
    towers: [CONVOLVED, LIGHT],
    box: 64,
    sizes: { '16:57': 'n', '32:57': 's', '64:67': 'm', '64:121': 'l', '96:121': 'x' },
    evidence: () =>
      t(
        'Self-attention within areas of the deeper maps; boxes are distributions over 16 distances, and depthwise convolutions find the classes.',
      ),
  },
  {
    name: 'YOLO26',
    pools: true,
    opening: /^C3\/2~ C3\/2~ P~ /,
    towers: [CONVOLVED, LIGHT],
    box: 4,
    sizes: { '16:40': 'n', '32:40': 's', '64:50': 'm', '64:83': 'l', '96:83': 'x' },
    evidence: () =>
      t('Self-attention in the last stage; boxes are four numbers, and depthwise convolutions find the classes.'),
  },
];

/** Redmon et al. 2016, "You Only Look Once", in the versions of today. */
export const yolo: Family = {
  name: 'YOLO',
  recognise: (network) => {
    const detection = readDetection(network);
    if (detection === null || detection.levels.length < 3 || detection.levels.length > 4) return null;
    if (detection.upsamplings < 2 || detection.merges.concatenations < 2) return null;
    const trunk = network.itemsBetween(SOURCE, detection.deepest);
    const words = `${wordsOf(trunk)} `;
    const poolsInPlace = network.graph.layers.some(
      ({ role, node }) => role === 'max-pool' && largestOf(intsOf(node, 'strides') ?? [1]) === 1,
    );
    for (const version of VERSIONS) {
      const isOpening = version.opening.test(words) && (version.pools ?? poolsInPlace) === poolsInPlace;
      const heads = isOpening ? headsOf(detection, version) : null;
      if (heads === null) continue;
      const stem = firstConvolution(network)?.conv?.outputChannels ?? 0;
      const size = version.sizes[`${stem}:${weightedLayers(trunk).size}`];
      const shuffles = /\] s /.test(words);
      const face = heads.isFace || (heads.values === FACE_VALUES && FACE_STEM.test(words));
      const named = shuffles && stem === 32 ? 'n' : (size ?? ` custom width ${decimal(stem / 64)}`);
      const landmarks = heads.points === 0 || face ? '' : `-pose`;
      const predictions = detection.levels.flatMap((level) => level.predictions.map(({ layer }) => layer));
      return {
        variant: `${version.name}${named}${face ? '-face' : landmarks}${shuffles ? ' ShuffleNetV2' : ''}`,
        evidence: [
          version.evidence(),
          t('The pyramid concatenates its levels from coarse to fine and back.'),
          shuffles ? t('The backbone consists of ShuffleNetV2 units.') : t("The backbone is {0}'s own.", version.name),
          t('Each of {0} levels predicts {1}.', detection.levels.length, heads.described),
          ...(version.box === 4 * DISTANCES && !network.weighted.some(isAverage)
            ? [
                t(
                  'The file lacks the fixed convolution that averages {0} distances; torch counts {0} more parameters for it.',
                  DISTANCES,
                ),
              ]
            : []),
        ],
        explained: new Set(network.weighted),
        authoredBias: new Set(predictions),
      };
    }
    return null;
  },
};

/** Distances that the sides of a box are averaged from (Li et al. 2020, "Generalized Focal Loss"). */
const DISTANCES = 16;

function isAverage({ conv }: Layer): boolean {
  return conv?.inputChannels === DISTANCES && conv.outputChannels === 1;
}

/** A box, objectness, one class and five landmarks. */
const FACE_VALUES = 16;

interface Heads {
  /** Numbers that one convolution answers for an anchor; 0 where there are several. */
  readonly values: number;
  readonly points: number;
  readonly isFace: boolean;
  readonly described: string;
}

function headsOf({ levels }: Detection, { towers, box }: Version): Heads | null {
  let heads: Heads | null = null;
  for (const { predictions } of levels) {
    const words = predictions.map(towerWords);
    if (!words.every((word) => towers.some((tower) => tower.test(word)))) return null;
    if (!towers.every((tower) => words.some((word) => tower.test(word)))) return null;
    const channels = predictions.map(({ conv }) => conv.outputChannels);
    const read = box === null ? anchored(channels) : decoupled(channels, box);
    if (read === null || (heads !== null && heads.described !== read.described)) return null;
    heads = read;
  }
  return heads;
}

function anchored(channels: readonly number[]): Heads | null {
  const [count = 0] = channels;
  const values = count / 3;
  if (channels.length !== 1 || !Number.isInteger(values) || values < 6) return null;
  return { values, points: 0, isFace: false, described: t('{0} numbers for each of three anchors', values) };
}

function decoupled(channels: readonly number[], box: number): Heads | null {
  const rest = [...channels];
  const at = rest.indexOf(box);
  if (at < 0 || channels.length < 2 || channels.length > 3) return null;
  rest.splice(at, 1);
  // YOLOX has objectness, the others may have three numbers for each of a number of points.
  const [few = 0, many = 0] = rest.sort((one, other) => one - other);
  const classes = (count: number): string => t('{0, plural, one {# class} other {# classes}}', count);
  if (rest.length === 1) return { values: 0, points: 0, isFace: false, described: listed([t('boxes'), classes(few)]) };
  if (box === 4 && few === 1)
    return { values: 0, points: 0, isFace: false, described: listed([t('boxes'), t('objectness'), classes(many)]) };
  if (many % 3 !== 0) return null;
  const points = many / 3;
  return {
    values: 0,
    points,
    isFace: few === 1 && points === 5,
    described: listed([t('boxes'), classes(few), t('{0} keypoints', points)]),
  };
}

function firstConvolution(network: Network): Layer | undefined {
  return network.weighted.find((layer) => layer.conv !== null);
}
