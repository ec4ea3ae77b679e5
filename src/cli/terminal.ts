import type { Writable } from 'node:stream';

/** Replaces control characters, so that a name inside a file can neither colour nor rewrite the terminal. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

/** One line on standard error that says how far long work is; nothing where that is no terminal. */
export interface Progress {
  report(done: number, total: number, label: string): void;
  /** Takes the line away again. */
  clear(): void;
}

export function createProgress(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number }): Progress {
  if (stream.isTTY !== true) return { report: () => undefined, clear: () => undefined };
  const eraseLine = '\r\u001b[2K';
  return {
    report: (done, total, label) => {
      // A terminal that does not know its width says 0.
      const width = stream.columns || 80;
      const filled = Math.round((20 * done) / total);
      const bar = '█'.repeat(filled) + '░'.repeat(20 - filled);
      const text = `${bar} ${done}/${total} ${printable(label)}`;
      stream.write(eraseLine + [...text].slice(0, width - 1).join(''));
    },
    clear: () => {
      stream.write(eraseLine);
    },
  };
}
