/** What went wrong, as a value: a code for programs and a sentence that tells the user what to do. */
export interface Failure {
  readonly code: FailureCode;
  /** One sentence or two, complete, for the user. */
  readonly message: string;
  /** Byte offset in the file where reading stopped, where that says something. */
  readonly offset?: number;
}

export type FailureCode =
  | 'cancelled'
  /** The file could not be opened or read (missing, no permission, I/O error). */
  | 'unreadable'
  /** A model's weights are in a file that is not there. */
  | 'missing-weights'
  /** The file holds no bytes. */
  | 'empty'
  /** The file ends before its content does. */
  | 'truncated'
  /** The file is something else (Git LFS pointer, HTML page, zip, TFLite, ...). */
  | 'not-onnx'
  /** The bytes start as ONNX and then break the wire format or the schema. */
  | 'malformed'
  /** Well formed, but without a graph or with a graph that contradicts itself. */
  | 'invalid-graph'
  /** A value of the graph depends on itself. */
  | 'cycle'
  /** A tensor, or a sum of work, larger than 2^53. */
  | 'overflow'
  /** The network contradicts the size that is asked for. */
  | 'shape-conflict'
  /** More nodes, nesting or bytes of structure than the reader accepts. */
  | 'too-large'
  /** A pattern or folder on the command line matched nothing. */
  | 'no-match'
  /** A file of that name is there and must not be replaced. */
  | 'exists'
  /** A file could not be written (no folder, no permission, disk full). */
  | 'unwritable'
  /** Something is asked for that does not exist or is out of bounds. */
  | 'invalid-request'
  /** The board, or the way to it, does not answer. */
  | 'unreachable'
  /** Nobody has vouched for the host's key yet. */
  | 'host-key-unknown'
  /** The host shows another key than known_hosts has for it. */
  | 'host-key-changed'
  /** known_hosts says that the host's key must not be trusted. */
  | 'host-key-revoked'
  /** The board accepts none of the keys and passwords at hand. */
  | 'authentication'
  /** The link to the board was cut. */
  | 'disconnected'
  | 'timed-out'
  /** The board sends what no board of this protocol sends. */
  | 'board-misbehaves'
  /** The board lacks what a benchmark needs. */
  | 'not-ready'
  /** Another job runs on the board. */
  | 'board-busy'
  | 'disk-full'
  /** A file arrived with other bytes than were sent. */
  | 'checksum'
  /** The engine could not be built from the model. */
  | 'build-failed'
  /** The engine was built but could not be timed. */
  | 'run-failed'
  | 'out-of-memory'
  /** The board restarted during the job. */
  | 'rebooted'
  /** A fault of Framecast itself. */
  | 'internal';

/** A value, or why there is none: a failure with its code, or, where no program asks for a code, a sentence. */
export type Result<T, E = Failure> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function success<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function failure<T = never>(code: FailureCode, message: string, offset?: number): Result<T> {
  return { ok: false, error: offset === undefined ? { code, message } : { code, message, offset } };
}

export function refusal(reason: string): Result<never, string> {
  return { ok: false, error: reason };
}
