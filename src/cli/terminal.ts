import type { Writable } from 'node:stream';
import { harmlessText } from '../core/harmless-text';

/** Text in one line of a terminal, so that a name inside a file can neither colour nor rewrite it. */
export function printable(text: string): string {
  return harmlessText(text).replace(/[\n\t]/g, '\ufffd');
}

/**
 * JSON for standard output, which may be a terminal: characters that steer one or turn text around, and that JSON leaves
 * as they are, are written as `\u` escapes. It reads back as the same value.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Characters in a line of standard output: of the terminal, else as COLUMNS says; a pipe or a file has no end. */
export function terminalWidth(): number {
  return process.stdout.columns || Number(process.env['COLUMNS']) || Infinity;
}

/** One line on standard error that says how far long work is; nothing where that is no terminal. */
export interface Progress {
  /** @param share of the next one that is done, from 0 to 1 */
  report(done: number, total: number, label: string, share?: number): void;
  /** Takes the line away again. */
  clear(): void;
}

export function createProgress(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number }): Progress {
  if (stream.isTTY !== true) return { report: () => undefined, clear: () => undefined };
  const eraseLine = '\r\u001b[2K';
  return {
    report: (done, total, label, share = 0) => {
      // A terminal that does not know its width says 0.
      const width = stream.columns || 80;
      const filled = Math.round((20 * (done + share)) / total);
      const bar = '█'.repeat(filled) + '░'.repeat(20 - filled);
      const count = total === 1 ? `${Math.round(100 * (done + share))}%` : `${done}/${total}`;
      const text = `${bar} ${count} ${printable(label)}`;
      stream.write(eraseLine + [...text].slice(0, width - 1).join(''));
    },
    clear: () => {
      stream.write(eraseLine);
    },
  };
}
