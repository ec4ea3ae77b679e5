import { homedir } from 'node:os';
import * as nodeModule from 'node:module';
import path from 'node:path';

/** What Node.js has from 22.1 on; without it, code is compiled at each start. */
interface CompileCache {
  readonly enableCompileCache?: (folder: string) => unknown;
}

/**
 * Lets Node.js keep what it compiles of Framecast in the user's cache folder: in the folder for temporary files, where
 * Node.js would keep it, other users of the computer could put code of theirs. Fails silently, as it only saves time.
 */
export function keepCompiledCode(): void {
  (nodeModule as CompileCache).enableCompileCache?.(path.join(cacheFolder(), 'framecast', 'compiled'));
}

/** $XDG_CACHE_HOME or ~/.cache (XDG Base Directory Specification), ~/Library/Caches on macOS, %LOCALAPPDATA% on Windows. */
function cacheFolder(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] || path.join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Caches');
  const named = process.env['XDG_CACHE_HOME'];
  return named && path.isAbsolute(named) ? named : path.join(homedir(), '.cache');
}
