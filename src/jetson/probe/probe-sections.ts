import { boardSentence } from '../connection/board-text';

/** What the probe script printed, by section. */
export interface ProbeSections {
  /** The lines of a section; none if the board printed no such section. */
  lines(name: string): readonly string[];
  /** The first value that a section gives for a key, as `key=value`; null if it gives none. */
  value(name: string, key: string): string | null;
  /** Sections whose tool did not answer in time. */
  readonly hanging: readonly string[];
}

/** More lines or longer ones than any board has reason to send. */
const maxLines = 500;
const maxLine = 1024;

/**
 * Parses the script's output. Anything before the script's own first line (greetings of a shell) is left out.
 * Null if the script's first or last line is missing.
 */
export function probeSections(output: string): ProbeSections | null {
  const all = output.split('\n');
  const [begin, end] = [all.indexOf('=begin'), all.lastIndexOf('=end')];
  if (begin === -1 || end < begin) return null;
  const sections = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of all.slice(begin + 1, end)) {
    if (line.startsWith('=')) {
      const name = line.slice(1);
      // If a name comes twice, the first one counts.
      current = sections.has(name) ? undefined : [];
      if (current) sections.set(name, current);
    } else if (line.startsWith(' ') && current && current.length < maxLines) {
      current.push(boardSentence(line.slice(1), maxLine));
    }
  }
  const lines = (name: string): readonly string[] => sections.get(name) ?? [];
  return {
    lines: (name) => lines(name).filter((line) => line !== '' && line !== hangs),
    value: (name, key) => {
      const found = lines(name).find((line) => line.startsWith(`${key}=`));
      const value = found?.slice(key.length + 1).trim();
      return value === undefined || value === '' ? null : value;
    },
    hanging: [...sections].filter(([, content]) => content.includes(hangs)).map(([name]) => name),
  };
}

/** What the script writes after a tool that it had to kill. */
const hangs = '=hangs';

/** A finite number that a text is as a whole; null otherwise. */
export function numberIn(text: string | null | undefined): number | null {
  if (text === null || text === undefined || !/^-?\d{1,18}(\.\d{1,9})?$/.test(text.trim())) return null;
  return Number(text);
}
