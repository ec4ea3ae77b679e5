import type { Client, ClientChannel } from 'ssh2';
import { failure, success, type Failure, type Result } from '../../core/result';
import { quoteArgv } from './shell-quote';

/** How a command on the board ended. */
export interface CommandOutcome {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  /** `SIGKILL`, …; null where it ended by itself. */
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

export interface StreamOptions {
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Each line of standard output without its end, as it comes; what follows the last line's end is a line too. */
  readonly onLine: (line: string) => void;
  readonly maxLineBytes?: number;
}

export interface CommandContext {
  readonly client: Client;
  /** The board as the user knows it, for sentences. */
  readonly place: string;
  readonly ended: Promise<Failure | null>;
}

const defaultOutputBytes = 8 * 2 ** 20;
const defaultLineBytes = 2 ** 20;

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
        if (restBytes + end - start > limit) return lineTooLong(context, argv, limit);
        flush(bytes.subarray(start, end));
        start = end + 1;
      }
      rest.push(bytes.subarray(start));
      restBytes += bytes.length - start;
      return restBytes > limit ? lineTooLong(context, argv, limit) : null;
    },
    stdout: () => '',
  });
  if (outcome.ok && restBytes > 0) flush(Buffer.alloc(0));
  return outcome;
}

interface Execution {
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly limitBytes: number;
  /** A failure ends the command. */
  readonly onStdout: (bytes: Buffer) => Failure | null;
  readonly stdout: () => string;
}

async function execute(
  { client, place, ended }: CommandContext,
  argv: readonly string[],
  { stdin, signal, timeoutMs, limitBytes, onStdout, stdout }: Execution,
): Promise<Result<CommandOutcome>> {
  const name = shortName(argv);
  if (signal?.aborted) return failure('cancelled', `${name} was cancelled.`);
  return new Promise((resolve) => {
    let channel: ClientChannel | null = null;
    let settled = false;
    const settle = (result: Result<CommandOutcome>): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    /** Asks the board to end the command, which servers before OpenSSH 7.9 leave undone, and listens no longer. */
    const abandon = (why: Result<never>): void => {
      settle(why);
      if (channel !== null) dismiss(channel);
    };
    const onAbort = (): void => abandon(failure('cancelled', `${name} was cancelled.`));
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(
            () => abandon(failure('timed-out', `${name} took over ${timeoutMs / 1000} s at ${place}.`)),
            timeoutMs,
          );
    signal?.addEventListener('abort', onAbort, { once: true });
    void ended.then((why) => {
      settle({ ok: false, error: why ?? { code: 'disconnected', message: `The connection to ${place} was closed.` } });
    });

    const begin = (opened: ClientChannel): void => {
      channel = opened;
      if (settled) {
        dismiss(opened);
        return;
      }
      const stderr = boundedOutput(limitBytes);
      let exit: { code: number | null; signal: string | null } = { code: null, signal: null };
      const take = (why: Failure | null): void => {
        if (why !== null) abandon({ ok: false, error: why });
      };
      opened.on('data', (bytes: Buffer) => settled || take(onStdout(bytes)));
      opened.stderr.on('data', (bytes: Buffer) => {
        if (!settled && !stderr.add(bytes)) take(tooMuch({ place }, argv, limitBytes));
      });
      opened.on('exit', (code: number | null, signalName?: string) => {
        exit = { code, signal: signalName ?? null };
      });
      opened.on('error', () => undefined);
      opened.on('close', () => {
        if (exit.code !== null || exit.signal !== null) {
          settle(success({ exitCode: exit.code, signal: exit.signal, stdout: stdout(), stderr: stderr.text() }));
          return;
        }
        // When the link breaks, channels close a moment before the connection is known to be gone.
        setTimeout(
          () => settle(failure('board-misbehaves', `${place} ended ${name} without saying how it went. Try again.`)),
          1_000,
        );
      });
      opened.stdin.on('error', () => undefined);
      opened.end(stdin === undefined ? undefined : Buffer.from(stdin as Uint8Array));
    };
    try {
      client.exec(quoteArgv(argv), (error, opened) => {
        if (error) settleLater(error);
        else begin(opened);
      });
    } catch (error) {
      settleLater(error as Error);
    }

    function settleLater(error: Error): void {
      // `ended` knows better, where the connection is what failed.
      setTimeout(
        () => settle(failure('board-misbehaves', `${place} does not start ${name}: ${error.message}. Try again.`)),
        1_000,
      );
    }
  });
}

function dismiss(channel: ClientChannel): void {
  channel.on('error', () => undefined);
  channel.resume();
  channel.stderr.resume();
  try {
    channel.signal('TERM');
    channel.close();
  } catch {
    // The connection is gone, and the channel with it.
  }
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

function tooMuch({ place }: { place: string }, argv: readonly string[], limit: number): Failure {
  return {
    code: 'board-misbehaves',
    message: `${shortName(argv)} at ${place} printed over ${Math.round(limit / 1024)} KiB, which no board should. It was stopped.`,
  };
}

function lineTooLong({ place }: { place: string }, argv: readonly string[], limit: number): Failure {
  return {
    code: 'board-misbehaves',
    message: `${shortName(argv)} at ${place} printed a line of over ${Math.round(limit / 1024)} KiB, which no board should. It was stopped.`,
  };
}

function shortName(argv: readonly string[]): string {
  const name = argv[0]?.split('/').at(-1) ?? '';
  return name === '' ? 'The command' : name;
}
