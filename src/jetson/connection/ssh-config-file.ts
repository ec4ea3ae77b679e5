import { readFile } from 'node:fs/promises';
import path from 'node:path';
import SSHConfig, { LineType, type Directive, type Line } from 'ssh-config';
import { glob } from 'tinyglobby';
import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';

/** One option and its place. Its name is in lower case, as OpenSSH ignores case. */
export interface ConfigOption {
  readonly kind: 'option';
  readonly name: string;
  /** The words of the value, quotes removed; most options have one. */
  readonly words: readonly string[];
  readonly file: string;
}

/** A `Host` or `Match` block with what it holds, files of `Include` put in its place. */
export interface ConfigBlock {
  readonly kind: 'block';
  readonly name: 'host' | 'match';
  readonly words: readonly string[];
  readonly content: readonly ConfigEntry[];
  readonly file: string;
}

export type ConfigEntry = ConfigOption | ConfigBlock;

/** OpenSSH's own limit of files that include each other. */
const maxDepth = 16;
const maxFiles = 1000;
const maxBytes = 16 * 2 ** 20;

export interface ConfigFileContext {
  readonly home: string;
  /** Where relative names of `Include` start: ~/.ssh for the user's file, /etc/ssh for the system's. */
  readonly includeFolder: string;
}

/**
 * Reads a configuration file of OpenSSH and the files that it includes. A missing file holds nothing.
 * Failure code: unreadable (no permission, cannot be parsed, includes itself without end).
 */
export async function readSshConfig(file: string, context: ConfigFileContext): Promise<Result<readonly ConfigEntry[]>> {
  return readConfig(file, context, { depth: 0, count: { files: 0 } });
}

interface Progress {
  readonly depth: number;
  readonly count: { files: number };
}

async function readConfig(
  file: string,
  context: ConfigFileContext,
  progress: Progress,
): Promise<Result<readonly ConfigEntry[]>> {
  if (progress.depth > maxDepth || ++progress.count.files > maxFiles) {
    return failure(
      'unreadable',
      t('{0} is included too many times. Remove an Include that leads back to itself.', file),
    );
  }
  let lines: readonly Line[];
  try {
    const text = await readFile(file, 'utf8');
    if (text.length > maxBytes) return failure('unreadable', t('{0} is too large for an SSH configuration.', file));
    lines = SSHConfig.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return success([]);
    return code === undefined
      ? failure(
          'unreadable',
          t('{0} cannot be understood as an SSH configuration: {1}. Correct it and try again.', file, message),
        )
      : failure('unreadable', t('{0} cannot be read ({1}). Change its permissions and try again.', file, code));
  }
  return entriesOf(lines, file, context, progress);
}

async function entriesOf(
  lines: readonly Line[],
  file: string,
  context: ConfigFileContext,
  progress: Progress,
): Promise<Result<readonly ConfigEntry[]>> {
  const entries: ConfigEntry[] = [];
  for (const line of lines) {
    if (line.type !== LineType.DIRECTIVE) continue;
    const name = line.param.toLowerCase();
    const words = wordsOf(line);
    // The parser takes the next line for the value if there is none.
    if (/\s/.test(line.param) || words.every((word) => word === '')) {
      const option = line.param.split(/\s/)[0];
      const message = t('{0} gives {1} no value. Write one behind it, or remove the line.', file, option ?? '');
      return failure('unreadable', message);
    }
    if (name === 'host' || name === 'match') {
      const content = await entriesOf('config' in line ? line.config : [], file, context, progress);
      if (!content.ok) return content;
      entries.push({ kind: 'block', name, words, content: content.value, file });
    } else if (name === 'include') {
      for (const included of await includedFiles(words, context)) {
        const content = await readConfig(included, context, { ...progress, depth: progress.depth + 1 });
        if (!content.ok) return content;
        entries.push(...content.value);
      }
    } else {
      entries.push({ kind: 'option', name, words, file });
    }
  }
  return success(entries);
}

function wordsOf({ value }: Directive): readonly string[] {
  return typeof value === 'string' ? [value] : value.map(({ val }) => val);
}

/** In the order of the names, as glob(3) gives them. */
async function includedFiles(
  patterns: readonly string[],
  { home, includeFolder }: ConfigFileContext,
): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
    const full = path.resolve(includeFolder, expandHome(pattern, home));
    const first = full.search(/[*?[]/);
    if (first < 0) {
      found.push(full);
      continue;
    }
    const cwd = full.slice(0, Math.max(1, full.lastIndexOf(path.sep, first)));
    // glob(3) knows neither braces nor parentheses, so these are characters like others. Patterns have slashes everywhere.
    const rest = full
      .slice(cwd.length)
      .replace(/^[/\\]/, '')
      .replaceAll(path.sep, '/')
      .replace(/[(){}!+@|]/g, '\\$&');
    const files = await glob(rest, { cwd, absolute: true, expandDirectories: false, dot: /(^|\/)\./.test(rest) });
    found.push(...files.sort());
  }
  return found;
}

/** `~` and `~/…`; another user's `~name` stays, as nothing here knows the homes of others. */
export function expandHome(text: string, home: string): string {
  if (text === '~') return home;
  return text.startsWith('~/') || text.startsWith('~\\') ? path.join(home, text.slice(2)) : text;
}
