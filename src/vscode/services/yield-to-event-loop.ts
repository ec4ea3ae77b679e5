/** Milliseconds of work after which other work of the extension host gets its turn. */
const stretchMs = 5;

/**
 * A function to await between pieces of long work: it lets other work run when enough time has passed, and throws the
 * signal's reason once that is aborted, if there is one.
 */
export function createYielder(signal?: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - since < stretchMs) return;
    // A browser has no setImmediate.
    await new Promise(
      (resolve) => void (typeof setImmediate === 'function' ? setImmediate(resolve) : setTimeout(resolve)),
    );
    since = performance.now();
    signal?.throwIfAborted();
  };
}
