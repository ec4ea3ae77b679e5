import { t, wholeNumber } from '../../../core/language';
import { harmlessText } from '../../../core/harmless-text';

/** Lines that are kept of a benchmark's log. */
const maxLines = 20_000;
/** Characters that are kept of one line. */
const maxLine = 4000;

/** The end of a log, line by line, of bounded length. Its text is clean already: see `jetson/connection/board-text`. */
export interface BenchmarkLog {
  /** Takes the next piece of text, which may end in the middle of a line; line ends are `\n`. */
  append(text: string): void;
  /** A line of Framecast's own, between those of the board. */
  note(sentence: string): void;
  /** Number of the first line that is kept, counted from the first that ever came. */
  readonly first: number;
  /** Number of the line that comes next. */
  readonly next: number;
  /** The lines from number `from` on that are kept, without the one that is still being written. */
  lines(from: number): readonly string[];
  /** All that is kept, with the unfinished line. */
  text(): string;
}

export function createBenchmarkLog(start: readonly string[] = []): BenchmarkLog {
  let kept: string[] = start.slice(-maxLines);
  let first = 0;
  let unfinished = '';
  /** Characters of the unfinished line that were left out. */
  let cut = 0;

  function push(line: string): void {
    kept.push(line);
    // In large steps, since taking one off the front of a long list costs as much as taking many.
    if (kept.length > maxLines + 1000) {
      first += kept.length - maxLines;
      kept = kept.slice(-maxLines);
    }
  }

  function extend(piece: string): void {
    const room = maxLine - unfinished.length;
    unfinished += piece.slice(0, room);
    cut += Math.max(piece.length - room, 0);
  }

  function finish(): string {
    const line = cut === 0 ? unfinished : t('{0} … {1} more characters', unfinished, wholeNumber(cut));
    [unfinished, cut] = ['', 0];
    return line;
  }

  return {
    append: (text) => {
      const [head = '', ...rest] = text.split('\n');
      extend(head);
      for (const piece of rest) {
        push(finish());
        extend(piece);
      }
    },
    note: (sentence) => {
      if (unfinished !== '') push(finish());
      push(`[Framecast] ${harmlessText(sentence).replaceAll('\n', ' ')}`);
    },
    get first() {
      return first;
    },
    get next() {
      return first + kept.length;
    },
    lines: (from) => kept.slice(Math.max(from - first, 0)),
    text: () => [...kept, ...(unfinished === '' ? [] : [unfinished])].join('\n'),
  };
}
