import { t } from '../language';
import { Budget, KeptValues } from './budget';
import type { ByteSource } from './byte-source';
import { ByteWriter } from './byte-writer';
import { count, noteFor, notePayload, seeFirst } from './frame';
import type { Frame } from './frame';
import type { Limits } from './limits';
import { countVarints } from './packed-varints';
import { damagedAt, truncatedAt, type ReadFailure } from './read-failure';
import { ReadWindow } from './read-window';
import type { Note, SideTable } from './side-table';
import { DELIMITED, FIXED32, FIXED64, MODEL_GRAPH, MODEL_IR_VERSION, VARINT, modelRule } from './wire-schema';
import type { FieldRule, MessageRule } from './wire-schema';

/** A ModelProto without payloads and comments, to be decoded by onnx-proto. */
export interface Skeleton {
  readonly bytes: Uint8Array;
  readonly notes: SideTable;
}

/** How far a walk came; it says what a failed one was about. */
export interface WalkProgress {
  /** The walk read an ir_version, as nearly every ONNX file has it in front. */
  headerSeen: boolean;
  /** The walk reached the graph of the model, which hardly anything but an ONNX file leads to. */
  graphSeen: boolean;
}

type Rule<K extends FieldRule['kind']> = Extract<FieldRule, { kind: K }>;

const START_GROUP = 3;
const END_GROUP = 4;
/** A tag and a varint of at most ten bytes each: what a step of the walk needs before it knows how much follows. */
const HEADER_BYTES = 20;
const MAX_NAME_BYTES = 64 * 1024;
const MAX_RANK = 64;
const unknownGroup: MessageRule = { name: 'group', fields: new Map(), noteField: 0, heavy: null };
const utf8 = new TextDecoder();

/**
 * Walks the wire format of a ModelProto from its first byte to its last, skipping payloads, and writes down the rest.
 * The stack of open messages is explicit, so nesting costs no call stack.
 *
 * Throws `ReadFailure`: cancelled, unreadable, truncated, malformed or too-large.
 */
export async function readSkeleton(
  source: ByteSource,
  limits: Limits,
  progress: WalkProgress,
  signal?: AbortSignal,
): Promise<Skeleton> {
  const walk = new Walk(source, limits, progress, signal);
  await walk.run();
  return { bytes: walk.out.bytes(), notes: walk.notes };
}

class Walk {
  readonly out = new ByteWriter();
  readonly notes: Note[] = [];
  readonly #window: ReadWindow;
  readonly #size: number;
  readonly #budget: Budget;
  readonly #kept: KeptValues;
  readonly #stack: Frame[] = [];
  #position = 0;

  constructor(
    source: ByteSource,
    private readonly limits: Limits,
    private readonly progress: WalkProgress,
    signal: AbortSignal | undefined,
  ) {
    this.#window = new ReadWindow(source, signal);
    this.#size = source.size;
    this.#budget = new Budget(limits, () => this.#position);
    this.#kept = new KeptValues(limits);
  }

  async run(): Promise<void> {
    let frame = this.#open(modelRule, this.#size, 0, false);
    for (;;) {
      if (this.#position >= frame.end) {
        if (frame.group !== 0) throw this.#malformed(t('group {0} is not closed', frame.group));
        if (this.#stack.length === 1) return;
        this.#close(frame);
      } else {
        const needed = Math.min(HEADER_BYTES, this.#size - this.#position);
        if (!this.#window.holds(this.#position, needed)) await this.#window.fill(this.#position, needed);
        const pending = this.#field(frame);
        if (pending !== null) await pending;
      }
      frame = this.#stack[this.#stack.length - 1]!;
    }
  }

  /** Reads one field; returns a promise only where more of the file has to be fetched. */
  #field(frame: Frame): Promise<void> | null {
    const tagStart = this.#position;
    const tag = this.#varint(frame);
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (tag > 0xffffffff || field === 0) throw this.#malformed(t('a field has an impossible number'), tagStart);
    if (wire === START_GROUP) {
      this.#open(unknownGroup, frame.end, field, false);
      return null;
    }
    if (wire === END_GROUP) {
      if (frame.group !== field) throw this.#malformed(t('a group ends that was not begun'), tagStart);
      this.#stack.pop();
      return null;
    }
    const rule = frame.rule.fields.get(field);
    if (wire === DELIMITED) return this.#delimited(frame, rule, tag, field);
    if (wire !== VARINT && wire !== FIXED32 && wire !== FIXED64) {
      throw this.#malformed(t('a field has the unknown wire type {0}', wire), tagStart);
    }
    const start = this.#position;
    if (wire === VARINT) {
      const value = this.#varint(frame);
      if (frame.rule === modelRule && field === MODEL_IR_VERSION && value > 0) this.progress.headerSeen = true;
    } else this.#skip(frame, wire === FIXED32 ? 4 : 8);
    if (rule !== undefined) this.#scalar(frame, rule, tag, field, wire, start);
    return null;
  }

  #scalar(frame: Frame, rule: FieldRule, tag: number, field: number, wire: number, start: number): void {
    if (!('wire' in rule) || rule.wire !== wire) throw this.#mismatch(frame, field, start);
    const bytes = this.#position - start;
    if (rule.kind === 'payload') {
      notePayload(frame, start, bytes, 'scattered');
      if (count(frame, field, 1) > this.limits.maxInlineElements) {
        noteFor(frame).payloadOmitted = true;
        return;
      }
    } else if (rule.kind === 'list' && !this.#countList(frame, rule, field, 1)) return;
    if (rule.kind !== 'number') this.#budget.numbers(1);
    this.out.varint(tag);
    this.#window.copyTo(this.out, start, bytes);
    this.#budget.structure(this.out.length);
  }

  #delimited(frame: Frame, rule: FieldRule | undefined, tag: number, field: number): Promise<void> | null {
    const headerStart = this.#position;
    const length = this.#varint(frame);
    const start = this.#position;
    if (frame.rule === modelRule && field === MODEL_GRAPH) this.progress.graphSeen = true;
    if (length > frame.end - start) throw this.#beyond(frame, length, headerStart);
    switch (rule?.kind) {
      case undefined:
        this.#position = start + length;
        return null;
      case 'message':
        this.#message(frame, rule, tag, field, length);
        return null;
      case 'text':
      case 'overload':
        return this.#text(frame, rule, tag, length);
      case 'value':
        return this.#value(frame, tag, field, length);
      case 'list':
        return this.#packedList(frame, rule, tag, field, length);
      case 'payload':
        return this.#payload(frame, rule, tag, field, length);
      case 'number':
        throw this.#mismatch(frame, field, headerStart);
    }
  }

  #message(frame: Frame, rule: Rule<'message'>, tag: number, field: number, length: number): void {
    if (!rule.many && !seeFirst(frame, field)) {
      throw this.#malformed(
        frame.rule === modelRule
          ? t('it holds two graphs, as when two files are written one after the other')
          : t('a {0} holds two {1} where one belongs', frame.rule.name, rule.of.name),
      );
    }
    if (rule.of.heavy !== null) this.#budget.heavy(rule.of.heavy);
    if (!rule.detached) {
      this.out.varint(tag);
      this.out.beginLength();
    }
    this.#open(rule.of, this.#position + length, 0, rule.detached === true);
    this.#budget.structure(this.out.length);
  }

  #text(frame: Frame, rule: Rule<'text' | 'overload'>, tag: number, length: number): Promise<void> | null {
    if (length > MAX_NAME_BYTES) throw this.#budget.tooLarge(t('a name of {0} bytes', length));
    this.#budget.name();
    if (rule.kind === 'overload') {
      return this.#withBytes(length, (bytes) => {
        if (length > 0) noteFor(frame).overload = utf8.decode(bytes);
      });
    }
    const start = this.#position;
    if (this.#window.holds(start, length)) {
      this.#emitHeld(tag, start, length);
      return null;
    }
    return this.#window.fill(start, length).then(() => this.#emitHeld(tag, start, length));
  }

  /** Emits bytes that the window holds, and moves past them. */
  #emitHeld(tag: number, start: number, length: number): void {
    this.#position = start + length;
    this.out.varint(tag);
    this.out.varint(length);
    this.#window.copyTo(this.out, start, length);
    this.#budget.structure(this.out.length);
  }

  #value(frame: Frame, tag: number, field: number, length: number): Promise<void> | null {
    const elements = count(frame, field, 1);
    const longest = this.limits.maxListElements * 16;
    if (elements > this.limits.maxListElements || length > longest) {
      const note = noteFor(frame);
      note.omittedElements = Math.max(note.omittedElements ?? 0, elements, length > longest ? length : 0);
      this.#position += length;
      return null;
    }
    this.#budget.name();
    return this.#withBytes(length, (bytes) => this.#emit(tag, bytes));
  }

  #packedList(frame: Frame, rule: Rule<'list'>, tag: number, field: number, length: number): Promise<void> | null {
    if (rule.wire !== VARINT) {
      const elements = length / (rule.wire === FIXED32 ? 4 : 8);
      if (!Number.isInteger(elements)) throw this.#malformed(t('a packed list has a broken length'));
      if (!this.#countList(frame, rule, field, elements)) {
        this.#position += length;
        return null;
      }
      this.#budget.numbers(elements);
      return this.#withBytes(length, (bytes) => this.#emit(tag, bytes));
    }
    // A varint takes at most ten bytes: a longer run is certainly more than is kept, so it is counted in pieces.
    if (length <= this.limits.maxListElements * 10) {
      return this.#withBytes(length, (bytes, start) => {
        const elements = countVarints(bytes, start, 0);
        if (!this.#countList(frame, rule, field, elements.count)) return;
        if (elements.unfinished > 0) throw this.#malformed(t('a packed list breaks off inside a number'), start);
        this.#budget.numbers(elements.count);
        this.#emit(tag, bytes);
      });
    }
    return this.#countLongList(frame, rule, field, length);
  }

  async #countLongList(frame: Frame, rule: Rule<'list'>, field: number, length: number): Promise<void> {
    const end = this.#position + length;
    let unfinished = 0;
    while (this.#position < end) {
      const piece = Math.min(64 * 1024, end - this.#position);
      await this.#window.fill(this.#position, piece);
      const elements = countVarints(this.#window.view(this.#position, piece), this.#position, unfinished);
      unfinished = elements.unfinished;
      this.#countList(frame, rule, field, elements.count);
      this.#position += piece;
    }
    if (unfinished > 0) throw this.#malformed(t('a packed list breaks off inside a number'));
  }

  #payload(frame: Frame, rule: Rule<'payload'>, tag: number, field: number, length: number): Promise<void> | null {
    const start = this.#position;
    if (rule.wire === DELIMITED) {
      if (rule.raw) {
        const note = noteFor(frame);
        note.rawBytes = length;
        note.payload = { offset: start, bytes: length };
        if (length <= this.limits.maxInlineElements * 8 && this.#kept.keeps(length)) {
          return this.#withBytes(length, (bytes) => this.#emit(tag, bytes));
        }
        note.payloadOmitted = true;
      } else {
        notePayload(frame, start, length, 'scattered');
        noteFor(frame).payloadOmitted = true;
      }
      this.#position = start + length;
      return null;
    }
    notePayload(frame, start, length, rule.wire === VARINT ? 'varint' : undefined);
    const largest = this.limits.maxInlineElements * (rule.wire === FIXED32 ? 4 : rule.wire === FIXED64 ? 8 : 10);
    if (length > largest || !this.#kept.keeps(length)) {
      noteFor(frame).payloadOmitted = true;
      this.#position = start + length;
      return null;
    }
    return this.#withBytes(length, (bytes) => {
      const elements =
        rule.wire === VARINT
          ? countVarints(bytes, start, 0)
          : { count: length / (rule.wire === FIXED32 ? 4 : 8), unfinished: 0 };
      if (elements.unfinished > 0 || !Number.isInteger(elements.count)) {
        throw this.#malformed(t('a tensor breaks off inside a number'), start);
      }
      if (count(frame, field, elements.count) > this.limits.maxInlineElements) {
        noteFor(frame).payloadOmitted = true;
        return;
      }
      this.#budget.numbers(elements.count);
      this.#emit(tag, bytes);
    });
  }

  /** Hands the next `length` bytes to `use` and moves past them, at once where the window holds them. */
  #withBytes(length: number, use: (bytes: Uint8Array, start: number) => void): Promise<void> | null {
    const start = this.#position;
    const proceed = (): void => {
      this.#position = start + length;
      use(this.#window.view(start, length), start);
    };
    if (!this.#window.holds(start, length)) return this.#window.fill(start, length).then(proceed);
    proceed();
    return null;
  }

  #emit(tag: number, bytes: Uint8Array): void {
    this.out.varint(tag);
    this.out.varint(bytes.length);
    this.out.append(bytes);
    this.#budget.structure(this.out.length);
  }

  #open(rule: MessageRule, end: number, group: number, detached: boolean): Frame {
    this.#budget.message(this.#stack.length);
    const frame: Frame = {
      rule,
      end,
      contentStart: this.out.length,
      note: null,
      group,
      detached,
      seen: 0,
      countedField: 0,
      counted: 0,
      counts: null,
    };
    this.#stack.push(frame);
    return frame;
  }

  #close(frame: Frame): void {
    this.#stack.pop();
    if (frame.note !== null) {
      this.out.varint(frame.rule.noteField * 8 + DELIMITED);
      this.out.digits(this.notes.length);
      this.notes.push(frame.note);
    }
    if (frame.detached) {
      const note = noteFor(this.#stack[this.#stack.length - 1]!);
      (note.attributeDefaults ??= []).push(this.out.cut(frame.contentStart));
    } else this.out.endLength(frame.contentStart);
  }

  /** Whether the elements of a list just met are to be kept. */
  #countList(frame: Frame, rule: Rule<'list'>, field: number, more: number): boolean {
    const elements = count(frame, field, more);
    if (rule.dims) {
      if (elements > MAX_RANK) throw this.#budget.tooLarge(t('a tensor of more than {0} dimensions', MAX_RANK));
      return true;
    }
    if (elements <= this.limits.maxListElements) return true;
    const note = noteFor(frame);
    note.omittedElements = Math.max(note.omittedElements ?? 0, elements);
    return false;
  }

  #varint(frame: Frame): number {
    const start = this.#position;
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 10; index++) {
      if (this.#position >= frame.end) throw this.#beyond(frame, 1, start);
      const byte = this.#window.byteAt(this.#position++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (index === 9 && byte > 1) break;
        return value;
      }
      scale *= 128;
    }
    throw this.#malformed(t('a number is longer than 64 bits'), start);
  }

  #skip(frame: Frame, length: number): void {
    if (length > frame.end - this.#position) throw this.#beyond(frame, length, this.#position);
    this.#position += length;
  }

  #malformed(what: string, offset = this.#position): ReadFailure {
    return damagedAt(offset, what);
  }

  #mismatch(frame: Frame, field: number, offset: number): ReadFailure {
    return this.#malformed(t('field {0} of {1} has the wrong type', field, frame.rule.name), offset);
  }

  /** Content that runs past the end of its message or, at the top, past the end of the file. */
  #beyond(frame: Frame, length: number, headerStart: number): ReadFailure {
    if (this.#stack.some((open, index) => index > 0 && open.group === 0)) {
      return this.#malformed(t('a part of {0} is longer than the whole', frame.rule.name), headerStart);
    }
    return truncatedAt(this.#size, this.#position + length - this.#size);
  }
}
