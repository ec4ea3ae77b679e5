import { t } from '../../core/language';
import { randomBytes } from 'node:crypto';
import type { Client, ClientChannel } from 'ssh2';
import { failure, success, type Failure, type Result } from '../../core/result';
import { quoteArgv } from './shell-quote';

/** How a command on the board ended. */
export interface CommandOutcome {
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  /** `SIGKILL`, …; null if it ended by itself. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Of standard output, and of standard error. */
  readonly maxOutputBytes?: number;
}

export interface StreamOptions extends Pick<RunOptions, 'stdin' | 'signal'> {
  /** Each line of standard output without its end, as it comes; what follows the last line's end is a line too. */
  readonly onLine: (line: string) => void;
  readonly maxLineBytes?: number;
}

export interface CommandContext {
  readonly client: Client;
  /** The board as the user knows it, for sentences. */
  readonly address: string;
  readonly ended: Promise<Failure | null>;
}

const defaultOutputBytes = 8 * 2 ** 20;
const defaultLineBytes = 2 ** 20;
export const lossIsKnownWithinMs = 1_000;
/** A login shell that has not begun a command by then waits for something that nobody will give it. */
const beginsWithinMs = 45_000;
const openAttempts = 12;
const openAgainMs = 250;

/**
 * Runs a command and returns all of its output.
 * Failure codes: cancelled, timed-out, disconnected, board-misbehaves (too much output, no command channel).
 */
export async function runCommand(
  context: CommandContext,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Result<CommandOutcome>> {
  const limit = options.maxOutputBytes ?? defaultOutputBytes;
  const stdout = boundedOutput(limit);
  return execute(context, argv, {
    ...options,
    limitBytes: limit,
    onStdout: (bytes) => (stdout.add(bytes) ? null : tooMuch(context, argv, limit)),
    stdout: () => stdout.text(),
  });
}

/**
 * Runs a command and passes on each line of its output as it comes. Failure codes as of `runCommand`; a line longer than
 * `maxLineBytes` is board-misbehaves.
 */
export async function streamCommand(
  context: CommandContext,
  argv: readonly string[],
  options: StreamOptions,
): Promise<Result<CommandOutcome>> {
  const limit = options.maxLineBytes ?? defaultLineBytes;
  let rest: Buffer[] = [];
  let restBytes = 0;
  const flush = (last: Buffer): void => {
    const line = Buffer.concat([...rest, last]).toString('utf8');
    rest = [];
    restBytes = 0;
    options.onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  const outcome = await execute(context, argv, {
    ...options,
    limitBytes: defaultOutputBytes,
    onStdout: (bytes) => {
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        if (restBytes + end - start > limit) return tooMuch(context, argv, limit, true);
        flush(bytes.subarray(start, end));
        start = end + 1;
      }
      rest.push(bytes.subarray(start));
      restBytes += bytes.length - start;
      return restBytes > limit ? tooMuch(context, argv, limit, true) : null;
    },
    stdout: () => '',
  });
  if (outcome.ok && restBytes > 0) flush(Buffer.alloc(0));
  return outcome;
}

interface Execution extends Pick<RunOptions, 'stdin' | 'signal' | 'timeoutMs'> {
  readonly limitBytes: number;
  /** A failure ends the command. */
  readonly onStdout: (bytes: Buffer) => Failure | null;
  readonly stdout: () => string;
}

async function execute(
  context: CommandContext,
  argv: readonly string[],
  { stdin, signal, timeoutMs, limitBytes, onStdout, stdout }: Execution,
): Promise<Result<CommandOutcome>> {
  const { client, address, ended } = context;
  const name = shortName(argv);
  if (signal?.aborted) return failure('cancelled', t('{0} was cancelled.', name));
  return new Promise((resolve) => {
    const announced = announcement(limitBytes);
    let channel: ClientChannel | null = null;
    let settled = false;
    const settle = (result: Result<CommandOutcome>): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      clearTimeout(beginning);
      signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    /** Answers at once; the command is ended on the board behind it. */
    const abandon = (why: Result<never>): void => {
      settle(why);
      if (channel !== null) endOnBoard(client, channel, announced);
    };
    const onAbort = (): void => abandon(failure('cancelled', t('{0} was cancelled.', name)));
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(
            () => abandon(failure('timed-out', t('{0} took over {1} s at {2}.', name, timeoutMs / 1000, address))),
            timeoutMs,
          );
    const beginning = setTimeout(() => {
      if (announced.pid() !== null) return;
      const what = t('{0} has not begun to run {1} within {2} s', address, name, beginsWithinMs / 1000);
      abandon(failure('timed-out', t('{0}. Check what the user’s login shell waits for when it starts there.', what)));
    }, beginsWithinMs);
    beginning.unref();
    signal?.addEventListener('abort', onAbort, { once: true });
    void ended.then((why) => {
      settle({
        ok: false,
        error: why ?? { code: 'disconnected', message: t('The connection to {0} was closed.', address) },
      });
    });
    /** When the link breaks, commands fail a moment before the connection is known to be gone, which says more. */
    const settleAfterAll = (why: Result<never>): void => {
      setTimeout(() => settle(why), lossIsKnownWithinMs);
    };

    const begin = (opened: ClientChannel): void => {
      channel = opened;
      let exit: { code: number | null; signal: string | null } = { code: null, signal: null };
      const take = (why: Failure | null): void => {
        if (why !== null) abandon({ ok: false, error: why });
      };
      opened.on('data', (bytes: Buffer) => {
        if (!settled) take(onStdout(bytes));
      });
      opened.stderr.on('data', (bytes: Buffer) => {
        if (!announced.stderr.add(bytes) && !settled) take(tooMuch({ address }, argv, limitBytes));
      });
      opened.on('exit', (code: number | null, signalName?: string) => {
        exit = { code, signal: signalName ?? null };
      });
      opened.on('error', () => undefined);
      opened.stdin.on('error', () => undefined);
      opened.on('close', () => {
        if (exit.code === null && exit.signal === null) {
          settleAfterAll(
            failure('board-misbehaves', t('{0} ended {1} without saying how it went. Try again.', address, name)),
          );
        } else {
          settle(
            success({ exitCode: exit.code, signal: exit.signal, stdout: stdout(), stderr: announced.withoutIt() }),
          );
        }
      });
      opened.end(stdin === undefined ? undefined : Buffer.from(stdin as Uint8Array));
      if (settled) endOnBoard(client, opened, announced);
    };
    // `exec`, in every shell, takes the place of the user's own, which leads the group of processes.
    const line = quoteArgv(['exec', ...announced.launcher, ...argv.map(oneLine)]);
    openCommand(client, line, {
      onOpen: begin,
      onRefused: (error) => {
        settleAfterAll(
          failure('board-misbehaves', t('{0} does not start {1}: {2}. Try again.', address, name, error.message)),
        );
      },
      isUnwanted: () => settled,
    });
  });
}

interface Opening {
  /** Called at once with the channel: its output and its end may have arrived together with it. */
  readonly onOpen: (channel: ClientChannel) => void;
  readonly onRefused: (error: Error) => void;
  readonly isUnwanted: () => boolean;
}

/**
 * Opens a channel with a command in it. A server runs ten at a time of one connection, unless configured otherwise; the
 * next waits for its turn a while, as long as it is wanted.
 */
function openCommand(client: Client, line: string, { onOpen, onRefused, isUnwanted }: Opening, attempt = 1): void {
  try {
    client.exec(line, (error, channel) => {
      if (!error) onOpen(channel);
      // A server's refusal has a `reason`; a broken connection does not.
      else if ('reason' in error && attempt < openAttempts && !isUnwanted()) {
        setTimeout(() => openCommand(client, line, { onOpen, onRefused, isUnwanted }, attempt + 1), openAgainMs);
      } else onRefused(error);
    });
  } catch (error) {
    onRefused(error as Error);
  }
}

/**
 * A command says its process on standard error before it begins: servers before OpenSSH 7.9, and any for root, deliver
 * no signals, and a command whose channel is closed runs on until it prints. sshd makes it a leader of its group.
 */
interface Announcement {
  readonly launcher: readonly string[];
  readonly stderr: ReturnType<typeof boundedOutput>;
  /** Null until it has come. */
  pid(): string | null;
  /** Standard error as the command itself wrote it. */
  withoutIt(): string;
}

function announcement(limitBytes: number): Announcement {
  const token = `framecast-${randomBytes(8).toString('hex')}`;
  // The line itself does not count.
  const stderr = boundedOutput(limitBytes + 100);
  const line = new RegExp(`${token} (\\d+)\\n`);
  return {
    launcher: ['/bin/sh', '-c', launchScript, token],
    stderr,
    pid: () => line.exec(stderr.text())?.[1] ?? null,
    withoutIt: () => stderr.text().replace(line, ''),
  };
}

/** Takes back what `oneLine` did. The `x` keeps line ends at the end, which a command substitution would cut off. */
const launchScript = [
  'echo "$0 $$" >&2',
  'for word do case $word in =*) word=$(printf %bx "${word#=}"); word=${word%x};; esac',
  'set -- "$@" "$word"; shift; done',
  'exec "$@"',
].join('; ');

/** An argument without line ends and exclamation marks: C shells interpret both inside of quotes. */
function oneLine(argument: string): string {
  if (!/[\n!]|^=/.test(argument)) return argument;
  const octal = (character: string): string => `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return `=${argument.replace(/[\\\n!]/g, octal)}`;
}

/** Ends a command with all that it started: politely, and after two seconds for good. */
const endScript = [
  'kill -s TERM -- "-$1" || exit',
  'for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20',
  'do sleep 0.1; kill -s 0 -- "-$1" || exit; done',
  'kill -s KILL -- "-$1"',
].join('; ');

function endOnBoard(client: Client, channel: ClientChannel, announced: Announcement): void {
  const close = (): void => {
    clearTimeout(timer);
    channel.stderr.removeListener('data', look);
    channel.close();
  };
  const look = (): void => {
    const pid = announced.pid();
    if (pid === null) return;
    openCommand(client, quoteArgv(['/bin/sh', '-c', endScript, 'sh', pid]), {
      onOpen: (killer) =>
        killer
          .on('error', () => undefined)
          .resume()
          .stderr.resume(),
      onRefused: () => undefined, // The connection is gone, and with it the way to the command.
      isUnwanted: () => false,
    });
    close();
  };
  const timer = setTimeout(close, 5_000);
  timer.unref();
  channel.stderr.on('data', look);
  look();
}

/** Collects bytes up to a limit; `add` is false when it is passed. */
function boundedOutput(limit: number): { add(bytes: Buffer): boolean; text(): string } {
  const pieces: Buffer[] = [];
  let total = 0;
  return {
    add: (bytes) => {
      total += bytes.length;
      if (total > limit) return false;
      pieces.push(bytes);
      return true;
    },
    text: () => Buffer.concat(pieces).toString('utf8'),
  };
}

function tooMuch({ address }: { address: string }, argv: readonly string[], limit: number, isLine = false): Failure {
  const said = [shortName(argv), address, Math.round(limit / 1024)] as const;
  const message = isLine
    ? t('{0} at {1} printed a line of over {2} KiB, which no board should. It was stopped.', ...said)
    : t('{0} at {1} printed over {2} KiB, which no board should. It was stopped.', ...said);
  return { code: 'board-misbehaves', message };
}

function shortName(argv: readonly string[]): string {
  const name = argv[0]?.split('/').at(-1) ?? '';
  return name === '' ? t('The command') : name;
}
