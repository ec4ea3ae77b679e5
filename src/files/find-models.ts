import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import picomatch from 'picomatch';
import { isModelName } from '../core/model-file-name';

/** An entry of a folder, links already followed. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/** Lists a folder below the one that is searched, by its path from there with `/`; '' is that folder itself. */
export type ListFolder = (relative: string) => Promise<readonly FolderEntry[]>;

/** Folders that are listed at a time. */
const concurrentFolders = 8;

/** Deeper than any real tree; anything deeper is a cycle. */
const maxDepth = 64;

/** Never searched, whatever the settings say: dependencies, version control and other hidden folders and files. */
function isNeverSearched(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}

export interface ModelSearch {
  readonly list: ListFolder;
  /** Whether a file or a whole folder is left out, by its path. */
  readonly isExcluded: (relative: string) => boolean;
  /** Called for each model as it comes, by its path. */
  readonly onModel: (relative: string) => void;
  /** Called for each folder that cannot be listed, such as one without permission. */
  readonly onUnreadable?: (relative: string, error: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * Finds the `.onnx` files of a folder tree, in any casing and in no particular order: the one search of the command
 * line, the Models view, comparisons and benchmarks. Ends early, without an error, when the signal aborts.
 *
 * @param from where below the folder to begin
 */
export async function findModels(
  { list, isExcluded, onModel, onUnreadable, signal }: ModelSearch,
  from = '',
): Promise<void> {
  if (from.split('/').some(isNeverSearched)) return;
  const limit = pLimit(concurrentFolders);
  const unlisted = (folder: string) => (error: unknown) => {
    onUnreadable?.(folder, error);
    return [];
  };
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (signal.aborted) return;
    const entries = await limit(() => (signal.aborted ? [] : list(folder).catch(unlisted(folder))));
    const inner: Promise<void>[] = [];
    for (const { name, kind } of entries) {
      const relative = folder === '' ? name : `${folder}/${name}`;
      if (isNeverSearched(name) || (kind === 'file' && !isModelName(name)) || isExcluded(relative)) continue;
      if (kind === 'file') onModel(relative);
      else if (depth < maxDepth) inner.push(visit(relative, depth + 1));
    }
    await Promise.all(inner);
  };
  await visit(from, 0);
}

/**
 * Whether a path is left out by settings as `files.exclude` and `search.exclude` have them: patterns with a value of
 * true. Conditions on neighbouring files (`{ "when": … }`) are about generated sources and not followed.
 */
export function exclusionOf(...settings: readonly (Readonly<Record<string, unknown>> | undefined)[]) {
  const patterns = settings.flatMap((each) =>
    Object.entries(each ?? {}).flatMap(([key, on]) => (on === true ? key : [])),
  );
  // VS Code's patterns know neither extended globs nor negation.
  const options = { dot: true, noextglob: true, nonegate: true };
  const matchers = patterns.map((pattern) => picomatch(pattern, options));
  return (relative: string): boolean => relative.split('/').some(isNeverSearched) || isWithin(relative, matchers);
}

/** Whether the path itself or a folder that it lies in matches: what is in an excluded folder is excluded. */
function isWithin(relative: string, matchers: readonly ((text: string) => boolean)[]): boolean {
  if (matchers.length === 0) return false;
  for (let end = relative.length; end > 0; end = relative.lastIndexOf('/', end - 1)) {
    const part = relative.slice(0, end);
    if (matchers.some((matches) => matches(part))) return true;
  }
  return false;
}

/**
 * Lists folders of a disk. Links to files are files, and so are broken ones, as reading them says why they
 * cannot be read; a link to a folder is followed unless it leads into the searched folder, which is listed anyway,
 * or to where another link has led already.
 */
export function diskLister(root: string): ListFolder {
  const followed = new Set<string>();
  const realRoot = realpath(root);
  const kindOfLink = async (link: string): Promise<FolderEntry['kind'] | null> => {
    const target = await stat(link).catch(() => null);
    if (target === null) return 'file';
    if (!target.isDirectory()) return target.isFile() ? 'file' : null;
    const real = await realpath(link);
    const base = await realRoot;
    if (real === base || real.startsWith(base + path.sep) || followed.has(real)) return null;
    followed.add(real);
    return 'folder';
  };
  return async (relative) => {
    const folder = path.join(root, relative);
    const entries = await readdir(folder, { withFileTypes: true });
    const kinds = await Promise.all(
      entries.map(async (entry): Promise<FolderEntry | null> => {
        const { name } = entry;
        if (entry.isDirectory()) return { name, kind: 'folder' };
        if (entry.isFile()) return { name, kind: 'file' };
        const kind = entry.isSymbolicLink() ? await kindOfLink(path.join(folder, name)).catch(() => null) : null;
        return kind && { name, kind };
      }),
    );
    return kinds.filter((entry) => entry !== null);
  };
}
