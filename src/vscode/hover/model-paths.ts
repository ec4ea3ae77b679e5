/** A reading of the text under the cursor as a path to a model. */
export interface PathMention {
  /** Columns of the written path in its line; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The path as the program would see it: escapes undone; variables, `~` and `file:` still in it. */
  readonly path: string;
  /** Whether the path is the end of one that the program joins from parts, of which the first are not known here. */
  readonly isJoined?: true;
}

const extension = '.onnx';
const quotes = ['"', "'", '`'] as const;
/** No path reaches further back than this from its extension; keeps minified files cheap. */
const maxPathLength = 1024;

/**
 * The readings of the text under column `character` as a path to a `.onnx` file, the likeliest first.
 *
 * Text alone cannot tell `'my models/a.onnx'` in prose from a quoted path with a space, nor a Windows path from
 * escapes, so this returns every reading and the caller keeps the first that names a file. Knows strings of Python
 * (prefixes, raw), C++ (raw with delimiter), JSON and YAML (doubled quotes), Markdown links and bare values.
 */
export function findModelPaths(line: string, character: number): readonly PathMention[] {
  const mentions: PathMention[] = [];
  for (const end of extensionEnds(line)) {
    if (character > end || character < end - maxPathLength) continue;
    for (const mention of mentionsEnding(line, end)) {
      if (character >= mention.start && character <= mention.end) mentions.push(mention);
    }
  }
  return mentions;
}

/** The paths to `.onnx` files in a line, each with its readings, the likeliest first. */
export function allModelPaths(line: string): readonly (readonly PathMention[])[] {
  return [...extensionEnds(line)].map((end) => mentionsEnding(line, end)).filter((readings) => readings.length > 0);
}

function mentionsEnding(line: string, end: number): readonly PathMention[] {
  const readings = new Map<string, PathMention>();
  const quoted = quotedMentions(line, end);
  const joined = quoted.flatMap((mention) => joinedMention(line, mention) ?? []);
  for (const mention of [...quoted, ...joined, ...enclosedMentions(line, end), ...bareMentions(line, end)]) {
    const key = JSON.stringify([mention.start, mention.path, mention.isJoined]);
    if (!readings.has(key)) readings.set(key, mention);
  }
  return [...readings.values()];
}

/**
 * A quoted path that the program joins to others: `root / "faces" / "a.onnx"` and `os.path.join(root, "faces", "a.onnx")`
 * with the literal parts before it. Null where it stands by itself.
 */
function joinedMention(line: string, mention: PathMention): PathMention | null {
  const parts = [mention.path];
  // With the quote and the prefix of the string, `r"` or `f'`.
  let before = line.slice(Math.max(0, mention.start - maxPathLength), mention.start).replace(/[a-z]{0,2}["']$/i, '');
  const isCall = /\b(?:join|joinpath|Path)\s*\([^()]*(?:\([^()]*\)[^()]*)*$/.test(before);
  const separator = isCall ? /[,/]\s*$/ : /\/\s*$/;
  if (!separator.test(before) && !(isCall && /\bjoinpath\s*\($/.test(before))) return null;
  for (;;) {
    const part = new RegExp(`["']([^"'\\\\]{1,200})["']\\s*${isCall ? '[,/]' : '/'}\\s*$`).exec(before);
    if (part === null) break;
    parts.unshift(part[1]!.replace(/^\/+|\/+$/g, ''));
    before = before.slice(0, part.index).replace(/[a-z]{1,2}$/i, '');
  }
  return { ...mention, path: parts.join('/'), isJoined: true };
}

/** Columns just behind each `.onnx` that ends a name: not `.onnx.data`, `.onnx_data` or `.onnx-old`. */
function* extensionEnds(line: string): Generator<number> {
  for (const match of line.matchAll(/\.onnx(?![\p{L}\p{N}_]|[-.~][\p{L}\p{N}_])/giu)) {
    yield match.index + extension.length;
  }
}

/** The whole content of a string literal that ends behind the extension. */
function quotedMentions(line: string, end: number): PathMention[] {
  const cppRaw = /^\)([^\s()\\]{0,16})"/.exec(line.slice(end));
  if (cppRaw) {
    const opening = `R"${cppRaw[1] ?? ''}(`;
    const at = line.lastIndexOf(opening, end);
    if (at >= 0) return [mention(line, at + opening.length, end, (text) => [text])].flat();
  }
  const quote = quotes.find((each) => each === line[end]);
  if (quote === undefined) return [];
  const start = openingQuote(line, end, quote);
  if (start < 0) return [];
  const prefix =
    /(?<![\p{L}\p{N}_])[a-z]{1,2}@?$|[$@]{1,2}$/iu.exec(line.slice(0, openingRun(line, start, quote)))?.[0] ?? '';
  return mention(line, start + 1, end, (text) => literalValues(text, quote, prefix.toLowerCase()));
}

/** Column of the quote that opens the string closed at `end`: the nearest one that is not escaped or doubled. */
function openingQuote(line: string, end: number, quote: string): number {
  let at = line.lastIndexOf(quote, end - 1);
  for (; at >= 0; at = at > 0 ? line.lastIndexOf(quote, at - 1) : -1) {
    if (isEscaped(line, at)) continue;
    const doubled = quote === "'" && line[at - 1] === "'" && /[\p{L}\p{N}_]/u.test(line[at - 2] ?? '');
    if (!doubled) return at;
    at -= 1;
  }
  return -1;
}

/** Where a run of the same quote begins, so that the prefix of `r"""a.onnx"""` is found too. */
function openingRun(line: string, at: number, quote: string): number {
  while (line[at - 1] === quote) at -= 1;
  return at;
}

function isEscaped(line: string, at: number): boolean {
  let backslashes = 0;
  while (line[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

/** `<path with spaces.onnx>` and `(path with spaces.onnx)`, as Markdown links have them. */
function enclosedMentions(line: string, end: number): PathMention[] {
  const found: PathMention[] = [];
  if (line[end] === '>') {
    const start = line.lastIndexOf('<', end);
    if (start >= 0) found.push(...mention(line, start + 1, end, withPercentDecoded));
  }
  const start = line.lastIndexOf('](', end);
  if (start >= 0) found.push(...mention(line, start + 2, end, withPercentDecoded));
  return found;
}

/** A path without delimiters: a shell word, a YAML value, a line of a list. */
function bareMentions(line: string, end: number): PathMention[] {
  const from = Math.max(0, end - maxPathLength);
  const before = line.slice(from, end);
  const found: PathMention[] = [];
  const word = /(?:\\ |\$\{[^{}\s]*\}|[^\s"'`<>|*?,;()[\]{}=])+$/u.exec(before)?.[0];
  if (word !== undefined && word.length > extension.length) {
    found.push(...mention(line, end - word.length, end, bareValues));
    const afterColon = /^[^:/\\]{2,}:(?!\/\/)(.+)$/u.exec(word)?.[1];
    if (afterColon !== undefined) found.push(...mention(line, end - afterColon.length, end, bareValues));
  }
  // `=` and brackets may be part of a name, and a YAML value or a line of its own may hold spaces.
  const wide = /(?:^|\s)([^\s"'`<>|*?]+)$/u.exec(before)?.[1];
  if (wide !== undefined) found.push(...mention(line, end - wide.length, end, bareValues));
  const value = /(?:^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:[\w.$-]+\s*[:=]\s+)?|[:=]\s+)([^\s"'`<>|*?:=][^"'`<>|*?]*)$/u.exec(
    before,
  )?.[1];
  if (value !== undefined && from === 0) found.push(...mention(line, end - value.length, end, bareValues));
  return found;
}

function mention(line: string, start: number, end: number, read: (text: string) => readonly string[]): PathMention[] {
  const text = line.slice(start, end);
  if (text.length > maxPathLength) return [];
  return read(text)
    .filter(isPlausible)
    .map((path) => ({ start, end, path }));
}

/** No control characters, no pattern, a name before the extension, and no scheme but `file:`. */
function isPlausible(path: string): boolean {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f*?]/.test(path) || !/[^/\\]\.onnx$/i.test(path)) return false;
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1];
  return scheme === undefined || scheme.toLowerCase() === 'file';
}

/** What a string literal may mean: with its escapes undone, or as written where it is raw or a Windows path. */
function literalValues(text: string, quote: string, prefix: string): readonly string[] {
  const interpolated = prefix.includes('f') || prefix.includes('$');
  if (interpolated && /(?<!\{)\{(?!\{)/.test(text.replace(/\$\{\w+(?::[^{}]*)?\}/g, ''))) return [];
  const plain = interpolated ? text.replaceAll('{{', '{').replaceAll('}}', '}') : text;
  if (prefix.includes('r') || prefix.includes('@')) return [plain];
  const undoubled = quote === "'" ? plain.replaceAll("''", "'") : plain;
  if (!undoubled.includes('\\')) return withPercentDecoded(undoubled);
  return [...new Set([unescape(undoubled), plain])];
}

function bareValues(text: string): readonly string[] {
  const shell = text.replace(/\\ /g, ' ');
  return [...new Set([...withPercentDecoded(text), shell])];
}

/** The text, and behind it what it means where it is a URL: `my%20model.onnx`. */
function withPercentDecoded(text: string): readonly string[] {
  if (!/%[0-9a-f]{2}/i.test(text) || /^file:/i.test(text)) return [text];
  try {
    return [text, decodeURIComponent(text)];
  } catch {
    return [text];
  }
}

const controls: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\u0007',
  0: '\0',
};

/** Undoes the escapes that C, Python, JSON and YAML share; an unknown one keeps its backslash, as Python does. */
function unescape(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gi,
    (whole: string, hex?: string, braced?: string, short?: string, long?: string, single?: string) => {
      const digits = hex ?? braced ?? short ?? long;
      if (digits !== undefined) {
        const point = parseInt(digits, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      }
      if (single === undefined) return whole;
      if ('\\/"\'` '.includes(single)) return single;
      return controls[single] ?? whole;
    },
  );
}
