import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * A TCP port on 127.0.0.1 that nobody listens at. Below those that the system hands out itself, so that tests which run
 * side by side do not take it before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
