import { t } from '../../language';
import { listed } from '../../text';
import { type Detection, type Level, readDetection, towerWords } from '../structure/detection';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { backboneName } from './backbone';
import type { Family, Recognition } from './family';

/** A family of detectors as a table: what its levels answer, and through what. */
export interface DetectorTable {
  readonly name: string;
  /** How many levels there may be. */
  readonly levels: readonly number[];
  /** What a level answers for each anchor, in any order. */
  readonly answers: readonly Answer[];
  /** Anchors a place, by level, where the family fixes them. */
  readonly anchors?: readonly number[];
  /** True where several scores of the finest level may stand for what is none of the classes. */
  readonly maxOut?: true;
  /** What leads to a prediction and the prediction itself, in the words of `towerWords`. */
  readonly towers: RegExp;
  /** Enlarged maps, and what they flow into: both none, sums, or concatenations. */
  readonly pyramid: 'none' | 'sums' | 'concatenations';
  /** More of the graph that must hold, and the member; null where it is no member. */
  readonly member: (reading: DetectorReading, network: Network) => DetectorMember | null;
  readonly normalisation?: Recognition['normalisation'];
}

export type Answer = 'box' | 'box and landmarks' | 'class' | 'objectness' | 'landmarks' | 'optional landmarks';

export interface DetectorMember {
  readonly variant: string;
  /** A sentence on the backbone where it is the family's own. */
  readonly backbone?: string;
  /** What is seen besides heads and backbone, a sentence each. */
  readonly evidence: readonly string[];
  /** Convolutions besides the predictions whose bias is the author's. */
  readonly authoredBias?: readonly Layer[];
  /** Convolutions with a bias and BatchNormalization after it. */
  readonly biasedBeforeNorm?: readonly Layer[];
  readonly trained?: Recognition['trained'];
}

export interface DetectorReading {
  readonly detection: Detection;
  /** Of each level. */
  readonly anchors: readonly number[];
  readonly classes: number;
  /** Points of a face; 0 where there are none. */
  readonly landmarks: number;
  /** The backbone in short; null where it is none that is known. */
  readonly backbone: string | null;
}

/** The family that a table describes. */
export function detectorFamily(table: DetectorTable): Family {
  return {
    name: table.name,
    recognise: (network) => {
      const detection = readDetection(network);
      if (detection === null || !table.levels.includes(detection.levels.length)) return null;
      if (!isPyramid(detection, table.pyramid)) return null;
      const levels = detection.levels.map((level) => readLevel(level, table));
      const coarsest = levels.at(-1);
      if (coarsest == null) return null;
      for (const [index, level] of levels.entries()) {
        if (level === null || level.landmarks !== coarsest.landmarks) return null;
        if (level.classes !== coarsest.classes && (index > 0 || table.maxOut !== true)) return null;
      }
      const anchors = levels.map((level) => level?.anchors ?? 0);
      if (table.anchors !== undefined && table.anchors.join() !== anchors.join()) return null;
      const { classes, landmarks } = coarsest;
      const backbone = backboneName(network, detection.deepest);
      const member = table.member({ detection, anchors, classes, landmarks, backbone }, network);
      if (member === null) return null;
      const predictions = detection.levels.flatMap((level) => level.predictions);
      return {
        variant: member.variant,
        evidence: [
          t(
            'At {0} levels (strides {1}), convolutions predict {2} for {3} per position.',
            levels.length,
            detection.levels.map(({ stride }) => stride).join(', '),
            answersText(table.answers, landmarks),
            anchorsText(anchors),
          ),
          ...member.evidence,
          member.backbone ??
            (backbone === null ? t('The backbone is not a known one.') : t('The backbone is {0}.', backbone)),
        ],
        explained: new Set(network.weighted),
        normalisation: table.normalisation,
        authoredBias: new Set([...predictions.map(({ layer }) => layer), ...(member.authoredBias ?? [])]),
        biasedBeforeNorm: new Set(member.biasedBeforeNorm),
        trained: member.trained ?? [],
      };
    },
  };
}

function isPyramid({ upsamplings, merges }: Detection, wanted: DetectorTable['pyramid']): boolean {
  if (wanted === 'none') return upsamplings === 0;
  if (upsamplings === 0) return false;
  return wanted === 'sums' ? merges.sums >= 2 : merges.concatenations >= 2;
}

interface LevelReading {
  readonly anchors: number;
  readonly classes: number;
  readonly landmarks: number;
}

/** Which of a level's predictions is which follows from their channels: 4 numbers make a box. */
function readLevel({ predictions }: Level, { answers, towers, anchors: fixed }: DetectorTable): LevelReading | null {
  if (!predictions.every((prediction) => towers.test(towerWords(prediction)))) return null;
  const channels = predictions.map(({ conv }) => conv.outputChannels);
  const readings = channels
    .map((_, box) => readChannels(channels, box, answers))
    .filter((reading) => reading !== null && (fixed === undefined || fixed.includes(reading.anchors)));
  // 8, 4 and 20: boxes, two classes and five points for two anchors, rather than eight classes for one.
  return readings.sort((one, other) => (one?.classes ?? 0) - (other?.classes ?? 0))[0] ?? null;
}

/** Reads the channels of a level when those at `box` are boxes. */
function readChannels(channels: readonly number[], box: number, answers: readonly Answer[]): LevelReading | null {
  const others = channels.filter((_, index) => index !== box);
  const numbers = channels[box] ?? 0;
  if (answers.includes('box and landmarks')) {
    const [anchors = 0] = others;
    const each = numbers / anchors;
    const isRead = others.length === 1 && Number.isInteger(each) && each >= 8 && each % 2 === 0;
    return isRead ? { anchors, classes: 1, landmarks: (each - 4) / 2 } : null;
  }
  const anchors = numbers / 4;
  const each = others.map((count) => count / anchors).sort((one, other) => one - other);
  if (!Number.isInteger(anchors) || !each.every(Number.isInteger)) return null;
  if (answers.includes('objectness') && each.shift() !== 1) return null;
  const [classes, points] = each;
  const optional = answers.includes('optional landmarks');
  if (classes === undefined || each.length > (optional || answers.includes('landmarks') ? 2 : 1)) return null;
  if (points === undefined ? answers.includes('landmarks') : points % 2 !== 0 || points < 4) return null;
  return { anchors, classes, landmarks: (points ?? 0) / 2 };
}

function answersText(answers: readonly Answer[], landmarks: number): string {
  const words = [t('boxes'), t('classes')];
  if (answers.includes('objectness')) words.push(t('objectness'));
  if (landmarks > 0) words.push(t('{0} facial landmarks', landmarks));
  return listed(words);
}

/** `1 anchor`, `2 anchors`, or `2 or 3 anchors` where levels differ. */
function anchorsText(anchors: readonly number[]): string {
  const counts = [...new Set(anchors)].sort((one, other) => one - other);
  const [only, ...others] = counts;
  if (others.length === 0) return t('{0, plural, one {# anchor} other {# anchors}}', only ?? 0);
  return t('{0} or {1} anchors', counts.slice(0, -1).join(', '), counts.at(-1) ?? 0);
}

/** ` with 98 landmarks`, or nothing where a face has the usual number of them. */
export function landmarksSuffix(landmarks: number, usual: number): string {
  return landmarks === usual ? '' : ` with ${landmarks} landmarks`;
}
