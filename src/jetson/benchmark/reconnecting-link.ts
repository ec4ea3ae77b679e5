import { t } from '../../core/language';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, success, type Failure, type Result } from '../../core/result';
import type { Destination } from '../connection/destination';
import { connect, type BoardSession, type ConnectionPrompts } from '../connection/session';
import { rememberedPrompts } from './remembered-prompts';

/** A connection that reconnects by itself. */
export interface ReconnectingLink {
  /**
   * Does `work` over the connection, and again from its start over a new one when the link is cut meanwhile; so `work`
   * must be able to go on where it was. Gives what `work` gives at last. Failure code of its own: disconnected, where
   * the board stays away, or comes back again and again and nothing gets further: `progress` grows when it does.
   */
  through<T>(work: (session: BoardSession) => Promise<Result<T>>, progress?: () => number): Promise<Result<T>>;
  close(): void;
}

export interface ReconnectingLinkOptions {
  readonly prompts: ConnectionPrompts;
  readonly signal: AbortSignal;
  onLost(lost: { readonly attempt: number; readonly inSeconds: number; readonly message: string }): void;
  onBack(): void;
  readonly retryPolicy?: RetryPolicy;
}

/** How often and for how long to reconnect. */
export interface RetryPolicy {
  /** Seconds between attempts; the last one repeats. */
  readonly delaysSeconds: readonly number[];
  /** How long a board may stay away before it is given up. */
  readonly giveUpSeconds: number;
}

const defaultRetryPolicy: RetryPolicy = { delaysSeconds: [1, 2, 4, 8, 15], giveUpSeconds: 1800 };

/** A board that starts refuses users for a moment. */
const maxRefusals = 4;

/** Connects for the first time, once. Failure codes: those of `connect`. */
export async function openReconnectingLink(
  destination: Destination,
  options: ReconnectingLinkOptions,
): Promise<Result<ReconnectingLink>> {
  const { signal, retryPolicy = defaultRetryPolicy } = options;
  const prompts = rememberedPrompts(options.prompts);
  const first = await connect(destination, { prompts, signal });
  if (!first.ok) return first;
  prompts.onlyMemory();
  let session: BoardSession | null = first.value;
  let attempt = 0;
  let refusals = 0;
  let awaySince: number | null = null;

  /** Waits and connects until there is a session, or none to be hoped for. */
  const reconnect = async (why: Failure): Promise<Result<BoardSession>> => {
    let last = why;
    awaySince ??= performance.now();
    for (;;) {
      if (performance.now() - awaySince > 1000 * retryPolicy.giveUpSeconds) {
        return failure(
          'disconnected',
          t('{0} The board has not come back since; the job there goes on.', last.message),
        );
      }
      const inSeconds = retryPolicy.delaysSeconds[Math.min(attempt, retryPolicy.delaysSeconds.length - 1)] ?? 1;
      attempt++;
      options.onLost({ attempt, inSeconds, message: last.message });
      try {
        await sleep(1000 * inSeconds, undefined, { signal });
      } catch {
        return failure('cancelled', t('Reconnecting was cancelled.'));
      }
      const connected = await connect(destination, { prompts, signal });
      if (connected.ok) {
        options.onBack();
        return connected;
      }
      last = connected.error;
      if (last.code === 'authentication' && ++refusals < maxRefusals) continue;
      if (!isPassing(last)) return connected;
    }
  };

  return success({
    through: async (work, progress = () => 0) => {
      for (;;) {
        if (session === null) return failure('disconnected', t('The connection to the board was closed.'));
        const current: BoardSession = session;
        const before = progress();
        let isGone = false;
        void current.ended.then(() => {
          isGone = true;
        });
        const result = await work(current);
        // A link that ends lets its commands fail first.
        await Promise.resolve();
        if (result.ok || signal.aborted || !(isGone || isConnectionLost(result.error))) {
          if (result.ok) [attempt, refusals, awaySince] = [0, 0, null];
          return result;
        }
        if (progress() > before) [attempt, refusals, awaySince] = [0, 0, null];
        current.close();
        session = null;
        const again = await reconnect(result.error);
        if (!again.ok) return again;
        session = again.value;
      }
    },
    close: () => {
      session?.close();
      session = null;
    },
  });
}

function isConnectionLost({ code }: Failure): boolean {
  return code === 'disconnected' || code === 'unreachable';
}

/** Failures that the next attempt may not have. */
function isPassing({ code }: Failure): boolean {
  return code === 'disconnected' || code === 'unreachable' || code === 'timed-out';
}
