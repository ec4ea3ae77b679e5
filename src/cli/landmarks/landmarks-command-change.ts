import { verdicts, type Verdict } from '../../core/landmarks/landmark';
import type { LandmarkEntry } from '../../core/landmarks/landmark-collection';
import { failure, success, type Result } from '../../core/result';
import { derivedLandmarkId, openLandmarkStore } from '../../files/landmarks';
import { exitCode } from '../exit-code';
import { entryId, entryJson, type LandmarksFlags } from './landmarks-command-list';
import { loadLandmarks, type LoadedLandmarks } from './own-landmarks';
import { printError, print } from '../streams';
import { jsonText, printable } from '../terminal';

/** Deletes own landmarks by their ids and returns the exit code. */
export async function removeLandmarks(ids: readonly string[], flags: LandmarksFlags): Promise<number> {
  const found = findEntries(ids, await loadLandmarks(flags.landmarks));
  if (!found.ok) return printError(found.error.message);
  const { file, entries } = found.value;
  const published = entries.find(({ ownIds }) => ownIds.length === 0);
  if (published !== undefined) {
    return printError(
      `${entryId(published)} (${published.landmark.model}) is published and cannot be deleted; exclude it from fits: framecast landmarks verdict off ${entryId(published)}`,
    );
  }
  const removed = await openLandmarkStore(file).remove(entries.flatMap(({ ownIds }) => ownIds));
  if (!removed.ok) return printError(removed.error.message);
  const sentence = `Deleted ${entries.map(describe).join(', ')} from ${file}.`;
  await print(flags.json ? jsonText({ file, removed: entries.map(entryJson) }) : printable(sentence));
  return exitCode.fine;
}

interface ReviewFlags extends LandmarksFlags {
  readonly comment?: string;
}

/** Sets or takes back what the user says of landmarks, and returns the exit code. */
export async function reviewLandmarks(said: string, ids: readonly string[], flags: ReviewFlags): Promise<number> {
  if (said !== 'none' && !isVerdict(said)) {
    return printError(`A verdict is ${verdicts.join(', ')} or none, not ${said}.`);
  }
  // A verdict on a published landmark writes the first line of a file that may not be there yet.
  const found = findEntries(ids, await loadLandmarks(undefined, flags.landmarks));
  if (!found.ok) return printError(found.error.message);
  const { file, entries } = found.value;
  const verdict = said === 'none' ? null : said;
  const comment = flags.comment === undefined ? {} : { comment: flags.comment === '' ? null : flags.comment };
  const reviewed = await openLandmarkStore(file).review(entries, () => ({ verdict, ...comment }));
  if (!reviewed.ok) return printError(reviewed.error.message);
  const what = verdict === null ? 'Removed the verdict on' : `Marked as ${verdict}:`;
  const sentence = `${what} ${entries.map(describe).join(', ')}.`;
  const ofJson = { file, verdict, landmarks: entries.map(entryId) };
  await print(flags.json ? jsonText(ofJson) : printable(sentence));
  return exitCode.fine;
}

interface FoundEntries {
  readonly file: string;
  readonly entries: readonly LandmarkEntry[];
}

/** Entries by their ids or the beginnings of them, each once. */
function findEntries(ids: readonly string[], loaded: Result<LoadedLandmarks>): Result<FoundEntries> {
  if (!loaded.ok) return loaded;
  const { file, entries } = loaded.value;
  // A published landmark keeps its id when a line of the own store adds a verdict.
  const names = entries.map((entry) => ({ entry, names: [derivedLandmarkId(entry.landmark), ...entry.ownIds] }));
  const found = new Set<LandmarkEntry>();
  for (const id of ids) {
    const exact = names.filter((item) => item.names.includes(id));
    const matches = exact.length > 0 ? exact : names.filter((item) => item.names.some((name) => name.startsWith(id)));
    if (matches.length !== 1 || id === '') {
      const why = matches.length === 0 ? 'There is no landmark' : `${matches.length} landmarks start with`;
      return failure('invalid-request', `${why} ${id}. framecast landmarks list --all shows all ids.`);
    }
    found.add(matches[0]!.entry);
  }
  return success({ file, entries: [...found] });
}

function describe(entry: LandmarkEntry): string {
  return `${entry.landmark.model} (${entryId(entry)})`;
}

function isVerdict(text: string): text is Verdict {
  return (verdicts as readonly string[]).includes(text);
}
