import { t } from '../../core/language';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import { failure, success, type Failure, type Result } from '../../core/result';
import { createAuthenticator, type AskUser } from './authentication';
import { describeDestination, type Destination } from './destination';
import { hostKeyAlgorithms, verifyHostKey, type KnownKeys } from './host-key';
import { fingerprintOf } from './known-hosts';
import { joinWrites } from './joined-writes';
import { watchForSilence } from './link-watch';
import type { ConnectionPrompts } from './prompts';

/** One SSH connection, authenticated both ways. */
export interface Link {
  readonly client: Client;
  /** Resolves when the connection is gone: null after `close()`, otherwise why. */
  readonly ended: Promise<Failure | null>;
  close(): void;
}

export interface LinkOptions {
  /** What known_hosts has for the host. */
  readonly known: KnownKeys;
  readonly prompts: ConnectionPrompts;
  readonly signal?: AbortSignal | undefined;
  readonly keepaliveIntervalMs: number;
}

/** Handshake and signing in together, waiting for the user aside, unless ConnectTimeout says. A Nano under load takes seconds. */
const handshakeWithinMs = 30_000;
/** How long a peer may take to say good-bye before the socket is closed under it. */
const farewellMs = 1_000;

/**
 * Makes an SSH connection over a stream that is connected already, checks the host's key and signs in.
 *
 * Failure codes: cancelled, unreachable (no SSH there, or none that this program understands), host-key-unknown,
 * host-key-changed, host-key-revoked, unwritable (known_hosts), authentication, disconnected, timed-out.
 */
export function openLink(destination: Destination, stream: Duplex, options: LinkOptions): Promise<Result<Link>> {
  const { known, prompts, signal, keepaliveIntervalMs } = options;
  const address = describeDestination(destination);
  // Nothing may be awaited before ssh2 listens: the peer may have spoken, or hung up, already.
  if (signal?.aborted || stream.destroyed) {
    stream.destroy();
    const why: Failure = {
      code: 'unreachable',
      message: t('{0} hung up at once. Is an SSH server listening there?', address),
    };
    return Promise.resolve(signal?.aborted ? cancelled(address) : { ok: false, error: why });
  }

  const limitMs =
    destination.connectTimeoutSeconds === null ? handshakeWithinMs : destination.connectTimeoutSeconds * 1000;
  const client = new ssh2.Client();
  return new Promise((resolve) => {
    /** Set by what knows better than the socket why the connection ends. */
    let cause: Failure | null = null;
    let keyIsTrusted = false;
    let ready = false;
    let closing = false;
    let lastError: Error | null = null;
    const gone = new AbortController();
    const clock = stoppableTimer(limitMs, () => {
      stop({
        code: 'timed-out',
        message: t('{0} answers too slowly: signing in took over {1} s. Try again.', address, limitMs / 1000),
      });
    });
    const stop = (why: Failure): void => {
      cause ??= why;
      stream.destroy();
    };
    const onAbort = (): void => stop({ code: 'cancelled', message: t('Connecting to {0} was cancelled.', address) });
    signal?.addEventListener('abort', onAbort, { once: true });

    const ask: AskUser = async (question) => {
      if (gone.signal.aborted) return null;
      clock.stop();
      try {
        const answer = await Promise.race([question(gone.signal), whenAborted(gone.signal)]);
        return gone.signal.aborted ? null : answer;
      } catch (error) {
        stop({ code: 'internal', message: t('A question could not be asked: {0}.', (error as Error).message) });
        return null;
      } finally {
        if (!gone.signal.aborted) clock.start();
      }
    };
    let trustedKey: Buffer | null = null;
    const authenticator = createAuthenticator(destination, prompts, ask, () =>
      fingerprintOf(trustedKey ?? Buffer.alloc(0)),
    );

    const ended = new Promise<Failure | null>((resolveEnded) => {
      client.on('close', () => {
        clock.stop();
        signal?.removeEventListener('abort', onAbort);
        gone.abort();
        const why =
          cause ?? explainEnd(lastError, { address, ready, keyIsTrusted, signingIn: () => authenticator.failure() });
        if (ready) resolveEnded(closing ? null : why);
        else resolve({ ok: false, error: why });
      });
    });
    client.on('error', (error: Error & { level?: string }) => {
      // An agent that cannot sign with a key is no end: the next key is tried.
      if (error.level === 'agent') return;
      lastError ??= error;
      if (error.level === 'client-authentication') stop(authenticator.failure());
    });
    client.on('change password', () => {
      stop({
        code: 'authentication',
        message: t('The password at {0} has expired. Set a new one with `ssh {0}`, then try again.', address),
      });
    });
    client.on('ready', () => {
      ready = true;
      clock.stop();
      signal?.removeEventListener('abort', onAbort);
      watchForSilence(stream, keepaliveIntervalMs, () => {
        stop({
          code: 'disconnected',
          message: t(
            '{0} has not answered for a while: the link is dead. Check the network and the board’s power, then connect again.',
            address,
          ),
        });
      });
      const close = (): void => {
        closing = true;
        client.end();
        setTimeout(() => stream.destroy(), farewellMs).unref();
      };
      resolve(success({ client, ended, close }));
    });

    const verify = async (key: Buffer): Promise<boolean> => {
      // The key exchange is repeated after some gigabytes; the host shows its key again then.
      const verdict = await verifyHostKey(key, destination, known, async (request) => {
        return (
          (await ask((questionSignal) => prompts.unknownHostKey({ ...request, signal: questionSignal }))) ?? 'refuse'
        );
      });
      if (!verdict.ok) cause ??= verdict.error;
      keyIsTrusted = verdict.ok;
      return verdict.ok;
    };
    const config: ConnectConfig = {
      sock: stream,
      username: destination.user,
      // Their clock would run while the user thinks.
      readyTimeout: 0,
      keepaliveInterval: keepaliveIntervalMs,
      // ssh2 counts answers to its pings alone, which wait behind an upload's data; watchForSilence hears everything.
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
      algorithms: algorithmsFor(destination, known),
      hostVerifier: (key: Buffer, accept: (valid: boolean) => void) => {
        if (trustedKey !== null) {
          accept(trustedKey.equals(key));
          return;
        }
        void verify(key).then((valid) => {
          if (valid) trustedKey = Buffer.from(key);
          accept(valid);
        });
      },
      authHandler: (methodsLeft, partialSuccess, next) => {
        void authenticator.next(methodsLeft, partialSuccess).then((method) => {
          if (gone.signal.aborted) return;
          (next as (method: unknown) => void)(method);
        });
      },
    };
    clock.start();
    joinWrites(stream);
    client.connect(config);
  });
}

function cancelled(address: string): Result<never> {
  return failure('cancelled', t('Connecting to {0} was cancelled.', address));
}

/** SHA-1 is left out, as OpenSSH does since 8.8 and 8.2, unless the user's configuration asks for it. */
function algorithmsFor({ sha1 }: Destination, known: KnownKeys): NonNullable<ConnectConfig['algorithms']> {
  const removed = (allowed: boolean, pattern: RegExp) => (allowed ? {} : { remove: [pattern] });
  return {
    serverHostKey: [...hostKeyAlgorithms(known, sha1.hostKeys)] as ServerHostKeyAlgorithm[],
    kex: removed(sha1.keyExchange, /-sha1$/),
    hmac: removed(sha1.macs, /^hmac-sha1/),
  } as ConnectConfig['algorithms'] & object;
}

interface Stage {
  readonly address: string;
  readonly ready: boolean;
  readonly keyIsTrusted: boolean;
  readonly signingIn: () => Failure;
}

function explainEnd(error: Error | null, { address, ready, keyIsTrusted, signingIn }: Stage): Failure {
  const detail = error === null ? '' : ` (${error.message})`;
  if (ready) {
    return {
      code: 'disconnected',
      message: t(
        'The connection to {0} was lost{1}. Check the network and the board’s power, then connect again.',
        address,
        detail,
      ),
    };
  }
  if (keyIsTrusted) {
    // A server that has seen too many keys hangs up without taking the next; what was tried says more than that.
    return error !== null && /authentication failures/i.test(error.message)
      ? signingIn()
      : {
          code: 'disconnected',
          message: t(
            '{0} hung up while signing in{1}. Try again; its log (journalctl -u ssh) may say why.',
            address,
            detail,
          ),
        };
  }
  if (error !== null && /no matching (host key|key exchange|C->S MAC|S->C MAC)/.test(error.message)) {
    return {
      code: 'unreachable',
      message: t(
        '{0} takes none of the algorithms that are offered{1}; older servers know only those with SHA-1. Update its SSH server, or allow them for this host in ~/.ssh/config, as ssh needs it too: HostKeyAlgorithms +ssh-rsa, KexAlgorithms +diffie-hellman-group14-sha1 or MACs +hmac-sha1.',
        address,
        detail,
      ),
    };
  }
  return {
    code: 'unreachable',
    message: t(
      '{0} answered, but no SSH connection came of it{1}. Is an SSH server listening on that port?',
      address,
      detail,
    ),
  };
}

function whenAborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
}

/** Counts the time between `start` and `stop`, over and over, and calls back when it adds up to the limit. */
function stoppableTimer(limitMs: number, onLimit: () => void): { start(): void; stop(): void } {
  let leftMs = limitMs;
  let since = 0;
  let timer: NodeJS.Timeout | null = null;
  return {
    start: () => {
      if (timer !== null) return;
      since = performance.now();
      timer = setTimeout(onLimit, leftMs);
    },
    stop: () => {
      if (timer === null) return;
      clearTimeout(timer);
      timer = null;
      leftMs -= performance.now() - since;
    },
  };
}

/**
 * A TCP connection to a host. Failure codes: unreachable, timed-out, cancelled.
 */
export async function openSocket(
  { host, port, addressFamily }: Pick<Destination, 'host' | 'port' | 'addressFamily'>,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<Result<net.Socket>> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  if (signal?.aborted) return cancelled(address);
  return new Promise((resolve) => {
    const family = addressFamily === 'any' ? {} : { family: addressFamily === 'inet' ? 4 : 6 };
    const socket = net.connect({ host, port, noDelay: true, ...family });
    const settle = (result: Result<net.Socket>): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      // An error between this listener and that of ssh2 must find somebody.
      socket.on('error', () => undefined);
      socket.removeListener('error', onError);
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const onError = (error: NodeJS.ErrnoException): void =>
      settle(failure('unreachable', whyUnreachable(host, address, error)));
    const onAbort = (): void => settle(cancelled(address));
    const timer = setTimeout(
      () =>
        settle(
          failure(
            'timed-out',
            t(
              '{0} did not answer within {1} s. Check the address, the network and the board’s power.',
              address,
              timeoutMs / 1000,
            ),
          ),
        ),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => settle(success(socket)));
  });
}

function whyUnreachable(host: string, address: string, error: NodeJS.ErrnoException): string {
  // Where several addresses were tried, each has its own error.
  const code = error.code ?? (error as unknown as AggregateError).errors?.[0]?.code;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return t('No host named {0} was found. Check the name, or use its address.', host);
    case 'ECONNREFUSED':
      return t('{0} refuses connections. Is the SSH server running there, and is the port right?', address);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return t('{0} cannot be reached from here ({1}). Check the network and the board’s power.', address, code);
    case 'ETIMEDOUT':
      return t('{0} did not answer. Check the address, the network and the board’s power.', address);
    default:
      return t('{0} cannot be reached: {1}.', address, error.message || code);
  }
}
