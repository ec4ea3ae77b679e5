import { t } from '../../core/language';
import type { ClientChannel, SFTPWrapper } from 'ssh2';
import { failure, success, type Failure, type Result } from '../../core/result';
import {
  lossIsKnownWithinMs,
  runCommand,
  streamCommand,
  type CommandOutcome,
  type RunOptions,
  type StreamOptions,
} from './command';
import { describeDestination, type Destination } from './destination';
import { knownKeysOf } from './host-key';
import type { Link, LinkOptions } from './link';
import type { ConnectionPrompts } from './prompts';

export type { CommandOutcome } from './command';
export type { ConnectionPrompts } from './prompts';

/** A connection to a board, over which commands run and files travel. */
export interface BoardSession {
  readonly destination: Destination;
  /** Runs one command, whose arguments arrive as they are, whatever they hold; output is bounded. */
  run(argv: readonly string[], options?: RunOptions): Promise<Result<CommandOutcome>>;
  /** The same with each line of standard output as it comes. `stdout` of the outcome is empty. */
  stream(argv: readonly string[], options: StreamOptions): Promise<Result<CommandOutcome>>;
  /** The session's one SFTP channel, opened when it is first needed, and again if it was closed. */
  sftp(): Promise<Result<SFTPWrapper>>;
  /** Resolves when the link is gone: null if `close()` did it, otherwise why. */
  readonly ended: Promise<Failure | null>;
  close(): void;
}

export interface ConnectOptions {
  readonly prompts: ConnectionPrompts;
  readonly signal?: AbortSignal;
  /** How often to ask the board for a sign of life, in milliseconds; a link silent for three of these is dead. */
  readonly keepaliveIntervalMs?: number;
}

const defaultKeepaliveMs = 10_000;
const defaultConnectMs = 20_000;

/**
 * Connects to a board, through its jump hosts if it has any. Each host's key is verified, and each is signed in to.
 *
 * Failure codes: cancelled, unreachable, timed-out, host-key-unknown, host-key-changed, host-key-revoked, unreadable and
 * unwritable (known_hosts), authentication, disconnected.
 */
export async function connect(destination: Destination, options: ConnectOptions): Promise<Result<BoardSession>> {
  const { prompts, signal } = options;
  const configured = destination.serverAliveIntervalSeconds * 1000;
  const usual = options.keepaliveIntervalMs ?? defaultKeepaliveMs;
  const keepaliveIntervalMs = configured > 0 ? Math.min(configured, usual) : usual;
  const links: Link[] = [];
  const closeAll = (): void => {
    for (const link of [...links].reverse()) link.close();
  };
  for (const hop of [...destination.proxyJump, destination]) {
    const link = await openHop(hop, links.at(-1) ?? null, { prompts, signal, keepaliveIntervalMs });
    if (!link.ok) {
      closeAll();
      return links.length === 0 && hop === destination ? link : withHop(link.error, hop, destination);
    }
    links.push(link.value);
  }
  const last = links.at(-1);
  if (last === undefined) return failure('internal', t('A connection has at least one link.'));
  // The links before lead nowhere without the last.
  void last.ended.then(closeAll);
  return success(sessionOver(destination, last));
}

async function openHop(
  hop: Destination,
  before: Link | null,
  options: Omit<LinkOptions, 'known'>,
): Promise<Result<Link>> {
  // With ssh2, which takes long to load: only when there is something to connect to.
  const { openLink, openSocket } = await import('./link');
  const known = await knownKeysOf(hop);
  if (!known.ok) return known;
  const timeoutMs = hop.connectTimeoutSeconds === null ? defaultConnectMs : hop.connectTimeoutSeconds * 1000;
  const stream =
    before === null
      ? await openSocket(hop, { timeoutMs, signal: options.signal })
      : await openForward(hop, before, { timeoutMs, signal: options.signal });
  return stream.ok ? openLink(hop, stream.value, { ...options, known: known.value }) : stream;
}

/** A stream to the next host, made by the host before it. */
async function openForward(
  hop: Destination,
  { client, ended }: Link,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<Result<ClientChannel>> {
  const address = describeDestination(hop);
  return new Promise((resolve) => {
    const settle = (result: Result<ClientChannel>): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const onAbort = (): void => settle(failure('cancelled', t('Connecting to {0} was cancelled.', address)));
    const timer = setTimeout(
      () =>
        settle(
          failure('timed-out', t('{0} did not answer the host before it within {1} s.', address, timeoutMs / 1000)),
        ),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    void ended.then((why) => {
      settle({
        ok: false,
        error: why ?? { code: 'disconnected', message: t('The jump host closed the connection to {0}.', address) },
      });
    });
    try {
      client.forwardOut('127.0.0.1', 0, hop.host, hop.port, (error, channel) => {
        if (error) settle(failure('unreachable', t('The jump host cannot reach {0}: {1}.', address, error.message)));
        else settle(success(channel));
      });
    } catch (error) {
      settle(failure('unreachable', t('The jump host cannot reach {0}: {1}.', address, (error as Error).message)));
    }
  });
}

function withHop(error: Failure, hop: Destination, destination: Destination): Result<never> {
  if (hop === destination || error.code === 'cancelled') return { ok: false, error };
  return {
    ok: false,
    error: { ...error, message: t('While connecting to {0}: {1}', destination.alias, error.message) },
  };
}

function sessionOver(destination: Destination, { client, ended, close }: Link): BoardSession {
  const context = { client, ended, address: describeDestination(destination) };
  let sftp: Promise<Result<SFTPWrapper>> | null = null;
  return {
    destination,
    ended,
    close,
    run: (argv, options) => runCommand(context, argv, options),
    stream: (argv, options) => streamCommand(context, argv, options),
    sftp: () => {
      const forget = (): void => {
        sftp = null;
      };
      sftp ??= openSftp(context, forget);
      return sftp;
    },
  };
}

function openSftp(
  { client, ended, address }: { client: Link['client']; ended: Link['ended']; address: string },
  onGone: () => void,
): Promise<Result<SFTPWrapper>> {
  return new Promise((resolve) => {
    const fail = (error: Failure): void => {
      onGone();
      resolve({ ok: false, error });
    };
    void ended.then((why) =>
      fail(why ?? { code: 'disconnected', message: t('The connection to {0} was closed.', address) }),
    );
    const refuse = ({ message }: Error): void =>
      fail({
        code: 'board-misbehaves',
        // Text is taken for the length of the first packet, and is enormous as a number.
        message: /^Packet length/.test(message)
          ? t(
              'The login shell at {0} prints something when it starts, which breaks file transfers. Make it print only in interactive sessions; check ~/.bashrc there.',
              address,
            )
          : t('{0} offers no file transfer ({1}). Enable the sftp subsystem of its SSH server.', address, message),
      });
    // If the link is what failed, `ended` says so in a moment.
    const refused = (error: Error): void => void setTimeout(() => refuse(error), lossIsKnownWithinMs);
    try {
      client.sftp((error, opened) => {
        if (error) {
          refused(error);
          return;
        }
        opened.on('close', onGone);
        opened.on('error', onGone);
        resolve(success(opened));
      });
    } catch (error) {
      refused(error as Error);
    }
  });
}
