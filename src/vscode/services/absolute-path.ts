import { homedir } from 'node:os';
import path from 'node:path';

/** A path with the home folder in place of a leading `~`. */
export function withHome(file: string): string {
  return /^~(?=$|[/\\])/.test(file) ? path.join(homedir(), file.slice(1)) : file;
}

/** A path as it is in a setting, absolute: `~` is the home folder, other relative paths start at `from`. */
export function absolutePath(file: string, from: string): string {
  return path.resolve(from, withHome(file));
}
