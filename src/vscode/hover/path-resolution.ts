import { posix } from 'node:path';

/** Where a document stands, for resolving the paths that it mentions. Paths are URI paths: `/c:/models` on Windows. */
export interface Surroundings {
  /** Folder of the document; null for an unsaved one. */
  readonly folder: string | null;
  /** The workspace folders; the one that holds the document first. */
  readonly workspaceFolders: readonly { readonly name: string; readonly path: string }[];
  /** The user's home, or null where the document is not on this machine's disk. */
  readonly home: string | null;
}

/**
 * The files that a mentioned path may mean, the likeliest first: relative to the document's folder, to the workspace
 * folders, then to the folders above the document up to the workspace's root. URI paths, normalised.
 *
 * Network shares (`//host/share`) are never returned: on Windows, merely looking at one sends the user's credentials
 * to a host that the text's author chose. An unknown variable returns nothing.
 */
export function resolveModelPath(mentioned: string, around: Surroundings): readonly string[] {
  const slashed = mentioned.replaceAll('\\', '/');
  // Where backslashes are not separators they can be part of a name, but only below a folder that is already trusted.
  const readings = slashed.startsWith('/') || slashed === mentioned ? [slashed] : [slashed, mentioned];
  const found = readings.flatMap((reading) => resolveReading(reading, around));
  return [...new Set(found)];
}

function resolveReading(mentioned: string, around: Surroundings): readonly string[] {
  if (/^file:/i.test(mentioned)) return fromFileUri(mentioned);
  const substituted = substituteVariables(mentioned, around);
  return substituted.flatMap((path) => {
    const absolute = absolutePath(path, around.home);
    if (absolute !== undefined) return absolute === null ? [] : [absolute];
    return basesOf(around).map((base) => posix.join(base, path));
  });
}

/** The absolute path that `path` is; null where it must not be followed, undefined where it is relative. */
function absolutePath(path: string, home: string | null): string | null | undefined {
  if (path.startsWith('//')) return null;
  if (/^[a-z]:\//i.test(path)) return posix.normalize(`/${path}`);
  if (path === '~' || path.startsWith('~/')) return home === null ? null : posix.join(home, path.slice(1));
  if (path.startsWith('~')) return null;
  return path.startsWith('/') ? posix.normalize(path) : undefined;
}

function basesOf(around: Surroundings): readonly string[] {
  const roots = around.workspaceFolders.map((folder) => folder.path);
  if (around.folder === null) return roots;
  const above: string[] = [];
  const root = roots.find((each) => isInside(around.folder ?? '', each));
  for (let at = around.folder; root !== undefined && at !== root && at !== posix.dirname(at); at = posix.dirname(at)) {
    above.push(posix.dirname(at));
  }
  return [...new Set([around.folder, ...roots, ...above])];
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function fromFileUri(uri: string): readonly string[] {
  const match = /^file:(?:\/\/(?:localhost)?(?=\/))?(\/(?!\/)[^?#]*)$/i.exec(uri);
  if (match?.[1] === undefined) return [];
  try {
    return [posix.normalize(decodeURIComponent(match[1]))];
  } catch {
    return [];
  }
}

/** Replaces the variables of VS Code's settings and the shell's `$HOME`; a workspace of several roots gives several. */
function substituteVariables(path: string, around: Surroundings): readonly string[] {
  const parts = path.split(/(\$\{[^{}]*\}|\$HOME(?!\w))/);
  return parts.reduce<readonly string[]>(
    (prefixes, part, index) => {
      // Odd parts are the separators, and a value is never searched for variables again.
      const values = index % 2 === 0 ? [part] : valuesOf(part.replace(/^\$\{?|\}$/g, ''), around);
      return prefixes.flatMap((prefix) => values.map((value) => prefix + value));
    },
    [''],
  );
}

function valuesOf(name: string, around: Surroundings): readonly string[] {
  const known = (value: string | null): readonly string[] => (value === null ? [] : [value]);
  switch (name) {
    case 'workspaceFolder':
    case 'workspaceRoot':
      return around.workspaceFolders.map((folder) => folder.path);
    case 'fileDirname':
      return known(around.folder);
    case 'userHome':
    case 'env:HOME':
    case 'HOME':
      return known(around.home);
    case 'pathSeparator':
    case '/':
      return ['/'];
    default: {
      const folder = name.startsWith('workspaceFolder:') ? name.slice('workspaceFolder:'.length) : null;
      return around.workspaceFolders.filter((each) => each.name === folder).map((each) => each.path);
    }
  }
}
