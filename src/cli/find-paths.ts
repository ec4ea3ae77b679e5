import * as fs from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FoundModel } from '../assistants/tool';
import { isModelName } from '../core/model-file-name';
import { diskLister, findModels as searchModels } from '../files/find-models';

/** A file to look at, or a path as the user gave it that led to none. */
export type FoundPath = FoundModel;

/**
 * Turns the paths of a command line into files, in their order and each file once, however it was named. A path that
 * exists is taken literally: a file, or a folder that is searched for models; any other is read as a pattern. A broken
 * link counts as a file, so that opening it says what is wrong. Once the signal aborts, what was found so far is
 * returned. Never rejects.
 */
export async function findPaths(
  paths: readonly string[],
  signal = new AbortController().signal,
): Promise<readonly FoundPath[]> {
  const found: FoundPath[] = [];
  const seen = new Set<string>();
  for (const given of paths) {
    if (signal.aborted) break;
    const items = await findOne(given, signal);
    const identities = await Promise.all(items.map(identityOf));
    const plainest = plainestSpellings(items, identities);
    for (const [index, item] of items.entries()) {
      const identity = identities[index]!;
      if (plainest.get(identity) !== item || seen.has(identity)) continue;
      seen.add(identity);
      found.push(item);
    }
  }
  return found;
}

async function identityOf(item: FoundPath): Promise<string> {
  if (item.error) return `error:${item.file}`;
  return await realpath(item.file).catch(() => unresolvedPath(item.file));
}

/** For what leads to no file: its own name in its real folder. */
async function unresolvedPath(file: string): Promise<string> {
  const folder = await realpath(path.dirname(file)).catch(() => path.resolve(path.dirname(file)));
  return path.join(folder, path.basename(file));
}

/** Of paths that lead to one file, the one through the fewest folders: links in a folder can lead back into it. */
function plainestSpellings(items: readonly FoundPath[], identities: readonly string[]): Map<string, FoundPath> {
  const depth = ({ file }: FoundPath): number => file.split(/[/\\]/).length;
  const plainest = new Map<string, FoundPath>();
  for (const [index, item] of items.entries()) {
    const known = plainest.get(identities[index]!);
    if (known === undefined || depth(item) < depth(known)) plainest.set(identities[index]!, item);
  }
  return plainest;
}

async function findOne(given: string, signal: AbortSignal): Promise<readonly FoundPath[]> {
  const literal = await existing(given);
  if (literal !== null) return literal.isFolder ? searchFolder(given, literal.path, signal) : [{ file: literal.path }];
  if (given !== '' && (await patterns()).isDynamicPattern(toSlashes(given))) return matchPattern(given, signal);
  // Opening it later says what is wrong with it: missing, no permission, a link to itself.
  return [{ file: given }];
}

async function existing(given: string): Promise<{ readonly path: string; readonly isFolder: boolean } | null> {
  // A path copied from Windows still means the same file elsewhere, unless a file of that literal name exists.
  const spellings = given.includes('\\') ? [given, given.replaceAll('\\', '/')] : [given];
  for (const spelling of spellings) {
    const stats = await stat(spelling).catch(() => null);
    if (stats !== null) return { path: spelling, isFolder: stats.isDirectory() };
  }
  return null;
}

async function searchFolder(given: string, folder: string, signal: AbortSignal): Promise<readonly FoundPath[]> {
  const models: string[] = [];
  const unreadable: FoundPath[] = [];
  await searchModels({
    list: diskLister(folder),
    isExcluded: () => false,
    onModel: (relative) => models.push(relative),
    onUnreadable: (relative, error) => {
      const inner = path.join(given, relative);
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      const message = `The folder ${inner} cannot be listed: ${code}. Check its permissions.`;
      unreadable.push({ file: inner, error: { code: 'unreadable', message } });
    },
    signal,
  });
  if (models.length > 0 || unreadable.length > 0) return [...inFolder(folder, models), ...unreadable];
  return [
    { file: given, error: { code: 'no-match', message: `The folder ${given} holds no .onnx file. Check the path.` } },
  ];
}

/** Paths below a folder, written with it in front, in the order a person would list them. */
function inFolder(folder: string, relatives: readonly string[]): readonly { readonly file: string }[] {
  return [...relatives]
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((relative) => ({ file: path.join(folder, relative) }));
}

async function matchPattern(given: string, signal: AbortSignal): Promise<readonly FoundPath[]> {
  const { folder, pattern } = await splitPattern(toSlashes(given));
  const matches = await matchesOf(pattern, folder, signal);
  // A pattern that does not name an extension, like `models/**`, asks for models only.
  const models = /\.[^./*?[\]{}()]+$/.test(pattern) ? matches : matches.filter(isModelName);
  if (models.length > 0) return inFolder(folder, models);
  const message = `No file matches ${given}. Check the pattern; quote it so that the shell does not expand it.`;
  return [{ file: given, error: { code: 'no-match', message } }];
}

async function matchesOf(pattern: string, folder: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { glob } = await patterns();
    return await glob([pattern], {
      cwd: folder,
      expandDirectories: false,
      ignore: ['**/node_modules/**'],
      onlyFiles: true,
      signal,
      fs: { realpath: realpathOrLink, stat: statOrLink },
    });
  } catch {
    // A pattern that cannot be compiled, a folder that vanished meanwhile, or an end to the search: nothing matches.
    return [];
  }
}

/** As `fs.realpath`; a link that leads to nothing is where it stands itself. */
const realpathOrLink = ((file: string, callback: (error: Error | null, resolved: string) => void) => {
  fs.realpath(file, (error, resolved) => callback(null, error === null ? resolved : file));
}) as typeof fs.realpath;

/** As `fs.stat`; of a link that leads to nothing, what the link is. */
const statOrLink = ((file: string, callback: (error: Error | null, stats: fs.Stats) => void) => {
  fs.stat(file, (error, stats) => {
    if (error === null) callback(null, stats);
    else fs.lstat(file, callback);
  });
}) as typeof fs.stat;

/** Loaded when a path is none that exists. */
const patterns = () => import('tinyglobby');

/** The leading folders that a pattern names literally, and the rest. */
async function splitPattern(pattern: string): Promise<{ readonly folder: string; readonly pattern: string }> {
  const { isDynamicPattern } = await patterns();
  const segments = pattern.split('/');
  const firstDynamic = segments.findIndex((segment) => segment.includes('\\') || isDynamicPattern(segment));
  const folder = segments.slice(0, firstDynamic).join('/');
  return {
    folder: folder === '' ? (firstDynamic > 0 ? '/' : '.') : folder,
    pattern: segments.slice(firstDynamic).join('/'),
  };
}

/** Patterns use slashes everywhere; elsewhere than on Windows a backslash escapes a pattern's character. */
function toSlashes(given: string): string {
  return path.sep === '\\' ? given.replaceAll('\\', '/') : given;
}
