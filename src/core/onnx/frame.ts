import type { Note } from './side-table';
import type { MessageRule } from './wire-schema';

/** A message that the walk is inside of. */
export interface Frame {
  readonly rule: MessageRule;
  /** Offset of the first byte after the message. */
  readonly end: number;
  /** Where its content starts in the output. */
  readonly contentStart: number;
  /** For a group, which only unknown fields can be: its field number; otherwise 0. */
  readonly group: number;
  /** For a message that goes into its parent's note. */
  readonly detached: boolean;
  /** Its note, once there is something to note. */
  note: Note | null;
  /** Bit per field number of the single messages seen; all of them have numbers below 32. */
  seen: number;
  /** The field that has been counted first, and how many repeated numbers or string values it has had; 0 for none. */
  countedField: number;
  counted: number;
  /** The same of further fields, which few messages have. */
  counts: Map<number, number> | null;
}

/** Adds to a field's count and gives the new one. */
export function count(frame: Frame, field: number, more: number): number {
  if (frame.countedField === 0) frame.countedField = field;
  if (frame.countedField === field) return (frame.counted += more);
  const counts = (frame.counts ??= new Map<number, number>());
  const total = (counts.get(field) ?? 0) + more;
  counts.set(field, total);
  return total;
}

/** Whether this is the first time that the single message in a field is seen. */
export function seeFirst(frame: Frame, field: number): boolean {
  const bit = 1 << field;
  const first = (frame.seen & bit) === 0;
  frame.seen |= bit;
  return first;
}

export function noteFor(frame: Frame): Note {
  return (frame.note ??= {});
}

/** Notes a piece of a tensor's content; its place is that of the first piece. */
export function notePayload(frame: Frame, offset: number, bytes: number, encoding?: 'varint' | 'scattered'): void {
  const note = noteFor(frame);
  if (note.payload === undefined) {
    note.payload = encoding === undefined ? { offset, bytes } : { offset, bytes, encoding };
  } else {
    note.payload.bytes += bytes;
    note.payload.encoding = 'scattered';
  }
}
