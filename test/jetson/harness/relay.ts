import net from 'node:net';

/** A TCP relay on 127.0.0.1 between a client and a server, whose link a test can spoil. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  /** Bytes that went from clients to the server, over all connections so far. */
  readonly bytesUp: number;
  /** Connections made so far. */
  readonly connections: number;
  /** Resets all connections, as when a cable is pulled and the stack notices. New ones are relayed. */
  cut(): void;
  /** Cuts when so many more bytes have gone up. */
  cutAfter(bytes: number): void;
  /** Passes nothing on any more, in both directions, and closes nothing: packets get lost. New connections hang too. */
  freeze(): void;
  thaw(): void;
  /** Resets connections at once when they come. */
  refuse(): void;
  /** Relays new connections again, after `refuse`. */
  accept(): void;
  stop(): Promise<void>;
}

export async function startRelay(target: { host?: string; port: number }): Promise<Relay> {
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  let frozen = false;
  let refusing = false;
  let bytesUp = 0;
  let connections = 0;
  let cutAt = Infinity;

  const server = net.createServer((client) => {
    connections++;
    client.on('error', () => undefined);
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = net.connect(target.port, target.host ?? '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    pass(client, upstream, (bytes) => {
      bytesUp += bytes;
      if (bytesUp >= cutAt) {
        cutAt = Infinity;
        cut();
      }
    });
    pass(upstream, client, () => undefined);
    if (frozen) for (const socket of pair) socket.pause();
    for (const socket of pair) socket.on('close', () => pairs.delete(pair));
  });

  function pass(from: net.Socket, to: net.Socket, count: (bytes: number) => void): void {
    from.on('data', (bytes) => {
      if (!to.destroyed && !to.write(bytes)) from.pause();
      count(bytes.length);
    });
    to.on('drain', () => {
      if (!frozen) from.resume();
    });
    from.on('error', () => to.destroy());
    from.on('end', () => to.end());
    from.on('close', () => to.destroy());
  }

  function cut(): void {
    for (const pair of [...pairs]) for (const socket of pair) socket.resetAndDestroy();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    host: '127.0.0.1',
    port: (server.address() as net.AddressInfo).port,
    get bytesUp() {
      return bytesUp;
    },
    get connections() {
      return connections;
    },
    cut,
    cutAfter: (bytes) => {
      cutAt = bytesUp + bytes;
    },
    freeze: () => {
      frozen = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    thaw: () => {
      frozen = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    refuse: () => {
      refusing = true;
    },
    accept: () => {
      refusing = false;
    },
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
