import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { t } from '../../core/language';
import { refusal, success, type Result } from '../../core/result';

/** What one line of a file says, as the file's kind reads it. */
export interface RecordRow {
  /** null on a line that was written without one. */
  readonly id: string | null;
  /** The whole record as written, with fields that Framecast does not know. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** A line that is understood. */
export type Stored<R extends RecordRow> = Omit<R, 'id'> & {
  /** Unique in the file. */
  readonly id: string;
  /** Counted from 1, as an editor does. */
  readonly line: number;
  /** As it is in the file. */
  readonly text: string;
};

/** A line that is not understood; it stays in the file. */
export interface BrokenRow {
  readonly line: number;
  readonly reason: string;
}

/** How the lines of one kind of file are read. */
export interface RowFormat<R extends RecordRow> {
  parse(text: string): Result<R, string>;
  /** What makes two records the same. A line without an id gets one that is derived from it. */
  identity(row: Omit<R, 'id'>): string;
}

/** One line of the file and where its bytes are; the line break after it is not part of it. */
interface Row {
  readonly start: number;
  readonly end: number;
  /** Where the next row starts. */
  readonly next: number;
  readonly text: string;
  /** False if `text` stands for bytes that are not text; such a row is never rewritten. */
  readonly isUtf8: boolean;
}

export interface Rows<R extends RecordRow> {
  readonly rows: readonly Row[];
  readonly lines: readonly Stored<R>[];
  readonly broken: readonly BrokenRow[];
}

/**
 * Reads rows and remembers the last content: of a file that has only grown, the appended lines alone are read; after any
 * other change, lines whose text has been read before are not parsed again.
 */
export function createRowReader<R extends RecordRow>(format: RowFormat<R>): (content: Buffer) => Rows<R> {
  let content: Buffer = Buffer.alloc(0);
  let last: Rows<R> = { rows: [], lines: [], broken: [] };
  const ids = new Set<string>();

  /** Adds the lines from byte `from` on to those of `before`. */
  function readFrom(next: Buffer, from: number, before: Rows<R>, parse: RowFormat<R>['parse']): Rows<R> {
    const rows = splitRows(next, from);
    const lines: Stored<R>[] = [];
    const broken: BrokenRow[] = [];
    for (const [index, { text, isUtf8: isText }] of rows.entries()) {
      if (text.trim() === '') continue;
      const line = before.rows.length + index + 1;
      const row = isText ? parse(text) : refusal(notUtf8());
      if (!row.ok) {
        broken.push({ line, reason: row.error });
        continue;
      }
      const id = unused(row.value.id ?? derivedId(format.identity(row.value)), ids);
      ids.add(id);
      lines.push({ ...row.value, id, line, text });
    }
    return {
      rows: [...before.rows, ...rows],
      lines: [...before.lines, ...lines],
      broken: [...before.broken, ...broken],
    };
  }

  return (next) => {
    const end = last.rows.at(-1);
    const isGrown =
      end !== undefined &&
      end.next > end.end &&
      next.length > content.length &&
      (isSameMemory(next, content) || next.subarray(0, content.length).equals(content));
    if (isGrown) last = readFrom(next, content.length, last, format.parse);
    else if (!next.equals(content)) {
      const known = new Map(
        last.lines.map((line) => [line.text, success({ ...line, id: idOf(line.record) } as unknown as R)]),
      );
      ids.clear();
      last = readFrom(next, 0, { rows: [], lines: [], broken: [] }, (text) => known.get(text) ?? format.parse(text));
    }
    content = next;
    return last;
  };
}

/** Whether one buffer goes on from another, so that megabytes need not be compared. */
function isSameMemory(one: Buffer, other: Buffer): boolean {
  return one.buffer === other.buffer && one.byteOffset === other.byteOffset;
}

/** The id that a record was written with. */
export function idOf({ id }: RecordRow['record']): string | null {
  return typeof id === 'string' && id !== '' ? id : null;
}

/** The id of a record that was written without one, so that it has the same one whenever it is read. */
export function derivedId(identity: string): string {
  return createHash('sha256').update(identity).digest('hex').slice(0, 12);
}

/**
 * The file's bytes with lines changed and others appended.
 *
 * @param texts new text by line number; null deletes the line
 */
export function withRows(
  content: Buffer,
  rows: readonly Row[],
  texts: ReadonlyMap<number, string | null>,
  appended: readonly string[],
): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const [index, { start, end, next }] of rows.entries()) {
    const text = texts.get(index + 1);
    if (text === undefined) continue;
    pieces.push(content.subarray(at, start), Buffer.from(text ?? ''));
    at = text === null ? next : end;
  }
  const changed = Buffer.concat([...pieces, content.subarray(at)]);
  if (appended.length === 0) return changed;
  const isWhole = changed.length === 0 || changed[changed.length - 1] === 0x0a;
  return Buffer.concat([changed, Buffer.from(`${isWhole ? '' : '\n'}${appended.join('\n')}\n`)]);
}

/** Reason for a line in a legacy encoding, whose letters would be lost if it were written back. */
export const notUtf8 = (): string => t('It holds bytes that are not UTF-8; save the file as UTF-8.');

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Splits at LF, CR and CRLF by bytes, so that what is not valid UTF-8 can be written back unchanged. */
function splitRows(content: Buffer, from: number): readonly Row[] {
  const rows: Row[] = [];
  let start = from > 0 ? from : content.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const push = (end: number, next: number): void => {
    const text = content.toString('utf8', start, end);
    // Invalid bytes are decoded to this character, which a text may also contain by itself.
    const isText = !text.includes('\uFFFD') || isUtf8(content.subarray(start, end));
    rows.push({ start, end, next, text, isUtf8: isText });
    start = next;
  };
  for (let at = start; at < content.length; at += 1) {
    const byte = content[at];
    if (byte === 0x0a) push(at, at + 1);
    else if (byte === 0x0d) {
      const next = content[at + 1] === 0x0a ? at + 2 : at + 1;
      push(at, next);
      at = next - 1;
    }
  }
  if (start < content.length) push(content.length, content.length);
  return rows;
}

function unused(id: string, ids: ReadonlySet<string>): string {
  for (let copy = 1; ; copy += 1) {
    const name = copy === 1 ? id : `${id}~${copy}`;
    if (!ids.has(name)) return name;
  }
}
