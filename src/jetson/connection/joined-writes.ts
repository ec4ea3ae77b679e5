import type { Duplex } from 'node:stream';

/**
 * Hands what is written to a stream in one turn of the event loop to the system in one piece. ssh2 writes each packet in
 * three pieces, of which two have a few bytes: as many system calls, and, without Nagle's algorithm, as many segments on
 * the network.
 */
export function joinWrites(stream: Duplex): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    stream.uncork();
  };
  stream.write = (...args: unknown[]): boolean => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      process.nextTick(uncork);
    }
    return write(...args);
  };
}
