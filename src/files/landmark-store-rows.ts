import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  readLandmarkRow,
  type BrokenLine,
  type LandmarkLine,
  type LandmarkRow,
} from '../core/landmarks/landmark-lines';
import { landmarkIdentity } from '../core/landmarks/landmark-identity';

/** A line of a store that holds a landmark, with a name that is unique in the file. */
export interface StoredLandmark extends LandmarkLine {
  readonly id: string;
}

/** One row of the file and where its bytes are; the line break after it is not part of it. */
export interface StoreRow {
  readonly start: number;
  readonly end: number;
  /** Where the next row starts. */
  readonly next: number;
  readonly text: string;
  /** False where `text` stands for bytes that are none; such a row is never written anew. */
  readonly isUtf8: boolean;
}

export interface StoreRows {
  readonly rows: readonly StoreRow[];
  readonly lines: readonly StoredLandmark[];
  readonly broken: readonly BrokenLine[];
}

/**
 * Reads rows, and of what was read before nothing twice: where a store has only grown, what was appended alone is
 * looked at; where it was changed otherwise, each text that was there already is understood already.
 */
export function createRowReader(): (content: Buffer) => StoreRows {
  let content: Buffer = Buffer.alloc(0);
  let last: StoreRows = readStoreRows(content);
  const ids = new Set<string>();
  return (next) => {
    const end = last.rows.at(-1);
    const isGrown =
      end !== undefined &&
      end.next > end.end &&
      next.length > content.length &&
      next.subarray(0, content.length).equals(content);
    if (isGrown) last = appended(last, next, content.length, ids);
    else if (!next.equals(content)) last = readAnew(next, last, ids);
    content = next;
    return last;
  };
}

function appended(before: StoreRows, content: Buffer, from: number, ids: Set<string>): StoreRows {
  const rows = splitRows(content, from);
  const read = readRows(rows, readLandmarkRow, ids, before.rows.length);
  return {
    rows: [...before.rows, ...rows],
    lines: [...before.lines, ...read.lines],
    broken: [...before.broken, ...read.broken],
  };
}

function readAnew(content: Buffer, before: StoreRows, ids: Set<string>): StoreRows {
  const known = new Map<string, LandmarkRow>();
  for (const { line, landmark, record } of before.lines) {
    const id = record['id'];
    known.set(before.rows[line - 1]!.text, { id: typeof id === 'string' ? id : null, landmark, record });
  }
  const rows = splitRows(content);
  ids.clear();
  return { rows, ...readRows(rows, (row) => known.get(row) ?? readLandmarkRow(row), ids) };
}

/** Splits a store into rows and reads each; a line has the number that an editor gives it. */
export function readStoreRows(content: Buffer): StoreRows {
  const rows = splitRows(content);
  return { rows, ...readRows(rows, readLandmarkRow, new Set()) };
}

/** @param ids those that are taken already; the new ones are added */
function readRows(
  rows: readonly StoreRow[],
  read: (row: string) => LandmarkRow,
  ids: Set<string>,
  linesBefore = 0,
): Omit<StoreRows, 'rows'> {
  const lines: StoredLandmark[] = [];
  const broken: BrokenLine[] = [];
  rows.forEach(({ text, isUtf8: isText }, index) => {
    if (text.trim() === '') return;
    const line = linesBefore + index + 1;
    const row = isText ? read(text) : { reason: notUtf8 };
    if ('reason' in row) return void broken.push({ line, reason: row.reason });
    const id = unused(row.id ?? derivedId(row.landmark), ids);
    ids.add(id);
    lines.push({ ...row, line, id });
  });
  return { lines, broken };
}

/** What to say of text in an encoding of old, whose letters would be lost if they were written back. */
export const notUtf8 = 'It holds bytes that are not UTF-8; save the file as UTF-8.';

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** As `parseLandmarkLines` splits a text, but by bytes, so that what is not valid UTF-8 can be written back as it is. */
function splitRows(content: Buffer, from = 0): readonly StoreRow[] {
  const rows: StoreRow[] = [];
  let start = from > 0 ? from : content.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const push = (end: number, next: number): void => {
    const text = content.toString('utf8', start, end);
    // What is no UTF-8 is decoded to this character, which a text may also hold by itself.
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

/** What has no id goes by its content, so that it has the same name whenever it is read. */
export function derivedId(landmark: LandmarkLine['landmark']): string {
  return createHash('sha256').update(landmarkIdentity(landmark)).digest('hex').slice(0, 12);
}

function unused(id: string, ids: ReadonlySet<string>): string {
  for (let copy = 1; ; copy += 1) {
    const name = copy === 1 ? id : `${id}~${copy}`;
    if (!ids.has(name)) return name;
  }
}
