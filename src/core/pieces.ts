/** Work in pieces of a few milliseconds, which a host can let other work in between. */
export type Pieces<T> = Generator<void, T, void>;

/** Awaited between pieces. */
export type Pause = () => void | Promise<void>;

/** Does all of the work. */
export function atOnce<T>(pieces: Pieces<T>): T {
  let piece = pieces.next();
  while (piece.done !== true) piece = pieces.next();
  return piece.value;
}

/** Does the work piece by piece. Rejects as `pause` does, and leaves the rest undone then. */
export async function withPauses<T>(pieces: Pieces<T>, pause: Pause): Promise<T> {
  let piece = pieces.next();
  while (piece.done !== true) {
    await pause();
    piece = pieces.next();
  }
  return piece.value;
}

/** Work that is done once, however many ask for it and however patient they are: each goes on where it stands. */
export interface OnceInPieces<T> {
  /** What came of it; undefined until it is done. */
  readonly made: { readonly value: T } | undefined;
  now(): T;
  /** Rejects as `pause` does; what is done by then is kept. */
  withPauses(pause: Pause): Promise<T>;
}

/** @param start begins the work; called again only if the work has thrown */
export function onceInPieces<T>(start: () => Pieces<T>): OnceInPieces<T> {
  // Neither is held once the work is done, as both hold what it is made from.
  let begin: (() => Pieces<T>) | undefined = start;
  let begun: Pieces<T> | undefined;
  let made: { readonly value: T } | undefined;
  function* goOn(): Pieces<T> {
    while (made === undefined) {
      const pieces: Pieces<T> = begun ?? begin!();
      begun = undefined;
      const piece = pieces.next();
      if (piece.done === true) {
        made = { value: piece.value };
        begin = undefined;
      } else {
        begun = pieces;
        yield;
      }
    }
    return made.value;
  }
  return {
    get made() {
      return made;
    },
    now: () => atOnce(goOn()),
    withPauses: (pause) => withPauses(goOn(), pause),
  };
}
