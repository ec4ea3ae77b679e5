import { lstat, readlink, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/** What says where a user's data lies; default: this process's. */
export interface UserPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/**
 * The landmark file that the extension and the command line share, absolute: FRAMECAST_LANDMARKS where it is set, else
 * `framecast/landmarks.jsonl` in the user's data folder, which is $XDG_DATA_HOME or ~/.local/share (XDG Base Directory
 * Specification), ~/Library/Application Support on macOS and %APPDATA% on Windows.
 */
export function defaultLandmarksFile(
  place: UserPlace = { env: process.env, platform: process.platform, home: homedir() },
): string {
  const named = place.env['FRAMECAST_LANDMARKS'];
  if (named) return path.resolve(named);
  return path.join(dataFolder(place), 'framecast', 'landmarks.jsonl');
}

function dataFolder({ env, platform, home }: UserPlace): string {
  if (platform === 'win32') return env['APPDATA'] || path.join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  const xdg = env['XDG_DATA_HOME'];
  // The specification has relative paths ignored.
  return xdg && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'share');
}

/** As many links as Linux follows. */
const maxLinks = 40;

/**
 * The file that a path leads to through symbolic links, whether or not it exists: two names of one file then share a
 * lock, and rewriting replaces the file rather than a link to it. Rejects with ELOOP for links in a circle.
 */
export async function followLinks(file: string): Promise<string> {
  let current = path.resolve(file);
  for (let links = 0; links < maxLinks; links += 1) {
    const folder = await realpath(path.dirname(current)).catch(unlessMissing(path.dirname(current)));
    current = path.join(folder, path.basename(current));
    const stats = await lstat(current).catch(unlessMissing(null));
    if (!stats?.isSymbolicLink()) return current;
    current = path.resolve(folder, await readlink(current));
  }
  throw Object.assign(new Error(`Too many symbolic links: ${file}`), { code: 'ELOOP' });
}

function unlessMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
