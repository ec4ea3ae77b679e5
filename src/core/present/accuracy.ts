import { defaultResolution, type Landmark, type Runtime } from '../landmarks/landmark';
import { t } from '../language';
import imagenet from '../landmarks/reported/imagenet.json';

/** A standard network with its published accuracy on ImageNet-1K. */
export interface Backbone {
  /** torchvision's name, e.g. `resnet18`. */
  readonly model: string;
  /** For people, e.g. `ResNet-18`. */
  readonly label: string;
  readonly family: string;
  /** Options of the family's member, as the zoo has them. */
  readonly settings: Readonly<Record<string, string | number | readonly number[]>>;
  readonly parameters: number;
  /** Top-1 accuracy of the first published weights, and of the best ones, in percent. */
  readonly firstTop1Percent: number;
  readonly bestTop1Percent: number;
}

/** The backbones of the paper's Figure 6 and their families' other standard members. */
export const backbones: readonly Backbone[] = imagenet.rows.map(({ settings, ...row }) => ({
  ...row,
  settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
}));

/** Where the accuracies are published. */
export function accuracySource(): string {
  return t(
    'torchvision 0.14, metadata of the weights IMAGENET1K_V1 and, where there is one, IMAGENET1K_V2: top-1 accuracy on ImageNet-1K, one crop, and number of parameters.',
  );
}

/**
 * Top-1 accuracy on ImageNet in percent of the first published weights of a network, if it is one of the standard ones:
 * of its family and with exactly its number of parameters. Null for others, as for one with another number of classes.
 */
export function publishedTop1Percent({
  family,
  parameters,
}: Pick<Backbone, 'parameters'> & { readonly family: string | null }): number | null {
  const found = backbones.find((each) => each.family === family && each.parameters === parameters);
  return found?.firstTop1Percent ?? null;
}

/** A throughput with how it is known. */
export interface KnownThroughput {
  readonly throughputFps: number;
  readonly basis: 'measured' | 'predicted';
  /** The campaign that measured it, or the method that predicts it. */
  readonly source: string;
}

/** A backbone at a place where networks run. */
export interface PlacedBackbone extends Omit<Backbone, 'settings'> {
  /** null where it is neither measured nor predicted. */
  readonly throughput: KnownThroughput | null;
}

/** The paper's size of input and batch, which its figures are for (section 2.1). */
const [paperResolution, paperBatch] = [defaultResolution, 1];

/**
 * What was measured of a backbone on a device and runtime at 224 × 224, batch 1: by the user where there is such a
 * landmark (the last one), else by the published campaign that comes first. Null where nobody has.
 *
 * @param isPublished whether a campaign is one that Framecast brings along
 */
export function measuredThroughput(
  { family, parameters }: Pick<Backbone, 'family' | 'parameters'>,
  { device, runtime }: { readonly device: string; readonly runtime: Runtime },
  landmarks: readonly Landmark[],
  isPublished: (campaign: string) => boolean,
): KnownThroughput | null {
  const same = landmarks.filter(
    (landmark) =>
      landmark.device === device &&
      landmark.runtime === runtime &&
      landmark.family === family &&
      landmark.parameters === parameters &&
      landmark.resolution === paperResolution &&
      landmark.batch === paperBatch,
  );
  const own = same.filter(({ campaign }) => !isPublished(campaign)).at(-1);
  const chosen = own ?? same[0];
  return chosen === undefined
    ? null
    : { throughputFps: chosen.throughputFps, basis: 'measured', source: t('campaign {0}', chosen.campaign) };
}

/** A model of the user's own, by what tells it from others in landmarks. */
export interface OwnNetwork {
  /** As its file is called, without the ending. */
  readonly name: string;
  readonly family: string | null;
  readonly parameters: number;
}

/**
 * What the user has measured of a model of their own where it runs (the last of several): a landmark with its name,
 * family and number of parameters. Published campaigns do not count, as it was not this model that they measured.
 */
export function measuredOwnThroughput(
  { name, family, parameters }: OwnNetwork,
  { device, runtime, resolution, batch }: Pick<Landmark, 'device' | 'runtime' | 'resolution' | 'batch'>,
  landmarks: readonly Landmark[],
  isPublished: (campaign: string) => boolean,
): KnownThroughput | null {
  const own = landmarks.filter(
    (landmark) =>
      !isPublished(landmark.campaign) &&
      landmark.device === device &&
      landmark.runtime === runtime &&
      landmark.resolution === resolution &&
      landmark.batch === batch &&
      (landmark.model === name || landmark.model.endsWith(`/${name}`)) &&
      landmark.family === family &&
      landmark.parameters === parameters,
  );
  const last = own.at(-1);
  return last === undefined
    ? null
    : { throughputFps: last.throughputFps, basis: 'measured', source: t('campaign {0}', last.campaign) };
}

/** What the paper says of its Figure 6 (section 3.3), for its own board. */
export function accuracySentences(device: string): readonly string[] {
  if (device !== 'jetson-nano') return [];
  return [
    t(
      'The paper finds ResNet-50 a balanced choice at about 33 FPS: larger ResNets gain little accuracy and lose many FPS (section 3.3).',
    ),
    t(
      'On average, ShuffleNetV2 has the highest accuracy at the same FPS; MobileNetV2 and MnasNet come close to ResNet-18 with far fewer parameters (section 3.3).',
    ),
  ];
}

/**
 * An accuracy that a user has typed in: percent from 1 to 100, decimal comma allowed; null for what is none. What is
 * below 1 is a share of one, or no better than guessing among the thousand classes of ImageNet.
 */
export function parseAccuracy(typed: string): number | null {
  const plain = typed.trim().replace(/\s*%$/, '').replace(',', '.');
  if (!/^\d+(\.\d+)?$/.test(plain)) return null;
  const percent = Number(plain);
  return percent >= 1 && percent <= 100 ? percent : null;
}
