import { t } from '../language';
import { remembered } from '../remembered';
import { bundledCampaigns } from './campaigns';
import { unknownFamilyRemark } from './known-family';
import { isInFits, type Landmark } from './landmark';
import { landmarkIdentity } from './landmark-identity';
import { readLandmarkRow, writeLandmarkRow, type BrokenLine, type LandmarkLine } from './landmark-lines';
import { isBundledCampaign } from './landmark-set';
import { impossibleThroughput } from './peak-throughput';

/** A file of landmarks beside the bundled ones: the user's own store, or one that a team shares. */
export interface LandmarkSource {
  readonly origin: 'own' | 'team';
  readonly file: string;
  readonly lines: readonly LandmarkLine[];
  readonly broken: readonly BrokenLine[];
}

/** One landmark of the collection. */
export interface LandmarkEntry {
  /** Its content's identity: unique in the collection, and the same whenever the files are read again. */
  readonly key: string;
  /** Where it was found first: published campaigns, then the team's files, then the own one. */
  readonly origin: 'bundled' | 'team' | 'own';
  /** null for bundled ones. */
  readonly file: string | null;
  /** Its line in that file, counted from 1; null for bundled ones. */
  readonly line: number | null;
  /** Ids of the lines of the own store that say it: repeats, and judgements of landmarks of other origins. */
  readonly ownIds: readonly string[];
  /** With the user's verdict and comment, wherever the landmark itself is from. */
  readonly landmark: Landmark;
  /** Whether fits learn from it. */
  readonly isInFits: boolean;
  /** What files say of it as they are written, with fields that Framecast does not know; empty for bundled ones. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Something about a line of a file that its owner should know. */
export interface LandmarkProblem {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** A sentence or two without file and line. */
  readonly reason: string;
  /** Whether the landmark is used all the same. */
  readonly isUsed: boolean;
}

/** Everything that is measured, as far as this user sees it. */
export interface LandmarkCollection {
  readonly entries: readonly LandmarkEntry[];
  /** What fits learn from, in the entries' order. */
  readonly landmarks: readonly Landmark[];
  /** Campaigns of the user's own landmarks. */
  readonly ownCampaigns: ReadonlySet<string>;
  readonly problems: readonly LandmarkProblem[];
}

/**
 * Puts the landmarks of files beside the bundled ones, each content once. A line of the own store that repeats a
 * landmark of another origin adds nothing but its verdict and comment, which is how published and shared landmarks,
 * which nobody can change, are switched off or commented.
 *
 * A line that claims to be of a published campaign but is not among its rows is left out, as fits relate campaigns to
 * each other and a campaign's name must keep meaning what it means; so is a throughput that the board cannot reach.
 */
export function collectLandmarks(sources: readonly LandmarkSource[]): LandmarkCollection {
  const entries = new Map<string, LandmarkEntry>(
    bundledCampaigns.flatMap(({ landmarks }) =>
      landmarks.map((landmark) => [landmarkIdentity(landmark), bundledEntry(landmark)] as const),
    ),
  );
  const problems: LandmarkProblem[] = [];
  for (const source of [...sources].sort((a, b) => rank(a) - rank(b))) {
    const found = source.broken.map(({ line, reason }) => ({ file: source.file, line, reason, isUsed: false }));
    for (const line of source.lines) {
      const key = landmarkIdentity(line.landmark);
      const known = entries.get(key);
      const reason = known === undefined ? rejectionReason(line.landmark) : null;
      if (reason !== null) {
        found.push({ file: source.file, line: line.line, reason, isUsed: false });
        continue;
      }
      entries.set(key, known === undefined ? entryOf(source, line, key) : merged(known, source, line));
      const remark = known === undefined ? unknownFamilyRemark(line.landmark) : null;
      if (remark !== null) found.push({ file: source.file, line: line.line, reason: remark, isUsed: true });
    }
    for (const each of found.sort((a, b) => a.line - b.line)) problems.push(each);
  }
  const all = [...entries.values()];
  const ownCampaigns = new Set(all.flatMap(({ origin, landmark }) => (origin === 'own' ? [landmark.campaign] : [])));
  const landmarks = all.flatMap((entry) => (entry.isInFits ? [entry.landmark] : []));
  return { entries: all, landmarks, ownCampaigns, problems };
}

/** Whether two collections say the same, so that nothing needs to follow. */
export function isSameCollection(one: LandmarkCollection, other: LandmarkCollection): boolean {
  return (
    sameItems(one.entries, other.entries, isSameEntry) &&
    sameItems(one.problems, other.problems, (a, b) => problemSentence(a) === problemSentence(b))
  );
}

/** Whether fits over two sets of landmarks are the same fits. */
export function isSameLandmarks(one: readonly Landmark[], other: readonly Landmark[]): boolean {
  return sameItems(one, other, isSameLandmark);
}

/** `FILE, line 3 is skipped: …`, or `FILE, line 3: …` where it is used. */
export function problemSentence({ file, line, reason, isUsed }: LandmarkProblem): string {
  return isUsed ? t('{0}, line {1}: {2}', file, line, reason) : t('{0}, line {1} is skipped: {2}', file, line, reason);
}

function sameItems<T>(one: readonly T[], other: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return one.length === other.length && one.every((item, index) => isSame(item, other[index]!));
}

function isSameEntry(one: LandmarkEntry, other: LandmarkEntry): boolean {
  return (
    one.key === other.key &&
    one.file === other.file &&
    one.line === other.line &&
    one.ownIds.join() === other.ownIds.join() &&
    isSameLandmark(one.landmark, other.landmark) &&
    (one.record === other.record || JSON.stringify(one.record) === JSON.stringify(other.record))
  );
}

/** Landmarks of lines that have not changed are the same objects; judged ones are new objects with the same values. */
function isSameLandmark(one: Landmark, other: Landmark): boolean {
  if (one === other) return true;
  const keys = [...Object.keys(one), ...Object.keys(other)] as (keyof Landmark)[];
  return keys.every((key) => one[key] === other[key]);
}

function bundledEntry(landmark: Landmark): LandmarkEntry {
  const key = landmarkIdentity(landmark);
  const where = { origin: 'bundled', file: null, line: null, ownIds: [] } as const;
  return { key, ...where, landmark, isInFits: isInFits(landmark), record: {} };
}

function entryOf(
  { origin, file }: LandmarkSource,
  { line, id, landmark, record }: LandmarkLine,
  key: string,
): LandmarkEntry {
  const ownIds = origin === 'own' && id !== null ? [id] : [];
  return { key, origin, file, line, ownIds, landmark, isInFits: isInFits(landmark), record };
}

/** A repeat: what the own store says of verdict and comment holds, its last line last. */
function merged(
  known: LandmarkEntry,
  { origin }: LandmarkSource,
  { id, landmark, record }: LandmarkLine,
): LandmarkEntry {
  if (origin !== 'own') return known;
  const ownIds = id === null ? known.ownIds : [...known.ownIds, id];
  const { verdict = known.landmark.verdict, comment = known.landmark.comment } = landmark;
  const judged: Landmark = { ...known.landmark, verdict, comment };
  // One of the records as it is, so that collections of thousands of repeats compare at once.
  const kept = known.origin === 'bundled' ? record : known.record;
  return { ...known, ownIds, landmark: judged, isInFits: isInFits(judged), record: kept };
}

/**
 * Why a landmark would be refused once it is written and read again, as a sentence; null where it would not. Whoever
 * makes landmarks asks this before anything is saved.
 */
export function unreadableReason(landmark: Landmark): string | null {
  const read = readLandmarkRow(writeLandmarkRow(landmark, null));
  return read.ok ? rejectionReason(read.value.landmark) : read.error;
}

/**
 * Why a landmark cannot be taken, as a sentence; null where it can. Remembered, as stores of thousands of landmarks are
 * collected again after each change.
 */
export const rejectionReason = remembered((landmark: Landmark): string | null =>
  isBundledCampaign(landmark.campaign)
    ? t(
        '{0} is a published campaign without this row; give your own measurements a campaign name of their own.',
        landmark.campaign,
      )
    : impossibleThroughput(landmark),
);

/** Shared files come before the own store, so that the own one can judge what they say. */
function rank({ origin }: LandmarkSource): number {
  return origin === 'team' ? 0 : 1;
}
