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
}

export interface StoreRows {
  readonly rows: readonly StoreRow[];
  readonly lines: readonly StoredLandmark[];
  readonly broken: readonly BrokenLine[];
}

/** Reads rows, each text once: a store that is read again after a change costs little more than what has changed. */
export function createRowReader(): (content: Buffer) => StoreRows {
  let known = new Map<string, LandmarkRow>();
  return (content) => {
    const used = new Map<string, LandmarkRow>();
    const read = (row: string): LandmarkRow => {
      const outcome = used.get(row) ?? known.get(row) ?? readLandmarkRow(row);
      used.set(row, outcome);
      return outcome;
    };
    const result = readStoreRows(content, read);
    known = used;
    return result;
  };
}

/** Splits a store into rows and reads each; a line has the number that an editor gives it. */
export function readStoreRows(content: Buffer, read: (row: string) => LandmarkRow = readLandmarkRow): StoreRows {
  const rows = splitRows(content);
  const lines: StoredLandmark[] = [];
  const broken: BrokenLine[] = [];
  const ids = new Set<string>();
  rows.forEach(({ text }, index) => {
    if (text.trim() === '') return;
    const line = index + 1;
    const row = read(text);
    if ('reason' in row) return void broken.push({ line, reason: row.reason });
    const id = unused(row.id ?? derivedId(row.landmark), ids);
    ids.add(id);
    lines.push({ ...row, line, id });
  });
  return { rows, lines, broken };
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** As `parseLandmarkLines` splits a text, but by bytes, so that what is not valid UTF-8 can be written back as it is. */
function splitRows(content: Buffer): readonly StoreRow[] {
  const rows: StoreRow[] = [];
  let start = content.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const push = (end: number, next: number): void => {
    rows.push({ start, end, next, text: content.toString('utf8', start, end) });
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
